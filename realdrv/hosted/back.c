/* SPDX-License-Identifier: MIT */
/* Dequeue requests, hand them to the device, respond; see back.h. */
#include "hosted/back.h"

#include "hosted/clock.h"

#include <errno.h>
#include <poll.h>

#define REAP_BATCH 32u
/* Responses are published at least so often within a batch: the frontend takes the first of them
 * while the last are still made. */
#define PUBLISH_EVERY 8u

static struct rl_hback *of(struct rl_hwaiter *w)
{
	return (struct rl_hback *)((char *)w - offsetof(struct rl_hback, w));
}

static void answer(struct rl_hback *b, rl_u64 id, rl_u8 operation, rl_s16 status)
{
	struct rl_blkif_response *rsp = rl_back_slot(&b->ring);

	/* Field by field, padding too: the slot is shared and keeps no secret of ours. */
	rsp->id = id;
	rsp->operation = operation;
	rsp->pad = 0;
	rsp->status = status;
	rsp->pad2 = 0;
	rl_back_queue(&b->ring);
	b->stats.responses++;
}

static void publish(struct rl_hback *b)
{
	rl_u32 n = b->ring.rsp_prod_pvt - b->ring.rsp_prod_pub;

	if (!n)
		return;
	b->stats.batches++;
	rl_htrace_stamp(&b->trace, RL_TRACE_RESPOND, 0, b->ring.rsp_prod_pvt, n);
	rl_hwaiter_notify(&b->w, b->peer_evtchn, rl_back_publish(&b->ring));
}

/* The pieces of a judged request, neighbours joined. Returns their number; 0: a bad grant. */
static rl_u32 gather(const struct rl_hback *b, const struct rl_blkif_request *req, rl_u32 segments,
	struct iovec *iov)
{
	rl_u32 n = 0;

	for (rl_u32 i = 0; i < segments; i++) {
		const struct rl_blkif_segment *s = &req->seg[i];
		rl_u8 *at;
		size_t len = (s->last_sect - s->first_sect + 1u) * RL_SECTOR_BYTES;

		if (s->gref >= b->npages)
			return 0;
		at = b->pages + (size_t)s->gref * RL_PAGE_BYTES + s->first_sect * RL_SECTOR_BYTES;
		if (n && (rl_u8 *)iov[n - 1].iov_base + iov[n - 1].iov_len == at)
			iov[n - 1].iov_len += len;
		else
			iov[n++] = (struct iovec){at, len};
	}
	return n;
}

static void count(struct rl_hback *b, rl_u8 operation, rl_u32 sectors)
{
	b->stats.reads += operation == RL_BLKIF_READ;
	b->stats.writes += operation == RL_BLKIF_WRITE;
	b->stats.flushes += operation == RL_BLKIF_FLUSH;
	b->stats.sectors += sectors;
}

static void complete(struct rl_hback *b, rl_u32 tag, int error)
{
	rl_htrace_stamp(&b->trace, RL_TRACE_DEVICE, (rl_u32)b->tag[tag].id, 0, 0);
	if (error)
		b->stats.io_errors++;
	else
		count(b, b->tag[tag].operation, b->tag[tag].sectors);
	if (b->tag[tag].taken_ns)
		rl_hwaiter_completed(&b->w, rl_hclock_ns() - b->tag[tag].taken_ns);
	answer(b, b->tag[tag].id, b->tag[tag].operation, error ? RL_BLKIF_ERROR : RL_BLKIF_OKAY);
	b->free_tag[b->nfree++] = tag;
}

static void carry_out(
	struct rl_hback *b, const struct rl_blkif_request *req, const struct rl_blkif_plan *plan)
{
	struct iovec iov[RL_BLKIF_MAX_SEGMENTS];
	struct rl_hreq r = {.operation = plan->operation,
		.tag = b->free_tag[--b->nfree],
		.sector = plan->sector,
		.bytes = plan->sectors * RL_SECTOR_BYTES,
		.niov = gather(b, req, plan->nr_segments, iov),
		.iov = iov};
	int rc;

	b->tag[r.tag].id = plan->id;
	b->tag[r.tag].operation = plan->operation;
	b->tag[r.tag].sectors = plan->sectors;
	b->tag[r.tag].taken_ns = rl_hwaiter_sample(&b->w) ? rl_hclock_ns() : 0;
	if (plan->nr_segments && !r.niov) {
		b->stats.refused++;
		answer(b, plan->id, plan->operation, RL_BLKIF_ERROR);
		b->free_tag[b->nfree++] = r.tag;
		return;
	}
	rc = b->device->submit(b->dq, &r);
	if (rc == RL_HDEVICE_DEFER)
		b->in_flight++;
	else
		complete(b, r.tag, rc);
}

