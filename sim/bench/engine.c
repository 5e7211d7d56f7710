/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two models through the engine: actors and their slots. What they share is static, so that
 * draws need not wait for an actor's address, which is known only when its event is: the bare
 * models have theirs in registers.
 */
#include "sim/core/engine.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "sim/bench/bench.h"
#include "sim/bench/draw.h"
#include "sim/bench/queue.h"

#define MEAN_PS	    1e6 /* a mean service time, a mean delay: rounding to ps is a millionth */
#define MANY_ERRORS 5	/* standard errors: once in two million seeds */

double rl_bench_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Signed: a conversion of one instruction. */
static rl_ps delay(struct rl_draw *d, double mean_ps)
{
	return (rl_ps)(int64_t)(rl_draw_exp(d) * mean_ps);
}

/* ---- mm1 ----------------------------------------------------------------------------------- */

/* Two actors, the source of customers and the server, and the queue between them. */
static struct {
	struct rl_engine e;
	struct rl_draw d;
	uint32_t source, server;
	double gap_ps;
	uint32_t head, tail;
	uint64_t customers, arrived, left;
	rl_ps sum;
	bool full;
	rl_ps stamp[RL_QUEUE_ROOM];
} q;

static void serve(void)
{
	rl_engine_arm(&q.e, q.server, q.e.now + delay(&q.d, MEAN_PS));
}

static void arrive(void *arg)
{
	(void)arg;
	q.stamp[q.tail++ % RL_QUEUE_ROOM] = q.e.now;
	if (q.tail - q.head == 1)
		serve();
	if (q.tail - q.head == RL_QUEUE_ROOM)
		q.full = true;
	else if (++q.arrived < q.customers)
		rl_engine_arm(&q.e, q.source, q.e.now + delay(&q.d, q.gap_ps));
}

static void leave(void *arg)
{
	(void)arg;
	q.sum += q.e.now - q.stamp[q.head++ % RL_QUEUE_ROOM];
	q.left++;
	if (q.head != q.tail)
		serve();
}

static int run_mm1(struct rl_bench_mm1 *out)
{
	double begin = rl_bench_cpu_ns();

	rl_engine_arm(&q.e, q.source, delay(&q.d, q.gap_ps));
	while (rl_engine_step(&q.e))
		;
	if (q.full || q.left != q.customers)
		return -EOVERFLOW;
	*out = (struct rl_bench_mm1){
		.ns = (rl_bench_cpu_ns() - begin) / (double)q.e.events,
		.mean = (double)q.sum / (double)q.customers / MEAN_PS,
	};
	return 0;
}

int rl_bench_mm1(double load, uint64_t customers, uint64_t seed, struct rl_bench_mm1 *out)
{
	int rc;

	memset(&q, 0, sizeof(q));
	q.customers = customers;
	q.gap_ps = MEAN_PS / load;
	rl_draw_init(&q.d, seed);
	rc = rl_engine_init(&q.e, 2, 0);
	if (!rc) {
		q.source = rl_engine_slot(&q.e, arrive, NULL);
		q.server = rl_engine_slot(&q.e, leave, NULL);
		rc = run_mm1(out);
	}
	rl_engine_fini(&q.e);
	return rc;
}

double rl_bench_mm1_off(double load, uint64_t customers, double mean)
{
	double idle = 1 - load, r = load;
	double waits = r * (2 + 5 * r - 4 * r * r + r * r * r) / (idle * idle * idle * idle);
	double error = (sqrt(waits) + 1) / sqrt((double)customers);

	return fabs(mean - 1 / idle) / error;
}

/* ---- hold ---------------------------------------------------------------------------------- */

/* Actors without a state of their own. */
static struct {
	struct rl_engine e;
	struct rl_draw d;
} h;

static void again(void *arg)
{
	(void)arg;
	rl_engine_arm(&h.e, rl_engine_self(&h.e), h.e.now + delay(&h.d, MEAN_PS));
}

static int fill(uint32_t pending)
{
	int rc = rl_engine_init(&h.e, pending, 0);

	for (uint32_t i = 0; i < pending && !rc; i++)
		rl_engine_arm(&h.e, rl_engine_slot(&h.e, again, NULL), delay(&h.d, MEAN_PS));
	return rc;
}

int rl_bench_hold(uint32_t pending, uint64_t events, uint64_t seed, double *ns)
{
	double begin;
	int rc;

	memset(&h, 0, sizeof(h));
	rl_draw_init(&h.d, seed);
	rc = fill(pending);
	if (!rc) {
		begin = rl_bench_cpu_ns();
		while (h.e.events < events)
			rl_engine_step(&h.e);
		*ns = (rl_bench_cpu_ns() - begin) / (double)events;
		if (rl_bench_hold_wrong(pending, events, (double)h.e.now / MEAN_PS))
			rc = -EDOM;
	}
	rl_engine_fini(&h.e);
	return rc;
}

/* The n-th of so many renewals a unit of time: its time is gamma distributed. */
int rl_bench_hold_wrong(uint32_t pending, uint64_t events, double clock)
{
	double ratio = clock * pending / (double)events;

	return fabs(ratio - 1) > MANY_ERRORS / sqrt((double)events);
}
