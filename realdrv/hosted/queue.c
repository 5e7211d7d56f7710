/* SPDX-License-Identifier: MIT */
/*
 * One ring of the frontend: create and enqueue requests, dequeue responses, and carry what is
 * in flight over to the next backend. See front.h and front_private.h.
 */
#include "hosted/clock.h"
#include "hosted/front_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REQUEST_BYTES (RL_BLKIF_MAX_SEGMENTS * RL_PAGE_BYTES)

/* ---- requests ------------------------------------------------------------------------------ */

static void put_slot(struct rl_hqueue *q, rl_u32 tag)
{
	const struct rl_htag *t = &q->tag[tag];
	struct rl_blkif_request *req = rl_front_slot(&q->ring);

	req->operation = (rl_u8)t->operation;
	req->handle = 0;
	req->id = tag;
	req->sector_number = t->sector;
	rl_hfront_name_segments(req, t->at, t->bytes);
	rl_front_queue(&q->ring);
	q->queued++;
	q->stats.requests++;
}

/* The next request of an I/O goes onto the ring: a slot and a tag are free. */
static void put_part(struct rl_hqueue *q, struct rl_hio *io)
{
	rl_u32 tag = q->free_tag[--q->nfree], left = io->bytes - io->queued_bytes;
	struct rl_htag *t = &q->tag[tag];
	rl_u8 *buf = left ? (rl_u8 *)io->buf + io->queued_bytes : NULL;
	rl_u64 at = left ? rl_hfront_mapped_at(q->f, buf, left) : 0;

	rl_htrace_stamp(&q->trace, RL_TRACE_SUBMIT, tag, q->ring.req_prod_pvt, 0);
	t->io = io;
	t->user = NULL;
	t->operation = io->op == RL_HIO_READ	? RL_BLKIF_READ
		       : io->op == RL_HIO_WRITE ? RL_BLKIF_WRITE
						: RL_BLKIF_FLUSH;
	t->sector = io->sector + io->queued_bytes / RL_SECTOR_BYTES;
	t->order = q->order++;
	if (at == RL_NEVER) {
		at = (rl_u64)(q->pool + tag * RL_BLKIF_MAX_SEGMENTS) * RL_PAGE_BYTES;
		t->user = buf;
	}
	t->at = at;
	t->bytes = rl_hfront_fits(at, left);
	if (t->user && io->op == RL_HIO_WRITE) {
		memcpy(q->f->pages.base + at, buf, t->bytes);
		q->stats.copy_bytes += t->bytes;
	}
	t->published_ns = rl_hwaiter_sample(&q->w) ? rl_hclock_ns() : 0;
	io->queued_bytes += t->bytes;
	io->parts++;
	put_slot(q, tag);
}

/* As much of an I/O as there is room for. Returns true when all of it is on the ring. */
static rl_bool put_io(struct rl_hqueue *q, struct rl_hio *io)
{
	do {
		if (!q->nfree)
			return 0;
		put_part(q, io);
	} while (io->queued_bytes < io->bytes);
	return 1;
}

static void finish(struct rl_hqueue *q, struct rl_hio *io)
{
	io->next = NULL;
	*q->done_end = io;
	q->done_end = &io->next;
}

static void put_waiting(struct rl_hqueue *q)
{
	while (q->waiting && put_io(q, q->waiting)) {
		q->waiting = q->waiting->next;
		if (!q->waiting)
			q->waiting_end = &q->waiting;
	}
}

void rl_hqueue_submit(struct rl_hqueue *q, struct rl_hio *io)
{
	io->error = 0;
	io->queued_bytes = io->parts = 0;
	io->next = NULL;
	if (q->error) {
		io->error = q->error;
		finish(q, io);
	} else if (q->waiting || !put_io(q, io)) {
		*q->waiting_end = io;
		q->waiting_end = &io->next;
	}
}

void rl_hqueue_commit(struct rl_hqueue *q)
{
	if (!q->queued)
		return;
	rl_htrace_stamp(&q->trace, RL_TRACE_PUBLISH, 0, q->ring.req_prod_pvt, q->queued);
	q->queued = 0;
	rl_hwaiter_notify(&q->w, q->to_back, rl_front_publish(&q->ring));
}

/* ---- responses ----------------------------------------------------------------------------- */

static int error_of(rl_s16 status)
{
	return status == RL_BLKIF_OKAY ? 0 : status == RL_BLKIF_EOPNOTSUPP ? -EOPNOTSUPP : -EIO;
}

