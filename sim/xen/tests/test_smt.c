/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads of a core, and distances: two that always work slow each other by the factor, whoever
 * works beside a half-idle sibling is slowed for just that half, whoever pauses takes less.
 */
#include "sim/xen/tests/machine.h"
#include "sim/xen/tests/poller.h"

#include <math.h>

#define STEP (MSEC / 10)

static uint64_t steps[MAX_VCPUS];

static void counts(struct rl_ctx *c)
{
	steps[c->v->id]++;
	rl_ctx_run(c, RL_CPU_WORK, STEP, counts);
}

static void begins(struct rl_ctx *c)
{
	rl_ctx_run(c, RL_CPU_WORK, STEP, counts);
}

/* Work that @v has done, in time at full speed. */
static double work_of(const struct rl_vcpu *v)
{
	return (double)(steps[v->id] * STEP);
}

static void core(const char *sched, double slow, double pause)
{
	memset(steps, 0, sizeof(steps));
	machine(sched, 1, 1, 2);
	w->cost[RL_PARAM_smt_slow_frac] = (rl_ps)(slow * 1000);
	w->cost[RL_PARAM_smt_pause_frac] = (rl_ps)(pause * 1000);
}

static struct rl_vcpu *worker(int32_t pin)
{
	struct rl_vcpu *v = domain(256, 0, 1, pin, NULL);

	of_vcpu[v->id].thread->done = begins;
	return v;
}

static void two_that_always_work(void **state)
{
	(void)state;
	for (int k = 0; k < 6; k++) {
		const char *const sched[] = {"null", "credit", "credit2"};
		const double slow = k < 3 ? 0.6 : 0.25;
		const struct rl_vcpu *a, *b;

		core(sched[k % 3], slow, 1);
		a = worker(0);
		b = worker(1);
		begin();
		run_until(16 * SEC);
		/* The first switch, and a step begun. */
		assert_true(fabs(work_of(a) - 16.0 * SEC / (1 + slow)) < 2.0 * STEP);
		assert_true(fabs(work_of(b) - 16.0 * SEC / (1 + slow)) < 2.0 * STEP);
	}
}

/* The sibling works and rests: the sum is exact, however often the speed changes within a step. */
static void beside_a_sibling_that_rests(void **state)
{
	struct sleeper s = {MSEC / 130, MSEC / 170, 100 * SEC};
	const struct rl_vcpu *a, *b;
	double want;

	(void)state;
	core("null", 0.6, 1);
	a = worker(0);
	b = domain(256, 0, 1, 1, &s);
	begin();
	run_until(10 * SEC);
	assert_true(b->st.blocks > 500000);
	want = (double)b->st.run_ps / 1.6 + (double)(w->now - b->st.run_ps);
	assert_true(b->st.run_ps > 3 * SEC && b->st.run_ps < 9 * SEC);
	assert_true(fabs(work_of(a) - want) < 2.0 * STEP);
}

static double beside_a_poller(bool watch, double pause)
{
	const struct rl_vcpu *a;
	struct rl_vcpu *b;

	core("null", 0.6, pause);
	spin = (struct rl_spin){.look_ps = 100000,
		.growth = 1000,
		.watch = watch,
		.deadline = RL_PS_NEVER,
		.visible = RL_PS_NEVER};
	a = worker(0);
	b = domain(256, 0, 1, 1, NULL);
	of_vcpu[b->id].thread->done = polls;
	begin();
	run_until(10 * SEC);
	assert_true(b->st.run_ps > 9 * SEC);
	return work_of(a) / (10.0 * SEC);
}

static void a_poller_takes_its_share(void **state)
{
	(void)state;
	assert_true(fabs(beside_a_poller(false, 1) - 1 / 1.6) < 1e-4);
	assert_true(fabs(beside_a_poller(false, 0.25) - 1 / 1.15) < 1e-4);
	assert_true(fabs(beside_a_poller(false, 0) - 1) < 1e-4);
	assert_true(fabs(beside_a_poller(true, 1) - 1) < 1e-4);
}

/* Who may run anywhere is given a core of its own before the second thread of one. */
static void cores_come_first(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		memset(steps, 0, sizeof(steps));
		machine(k ? "credit" : "credit2", 1, 4, 2);
		w->cost[RL_PARAM_smt_slow_frac] = 600;
		for (int i = 0; i < 4; i++)
			worker(-1);
		begin();
		run_until(10 * SEC);
		for (int i = 0; i < 4; i++)
			assert_true(work_of(&w->vcpu[i]) > 9.9 * SEC);
	}
}

static void distances(void **state)
{
	(void)state;
	machine("null", 2, 2, 2);
	w->cost[RL_PARAM_line_ns] = 200;
	w->cost[RL_PARAM_line_smt_ns] = 40;
	w->cost[RL_PARAM_line_socket_ns] = 530;
	w->cost[RL_PARAM_ipi_ns] = 3;
	w->cost[RL_PARAM_ipi_socket_ns] = 4;
	for (int32_t a = 0; a < 8; a++)
		for (int32_t b = 0; b < 8; b++) {
			rl_ps line = a == b ? 0 : a / 2 == b / 2 ? 40 : a / 4 == b / 4 ? 200 : 530;

			assert_int_equal(rl_line(w, a, b), line);
			assert_int_equal(rl_ipi(w, a, b), a / 4 == b / 4 ? 3 : 4);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_always_work),
		cmocka_unit_test(beside_a_sibling_that_rests),
		cmocka_unit_test(a_poller_takes_its_share),
		cmocka_unit_test(cores_come_first),
		cmocka_unit_test(distances),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
