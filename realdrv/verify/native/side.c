// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A side's loop. Before it waits, a side has published all that it queued and answered or
 * sent all that it may: what the watchdog concludes rests on that.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "verify/native/stress.h"

#define ROUND_NS 100000000u

void rl_stress_broken(struct rl_stress_worker *w, const char *what, uint64_t a, uint64_t b)
{
	snprintf(w->self->why, sizeof(w->self->why), "%s: %s (%#llx, expected %#llx)",
		w->role == RL_STRESS_FRONT ? "frontend" : "backend", what, (unsigned long long)a,
		(unsigned long long)b);
	__atomic_store_n(&w->self->broken, true, __ATOMIC_RELEASE);
	for (;;)
		pause(); /* the watchdog ends the run */
}

uint32_t rl_stress_pending(struct rl_stress_worker *w)
{
	uint32_t n = 0;
	int rc = w->role == RL_STRESS_FRONT ? rl_front_pending(&w->front, &n)
					    : rl_back_pending(&w->back, &n);

	if (rc)
		rl_stress_broken(w, "a sound peer was taken for a hostile one", 0, 0);
	return n;
}

/* The watchdog reads it at any time. */
static void count(uint64_t *n)
{
	__atomic_store_n(n, *n + 1, __ATOMIC_RELAXED);
}

static void completed(struct rl_stress_worker *w, uint64_t since_ns)
{
	uint64_t ns, mean = w->mean_completion_ns;

	if (!since_ns)
		return;
	ns = rl_stress_now_ns() - since_ns;
	w->mean_completion_ns = mean ? mean - mean / 8 + ns / 8 : ns;
}

/* One message in 16 is timed. */
static uint64_t stamp(struct rl_stress_worker *w)
{
	return w->taken % 16 ? 0 : rl_stress_now_ns();
}

static void publish(struct rl_stress_worker *w)
{
	bool due;

	rl_stress_jitter(w);
	if (w->role == RL_STRESS_FRONT) {
		if (w->front.req_prod_pvt == w->front.req_prod_pub)
			return;
		due = rl_front_publish(&w->front);
	} else {
		if (w->back.rsp_prod_pvt == w->back.rsp_prod_pub)
			return;
		due = rl_back_publish(&w->back);
	}
	rl_stress_notify(w, due);
}

/* ---- frontend ---- */

static uint64_t content(uint64_t round, uint32_t n)
{
	return rl_stress_mix(round << 32 ^ n);
}

static void submit(struct rl_stress_worker *w, uint32_t n)
{
	struct rl_blkif_request *slot = rl_front_slot(&w->front);
	uint32_t k = n % RL_STRESS_SLOTS_MAX;

	while (w->shadow[k].busy)
		k = (k + 1) % RL_STRESS_SLOTS_MAX;
	w->shadow[k].busy = true;
	w->shadow[k].id = k | (uint64_t)n << 8;
	w->shadow[k].since_ns = stamp(w);
	slot->operation = n + 1 == w->until ? RL_STRESS_STOP : RL_BLKIF_WRITE;
	slot->nr_segments = 1;
	slot->id = w->shadow[k].id;
	slot->sector_number = content(w->round.number, n);
	rl_front_queue(&w->front);
	w->in_flight++;
}

static void take_responses(struct rl_stress_worker *w)
{
	uint32_t n = rl_stress_pending(w);

	while (n--) {
		struct rl_blkif_response rsp;
		uint32_t k;

		rl_front_take(&w->front, &rsp, sizeof(rsp));
		k = rsp.id & 0xff;
		if (k >= RL_STRESS_SLOTS_MAX || !w->shadow[k].busy || w->shadow[k].id != rsp.id)
			rl_stress_broken(w, "a response to no request in flight", rsp.id,
				k < RL_STRESS_SLOTS_MAX ? w->shadow[k].id : 0);
		if (rsp.operation != (uint8_t)~content(w->round.number, (uint32_t)(rsp.id >> 8)))
			rl_stress_broken(w, "a response with wrong content", rsp.operation, 0);
		w->shadow[k].busy = false;
		completed(w, w->shadow[k].since_ns);
		w->in_flight--;
		w->taken++;
		count(&w->self->count.messages);
	}
}

/* Policies that wait by the clock would make some rounds endless: time ends them as well. */
static void limit(struct rl_stress_worker *w, uint32_t sent, uint64_t since_ns)
{
	if (sent % 16 == 0 && sent < w->until && rl_stress_now_ns() - since_ns > ROUND_NS)
		w->until = sent + 1;
}

static void run_front(struct rl_stress_worker *w)
{
	uint64_t since_ns = rl_stress_now_ns();
	uint32_t sent = 0, queued = 0;

	w->until = w->round.requests;
	while (w->taken < w->until) {
		while (sent < w->until && w->in_flight < w->round.depth &&
			rl_front_free(&w->front)) {
			limit(w, sent, since_ns);
			submit(w, sent++);
			if (++queued >= w->round.batch[RL_STRESS_FRONT]) {
				publish(w);
				queued = 0;
			}
		}
		publish(w);
		queued = 0;
		if (rl_stress_pending(w))
			take_responses(w);
		else
			rl_stress_idle(w);
	}
}

/* ---- backend ---- */