static void end_part(struct rl_hqueue *q, rl_u32 tag, int error)
{
	struct rl_htag *t = &q->tag[tag];
	struct rl_hio *io = t->io;

	if (t->user && io->op == RL_HIO_READ && !error) {
		memcpy(t->user, q->f->pages.base + t->at, t->bytes);
		q->stats.copy_bytes += t->bytes;
	}
	if (t->published_ns)
		rl_hwaiter_completed(&q->w, rl_hclock_ns() - t->published_ns);
	if (error && !io->error)
		io->error = error;
	q->stats.io_errors += error != 0;
	t->io = NULL;
	q->free_tag[q->nfree++] = tag;
	if (--io->parts == 0 && io->queued_bytes == io->bytes)
		finish(q, io);
}

/* Every I/O that we have ends with the queue's error. */
static void fail_all(struct rl_hqueue *q)
{
	for (rl_u32 i = 0; i < q->ring.size; i++)
		if (q->tag[i].io)
			end_part(q, i, q->error);
	while (q->waiting) {
		struct rl_hio *io = q->waiting;

		q->waiting = io->next;
		io->error = q->error;
		finish(q, io);
	}
	q->waiting_end = &q->waiting;
}

static void die(struct rl_hqueue *q, int error)
{
	if (!q->error) {
		q->error = error;
		fail_all(q);
	}
}

/* Takes every response that is there; a backend that invents one is not believed any more. */
static void drain(struct rl_hqueue *q)
{
	struct rl_blkif_response rsp;
	rl_u32 n;

	if (q->error || rl_front_pending(&q->ring, &n)) {
		die(q, -EPROTO);
		return;
	}
	for (; n; n--) {
		rl_front_take(&q->ring, &rsp, sizeof(rsp));
		if (rsp.id >= q->ring.size || !q->tag[rsp.id].io ||
			rsp.operation != q->tag[rsp.id].operation) {
			die(q, -EPROTO);
			return;
		}
		q->stats.responses++;
		end_part(q, (rl_u32)rsp.id, error_of(rsp.status));
		rl_htrace_stamp(
			&q->trace, RL_TRACE_COMPLETE, (rl_u32)rsp.id, q->ring.rsp_cons - 1, 0);
	}
	if (q->waiting && q->nfree) {
		put_waiting(q);
		rl_hqueue_commit(q);
	}
}

/* ---- the next backend ---------------------------------------------------------------------- */

static void attach(struct rl_hqueue *q, struct rl_hlink *l)
{
	rl_u32 bytes = q->f->conf.ring_pages * RL_PAGE_BYTES;

	rl_front_attach(
		&q->ring, l->rings.base + (size_t)q->index * bytes, bytes, RL_BLKIF_SLOT_BYTES);
	q->link = l;
	q->to_back = l->to_back[q->index];
	rl_hwaiter_listen(&q->w, l->to_front[q->index]);
	q->queued = 0;
}

/*
 * What the old backend left unanswered is asked of the new one, in the old order. The disk's
 * lock keeps the new one from serving before the old one is gone, so none of it is done after
 * anything that follows.
 */
static void replay(struct rl_hqueue *q)
{
	rl_u64 from = 0;

	q->stats.adopted++;
	for (rl_u32 left = q->ring.size - q->nfree; left; left--) {
		rl_u32 next = 0;
		rl_u64 best = RL_NEVER;

		for (rl_u32 i = 0; i < q->ring.size; i++)
			if (q->tag[i].io && q->tag[i].order >= from && q->tag[i].order < best) {
				best = q->tag[i].order;
				next = i;
			}
		from = best + 1;
		rl_htrace_stamp(&q->trace, RL_TRACE_SUBMIT, next, q->ring.req_prod_pvt, 0);
		put_slot(q, next);
		q->stats.replayed++;
	}
	rl_hqueue_commit(q);
}

static void wait_for_link(struct rl_hfront *f, const struct rl_hlink *old, rl_u64 until_ns)
{
	rl_u64 now = rl_hclock_ns(), left = until_ns > now ? until_ns - now : 0;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	left = left > 1000000000u ? 1000000000u : left; /* then the caller looks again */
	t.tv_nsec += (long)left;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_mutex_lock(&f->lock);
	if (f->link == old && !f->failed)
		pthread_cond_timedwait(&f->changed, &f->lock, &t);
	pthread_mutex_unlock(&f->lock);
}

/* Somebody wants attention: the backend is gone, or another one is there. */
static void attend(struct rl_hqueue *q, rl_u64 until_ns)
{
	struct rl_hfront *f = q->f;
	struct rl_hlink *l;
	int failed;

	rl_hwaiter_calm(&q->w);
	failed = __atomic_load_n(&f->failed, __ATOMIC_ACQUIRE);
	l = __atomic_load_n(&f->link, __ATOMIC_ACQUIRE);
	/* What it answered before it died counts. */
	drain(q);
	if (failed) {
		die(q, failed);
	} else if (l != q->link && !q->error) {
		attach(q, l);
		replay(q);
	} else if (!q->error && __atomic_load_n(&l->gone, __ATOMIC_ACQUIRE)) {
		rl_hwaiter_attract(&q->w);
		wait_for_link(f, q->link, until_ns);
	}
}

