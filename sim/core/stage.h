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

/* Times of all I/Os together: ten thousand in flight for half an hour are more than 64 bits hold.
 */
typedef unsigned __int128 rl_ps_sum;

struct rl_stamps {
	rl_ps at[RL_STAGE_COUNT]; /* 0: none */
};

static inline void rl_stage_mark(struct rl_stamps *s, enum rl_stage stage, rl_ps now)
{
	s->at[stage] = now;
}

/* A stamp that must be there ends its stage. Returns: false when it lies before the last one. */
static inline bool rl_stage_must(rl_ps_sum *sum, const struct rl_stamps *s, int stage, rl_ps *last)
{
	rl_ps at = s->at[stage], before = *last;

	sum[stage] += at - before;
	*last = at;
	return at >= before;
}

/* One that may be there ends its stage if it lies between the last one and that of @next. */
static inline void rl_stage_may(
	rl_ps_sum *sum, const struct rl_stamps *s, int stage, int next, rl_ps *last)
{
	rl_ps at = s->at[stage];

	if (at < *last || at > s->at[next])
		return;
	sum[stage] += at - *last;
	*last = at;
}

/**
 * rl_stage_add - add the stages of an I/O that was begun at @begin to @sum.
 * Returns: false when a stamp lies before the one that it follows.
 */
static inline bool rl_stage_add(rl_ps_sum *sum, const struct rl_stamps *s, rl_ps begin)
{
	bool ordered = true;

	ordered &= rl_stage_must(sum, s, RL_STAGE_SUBMIT, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_SLOT, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_PUBLISH, &begin);
	rl_stage_may(sum, s, RL_STAGE_NOTIFY, RL_STAGE_DEQUEUE, &begin);
	rl_stage_may(sum, s, RL_STAGE_BACK_WAKE, RL_STAGE_DEQUEUE, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_DEQUEUE, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_PROCESS, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_DEVICE, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_RESPOND, &begin);
	rl_stage_may(sum, s, RL_STAGE_RSP_NOTIFY, RL_STAGE_COMPLETE, &begin);
	rl_stage_may(sum, s, RL_STAGE_FRONT_WAKE, RL_STAGE_COMPLETE, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_COMPLETE, &begin);
	ordered &= rl_stage_must(sum, s, RL_STAGE_REAP, &begin);
	return ordered;
}

#endif
