/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ssd - flash on parallel channels behind one link, with a cache that absorbs writes.
 *
 *	read:   a channel for `read`, then the link for its bytes
 *	write:  the link for its bytes, then the cache (or, without one, a channel) for `write`
 *	flush:  until the cache is empty, then `write`
 *
 * The cache is a fluid: it drains at a constant rate while anything is in it, and a write that
 * finds it full waits until its bytes have room. Draining takes no time of the channels.
 */
#include "sim/core/world.h"
#include "sim/device/servers.h"

enum { CHANNELS, READ, WRITE, CACHE, DRAIN, BANDWIDTH };

static const struct rl_opt ssd_opts[] = {
	[CHANNELS] = {"channels", RL_OPT_COUNT, 8, 1, RL_SERVERS_MAX, NULL,
		"requests that the flash serves at a time", "prior"},
	[READ] = {"read", RL_OPT_TIME, 80e3, 1, 1e9, NULL, "a read's time on its channel", "prior"},
	[WRITE] = {"write", RL_OPT_TIME, 20e3, 1, 1e9, NULL,
		"a write's time into the cache; without one, on its channel", "prior"},
	[CACHE] = {"cache", RL_OPT_SIZE, 0, 0, 0x1p40, NULL, "size of the write cache; 0: none",
		"prior"},
	[DRAIN] = {"drain", RL_OPT_RATE, 0x1p29, 0x1p10, 0x1p40, NULL,
		"how fast the cache goes to the flash", "prior"},
	[BANDWIDTH] = {"bandwidth", RL_OPT_RATE, 0, 0, 0x1p40, NULL,
		"of the link, both directions together; 0: no ceiling", "prior"},
};

enum stage { ON_CHANNEL, ON_LINK_IN, LAST };

enum part { CHANNEL_PART, LINK_PART, CACHE_PART };

struct ssd {
	struct rl_servers channels;
	rl_ps read, write, cache; /* cache: how long a full one takes to drain */
	double link_ps_per_byte, drain_ps_per_byte;
	rl_ps link_free, empty_at; /* empty_at: when the cache has drained */
};

_Static_assert(sizeof(struct ssd) <= RL_DEVICE_MODEL_BYTES, "state fits");

static const char *ssd_check(const struct rl_spec *s, uint32_t *opt)
{
	*opt = DRAIN;
	return s->given & 1u << DRAIN && !s->v[CACHE] ? "none without cache" : NULL;
}

static void ssd_service(const struct rl_spec *s, double bytes, bool write, double *ns)
{
	const double *v = s->v, second = 1e9;

	if (v[BANDWIDTH] > 0)
		ns[LINK_PART] = bytes / v[BANDWIDTH] * second;
	if (!write)
		ns[CHANNEL_PART] = v[READ] / v[CHANNELS];
	else if (v[CACHE] > 0)
		ns[CACHE_PART] = bytes / v[DRAIN] * second;
	else
		ns[CHANNEL_PART] = v[WRITE] / v[CHANNELS];
}

static double ssd_flush_ns(const struct rl_spec *s)
{
	return s->v[CACHE] > 0 ? s->v[CACHE] / s->v[DRAIN] * 1e9 + s->v[WRITE] : 0;
}

static void ssd_init(struct rl_device_state *d)
{
	struct ssd *s = (void *)d->model;
	const double *v = d->spec.v, per_s = (double)RL_PS_PER_S;

	s->channels.n = (uint32_t)v[CHANNELS];
	s->read = rl_device_ps(v[READ]);
	s->write = rl_device_ps(v[WRITE]);
	s->link_ps_per_byte = v[BANDWIDTH] > 0 ? per_s / v[BANDWIDTH] : 0;
	s->drain_ps_per_byte = per_s / v[DRAIN];
	s->cache = (rl_ps)(v[CACHE] * s->drain_ps_per_byte);
}

static rl_ps channel(struct rl_device_state *d, rl_ps time)
{
	struct ssd *s = (void *)d->model;

	d->busy_ps[CHANNEL_PART] += time / s->channels.n;
	return rl_servers_take(&s->channels, d->w->now, time);
}

/* Returns 0 when there is no ceiling. */
static rl_ps link_time(struct rl_device_state *d, uint32_t bytes)
{
	struct ssd *s = (void *)d->model;
	rl_ps now = d->w->now, time = (rl_ps)(bytes * s->link_ps_per_byte + 0.5);

	if (!time)
		return 0;
	d->busy_ps[LINK_PART] += time;
	s->link_free = (s->link_free > now ? s->link_free : now) + time;
	return s->link_free - now;
}

static rl_ps store(struct rl_device_state *d, uint32_t bytes)
{
	struct ssd *s = (void *)d->model;
	rl_ps now = d->w->now, drain = (rl_ps)(bytes * s->drain_ps_per_byte + 0.5), full;

	if (!s->cache)
		return channel(d, s->write);
	d->busy_ps[CACHE_PART] += drain;
	s->empty_at = (s->empty_at > now ? s->empty_at : now) + drain;
	full = now + s->cache;
	return (s->empty_at > full ? s->empty_at - full : 0) + s->write;
}

static rl_ps ssd_begin(struct rl_device_state *d, uint32_t item)
{
	struct ssd *s = (void *)d->model;
	struct rl_device_item *i = &d->item[item];
	rl_ps time;

	if (i->r.flush) {
		i->stage = LAST;
		return (s->empty_at > d->w->now ? s->empty_at - d->w->now : 0) + s->write;
	}
	if (!i->r.write) {
		i->stage = ON_CHANNEL;
		return channel(d, s->read);
	}
	time = link_time(d, i->r.bytes);
	i->stage = time ? ON_LINK_IN : LAST;
	return time ? time : store(d, i->r.bytes);
}

static rl_ps ssd_step(struct rl_device_state *d, uint32_t item)
{
	struct rl_device_item *i = &d->item[item];
	enum stage stage = i->stage;

	i->stage = LAST;
	switch (stage) {
	case ON_CHANNEL:
		return link_time(d, i->r.bytes);
	case ON_LINK_IN:
		return store(d, i->r.bytes);
	default:
		return 0;
	}
}

RL_DEVICE(ssd) = {
	.type = {.name = "ssd",
		.summary = "flash: channels, a link with a ceiling, a cache that absorbs writes",
		.opts = ssd_opts,
		.nopts = RL_ARRAY_LEN(ssd_opts),
		.check = ssd_check,
		.service = ssd_service,
		.flush_ns = ssd_flush_ns},
	.init = ssd_init,
	.begin = ssd_begin,
	.step = ssd_step,
};
