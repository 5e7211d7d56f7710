/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's loop as a state machine of the guest's first thread; see the header. */
#include "sim/workload/fio.h"

#include "sim/core/world.h"

#include <string.h>

#define PART_BYTES (RL_BLKIF_MAX_SEGMENTS * RL_PAGE_BYTES)

static void pick(struct rl_ctx *c);
static void submit_part(struct rl_ctx *c);
static void reap(struct rl_ctx *c);

static uint32_t part_bytes(const struct rl_fio *f)
{
	return f->left < PART_BYTES ? f->left : PART_BYTES;
}

static void issued(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->io[f->cur].issued = f->w->now;
	if (f->nfree)
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, fio_ns), pick);
	else
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, reap_ns), reap);
}

static void next_part(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	rl_ps cost, copy;

	if (!f->left) {
		rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, submit_return_ns), issued);
		return;
	}
	if (!f->asked)
		f->asked = f->w->now;
	if (!f->w->blk.nfree) {
		f->waits_tag = true;
		rl_ctx_sleep(c, next_part);
		return;
	}
	f->slot = f->w->now;
	cost = rl_front_submit_cost(&f->w->blk, part_bytes(f), f->io[f->cur].write, &copy);
	rl_ctx_run_part(c, RL_CPU_FRONTEND, cost, RL_CPU_COPY, copy, submit_part);
}

static void notify(struct rl_ctx *c)
{
	rl_front_sent(&c->v->w->blk);
	rl_evtchn_send(c->v, &c->v->w->vcpu[RL_DRIVER]);
	next_part(c);
}

static void submit_part(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	struct rl_device_request r = {.bytes = part_bytes(f), .write = f->io[f->cur].write};
	bool due = rl_front_submit(&f->w->blk, f->cur, &r, f->asked, f->slot);

	f->left -= r.bytes;
	f->asked = 0;
	if (due)
		rl_ctx_run(c, RL_CPU_NOTIFY, rl_vcost(c->v, evtchn_send_ns), notify);
	else
		next_part(c);
}

static bool is_write(struct rl_fio *f)
{
	if (!f->mixed)
		return f->write;
	return rl_rng_unit(&f->rng) * 100 >= f->mix_read;
}

static void pick(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	struct rl_world *w = f->w;
	struct rl_io *io;
	rl_ps pages = (f->bytes + RL_PAGE_BYTES - 1) / RL_PAGE_BYTES;

	f->cur = f->free_io[--f->nfree];
	f->left = f->bytes;
	io = &f->io[f->cur];
	io->start = w->now;
	io->parts = (f->bytes + PART_BYTES - 1) / PART_BYTES;
	io->write = is_write(f);
	rl_tally_begin(&w->tally, w->now);
	rl_ctx_run(c, RL_CPU_FIO, rl_cost(w, submit_ns) + pages * rl_cost(w, page_ns), next_part);
}

static void account(struct rl_fio *f, struct rl_io *io)
{
	struct rl_world *w = f->w;

	rl_tally_end(&w->tally, w->now, io->start, io->issued, f->bytes,
		io->write ? RL_CLASS_WRITE : RL_CLASS_READ, &io->stamps);
	w->completed++;
}

static void reap(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	uint32_t io;

	if (!f->ndone) {
		f->waits_done = true;
		rl_ctx_sleep(c, reap);
		return;
	}
	io = f->done[f->done_head];
	f->done_head = (f->done_head + 1) % RL_FIO_DEPTH;
	f->ndone--;
	account(f, &f->io[io]);
	f->free_io[f->nfree++] = io;
	rl_ctx_run(c, RL_CPU_FIO, rl_cost(f->w, fio_ns), pick);
}

void rl_fio_completed(struct rl_world *w, uint32_t io, const struct rl_stamps *s)
{
	struct rl_fio *f = &w->fio;

	if (--f->io[io].parts)
		return;
	f->io[io].stamps = *s;
	f->done[(f->done_head + f->ndone++) % RL_FIO_DEPTH] = io;
}

void rl_fio_wake(struct rl_world *w)
{
	struct rl_fio *f = &w->fio;

	if (!(f->waits_done && f->ndone) && !(f->waits_tag && w->blk.nfree))
		return;
	f->waits_done = f->waits_tag = false;
	rl_ctx_wake(f->ctx);
}

void rl_fio_init(struct rl_world *w, const struct rl_scenario *s, struct rl_rng rng)
{
	struct rl_fio *f = &w->fio;
	enum rl_rw rw = s->job.rw;

	f->w = w;
	f->rng = rng;
	f->ctx = &w->vcpu[RL_GUEST].threads[0];
	f->depth = s->job.iodepth;
	f->bytes = (uint32_t)s->job.bs_bytes;
	f->mix_read = s->job.rwmixread;
	f->mixed = rw == RL_RW_RW || rw == RL_RW_RANDRW;
	f->write = rw == RL_RW_WRITE || rw == RL_RW_RANDWRITE;
	for (f->nfree = 0; f->nfree < f->depth; f->nfree++)
		f->free_io[f->nfree] = f->nfree;
	f->ctx->arg = f;
	f->ctx->done = pick;
}