static void answer(struct rl_stress_worker *w, const struct rl_blkif_request *req)
{
	struct rl_blkif_response *slot = rl_back_slot(&w->back);

	slot->id = req->id;
	slot->operation = (uint8_t)~req->sector_number;
	slot->status = RL_BLKIF_OKAY;
	rl_back_queue(&w->back);
	if (w->back.rsp_prod_pvt - w->back.rsp_prod_pub >= w->round.batch[RL_STRESS_BACK])
		publish(w);
}

/* Answers in another order than that of the requests. */
void rl_stress_release(struct rl_stress_worker *w)
{
	while (w->nheld) {
		w->nheld--;
		completed(w, w->held_since_ns[w->nheld]);
		answer(w, &w->held[w->nheld]);
	}
	w->in_flight = 0;
	publish(w);
}

static void take_request(struct rl_stress_worker *w)
{
	struct rl_blkif_request req;

	rl_back_take(&w->back, &req, sizeof(req));
	if (req.id >> 8 != w->taken || req.sector_number != content(w->round.number, w->taken))
		rl_stress_broken(w, "not the next request", req.id >> 8, w->taken);
	w->taken++;
	count(&w->self->count.messages);
	w->stopping = req.operation == RL_STRESS_STOP;
	if (w->nheld < w->round.held && rl_stress_draw(&w->rng) & 0x100) {
		w->held_since_ns[w->nheld] = stamp(w);
		w->held[w->nheld++] = req;
		w->in_flight = w->nheld;
	} else {
		answer(w, &req);
	}
}

static void run_back(struct rl_stress_worker *w)
{
	uint32_t n;

	while (!w->stopping) {
		n = rl_stress_pending(w);
		while (n-- && !w->stopping)
			take_request(w);
		if (w->nheld == w->round.held)
			rl_stress_release(w);
		publish(w);
		if (!w->stopping && !rl_stress_pending(w))
			rl_stress_idle(w);
	}
	rl_stress_release(w);
}

/* ---- rounds ---- */

/* Of the round before; nobody sends between two rounds. */
static void forget_events(struct rl_stress_worker *w)
{
	struct pollfd p = {.fd = w->self->eventfd, .events = POLLIN};
	uint64_t n;

	w->self->word = 0;
	if (poll(&p, 1, 0) > 0 && read(w->self->eventfd, &n, sizeof(n)) != sizeof(n))
		rl_stress_broken(w, "an eventfd cannot be read", 0, 0);
}

static void prepare(struct rl_stress_worker *w)
{
	struct rl_stress_arena *a = w->arena;
	struct rl_ring_shared *sh = (void *)a->ring;

	if (w->role == RL_STRESS_FRONT) {
		memset(a->ring, 0, sizeof(a->ring));
		rl_ring_init_shared(sh);
		sh->req_prod = sh->rsp_prod = w->round.start;
		sh->req_event = sh->rsp_event = w->round.start + 1;
		__atomic_store_n(&a->round, w->round.number, __ATOMIC_RELAXED);
	}
	forget_events(w);
	pthread_barrier_wait(&a->gate);
	if (w->role == RL_STRESS_FRONT) {
		rl_front_attach(&w->front, a->ring, w->round.ring_bytes, RL_BLKIF_SLOT_BYTES);
		w->front.req_prod_pvt = w->front.req_prod_pub = w->front.rsp_cons = w->round.start;
	} else {
		rl_back_attach(&w->back, a->ring, w->round.ring_bytes, RL_BLKIF_SLOT_BYTES);
	}
	memset(w->shadow, 0, sizeof(w->shadow));
	w->taken = w->in_flight = w->nheld = 0;
	w->mean_completion_ns = 0;
	w->stopping = false;
	w->rng = rl_stress_mix(w->round.rng + w->role);
}

/* Both sides learn here, before the gate, whether another round follows. */
static void account(struct rl_stress_worker *w)
{
	struct rl_stress_arena *a = w->arena;

	a->rounds++;
	a->wrapped += w->round.start + w->taken < w->round.start;
	if (2 * w->self->count.messages >= a->messages)
		__atomic_store_n(&a->finished, true, __ATOMIC_RELEASE);
}

static void run_round(struct rl_stress_worker *w, uint64_t number)
{
	struct rl_policy_err err;

	rl_stress_round_draw(&w->round, w->arena, number);
	if (rl_policy_select(&w->policy, w->round.spec[w->role], &err))
		rl_stress_broken(w, err.what, err.at, 0);
	prepare(w);
	if (w->role == RL_STRESS_FRONT) {
		run_front(w);
		account(w);
	} else {
		run_back(w);
	}
	/* Who is done sends nothing any more: the other may be lost on the last message. */
	rl_stress_mark(w, RL_STRESS_LOOK);
	pthread_barrier_wait(&w->arena->gate);
	rl_stress_mark(w, RL_STRESS_RUN);
}

void *rl_stress_run(void *arg)
{
	struct rl_stress_worker *w = arg;
	struct rl_stress_arena *a = w->arena;

	w->self->pid = getpid();
	__atomic_store_n(&w->self->tid, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	for (uint64_t i = 0; !__atomic_load_n(&a->finished, __ATOMIC_ACQUIRE); i++)
		run_round(w, i);
	return NULL;
}
