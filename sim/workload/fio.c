/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's loop, as a state machine of a thread of the guest; see the header. */
#include "sim/workload/private.h"

/* io_submit gathers what it issues at once from this many on. Linux 6.1 fs/aio.c: plug above 2. */
#define PLUG_FROM 3u

static void loop(struct rl_ctx *c);
static void settle(struct rl_ctx *c);

/* ---- issuing ------------------------------------------------------------------------------- */

static void issued(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	while (f->queued.n) {
		f->io[rl_io_pop(f, &f->queued)].issued = f->w->now;
		f->in_flight++;
	}
	f->issuing = 0;
	settle(c);
}

static void return_to_fio(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, submit_return_ns), issued);
}

/* Who waits for a tag holds nothing back. */
static void wait_for_tag(struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	if (f->unpublished)
		rl_fio_flush(c, then);
	else
		rl_ctx_sleep(c, then);
}

/* The batch, I/O after I/O, each part by part. */
static void next_part(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	uint32_t at = rl_io_peek(f, &f->queued, f->issuing);
	bool called = f->w->hosted, plugged = called || f->queued.n >= PLUG_FROM, last;

	if (f->io[at].left && !f->held.n && rl_fio_get_tag(f, at)) {
		last = !plugged ||
		       (f->issuing + 1 == f->queued.n && f->io[at].left <= f->part_bytes);
		rl_fio_part(c, at, last, next_part);
		return;
	}
	if (f->io[at].left && !called) {
		wait_for_tag(c, next_part);
		return;
	}
	if (f->io[at].left)
		rl_io_push(f, &f->held, at);
	if (++f->issuing < f->queued.n) {
		at = rl_io_peek(f, &f->queued, f->issuing);
		rl_ctx_run(c, RL_CPU_FIO, rl_fio_submit_cost(f, &f->io[at]), next_part);
	} else if (f->unpublished) {
		rl_fio_flush(c, return_to_fio);
	} else {
		return_to_fio(c);
	}
}

static void submit(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	uint32_t first = rl_io_peek(f, &f->queued, 0);

	f->issuing = 0;
	rl_ctx_run(c, RL_CPU_FIO, rl_fio_submit_cost(f, &f->io[first]), next_part);
}

static void pick(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_fio_take(f);
	if (f->queued.n >= f->job->batch || !f->free.n)
		submit(c);
	else
		settle(c);
}

/* ---- reaping ------------------------------------------------------------------------------- */

static void reap(struct rl_ctx *c);

static void held_parted(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (!f->io[rl_io_peek(f, &f->held, 0)].left)
		rl_io_pop(f, &f->held);
	reap(c);
}

/* What a full ring kept with the frontend goes onto it, as far as there is room now. */
static bool put_held(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	uint32_t at;

	if (!f->held.n)
		return false;
	at = rl_io_peek(f, &f->held, 0);
	if (!rl_fio_get_tag(f, at))
		return false;
	rl_fio_part(c, at,
		f->blk->nfree == f->blk->reserved ||
			(f->held.n == 1 && f->io[at].left <= f->part_bytes),
		held_parted);
	return true;
}

static void reap(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	uint32_t max = f->job->complete_max, n = 0;

	if (put_held(c))
		return;
	if (f->done.n < f->want) {
		f->waits_done = true;
		rl_fio_await(c, reap);
		return;
	}
	max = max > f->want ? max : f->want;
	for (; n < max && f->done.n; n++) {
		f->in_flight--;
		rl_fio_account(f, rl_io_pop(f, &f->done));
	}
	if (n > 1)
		rl_ctx_run(c, RL_CPU_FIO, (n - 1) * rl_cost(f->w, reap_ns), f->reaped);
	else
		f->reaped(c);
}

/* An io_getevents that waits for @want, as far as so many are in flight. */
static void getevents(struct rl_ctx *c, uint32_t want, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	f->want = want < f->in_flight ? want : f->in_flight;
	f->reaped = then;
	rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, reap_ns), reap);
}

