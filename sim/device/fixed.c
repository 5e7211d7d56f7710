/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixed - every request takes the same time on one of some servers. */
#include "sim/core/world.h"
#include "sim/device/servers.h"

enum { TIME, SERVERS };

static const struct rl_opt fixed_opts[] = {
	[TIME] = {"time", RL_OPT_TIME, 100e3, 1, 1e12, NULL, "service time of a request", "prior"},
	[SERVERS] = {"servers", RL_OPT_COUNT, 1, 1, RL_SERVERS_MAX, NULL,
		"requests that are served at a time", "prior"},
};

struct fixed {
	struct rl_servers servers;
	rl_ps time;
};

_Static_assert(sizeof(struct fixed) <= RL_DEVICE_MODEL_BYTES, "state fits");

static void fixed_service(const struct rl_spec *s, double bytes, bool write, double *ns)
{
	(void)bytes;
	(void)write;
	ns[0] = s->v[TIME] / s->v[SERVERS];
}

static void fixed_station(const struct rl_spec *s, struct rl_spec_station *out)
{
	out->servers = s->v[SERVERS];
	out->mean_ns = s->v[TIME];
	out->second_ns2 = s->v[TIME] * s->v[TIME];
}

static void fixed_init(struct rl_device_state *d)
{
	struct fixed *f = (void *)d->model;

	f->servers.n = (uint32_t)d->spec.v[SERVERS];
	f->time = rl_device_ps(d->spec.v[TIME]);
}

static rl_ps fixed_begin(struct rl_device_state *d, uint32_t item)
{
	struct fixed *f = (void *)d->model;

	(void)item;
	d->busy_ps[0] += f->time / f->servers.n;
	return rl_servers_take(&f->servers, d->w->now, f->time);
}

RL_DEVICE(fixed) = {
	.type = {.name = "fixed",
		.summary = "the same time for every request, on servers in parallel",
		.opts = fixed_opts,
		.nopts = RL_ARRAY_LEN(fixed_opts),
		.service = fixed_service,
		.station = fixed_station},
	.init = fixed_init,
	.begin = fixed_begin,
};