/* All that waits, in one batch, then published. */
static int drain(struct rl_hback *b)
{
	struct rl_blkif_request req;
	struct rl_blkif_plan plan;
	rl_u32 n;

	if (rl_back_pending(&b->ring, &n))
		return -EPROTO;
	b->stats.requests += n;
	for (; n; n--) {
		rl_back_take(&b->ring, &req, sizeof(req));
		rl_htrace_stamp(
			&b->trace, RL_TRACE_DEQUEUE, (rl_u32)req.id, b->ring.req_cons - 1, 0);
		if (rl_blkif_check(&req, &b->limits, &plan)) {
			carry_out(b, &req, &plan);
		} else {
			b->stats.refused++;
			answer(b, plan.id, plan.operation, plan.status);
		}
		if (n % PUBLISH_EVERY == 1)
			publish(b);
	}
	if (b->device->commit)
		b->device->commit(b->dq);
	publish(b);
	return 0;
}

static rl_bool service(struct rl_hwaiter *w)
{
	struct rl_hback *b = of(w);
	struct rl_hdone done[REAP_BATCH];
	rl_bool any = 0;
	rl_u32 n;

	do {
		n = b->device->reap(b->dq, done, REAP_BATCH);
		for (rl_u32 i = 0; i < n; i++)
			complete(b, done[i].tag, done[i].error);
		b->in_flight -= n;
		any |= n > 0;
	} while (n == REAP_BATCH);
	publish(b);
	return any;
}

static rl_bool pending(struct rl_hwaiter *w)
{
	const struct rl_ring_back *r = &of(w)->ring;

	if (rl_ring_load_acquire(&r->shared->req_prod) == r->req_cons)
		return 0;
	/* The slot is under way to this core, to be written too, while the wait is accounted. */
	__builtin_prefetch(rl_back_slot(r), 1);
	return 1;
}

static rl_bool arm(struct rl_hwaiter *w, rl_u32 offset)
{
	return rl_back_arm(&of(w)->ring, offset);
}

static rl_u32 in_flight(struct rl_hwaiter *w)
{
	return of(w)->in_flight;
}

int rl_hback_run(struct rl_hback *b)
{
	while (!rl_hwaiter_wanted(&b->w)) {
		int rc = drain(b);

		if (rc)
			return rc;
		if (!pending(&b->w) && rl_hwaiter_wait(&b->w, RL_NEVER) == RL_HWAIT_ATTENTION)
			break;
	}
	return 0;
}

static const struct rl_hwaiter_ops at_once = {
	.pending = pending, .arm = arm, .in_flight = in_flight};
static const struct rl_hwaiter_ops deferred = {
	.pending = pending, .arm = arm, .in_flight = in_flight, .service = service};

int rl_hback_init(struct rl_hback *b, const struct rl_hback_conf *c)
{
	rl_u32 bytes = c->ring_pages * RL_PAGE_BYTES;
	int rc, fd = -1;

	*b = (struct rl_hback){.device = c->device,
		.pages = c->pages,
		.npages = c->npages,
		.peer_evtchn = c->peer_evtchn,
		.limits = {c->disk->capacity_sectors, c->disk->read_only, c->disk->flush}};
	rl_back_attach(&b->ring, c->ring, bytes, RL_BLKIF_SLOT_BYTES);
	for (b->nfree = 0; b->nfree < b->ring.size; b->nfree++)
		b->free_tag[b->nfree] = b->nfree;
	rc = rl_htrace_init(&b->trace, c->trace_records, RL_TRACE_BACK, c->queue);
	rc = rc ? rc : c->device->attach(c->dev, b->ring.size, &b->dq, &fd);
	if (rc) {
		rl_htrace_fini(&b->trace);
		return rc;
	}
	rc = rl_hwaiter_init(
		&b->w, fd < 0 ? &at_once : &deferred, c->policy, c->evtchn, &b->stats, NULL);
	b->w.service_fd = fd;
	b->w.trace = &b->trace;
	if (rc) {
		c->device->detach(b->dq);
		rl_htrace_fini(&b->trace);
	}
	return rc;
}

void rl_hback_fini(struct rl_hback *b)
{
	while (b->in_flight) {
		struct pollfd p = {b->w.service_fd, POLLIN, 0};

		poll(&p, 1, -1);
		service(&b->w);
	}
	b->device->detach(b->dq);
	rl_htrace_fini(&b->trace);
}
