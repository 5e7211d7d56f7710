/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two real CPUs over the real core/ring.h: a frontend and a backend, threads or processes,
 * that wait as policies of the registry say and block exactly after arming.
 *
 * A run is a row of rounds. A round has its own ring, depth, policies, kind of event and
 * first index (mostly so that indices wrap in it); all of it is drawn from the seed and
 * the number of the round, by both sides alike. The last request of a round says stop,
 * and takes the same way as every other.
 *
 * main.c starts the sides and watches them; watch.c says when a wake-up is lost for
 * certain; side.c is a side's loop; carry.c waits as a plan says; round.c draws.
 */
#ifndef RL_VERIFY_STRESS_H
#define RL_VERIFY_STRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/blkif.h"
#include "core/policy.h"
#include "core/ring.h"

#define RL_STRESS_SLOTS_MAX 64u
#define RL_STRESS_RING_MAX  (2 * 4096u)
#define RL_STRESS_STOP	    0xffu /* operation of the last request */
#define RL_STRESS_HELD_MAX  4u	  /* requests that the device keeps while others pass */

enum rl_stress_role { RL_STRESS_FRONT, RL_STRESS_BACK };

/*
 * What a side is at, for the watchdog. Anything but RUN is a promise: until a message or an
 * event comes, this side publishes nothing and sends nothing. BLOCKED has no timer either.
 */
enum rl_stress_mode { RL_STRESS_RUN, RL_STRESS_LOOK, RL_STRESS_TIMED, RL_STRESS_BLOCKED };

enum rl_stress_event { RL_STRESS_FUTEX, RL_STRESS_EVENTFD, RL_STRESS_EVENTS };

struct rl_stress_count {
	uint64_t messages; /* taken and found sound */
	uint64_t sent, held_off, arms, recheck_hits, blocks, upcalls, timers, polls;
};

/* A side as the other one and the watchdog see it; one writer but for `word`. */
struct rl_stress_side {
	_Alignas(128) uint32_t word; /* futex: an event waits here */
	_Alignas(128) uint64_t seq;  /* rises after every change of mode */
	uint32_t mode;
	uint32_t cons; /* next message to take, at that change */
	int32_t tid, pid;
	int eventfd;
	struct rl_stress_count count;
	bool broken; /* a message was not what it had to be; the run ends */
	char why[160];
};

/* One round; equal at both sides. */
struct rl_stress_round {
	uint64_t number;
	uint64_t rng;
	char spec[2][96];  /* policies */
	uint32_t requests; /* at most */
	uint32_t start, ring_bytes, depth;
	uint32_t batch[2]; /* published at once, at most */
	uint32_t jitter;   /* pauses before publishing and arming, at most */
	uint32_t held;	   /* requests at the device, at most */
	enum rl_stress_event event;
};

/* Shared by both sides, whether threads or processes. */
struct rl_stress_arena {
	_Alignas(4096) uint8_t ring[RL_STRESS_RING_MAX];
	struct rl_stress_side side[2];
	pthread_barrier_t gate;
	uint64_t seed, messages, round_requests;
	uint64_t round;		  /* under way */
	uint64_t rounds, wrapped; /* ended; those in which indices went through 2^32 */
	const char *front_policy, *back_policy; /* null: drawn */
	int cpu[2];
	bool finished;
};

/* What a side keeps to itself. */
struct rl_stress_worker {
	struct rl_stress_arena *arena;
	struct rl_stress_side *self, *peer;
	enum rl_stress_role role;
	struct rl_stress_round round;
	struct rl_policy_inst policy;
	struct rl_ring_front front;
	struct rl_ring_back back;
	uint64_t rng, mean_completion_ns;
	uint32_t in_flight;
	uint32_t taken; /* messages of this round */
	uint32_t until; /* frontend: requests of this round; the last one says stop */
	/* frontend: requests in flight, by shadow slot, as a driver keeps them */
	struct {
		uint64_t id, since_ns;
		bool busy;
	} shadow[RL_STRESS_SLOTS_MAX];
	/* backend: requests at the device */
	struct rl_blkif_request held[RL_STRESS_HELD_MAX];
	uint64_t held_since_ns[RL_STRESS_HELD_MAX];
	uint32_t nheld;
	bool stopping; /* backend: the last request was taken */
};

/** rl_stress_draw - the next pseudo-random number of a stream. @rng: not 0. */
static inline uint64_t rl_stress_draw(uint64_t *rng)
{
	*rng ^= *rng << 13;
	*rng ^= *rng >> 7;
	*rng ^= *rng << 17;
	return *rng;
}

/** rl_stress_mix - a number that depends on every bit of @x; never 0. */
static inline uint64_t rl_stress_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return (x ^ x >> 31) | 1;
}

/** rl_stress_now_ns - CLOCK_MONOTONIC. */
uint64_t rl_stress_now_ns(void);

/** rl_stress_round_draw - what round @number is like. @r: out. */
void rl_stress_round_draw(
	struct rl_stress_round *r, const struct rl_stress_arena *a, uint64_t number);

/** rl_stress_mark - tell the watchdog what this side is at; no barrier, on purpose. */
static inline void rl_stress_mark(struct rl_stress_worker *w, enum rl_stress_mode mode)
{
	uint32_t cons = w->role == RL_STRESS_FRONT ? w->front.rsp_cons : w->back.req_cons;

	__atomic_store_n(&w->self->cons, cons, __ATOMIC_RELAXED);
	__atomic_store_n(&w->self->mode, mode, __ATOMIC_RELEASE);
	__atomic_store_n(&w->self->seq, w->self->seq + 1, __ATOMIC_RELEASE);
}

/** rl_stress_pending - messages that wait; ends the run when the peer is found hostile. */
uint32_t rl_stress_pending(struct rl_stress_worker *w);

/** rl_stress_broken - end the run: something arrived that nobody sent. */
void rl_stress_broken(struct rl_stress_worker *w, const char *what, uint64_t a, uint64_t b);

/** rl_stress_notify - send the event that publishing asked for, or count it held off. */
void rl_stress_notify(struct rl_stress_worker *w, bool due);

/** rl_stress_jitter - lose a little time, so that the sides meet at other places each time. */
void rl_stress_jitter(struct rl_stress_worker *w);

/**
 * rl_stress_idle - the ring is empty: ask the policy, wait as it says, tell it how that ended.
 * Returns: when the ring may be worth another look.
 */
void rl_stress_idle(struct rl_stress_worker *w);

/** rl_stress_release - backend: the device finishes what it holds; answered and published. */
void rl_stress_release(struct rl_stress_worker *w);

/** rl_stress_run - a side's life; @arg is its struct rl_stress_worker. Returns: null. */
void *rl_stress_run(void *arg);

/**
 * rl_stress_lost - whether a side sleeps for ever although messages wait for it.
 * @why: out, says which and how that is known.
 * Returns: true when that is certain, from states alone; false else.
 * Context: any thread that is no side; takes some milliseconds.
 */
bool rl_stress_lost(struct rl_stress_arena *a, char *why, size_t why_bytes);

#endif
