/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fsync and fdatasync after every so many writes. fio's libaio engine hands over what is queued and
 * then calls fsync itself: its thread waits for that, while I/Os that are in flight go on. Of a
 * block device without a page cache nothing is left to do but a flush of the disk's own cache; a
 * disk without one is not asked. A flush covers what was complete when it was sent.
 *
 * Source: fio 3.33, engines/libaio.c and io_u.c; where reads are mixed in, as later versions do it:
 * once after the N-th write, not again after each read. Linux 6.1: block/fops.c, block/blk-flush.c.
 */
#include "sim/trace/trace.h"
#include "sim/workload/private.h"

bool rl_fio_sync_due(const struct rl_fio *f)
{
	const struct rl_job *j = f->job;
	uint64_t writes = f->ios_issued[RL_DIR_WRITE];

	if (writes == f->synced_at)
		return false;
	return (j->fsync && writes % j->fsync == 0) || (j->fdatasync && writes % j->fdatasync == 0);
}

static void over(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_tally_sync(&f->w->tally, f->w->now, f->sync_from);
	if (f->w->section)
		rl_section_sync(&f->w->section[f->section], f->w->now, f->sync_from);
	if (f->w->tracer)
		rl_tracer_sync(f->w->tracer, f);
	f->synced(c);
}

static void wait(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (f->flushed) {
		over(c);
		return;
	}
	f->want = UINT32_MAX; /* until the flush comes, whatever else does */
	f->waits_done = true;
	rl_fio_await(c, wait);
}

static void ask(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	if (rl_fio_get_tag(f, f->depth))
		rl_fio_part(c, f->depth, true, wait);
	else
		rl_fio_await(c, ask);
}

void rl_fio_sync(struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;
	struct rl_io *flush = &f->io[f->depth];

	f->sync_from = f->w->now;
	f->synced_at = f->ios_issued[RL_DIR_WRITE];
	f->synced = then;
	f->flushed = false;
	flush->flush = true;
	flush->parts = 1;
	if (f->flushes)
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, submit_ns), ask);
	else /* a system call that need not wait */
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, reap_ns), over);
}
