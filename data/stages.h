/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a request took from stage to stage: the traces of both sides of a ring, joined.
 *
 * A request's stamps are put in order, and each stage is the time since the stamp before it:
 *
 *	publish     from submit                  the frontend fills the slot and publishes
 *	notify      from publish                 only where it sent a notification
 *	back_wake   from notify, else publish    only where the backend was waiting
 *	dequeue     from the one before          the backend has the request
 *	device      from dequeue                 the disk is done
 *	respond     from device                  the response is published
 *	rsp_notify, front_wake, complete         the same on the way back
 *	total       from submit to complete      of requests with both
 *
 * So the stages of a request add up to its total. A stage that has no stamp has no row.
 */
#ifndef RL_DATA_STAGES_H
#define RL_DATA_STAGES_H

#include "data/format/trace.h"
#include "data/store.h"

/* The stamps of a request, in the order in which they must be. */
enum rl_stages_point {
	RL_AT_SUBMIT,
	RL_AT_PUBLISH,
	RL_AT_NOTIFY,
	RL_AT_BACK_WAKE,
	RL_AT_DEQUEUE,
	RL_AT_DEVICE,
	RL_AT_RESPOND,
	RL_AT_RSP_NOTIFY,
	RL_AT_FRONT_WAKE,
	RL_AT_COMPLETE,
	RL_STAGES_POINTS
};

/* The stages of every request. */
struct rl_stage_samples {
	size_t n;
	/* In the order of requests; by the point that a stage ends at. NaN: it has none. */
	double (*ns)[RL_STAGES_POINTS];
};

/** rl_stages_name - of the stage that ends at a point; the first begins there: "submit". */
const char *rl_stages_name(int point);

/** rl_stages_find - the point that a stage of this name ends at; -1 when there is none. */
int rl_stages_find(const char *name);

/**
 * rl_stages_samples - the stages of a run request by request, from its documents.
 * @run: with documents.  @dir: names it in errors.  @out: free with rl_stages_samples_fini().
 * Returns: 0; -ENOENT when it has no trace of one side; -EINVAL; -ENOMEM.
 */
int rl_stages_samples(const struct rl_run *run, const char *dir, struct rl_stage_samples *out,
	struct rl_err *err);
void rl_stages_samples_fini(struct rl_stage_samples *s);

/**
 * rl_stages_join - distributions of the stages.
 * @front, @back: either may be null.
 * @out, @n: out; free().
 * Returns: 0; -EINVAL traces of different rings or clocks, no request in both, or a response
 *          that is stamped before its request: then the clocks are not one; -ENOMEM.
 */
int rl_stages_join(const struct rl_trace_file *front, const struct rl_trace_file *back,
	const char *dir, struct rl_stage **out, size_t *n, struct rl_err *err);

/**
 * rl_stages_read - the stages of a run, from its documents front.trace and back.trace, which must
 * agree with its statistics to the last notification where nothing was overwritten.
 * @run: its stats are there already; stages are filled.
 */
int rl_stages_read(struct rl_run *run, const char *dir, struct rl_err *err);

#endif
