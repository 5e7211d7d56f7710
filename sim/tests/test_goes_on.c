/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run that goes on where another ended brings home what one run would have. */
#include "sim/sim.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define REPS 20u

struct told {
	uint32_t next, n;
	double m[REPS][RL_METRIC_COUNT];
};

static struct rl_scenario s;
static struct rl_sim_result r;

static void each(void *arg, uint32_t rep, const struct rl_sim_result *one)
{
	struct told *t = arg;

	assert_int_equal(rep, t->next++);
	for (int k = 0; k < RL_METRIC_COUNT; k++)
		t->m[t->n][k] = one->metrics.m[k].value;
	t->n++;
}

static void run(struct told *t, struct rl_sim_options *o)
{
	struct rl_err err = {0};

	o->each = each;
	o->arg = t;
	if (rl_sim_run(&s, o, &r, &err))
		fail_msg("%s", err.what);
}

static void goes_on(void **state)
{
	static struct told whole, parts, alone;
	struct rl_sim_options o = {.reps = REPS, .threads = 2, .requests = 500};

	(void)state;
	rl_scenario_default(&s);
	s.job.iodepth = 4;
	run(&whole, &o);
	assert_int_equal(whole.n, REPS);
	o.reps = 9;
	run(&parts, &o);
	o = (struct rl_sim_options){.reps = REPS - 9,
		.threads = 1,
		.first = 9,
		.warmup = RL_WARMUP_GIVEN,
		.leave_out = r.warmup,
		.requests = r.length};
	run(&parts, &o);
	assert_int_equal(parts.n, REPS);
	assert_memory_equal(whole.m, parts.m, sizeof(whole.m));
	/* Another number, other draws; and what is left out matters. */
	assert_memory_not_equal(whole.m[0], whole.m[1], sizeof(whole.m[0]));
	alone.next = o.first = 19;
	o.reps = 1;
	o.leave_out = r.warmup + 50;
	run(&alone, &o);
	assert_memory_not_equal(alone.m[0], whole.m[19], sizeof(whole.m[0]));
}

static void more_than_half_left_out(void **state)
{
	struct rl_sim_options o = {
		.reps = 1, .requests = 500, .warmup = RL_WARMUP_GIVEN, .leave_out = 300};
	struct rl_err err = {0};

	(void)state;
	rl_scenario_default(&s);
	assert_int_equal(rl_sim_run(&s, &o, &r, &err), -EINVAL);
	assert_non_null(strstr(err.what, "warm-up out of range"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on),
		cmocka_unit_test(more_than_half_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