/* Nothing is queued and nothing in flight before f->quiet goes on. */
static void calm(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	void (*then)(struct rl_ctx *) = f->quiet;

	if (f->queued.n) {
		submit(c);
	} else if (f->in_flight) {
		getevents(c, 1, calm);
	} else {
		f->quiet = NULL;
		then(c);
	}
}

static void quiesce(struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	f->quiet = then;
	calm(c);
}

/* ---- thinking ------------------------------------------------------------------------------ */

static uint64_t ios_seen(const struct rl_fio *f)
{
	return f->job->thinktime_issue ? f->ios_issued[0] + f->ios_issued[1]
				       : f->ios_done[0] + f->ios_done[1];
}

static bool shall_think(const struct rl_fio *f)
{
	const struct rl_job *j = f->job;
	uint32_t blocks = j->thinktime_blocks ? j->thinktime_blocks : 1;

	if (!j->thinktime_ns)
		return false;
	if (j->thinktime_iotime_ns) {
		if (f->w->now - f->thought_at >= j->thinktime_iotime_ns * RL_PS_PER_NS)
			return true;
		if (!j->thinktime_blocks)
			return false;
	}
	return ios_seen(f) >= f->thought_ios + blocks;
}

static void again(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, fio_ns), loop);
}

static void thought(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->thought_ios = ios_seen(f);
	f->thought_at = f->w->now;
	again(c);
}

static void spun(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_fio_sleep(c, f->rest_until, thought);
}

static void think(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	const struct rl_job *j = f->job;

	f->rest_until = f->w->now + j->thinktime_ns * RL_PS_PER_NS;
	if (j->thinktime_spin_ns)
		rl_ctx_run(c, RL_CPU_FIO, j->thinktime_spin_ns * RL_PS_PER_NS, spun);
	else
		spun(c);
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void reaped(struct rl_ctx *c)
{
	if (shall_think(c->arg))
		quiesce(c, think);
	else
		again(c);
}

/* After issuing, or after having queued only. */
static void settle(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (f->quiet)
		calm(c);
	else if (!f->free.n)
		getevents(c, f->job->complete_min ? f->job->complete_min : 1, reaped);
	else
		reaped(c);
}

/* Nothing is in flight any more. */
static void last(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (f->syncs && f->job->end_fsync)
		rl_fio_sync(c, rl_fio_finish);
	else
		rl_fio_finish(c);
}

static void rated(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (rl_fio_ended(f))
		last(c);
	else
		pick(c);
}

/*
 * How long, fio has reckoned before it waited for what was in flight: it sleeps that long all the
 * same, wakes up late by the time of the waiting, and issues what has become due meanwhile in one
 * go. Source: fio 3.33, rate_ddir().
 */
static void wait_for_rate(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_fio_sleep(c, f->w->now + f->rest, rated);
}

static void loop(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	rl_ps due;

	if (rl_fio_ended(f)) {
		quiesce(c, last);
		return;
	}
	if (f->syncs && rl_fio_sync_due(f)) {
		if (f->queued.n)
			submit(c);
		else
			rl_fio_sync(c, again);
		return;
	}
	due = rl_fio_next_due(f);
	if (due > f->w->now) {
		f->rest = (due < f->end ? due : f->end) - f->w->now;
		quiesce(c, wait_for_rate);
	} else {
		pick(c);
	}
}

void rl_fio_begin(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	const struct rl_job *j = f->job;
	rl_ps now = f->w->now;

	f->flushes = f->syncs && rl_device_flushes(&f->blk->vbd->device);
	if (f->w->section)
		rl_section_begin(&f->w->section[f->section], j, now);
	f->epoch = f->due[0] = f->due[1] = f->thought_at = now;
	if (!f->jobs->sampled && j->runtime_ns)
		f->end = now + (j->ramp_ns + j->runtime_ns) * RL_PS_PER_NS;
	if (j->offload || f->replay)
		rl_fio_offload(c);
	else
		loop(c);
}
