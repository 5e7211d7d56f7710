/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * disk - a rotating disk with one arm: seek, wait for the sector, transfer.
 *
 * Where the platter stands follows from the time, where the arm stands from the last request: no
 * time is drawn. A seek takes the root of its distance, as an arm does that speeds up half of the
 * way and slows down the other half. A read that goes on where the last one ended comes out of the
 * track buffer and waits for nothing; a write has no cache and waits for its sector.
 *
 * Source: Ruemmler and Wilkes, An introduction to disk drive modeling, IEEE Computer 27(3), 1994.
 */
#include <math.h>

#include "sim/core/world.h"

enum { RPM, SEEK_MIN, SEEK_MAX, RATE, SIZE, ORDER };

enum { FIFO, NEAREST };

static const char *const orders[] = {[FIFO] = "fifo", [NEAREST] = "nearest", NULL};

static const struct rl_opt disk_opts[] = {
	[RPM] = {"rpm", RL_OPT_COUNT, 7200, 100, 100000, NULL, "turns a minute", "prior"},
	[SEEK_MIN] = {"seek_min", RL_OPT_TIME, 800e3, 0, 1e9, NULL, "to the next track", "prior"},
	[SEEK_MAX] = {"seek_max", RL_OPT_TIME, 16e6, 0, 1e9, NULL, "over the whole disk", "prior"},
	[RATE] = {"rate", RL_OPT_RATE, 160 * 0x1p20, 0x1p20, 0x1p40, NULL,
		"of the medium: bytes of a track times turns a second", "prior"},
	[SIZE] = {"size", RL_OPT_SIZE, 0x1p40, 0x1p20, 0x1p50, NULL,
		"of the disk; jobs must fit, a replay begins anew behind its end", "prior"},
	[ORDER] = {"order", RL_OPT_WORD, FIFO, 0, 0, orders,
		"which of those in service is next: the first, or the one that is reached soonest",
		"prior"},
};

struct disk {
	rl_ps turn, per_sector;
	uint64_t track_sectors, tracks;
	rl_ps seek_min;
	double seek_span_ps;
	bool nearest, busy;
	struct rl_device_list held;
	uint64_t track;	   /* where the arm is */
	uint64_t read_end; /* where the last request ended, when it was a read */
};

_Static_assert(sizeof(struct disk) <= RL_DEVICE_MODEL_BYTES, "state fits");

static const char *disk_check(const struct rl_spec *s, uint32_t *opt)
{
	*opt = SEEK_MAX;
	if (s->v[SEEK_MAX] < s->v[SEEK_MIN])
		return "no less than seek_min";
	*opt = SIZE;
	return s->v[SIZE] < s->v[RATE] * 60 / s->v[RPM] ? "at least a track" : NULL;
}

static double disk_bytes(const struct rl_spec *s)
{
	return s->v[SIZE];
}

/* The transfer: where the arm must go, only a run can tell. */
static void disk_service(const struct rl_spec *s, double bytes, bool write, double *ns)
{
	(void)write;
	ns[0] = bytes / s->v[RATE] * 1e9;
}

/* A sector takes a whole number of picoseconds, and a turn so many times that: what follows on a
 * track is under the head when the last sector has passed, not a picosecond later. */
static void disk_init(struct rl_device_state *d)
{
	struct disk *k = (void *)d->model;
	const double *v = d->spec.v;
	double turn_s = 60 / v[RPM];

	k->track_sectors = (uint64_t)(v[RATE] * turn_s / RL_SECTOR_BYTES + 0.5);
	k->per_sector = (rl_ps)(turn_s * (double)RL_PS_PER_S / (double)k->track_sectors + 0.5);
	k->turn = k->per_sector * k->track_sectors;
	k->tracks = (uint64_t)v[SIZE] / RL_SECTOR_BYTES / k->track_sectors;
	if (!k->tracks)
		k->tracks = 1;
	k->seek_min = (rl_ps)(v[SEEK_MIN] * (double)RL_PS_PER_NS);
	k->seek_span_ps = (v[SEEK_MAX] - v[SEEK_MIN]) * (double)RL_PS_PER_NS;
	k->nearest = v[ORDER] == NEAREST;
	k->held = (struct rl_device_list){RL_DEVICE_NONE, RL_DEVICE_NONE};
	k->read_end = UINT64_MAX;
}

