/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Costs read off stages: the simulator makes stages of known costs, estimators must find these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/estimator.h"
#include "calibrate/tests/cells_fixture.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define REQUESTS 1000
#define SPREAD	 500.0 /* of every stage, either way, in ns */

struct bench {
	struct rl_run run;
	struct rl_costs truth;
	struct rl_forward_options o;
	struct rl_stage_samples s;
};

static int find_stage(const char *name)
{
	char metric[64];

	snprintf(metric, sizeof(metric), "stage_%s_ns", name);
	return rl_metric_find(metric);
}

/* A lone request at a time on one pCPU; @costs decide its stages, each stamp costs a look at the
 * clock. */
static void set_up(struct bench *b, const char *back)
{
	struct rl_measured_cell c;
	struct rl_metrics m;

	memset(b, 0, sizeof(*b));
	fixture_cell(&c, back, RL_RW_RANDREAD, 4096, 1, RL_ROLE_NONE);
	b->run.scenario = c.scenario;
	snprintf(b->run.cell, sizeof(b->run.cell), "%s", c.name);
	rl_costs_default(&b->truth);
	b->truth.v[RL_PARAM_tick_period_ns] = b->truth.v[RL_PARAM_dom0_period_ns] = 0;
	rl_forward_default(&b->o);
	assert_int_equal(rl_forward_run(&c, 1, &b->truth, 1, &b->o, &m, NULL), 0);
	b->s.n = REQUESTS;
	b->s.ns = calloc(REQUESTS, sizeof(*b->s.ns));
	for (int i = 0; i < REQUESTS; i++)
		for (int p = 0; p < RL_STAGES_POINTS; p++) {
			const char *name = p ? rl_stages_name(p) : NULL;
			double by = (i % 2 ? 1 : -1) * SPREAD;

			b->s.ns[i][p] = NAN;
			if (!name)
				continue;
			b->s.ns[i][p] =
				m.m[find_stage(name)].value + by + b->truth.v[RL_PARAM_clock_ns];
			if (strcmp(name, "complete") == 0) /* the stamp lies before */
				b->s.ns[i][p] -= b->truth.v[RL_PARAM_front_response_ns];
			if (strcmp(name, "device") == 0)
				b->s.ns[i][p] += m.m[RL_METRIC_stage_process_ns].value;
		}
}

static const struct rl_estimator *find(const char *name)
{
	for (const struct rl_estimator *const *by = rl_estimators; *by; by++)
		if (strcmp((*by)->name, name) == 0)
			return *by;
	fail_msg("no estimator %s", name);
	return NULL;
}

static size_t count_stages(const struct rl_estimator *by)
{
	size_t n = 0;

	while (by->stages[n])
		n++;
	return n;
}

/* Whatever the parameter is taken to be, the stages say what it is. */
static void test_every_estimator_finds_its_cost(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, "event");
	for (const struct rl_estimator *const *by = rl_estimators; *by; by++) {
		struct rl_costs wrong = b.truth;
		struct rl_extracted x;
		double truth = b.truth.v[(*by)->param], spread;

		wrong.v[(*by)->param] *= 3;
		assert_int_equal(rl_extract_run(*by, &b.run, &b.s, &wrong, &b.o, &x, NULL), 0);
		assert_true(fabs(x.count / (strstr((*by)->name, "byte") ? 4096 : 1) - 1) < 0.01);
		print_message("%s: %g found, %g true, sd %g\n", (*by)->name, x.value, truth, x.sd);
		assert_int_equal(x.n, REQUESTS);
		assert_true(fabs(x.value / truth - 1) < 0.01);
		/* Equal signs in all stages of a request: they add up. */
		spread = SPREAD * (double)count_stages(*by) / x.count;
		assert_true(fabs(x.sd / spread - 1) < 0.02);
		assert_true(x.p50 <= x.p90 && x.p90 <= x.p99);
		assert_true(fabs(x.p99 - x.value - spread) < 0.02 * spread);
	}
	free(b.s.ns);
}

/* The wake-up of a thread is never seen without what comes before it. */
static void test_names_what_is_with_it(void **state)
{
	static const int with[] = {
		RL_PARAM_upcall_ns, RL_PARAM_block_ns, RL_PARAM_switch_ns, RL_PARAM_evtchn_send_ns};
	struct rl_extracted x;
	struct bench b;

	(void)state;
	set_up(&b, "event");
	assert_int_equal(
		rl_extract_run(find("thread_switch_ns"), &b.run, &b.s, &b.truth, &b.o, &x, NULL),
		0);
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		double count = 0;

		for (size_t k = 0; k < x.nwith; k++)
			if (x.with[k].param == with[i])
				count = x.with[k].count;
		assert_true(fabs(count - 1) < 0.02);
	}
	for (size_t k = 0; k < x.nwith; k++)
		assert_true(x.with[k].param != RL_PARAM_fio_ns);
	free(b.s.ns);
}

/* A backend that never sleeps has no wake-up, a deep queue no lone request. */
static void test_runs_that_do_not_suit(void **state)
{
	struct rl_extracted x;
	struct bench b;

	(void)state;
	set_up(&b, "spin");
	assert_int_equal(
		rl_extract_run(find("thread_switch_ns"), &b.run, &b.s, &b.truth, &b.o, &x, NULL),
		0);
	assert_int_equal(x.n, 0);
	b.run.scenario.job.iodepth = 8;
	assert_int_equal(
		rl_extract_run(find("front_request_ns"), &b.run, &b.s, &b.truth, &b.o, &x, NULL),
		0);
	assert_int_equal(x.n, 0);
	free(b.s.ns);
}

/* A request that misses a stage tells nothing. */
static void test_holes_do_not_count(void **state)
{
	struct rl_extracted x;
	struct bench b;

	(void)state;
	set_up(&b, "event");
	for (size_t i = 0; i < 100; i++)
		b.s.ns[i][rl_stages_find("back_wake")] = NAN;
	assert_int_equal(
		rl_extract_run(find("thread_switch_ns"), &b.run, &b.s, &b.truth, &b.o, &x, NULL),
		0);
	assert_int_equal(x.n, REQUESTS - 100);
	free(b.s.ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_estimator_finds_its_cost),
		cmocka_unit_test(test_names_what_is_with_it),
		cmocka_unit_test(test_runs_that_do_not_suit),
		cmocka_unit_test(test_holes_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
