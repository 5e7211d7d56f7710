/* SPDX-License-Identifier: MIT */
/*
 * The ring's index rules, written once: what a frontend and a backend may do
 * with the shared page, in which order, and when the peer must be notified.
 *
 * One page (or several) is shared by two domains that do not trust each other.
 * It starts with a 64-byte header of four free-running 32-bit indices, each with
 * one writer, and goes on with a power of two of slots. A slot is a request until
 * the backend consumed it and a response after that.
 *
 *	req_prod   written by the frontend, released by rl_front_publish(),
 *	           acquired by rl_back_pending()
 *	req_event  written by the backend, in rl_back_arm(); read by rl_front_publish()
 *	rsp_prod   written by the backend, released by rl_back_publish(),
 *	           acquired by rl_front_pending()
 *	rsp_event  written by the frontend, in rl_front_arm(); read by rl_back_publish()
 *
 * A wake-up is never lost because both sides put a full barrier between their
 * write and their read: the producer writes prod and then reads event, the
 * consumer writes event and then re-reads prod. Whatever the interleaving, one
 * of them sees the other's write. The shared page and the private view are two
 * structs so that no code can mistake an index of the peer for its own.
 *
 * Source: the protocol is that of Xen's public/io/ring.h; this is an
 * implementation of its own.
 */
#ifndef RL_CORE_RING_H
#define RL_CORE_RING_H

#include "core/types.h"

#define RL_RING_HEADER_BYTES 64u

/* The shared header. Every access goes through the functions below. */
struct rl_ring_shared {
	rl_u32 req_prod;
	rl_u32 req_event;
	rl_u32 rsp_prod;
	rl_u32 rsp_event;
	rl_u8 pad[48];
};

/* The frontend's private view. */
struct rl_ring_front {
	struct rl_ring_shared *shared;
	rl_u8 *slots;
	rl_u32 slot_bytes;
	rl_u32 size;	     /* slots, a power of two */
	rl_u32 req_prod_pvt; /* next request to fill; not yet published ones included */
	rl_u32 req_prod_pub; /* what was published: the page can be rewritten by the peer */
	rl_u32 rsp_cons;     /* next response to take */
};

/* The backend's private view. */
struct rl_ring_back {
	struct rl_ring_shared *shared;
	rl_u8 *slots;
	rl_u32 slot_bytes;
	rl_u32 size;
	rl_u32 rsp_prod_pvt; /* next response to fill */
	rl_u32 rsp_prod_pub; /* what was published */
	rl_u32 req_cons;     /* next request to take */
};

