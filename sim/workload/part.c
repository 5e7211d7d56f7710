/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between a clone and the driver: tags, requests, completions, and the accounts. */
#include "sim/trace/trace.h"
#include "sim/workload/private.h"

/* ---- on the way down ----------------------------------------------------------------------- */

rl_ps rl_fio_submit_cost(const struct rl_fio *f, const struct rl_io *io)
{
	rl_ps pages = (io->bytes + RL_PAGE_BYTES - 1) / RL_PAGE_BYTES;

	return rl_cost(f->w, submit_ns) + pages * rl_cost(f->w, page_ns);
}

void rl_fio_await(struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	if (f->w->hosted && (f->waits_done || f->waits_tag)) {
		f->blk->gate.asleep = true;
		rl_waiter_demand(&f->blk->fw);
	}
	rl_ctx_sleep(c, then);
}

void rl_fio_wait_tag(struct rl_fio *f)
{
	struct rl_fio_gate *g = &f->blk->gate;

	f->waits_tag = true;
	if (f->in_tag)
		return;
	f->in_tag = true;
	f->next_tag = NULL;
	if (g->first)
		g->last->next_tag = f;
	else
		g->first = f;
	g->last = f;
}

static void stall(struct rl_fio *f)
{
	struct rl_fio_gate *g = &f->blk->gate;

	if (f->stalled)
		return;
	f->stalled = true;
	if (!g->stalled++)
		g->stalled_from = f->w->now;
}

static void unstall(struct rl_fio *f)
{
	struct rl_fio_gate *g = &f->blk->gate;

	if (!f->stalled)
		return;
	f->stalled = false;
	if (!--g->stalled)
		g->stalled_ps += f->w->now - g->stalled_from;
}

rl_ps rl_fio_stalled(const struct rl_blk *b)
{
	const struct rl_fio_gate *g = &b->gate;

	return g->stalled_ps + (g->stalled ? b->w->now - g->stalled_from : 0);
}

bool rl_fio_get_tag(struct rl_fio *f, uint32_t io)
{
	if (!f->io[io].asked)
		f->io[io].asked = f->w->now;
	f->slot_at = f->w->now;
	if (rl_front_reserve(f->blk)) {
		unstall(f);
		return true;
	}
	stall(f);
	rl_fio_wait_tag(f);
	return false;
}

static void notify(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	rl_front_sent(f->blk, f, f->published_at);
	rl_evtchn_send(c->v, rl_blk_back_port(f->blk));
	rl_ctx_return(c, f->parted);
}

static void publish(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;

	f->unpublished = false;
	f->published_at = f->w->now;
	if (rl_front_flush(f->blk, c->v))
		rl_ctx_run(c, RL_CPU_NOTIFY, rl_vcost(c->v, evtchn_send_ns), notify);
	else
		f->parted(c);
}

static uint32_t part_of(const struct rl_fio *f, uint32_t io)
{
	return f->io[io].left < f->part_bytes ? f->io[io].left : f->part_bytes;
}

static void enqueue(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	struct rl_io *io = &f->io[f->cur];
	struct rl_device_request req = {
		.bytes = part_of(f, f->cur),
		.sector = io->sector + (io->bytes - io->left) / RL_SECTOR_BYTES,
		.write = io->write,
		.flush = io->flush,
	};

	rl_front_submit(f->blk, f, f->cur, &req, io->asked, f->slot_at);
	io->left -= req.bytes;
	io->asked = 0;
	f->unpublished = true;
	if (f->last)
		publish(c);
	else
		f->parted(c);
}

static void make(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	rl_ps copy,
		cost = rl_front_submit_cost(f->blk, part_of(f, f->cur), f->io[f->cur].write, &copy);

	rl_ctx_run_part(c, RL_CPU_FRONTEND, cost, RL_CPU_COPY, copy, enqueue);
}

void rl_fio_part(struct rl_ctx *c, uint32_t io, bool last, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;
	uint32_t bytes = part_of(f, io);
	rl_ps wait;

	f->cur = io;
	f->last = last;
	f->parted = then;
	wait = rl_front_lock(f->blk, bytes, f->io[io].write);
	if (wait)
		rl_ctx_run(c, RL_CPU_LOCK, wait, make);
	else
		make(c);
}

void rl_fio_flush(struct rl_ctx *c, void (*then)(struct rl_ctx *))
{
	struct rl_fio *f = c->arg;

	f->parted = then;
	publish(c);
}

/* ---- on the way up ------------------------------------------------------------------------- */

void rl_fio_completed(struct rl_fio *f, uint32_t io, const struct rl_stamps *s)
{
	struct rl_fio_gate *g = &f->blk->gate;

	if (--f->io[io].parts)
		return;
	if (f->io[io].flush) {
		f->flushed = true;
		f->want = 0;
	} else {
		f->io[io].stamps = *s;
		rl_io_push(f, &f->done, io);
	}
	if (f->touched)
		return;
	f->touched = true;
	f->next_touched = g->touched;
	g->touched = f;
}

static void wake(struct rl_fio *f, const struct rl_vcpu *by)
{
	struct rl_fio_gate *g = &f->blk->gate;

	f->waits_done = f->waits_tag = false;
	g->asleep = false;
	if (rl_ctx_wake_from(f->ctx, by)) {
		f->next_kick = g->kick;
		g->kick = f;
	}
	/* One that waits for the time on the CPU looks for this too. */
	if (f->ctx->spin)
		rl_ctx_published(f->ctx, by->cpu, 0);
}

void rl_fio_wake(struct rl_blk *b, const struct rl_vcpu *v)
{
	struct rl_fio_gate *g = &b->gate;
	struct rl_fio *f;

	while ((f = g->touched) != NULL) {
		g->touched = f->next_touched;
		f->touched = false;
		if (f->waits_done && f->done.n >= f->want)
			wake(f, v);
	}
	for (uint32_t tags = b->nfree - b->reserved; tags && (f = g->first) != NULL;) {
		g->first = f->next_tag;
		f->in_tag = false;
		if (!f->waits_tag)
			continue;
		tags--;
		wake(f, v);
	}
}

void rl_fio_account(struct rl_fio *f, uint32_t at)
{
	struct rl_io *io = &f->io[at];
	enum rl_class class = io->write ? RL_CLASS_WRITE : RL_CLASS_READ;
	struct rl_world *w = f->w;

	rl_io_push(f, &f->free, at);
	f->ios_done[io->write]++;
	w->completed++;
	rl_tally_end(&w->tally, w->now, io->start, io->issued, io->bytes, class, &io->stamps);
	if (w->section)
		rl_section_end(
			&w->section[f->section], w->now, io->start, io->issued, io->bytes, class);
	if (w->tracer)
		rl_tracer_io(w->tracer, f, io);
}
