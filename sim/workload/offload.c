/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * io_submit_mode=offload, and replay: an I/O is issued when it is due, whatever is in flight, as
 * long as fewer than iodepth are; without a free tag it waits in the block layer. fio has a
 * pool of threads for that, of which each waits for its I/O; here one thread does what is
 * next: hand over what waits, pick what is due, reap what is complete, else sleep.
 */
#include "sim/workload/private.h"

static void top(struct rl_ctx *c);

static void issued(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->io[rl_io_pop(f, &f->queued)].issued = f->w->now;
	f->in_flight++;
	top(c);
}

static void parted(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (f->io[f->cur].left)
		top(c);
	else
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, submit_return_ns), issued);
}

static void reap(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->in_flight--;
	rl_fio_account(f, rl_io_pop(f, &f->done));
	top(c);
}

/* From now on it waits for the driver. */
static void asked(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->io[rl_io_peek(f, &f->queued, f->queued.n - 1)].asked = f->w->now;
	top(c);
}

static void pick(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	uint32_t at;

	rl_fio_take(f);
	at = rl_io_peek(f, &f->queued, f->queued.n - 1);
	rl_ctx_run(c, RL_CPU_FIO, rl_fio_submit_cost(f, &f->io[at]), asked);
}

static void top(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	rl_ps due = RL_PS_NEVER;
	bool ended = rl_fio_ended(f);

	if (f->queued.n && rl_fio_get_tag(f, rl_io_peek(f, &f->queued, 0))) {
		rl_fio_part(c, rl_io_peek(f, &f->queued, 0), true, parted);
		return;
	}
	if (!ended && f->free.n)
		due = rl_fio_next_due(f);
	if (due <= f->w->now)
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, fio_ns), pick);
	else if (f->done.n)
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, reap_ns), reap);
	else if (ended && !f->in_flight && !f->queued.n)
		rl_fio_finish(c);
	else
		rl_fio_doze(c, due < f->end || ended ? due : f->end, top);
}

void rl_fio_offload(struct rl_ctx *c)
{
	top(c);
}
