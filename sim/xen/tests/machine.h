/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bare machine for tests of schedulers: pCPUs, domains whose vCPUs burn time or sleep and wake,
 * and nothing else. Included by one file a program.
 */
#ifndef RL_SIM_XEN_TESTS_MACHINE_H
#define RL_SIM_XEN_TESTS_MACHINE_H

#include "sim/core/world.h"
#include "sim/core/tests/world_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MSEC (1000000000ull)
#define SEC  (1000 * MSEC)

/* A vCPU that works and rests; it rests for ever after `until`. */
struct sleeper {
	rl_ps work, rest, until;
};

#define MAX_VCPUS 24u

/* A vCPU's one thread, and its alarm clock. */
static struct {
	struct rl_timer clock;
	struct rl_ctx *thread;
} of_vcpu[MAX_VCPUS];

static inline void burns(struct rl_ctx *c)
{
	rl_ctx_run(c, RL_CPU_WORK, SEC, burns);
}

static inline void rests(struct rl_ctx *c)
{
	const struct sleeper *s = c->arg;

	if (w->now < s->until)
		rl_timer_set(&of_vcpu[c->v->id].clock, w->now + s->rest);
	rl_ctx_sleep(c, rests);
}

static inline void works(struct rl_ctx *c)
{
	const struct sleeper *s = c->arg;

	rl_ctx_run(c, RL_CPU_WORK, s->work, rests);
}

static inline void alarm_irq(struct rl_ctx *c)
{
	struct rl_ctx *thread = of_vcpu[c->v->id].thread;

	rl_ctx_wake(thread);
	thread->done = works;
	rl_irq_end(c->v);
}

/* Nothing costs time but a switch of 1 us; the rate limit is Xen's. */
static inline void machine(const char *sched, uint32_t sockets, uint32_t cores, uint32_t threads)
{
	assert_int_equal(rl_world_reset(w, 300, 0), 0);
	w->cost[RL_PARAM_switch_ns] = 1000 * RL_PS_PER_NS;
	w->cost[RL_PARAM_ratelimit_ns] = MSEC;
	w->sched = sched_named(sched);
	assert_non_null(w->sched);
	w->waker = -1;
	w->sockets = sockets;
	w->threads = threads;
	rl_xen_create(w, sockets * cores * threads, MAX_VCPUS, MAX_VCPUS);
}

/* A domain whose vCPUs burn time (@s null), or work and rest. Returns: its first vCPU. */
static inline struct rl_vcpu *domain(
	uint32_t weight, uint32_t cap, uint32_t nvcpus, int32_t pin, struct sleeper *s)
{
	struct rl_dom *d = &w->dom[w->ndoms];
	struct rl_vcpu *first = &w->vcpu[w->nvcpus];

	*d = (struct rl_dom){.weight = weight, .cap = cap, .id = w->ndoms++, .cost = w->cost};
	for (uint32_t i = 0; i < nvcpus; i++) {
		struct rl_vcpu *v = &w->vcpu[w->nvcpus];

		assert_true(w->nvcpus < MAX_VCPUS);
		rl_vcpu_init(v, w, w->nvcpus++, d, pin);
		of_vcpu[v->id].thread = rl_vcpu_thread(v, s ? works : burns, s);
		rl_timer_init(&of_vcpu[v->id].clock, v, alarm_irq, NULL);
	}
	return first;
}

static inline void begin(void)
{
	struct rl_rng rng;

	rl_rng_init(&rng, 1, 0, 0, 0);
	rl_sched_init(w, &rng);
	for (uint32_t i = 0; i < w->nvcpus; i++)
		rl_vcpu_start(&w->vcpu[i]);
}

static inline void run_until(rl_ps t)
{
	while (w->now < t)
		assert_true(rl_world_step(w));
	rl_xen_settle(w);
}

/* CPU time of a domain in pCPUs, from @from seconds of it on. */
static inline double used(const struct rl_dom *d, rl_ps since, const rl_ps *before)
{
	rl_ps sum = 0;

	for (uint32_t i = 0; i < w->nvcpus; i++)
		if (w->vcpu[i].dom == d)
			sum += w->vcpu[i].st.run_ps - (before ? before[i] : 0);
	return (double)sum / (double)(w->now - since);
}

#endif