/* ---- reaping ------------------------------------------------------------------------------- */

static rl_u32 take_done(struct rl_hqueue *q, struct rl_hio **done, rl_u32 max)
{
	rl_u32 n = 0;

	for (; n < max && q->done; n++) {
		done[n] = q->done;
		q->done = q->done->next;
	}
	if (!q->done)
		q->done_end = &q->done;
	return n;
}

int rl_hqueue_reap(
	struct rl_hqueue *q, rl_u32 min, rl_u32 max, rl_u64 timeout_ns, struct rl_hio **done)
{
	rl_u32 n = take_done(q, done, max);
	enum rl_hwait how;
	rl_u64 until;

	/* First what is here: a look at the ring costs a transfer of its line. */
	if (n && n >= min)
		return (int)n;
	until = timeout_ns == RL_NEVER ? RL_NEVER : rl_hclock_ns() + timeout_ns;
	for (;;) {
		if (!q->error)
			drain(q);
		n += take_done(q, done + n, max - n);
		if (n >= min || n == max)
			return (int)n;
		if (q->error)
			return n ? (int)n : q->error;
		how = rl_hwaiter_wait(&q->w, until);
		if (how == RL_HWAIT_TIMEOUT)
			drain(q);
		else if (how == RL_HWAIT_ATTENTION)
			attend(q, until);
		if (until != RL_NEVER && rl_hclock_ns() >= until)
			return (int)(n + take_done(q, done + n, max - n));
	}
}

/* ---- the waiter's view --------------------------------------------------------------------- */

static struct rl_hqueue *of(struct rl_hwaiter *w)
{
	return (struct rl_hqueue *)((char *)w - offsetof(struct rl_hqueue, w));
}

static rl_bool pending(struct rl_hwaiter *w)
{
	const struct rl_ring_front *r = &of(w)->ring;

	if (rl_ring_load_acquire(&r->shared->rsp_prod) == r->rsp_cons)
		return 0;
	__builtin_prefetch(r->slots + (r->rsp_cons & (r->size - 1)) * r->slot_bytes);
	return 1;
}

static rl_bool arm(struct rl_hwaiter *w, rl_u32 offset)
{
	return rl_front_arm(&of(w)->ring, offset);
}

static rl_u32 in_flight(struct rl_hwaiter *w)
{
	const struct rl_ring_front *r = &of(w)->ring;

	return r->req_prod_pub - r->rsp_cons;
}

static const struct rl_hwaiter_ops ops = {.pending = pending, .arm = arm, .in_flight = in_flight};

int rl_hqueue_create(struct rl_hqueue **out, struct rl_hfront *f, rl_u32 index, char *why)
{
	struct rl_hqueue *q = calloc(1, sizeof(*q));
	int rc;

	if (!q)
		return -ENOMEM;
	q->f = f;
	q->index = index;
	q->waiting_end = &q->waiting;
	q->done_end = &q->done;
	rc = rl_hwaiter_init(&q->w, &ops, f->conf.policy, -1, &q->stats, NULL);
	if (rc)
		snprintf(why, RL_HOSTED_ERR_BYTES, "policy '%s'", f->conf.policy);
	if (!rc && (rc = rl_htrace_init(&q->trace, f->conf.trace_records, RL_TRACE_FRONT, index)))
		snprintf(why, RL_HOSTED_ERR_BYTES, "a trace of %u records: %s",
			f->conf.trace_records, strerror(-rc));
	if (rc) {
		free(q);
		return rc;
	}
	q->w.trace = &q->trace;
	attach(q, f->link);
	q->pool = index * q->ring.size * RL_BLKIF_MAX_SEGMENTS;
	for (; q->nfree < q->ring.size; q->nfree++)
		q->free_tag[q->nfree] = q->nfree;
	*out = q;
	return 0;
}

void rl_hqueue_destroy(struct rl_hqueue *q)
{
	if (q)
		rl_htrace_fini(&q->trace);
	free(q);
}

int rl_hqueue_write_trace(const struct rl_hqueue *q, const char *path)
{
	if (!rl_htrace_on(&q->trace))
		return -EINVAL;
	return rl_htrace_write(&q->trace, rl_htrace_ring(q->link->rings.fd, q->index), path);
}
