/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random - a service time drawn for every request, on one of some servers. */
#include "model/base/draw.h"
#include "sim/core/world.h"
#include "sim/device/servers.h"

enum { DIST, MEAN, CV, POINTS, SERVERS };

static const char *const dists[] = {[RL_DIST_EXPONENTIAL] = "exponential",
	[RL_DIST_LOGNORMAL] = "lognormal",
	[RL_DIST_GAMMA] = "gamma",
	[RL_DIST_EMPIRICAL] = "empirical",
	NULL};

static const struct rl_opt random_opts[] = {
	[DIST] = {"dist", RL_OPT_WORD, RL_DIST_EXPONENTIAL, 0, 0, dists,
		"distribution of the service time", "prior"},
	[MEAN] = {"mean", RL_OPT_TIME, 100e3, 1, 1e12, NULL, "its mean; empirical: that of points",
		"prior"},
	[CV] = {"cv", RL_OPT_REAL, 1, 0.001, 10, NULL,
		"its standard deviation as a share of the mean; lognormal and gamma", "prior"},
	[POINTS] = {"points", RL_OPT_POINTS, 1, 1, 1e12, NULL,
		"empirical: times or intervals of time with weights, 80us*90+1ms..2ms*10", "prior"},
	[SERVERS] = {"servers", RL_OPT_COUNT, 1, 1, RL_SERVERS_MAX, NULL,
		"requests that are served at a time", "prior"},
};

struct random {
	struct rl_servers servers;
	struct rl_dist dist;
};

_Static_assert(sizeof(struct random) <= RL_DEVICE_MODEL_BYTES, "state fits");

static const char *random_check(const struct rl_spec *s, uint32_t *opt)
{
	bool empirical = s->v[DIST] == RL_DIST_EMPIRICAL;

	*opt = POINTS;
	if (empirical != (s->points.n > 0))
		return empirical ? "points with dist=empirical" : "none but with dist=empirical";
	*opt = MEAN;
	if (empirical && s->given & 1u << MEAN)
		return "none with dist=empirical: it follows from points";
	*opt = CV;
	if (s->given & 1u << CV && (empirical || s->v[DIST] == RL_DIST_EXPONENTIAL))
		return "none but with dist=lognormal or dist=gamma";
	return NULL;
}

/* Points are intervals with weights. */
static double mean_ns(const struct rl_spec *s)
{
	double sum = 0, weights = 0;

	if (s->v[DIST] != RL_DIST_EMPIRICAL)
		return s->v[MEAN];
	for (uint32_t i = 0; i < s->points.n; i++) {
		const struct rl_point *p = &s->points.p[i];

		sum += (p->lo + p->hi) / 2 * p->weight;
		weights += p->weight;
	}
	return sum / weights;
}

static void random_service(const struct rl_spec *s, double bytes, bool write, double *ns)
{
	(void)bytes;
	(void)write;
	ns[0] = mean_ns(s) / s->v[SERVERS];
}

/* An interval is uniform within itself. */
static double second_of_points(const struct rl_points *points)
{
	double sum = 0, weights = 0;

	for (uint32_t i = 0; i < points->n; i++) {
		const struct rl_point *p = &points->p[i];

		sum += (p->lo * p->lo + p->lo * p->hi + p->hi * p->hi) / 3 * p->weight;
		weights += p->weight;
	}
	return sum / weights;
}

static void random_station(const struct rl_spec *s, struct rl_spec_station *out)
{
	double cv = s->v[DIST] == RL_DIST_EXPONENTIAL ? 1 : s->v[CV];

	out->servers = s->v[SERVERS];
	out->mean_ns = mean_ns(s);
	out->exponential = s->v[DIST] == RL_DIST_EXPONENTIAL;
	out->second_ns2 = s->v[DIST] == RL_DIST_EMPIRICAL
				  ? second_of_points(&s->points)
				  : out->mean_ns * out->mean_ns * (1 + cv * cv);
}

static void random_init(struct rl_device_state *d)
{
	struct random *m = (void *)d->model;

	m->servers.n = (uint32_t)d->spec.v[SERVERS];
	rl_dist_init(&m->dist, (enum rl_dist_kind)d->spec.v[DIST], d->spec.v[MEAN], d->spec.v[CV],
		&d->spec.points);
}

static rl_ps random_begin(struct rl_device_state *d, uint32_t item)
{
	struct random *m = (void *)d->model;
	rl_ps service = rl_device_ps(rl_dist_draw(&m->dist, &d->rng));

	(void)item;
	d->busy_ps[0] += service / m->servers.n;
	return rl_servers_take(&m->servers, d->w->now, service);
}

RL_DEVICE(random) = {
	.type = {.name = "random",
		.summary = "a drawn time for every request, on servers in parallel",
		.opts = random_opts,
		.nopts = RL_ARRAY_LEN(random_opts),
		.check = random_check,
		.service = random_service,
		.station = random_station},
	.init = random_init,
	.begin = random_begin,
};
