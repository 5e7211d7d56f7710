/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the latency of an I/O went. On its way it is stamped; a stage is the time since the
 * stamp before, so the stages of an I/O add up to its latency to the picosecond. Of one that is
 * several requests the way of the last to complete is told, the others' submission before it.
 *
 *	submit      from the job's issue             the driver is asked
 *	slot        from there                       the ring has a slot for it
 *	publish     from there                       the request is made and published
 *	notify      from there, where it was sent    the event is on its way
 *	back_wake   from there, where it waited      the backend is awake
 *	dequeue     from there                       the backend has found the request
 *	process     from there                       it was checked, mapped, handed to the device
 *	device      from there                       the backend knows that the device is done
 *	respond     from there                       the response is published
 *	rsp_notify, front_wake, complete             the same on the way back
 *	reap        from there                       the job has it
 *
 * The names are those of the drivers' traces (data/stages.h), where process is a part of device.
 * A notification or a wake that is not between the stamps around it was no step of the I/O's way:
 * the peer did not wait for it.
 */
#ifndef RL_SIM_CORE_STAGE_H
#define RL_SIM_CORE_STAGE_H

#include <stdbool.h>

#include "model/base/units.h"

/* In the order of the stage_ rows of metrics.def. */
enum rl_stage {
	RL_STAGE_SUBMIT,
	RL_STAGE_SLOT,
	RL_STAGE_PUBLISH,
	RL_STAGE_NOTIFY,
	RL_STAGE_BACK_WAKE,
	RL_STAGE_DEQUEUE,
	RL_STAGE_PROCESS,
	RL_STAGE_DEVICE,
	RL_STAGE_RESPOND,
	RL_STAGE_RSP_NOTIFY,
	RL_STAGE_FRONT_WAKE,
	RL_STAGE_COMPLETE,
	RL_STAGE_REAP,
	RL_STAGE_COUNT
};

struct rl_stamps {
	rl_ps at[RL_STAGE_COUNT]; /* 0: none */
};

static inline void rl_stage_mark(struct rl_stamps *s, enum rl_stage stage, rl_ps now)
{
	s->at[stage] = now;
}

/* The stamp that must be there after an optional one; else the stage itself. */
static inline enum rl_stage rl_stage_before(enum rl_stage stage)
{
	if (stage == RL_STAGE_NOTIFY || stage == RL_STAGE_BACK_WAKE)
		return RL_STAGE_DEQUEUE;
	if (stage == RL_STAGE_RSP_NOTIFY || stage == RL_STAGE_FRONT_WAKE)
		return RL_STAGE_COMPLETE;
	return stage;
}

/**
 * rl_stage_add - add the stages of an I/O that was begun at @begin to @sum.
 * Returns: false when a stamp lies before the one that it follows.
 */
static inline bool rl_stage_add(rl_ps *sum, const struct rl_stamps *s, rl_ps begin)
{
	rl_ps last = begin;

	for (int i = 0; i < RL_STAGE_COUNT; i++) {
		enum rl_stage before = rl_stage_before((enum rl_stage)i);
		rl_ps at = s->at[i];

		if (at < last || at > s->at[before]) {
			if ((int)before == i)
				return false;
			continue;
		}
		sum[i] += at - last;
		last = at;
	}
	return true;
}

#endif