/* A request's first sector, on a disk of whole tracks. */
static uint64_t sector_of(const struct disk *k, const struct rl_device_request *r)
{
	return r->sector % (k->tracks * k->track_sectors);
}

static rl_ps seek(const struct disk *k, uint64_t track)
{
	uint64_t far = track > k->track ? track - k->track : k->track - track;

	if (!far)
		return 0;
	return k->seek_min + (rl_ps)(k->seek_span_ps * sqrt((double)far / (double)k->tracks));
}

/* From now until the request's first sector is under the head. */
static rl_ps reach(const struct rl_device_state *d, const struct rl_device_request *r)
{
	const struct disk *k = (const void *)d->model;
	uint64_t sector = sector_of(k, r);
	rl_ps arm, there, passes;

	if (!r->write && sector == k->read_end)
		return 0;
	arm = seek(k, sector / k->track_sectors);
	there = (d->w->now + arm) % k->turn;
	passes = sector % k->track_sectors * k->per_sector;
	return arm + (passes + k->turn - there) % k->turn;
}

static rl_ps serve(struct rl_device_state *d, uint32_t item)
{
	struct disk *k = (void *)d->model;
	const struct rl_device_request *r = &d->item[item].r;
	uint64_t first = sector_of(k, r),
		 sectors = (r->bytes + RL_SECTOR_BYTES - 1) / RL_SECTOR_BYTES;
	rl_ps time;

	if (!sectors) /* a flush: all before it is on the medium */
		return 1;
	time = reach(d, r) + sectors * k->per_sector;
	k->track = (first + sectors - 1) / k->track_sectors;
	k->read_end = r->write ? UINT64_MAX : first + sectors;
	d->busy_ps[0] += time;
	return time;
}

/* Takes the next out of those that are held, or finds none. */
static uint32_t choose(struct rl_device_state *d)
{
	struct disk *k = (void *)d->model;
	uint32_t best = k->held.head, *at = &k->held.head, *best_at = at, last = RL_DEVICE_NONE;
	rl_ps soonest = RL_PS_NEVER;

	if (!k->nearest || best == RL_DEVICE_NONE)
		return rl_device_get(d, &k->held);
	for (uint32_t i = *at; i != RL_DEVICE_NONE; at = &d->item[i].next, i = *at) {
		rl_ps time = d->item[i].r.flush ? RL_PS_NEVER - 1 : reach(d, &d->item[i].r);

		if (time < soonest) {
			soonest = time;
			best = i;
			best_at = at;
		}
	}
	*best_at = d->item[best].next;
	for (uint32_t i = k->held.head; i != RL_DEVICE_NONE; i = d->item[i].next)
		last = i;
	k->held.tail = last;
	return best;
}

static rl_ps disk_begin(struct rl_device_state *d, uint32_t item)
{
	struct disk *k = (void *)d->model;

	if (k->busy) {
		rl_device_put(d, &k->held, item);
		return RL_PS_NEVER;
	}
	k->busy = true;
	return serve(d, item);
}

static rl_ps disk_step(struct rl_device_state *d, uint32_t item)
{
	struct disk *k = (void *)d->model;
	uint32_t next = choose(d);

	(void)item;
	k->busy = next != RL_DEVICE_NONE;
	if (k->busy)
		rl_device_schedule(d, next, serve(d, next));
	return 0;
}

RL_DEVICE(disk) = {
	.type = {.name = "disk",
		.summary = "a rotating disk: seek by distance, rotation, transfer",
		.opts = disk_opts,
		.nopts = RL_ARRAY_LEN(disk_opts),
		.check = disk_check,
		.bytes = disk_bytes,
		.service = disk_service},
	.init = disk_init,
	.begin = disk_begin,
	.step = disk_step,
};