static inline rl_u32 rl_ring_load_acquire(const rl_u32 *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void rl_ring_store_release(rl_u32 *p, rl_u32 v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

/* Orders a write of ours before a read of the peer's; a guest with one vCPU needs it as well. */
static inline void rl_ring_full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/**
 * rl_ring_slots - how many slots fit into a ring.
 * @ring_bytes: size of the shared area, header included.
 * @slot_bytes: size of a slot, 112 for blkif on x86-64.
 * Returns: the largest power of two that fits, 0 when none does.
 * Context: any. Source: xen public/io/ring.h, __RING_SIZE.
 */
static inline rl_u32 rl_ring_slots(rl_u32 ring_bytes, rl_u32 slot_bytes)
{
	rl_u32 n = 1;

	if (ring_bytes < RL_RING_HEADER_BYTES + slot_bytes)
		return 0;
	while (2 * n * slot_bytes <= ring_bytes - RL_RING_HEADER_BYTES)
		n *= 2;
	return n;
}

/**
 * rl_ring_must_notify - the hold-off rule.
 * @old: producer index before publishing.  @new: after.  @event: the consumer's event index.
 * Returns: true when @event lies in (old, new], in arithmetic modulo 2^32.
 * Context: any. Source: xen public/io/ring.h.
 */
static inline rl_bool rl_ring_must_notify(rl_u32 old, rl_u32 new, rl_u32 event)
{
	return (rl_u32)(new - event) < (rl_u32)(new - old);
}

/**
 * rl_ring_init_shared - a fresh shared header: empty, both sides armed.
 * @sh: zeroed memory that the frontend owns and has not yet granted.
 * Context: frontend, before the backend maps the page.
 */
static inline void rl_ring_init_shared(struct rl_ring_shared *sh)
{
	*sh = (struct rl_ring_shared){.req_event = 1, .rsp_event = 1};
}

/**
 * rl_front_attach - start the frontend's view of a ring that rl_ring_init_shared() prepared.
 * @r: out.  @mem: the shared area.  @ring_bytes, @slot_bytes: as in rl_ring_slots().
 * Context: once a connection.
 */
static inline void rl_front_attach(
	struct rl_ring_front *r, void *mem, rl_u32 ring_bytes, rl_u32 slot_bytes)
{
	*r = (struct rl_ring_front){
		.shared = (struct rl_ring_shared *)mem,
		.slots = (rl_u8 *)mem + RL_RING_HEADER_BYTES,
		.slot_bytes = slot_bytes,
		.size = rl_ring_slots(ring_bytes, slot_bytes),
	};
}

/**
 * rl_back_attach - start the backend's view at the indices of a ring that may have been in use.
 * @r: out.  @mem, @ring_bytes, @slot_bytes: as above.
 * Context: once a connection. A backend that comes back takes up where responses ended, so that
 * requests of the old connection are consumed again (the frontend decides whether to offer them).
 */
static inline void rl_back_attach(
	struct rl_ring_back *r, void *mem, rl_u32 ring_bytes, rl_u32 slot_bytes)
{
	rl_u32 done = rl_ring_load_acquire(&((struct rl_ring_shared *)mem)->rsp_prod);

	*r = (struct rl_ring_back){
		.shared = (struct rl_ring_shared *)mem,
		.slots = (rl_u8 *)mem + RL_RING_HEADER_BYTES,
		.slot_bytes = slot_bytes,
		.size = rl_ring_slots(ring_bytes, slot_bytes),
		.rsp_prod_pvt = done,
		.rsp_prod_pub = done,
		.req_cons = done,
	};
}

/* ---- frontend ------------------------------------------------------------------------------ */

/**
 * rl_front_free - slots that a new request may take.
 * Returns: 0 to size. Requests wait in the block layer while it is 0; none is lost.
 */
static inline rl_u32 rl_front_free(const struct rl_ring_front *r)
{
	return r->size - (r->req_prod_pvt - r->rsp_cons);
}

/**
 * rl_front_slot - the slot of the next request; the caller fills it, field by field.
 * Context: the one producer; only while rl_front_free() > 0. Follow with rl_front_queue().
 */
static inline void *rl_front_slot(const struct rl_ring_front *r)
{
	return r->slots + (r->req_prod_pvt & (r->size - 1)) * r->slot_bytes;
}

/** rl_front_queue - count the slot just filled as queued; it is not visible before publication. */
static inline void rl_front_queue(struct rl_ring_front *r)
{
	r->req_prod_pvt++;
}

/**
 * rl_front_publish - make queued requests visible; say whether the backend must be notified.
 * Returns: true when a notification is due, false when it is held off or nothing was queued.
 * Context: the one producer; process or irq.
 */
static inline rl_bool rl_front_publish(struct rl_ring_front *r)
{
	rl_u32 old = r->req_prod_pub, new = r->req_prod_pvt;

	if (old == new)
		return 0;
	r->req_prod_pub = new;
	rl_ring_store_release(&r->shared->req_prod, new);
	rl_ring_full_barrier();
	return rl_ring_must_notify(
		old, new, __atomic_load_n(&r->shared->req_event, __ATOMIC_RELAXED));
}

/**
 * rl_front_pending - responses that wait.
 * @n: out, their number; unchanged on error.
 * Returns: 0; -EPROTO when the backend's index claims more responses than requests are in flight
 * (it went backwards, or ran ahead): the caller disables the device.
 */
static inline int rl_front_pending(const struct rl_ring_front *r, rl_u32 *n)
{
	rl_u32 have = rl_ring_load_acquire(&r->shared->rsp_prod) - r->rsp_cons;

	if (have > r->req_prod_pub - r->rsp_cons)
		return -RL_EPROTO;
	*n = have;
	return 0;
}

/**
 * rl_front_take - copy the next response out of the shared page, once, and consume it.
 * @rsp: out, @bytes of it.
 * Context: only while rl_front_pending() said that there is one.
 */
static inline void rl_front_take(struct rl_ring_front *r, void *rsp, rl_u32 bytes)
{
	__builtin_memcpy(rsp, r->slots + (r->rsp_cons & (r->size - 1)) * r->slot_bytes, bytes);
	__atomic_signal_fence(__ATOMIC_SEQ_CST); /* the compiler may not read the slot again */
	r->rsp_cons++;
}

/**
 * rl_front_arm - ask for an event at the @offset-th response from here, and look again.
 * @offset: 1 for the next response, more to batch.
 * Returns: true when responses came meanwhile (any: not only @offset of them), so do not sleep.
 */
static inline rl_bool rl_front_arm(struct rl_ring_front *r, rl_u32 offset)
{
	__atomic_store_n(&r->shared->rsp_event, r->rsp_cons + offset, __ATOMIC_RELAXED);
	rl_ring_full_barrier();
	return rl_ring_load_acquire(&r->shared->rsp_prod) != r->rsp_cons;
}

/* ---- backend ------------------------------------------------------------------------------- */

/**
 * rl_back_pending - requests that wait.
 * @n: out, their number; unchanged on error.
 * Returns: 0; -EPROTO when the frontend's index claims more requests than the ring has room for:
 * the caller stops this ring, and this ring only.
 */
static inline int rl_back_pending(const struct rl_ring_back *r, rl_u32 *n)
{
	rl_u32 prod = rl_ring_load_acquire(&r->shared->req_prod);

	if (prod - r->rsp_prod_pvt > r->size || prod - r->req_cons > r->size)
		return -RL_EPROTO;
	*n = prod - r->req_cons;
	return 0;
}

/**
 * rl_back_take - copy the next request out of the shared page, once, and consume it.
 * @req: out, @bytes of it. What is validated and used is this copy, never the slot (XSA-155).
 * Context: only while rl_back_pending() said that there is one.
 */
static inline void rl_back_take(struct rl_ring_back *r, void *req, rl_u32 bytes)
{
	__builtin_memcpy(req, r->slots + (r->req_cons & (r->size - 1)) * r->slot_bytes, bytes);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	r->req_cons++;
}

/**
 * rl_back_arm - ask for an event at the @offset-th request from here, and look again.
 * Returns: true when requests came meanwhile, so do not sleep.
 */
static inline rl_bool rl_back_arm(struct rl_ring_back *r, rl_u32 offset)
{
	__atomic_store_n(&r->shared->req_event, r->req_cons + offset, __ATOMIC_RELAXED);
	rl_ring_full_barrier();
	return rl_ring_load_acquire(&r->shared->req_prod) != r->req_cons;
}

/**
 * rl_back_slot - the slot of the next response; the caller fills it, field by field (XSA-216).
 * Context: the one producer; at most as many as requests were consumed. Follow with
 * rl_back_queue().
 */
static inline void *rl_back_slot(const struct rl_ring_back *r)
{
	return r->slots + (r->rsp_prod_pvt & (r->size - 1)) * r->slot_bytes;
}

/** rl_back_queue - count the response just filled as queued. */
static inline void rl_back_queue(struct rl_ring_back *r)
{
	r->rsp_prod_pvt++;
}

/**
 * rl_back_publish - make queued responses visible; say whether the frontend must be notified.
 * Returns: as rl_front_publish().
 */
static inline rl_bool rl_back_publish(struct rl_ring_back *r)
{
	rl_u32 old = r->rsp_prod_pub, new = r->rsp_prod_pvt;

	if (old == new)
		return 0;
	r->rsp_prod_pub = new;
	rl_ring_store_release(&r->shared->rsp_prod, new);
	rl_ring_full_barrier();
	return rl_ring_must_notify(
		old, new, __atomic_load_n(&r->shared->rsp_event, __ATOMIC_RELAXED));
}

#endif
