/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each job of several does, apart: as fio tells it without group_reporting. A section of the
 * job file is all its clones in all guests. Its time goes from its begin and ramp_time to its
 * end; I/Os of the ramp are left out of its figures and counted, so that those of all sections,
 * left out or not, are all that the run measured.
 *
 * One job alone has none: what the run tells is the job's.
 */
#ifndef RL_SIM_CORE_SECTION_H
#define RL_SIM_CORE_SECTION_H

#include "model/metrics.h"
#include "model/stat.h"
#include "sim/core/tally.h"

struct rl_section {
	struct rl_tally_class c[RL_CLASSES];
	uint64_t left_out, syncs;
	rl_ps sync_ps;
	bool begun;
	rl_ps from, end; /* it is measured from then on; it has ended */
	struct rl_hist clat_ns[RL_CLASSES];
};

/* What a replication brings home of one. */
struct rl_section_rep {
	uint64_t requests, left_out;
	double runtime_ns;
	double m[RL_METRIC_COUNT]; /* those that a job has */
};

struct rl_world;
struct rl_job;

/** rl_section_begin - a clone of the section begins now. */
void rl_section_begin(struct rl_section *s, const struct rl_job *j, rl_ps now);

/** rl_section_end - an I/O of it was reaped now; as rl_tally_end(). */
void rl_section_end(struct rl_section *s, rl_ps now, rl_ps begin, rl_ps issued, uint32_t bytes,
	enum rl_class class);

/** rl_section_sync - a call of fsync ends now that began at @begin. */
void rl_section_sync(struct rl_section *s, rl_ps now, rl_ps begin);

/** rl_sections_measure - what is measured begins now: forget what was counted. */
void rl_sections_measure(struct rl_world *w);

/**
 * rl_section_bring_home - its figures; its histograms are used up.
 * @hist: RL_CLASSES of them; its latencies are added.
 */
void rl_section_bring_home(struct rl_section *s, struct rl_section_rep *out, struct rl_hist *hist);

#endif
