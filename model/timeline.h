/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened when, for people to look at: who emits such events (sim/trace) does not know how
 * they are written, who writes them (data/format/timeline.h) not where they come from.
 *
 *	group    a machine or a domain; it has tracks
 *	track    a pCPU or a vCPU: one thing at a time, so its spans follow each other
 *	span     from a BEGIN to the next END of its track
 *	flow     an arrow from one track's span to another's, by id
 *	async    what goes on beside the tracks, by id; spans of one id may lie within each other
 *	counter  values that hold until the next event of the same name in the same group
 *
 * Events of a track, of an id and of a counter come in the order of their times.
 */
#ifndef RL_MODEL_TIMELINE_H
#define RL_MODEL_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/base/units.h"

enum rl_timeline_kind {
	RL_TIMELINE_GROUP, /* its name; @at counts for nothing */
	RL_TIMELINE_TRACK, /* the same */
	RL_TIMELINE_BEGIN,
	RL_TIMELINE_END,
	RL_TIMELINE_FLOW_BEGIN,
	RL_TIMELINE_FLOW_END,
	RL_TIMELINE_ASYNC_BEGIN,
	RL_TIMELINE_ASYNC_END,
	RL_TIMELINE_COUNTER,
	RL_TIMELINE_KINDS
};

#define RL_TIMELINE_ARGS 4u

/* A property of an event: text, or a number when @text is null. */
struct rl_timeline_arg {
	const char *key, *text;
	uint64_t number;
};

struct rl_timeline_event {
	enum rl_timeline_kind kind;
	uint32_t group, track; /* from 1, all different; track 0: of the group */
	rl_ps at;
	uint64_t id; /* of flows and of what is async */
	const char *name;
	uint32_t nargs;
	struct rl_timeline_arg arg[RL_TIMELINE_ARGS];
};

/** rl_timeline_fn - takes an event; nothing of it may be kept. */
typedef void rl_timeline_fn(void *arg, const struct rl_timeline_event *e);

#endif
