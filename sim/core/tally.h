/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is counted of I/Os while they begin and end: one tally for all jobs of a replication, in one
 * pass, never reset. A stretch of time is described by the difference of two copies.
 *
 * The integral of the number in flight is kept beside the sum of the times: that both are the same
 * is Little's law, and holds to the picosecond in every run or the simulator has a bug.
 */
#ifndef RL_SIM_CORE_TALLY_H
#define RL_SIM_CORE_TALLY_H

#include <stdbool.h>

#include "model/base/hist.h"
#include "model/base/units.h"
#include "model/mser.h"
#include "sim/core/stage.h"

enum rl_class { RL_CLASS_READ, RL_CLASS_WRITE, RL_CLASSES };

struct rl_tally_class {
	uint64_t n, bytes;
	rl_ps_sum slat, clat;
};

struct rl_tally {
	struct rl_tally_class c[RL_CLASSES];
	rl_ps_sum stage[RL_STAGE_COUNT];
	uint64_t syncs;		/* calls of fsync: no I/Os */
	rl_ps sync_ps;		/* how long they took */
	bool disordered;	/* an I/O's stamps were */
	struct rl_mser *series; /* completion latencies, where the warm-up is looked for; or null */
	uint64_t in_flight;
	/* Modulo 2^64, as is their equality. */
	rl_ps at, area, started;
	struct rl_hist clat_ns[RL_CLASSES];
};

static inline void rl_tally_pass(struct rl_tally *t, rl_ps now)
{
	t->area += t->in_flight * (now - t->at);
	t->at = now;
}

/** rl_tally_begin - an I/O begins now. */
static inline void rl_tally_begin(struct rl_tally *t, rl_ps now)
{
	rl_tally_pass(t, now);
	t->in_flight++;
	t->started += now;
}

/**
 * rl_tally_end - an I/O ends now that began at @begin and was submitted at @issued.
 * @s: its stamps, all but the last.
 */
static inline void rl_tally_end(struct rl_tally *t, rl_ps now, rl_ps begin, rl_ps issued,
	uint32_t bytes, enum rl_class class, struct rl_stamps *s)
{
	struct rl_tally_class *c = &t->c[class];
	uint64_t clat_ns = (now - issued) / RL_PS_PER_NS;

	rl_tally_pass(t, now);
	t->in_flight--;
	t->started -= begin;
	c->n++;
	c->bytes += bytes;
	c->slat += issued - begin;
	c->clat += now - issued;
	rl_stage_mark(s, RL_STAGE_REAP, now);
	t->disordered |= !rl_stage_add(t->stage, s, begin);
	rl_hist_add(&t->clat_ns[class], clat_ns);
	if (t->series)
		rl_mser_add(t->series, clat_ns);
}

/** rl_tally_sync - a call of fsync ends now that began at @begin. */
static inline void rl_tally_sync(struct rl_tally *t, rl_ps now, rl_ps begin)
{
	t->syncs++;
	t->sync_ps += now - begin;
}

/** rl_tally_little - does Little's law hold up to @now? */
static inline bool rl_tally_little(struct rl_tally *t, rl_ps now)
{
	rl_ps times = t->in_flight * now - t->started;

	rl_tally_pass(t, now);
	for (int i = 0; i < RL_CLASSES; i++)
		times += (rl_ps)(t->c[i].slat + t->c[i].clat);
	return t->area == times;
}

/** rl_tally_staged - do the stages of all I/Os add up to their latencies? */
static inline bool rl_tally_staged(const struct rl_tally *t)
{
	rl_ps_sum sum = 0;

	for (int i = 0; i < RL_STAGE_COUNT; i++)
		sum += t->stage[i];
	for (int i = 0; i < RL_CLASSES; i++)
		sum -= t->c[i].slat + t->c[i].clat;
	return sum == 0 && !t->disordered;
}

#endif
