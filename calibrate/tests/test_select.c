/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Races of systems whose means are known: how often the answer is right, and what it took. */
#include "calibrate/select.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define TRIALS 400
#define MAX_K  32
#define FIRST  10
#define MANY   20000 /* replications of one: more is no answer */

/* Normal responses; what all share in a replication are common random numbers. */
struct truth {
	uint32_t k, nbounds;
	double mean[MAX_K], sd[MAX_K], shared;
	double bounded[MAX_K]; /* the mean that is bounded, with the same deviations */
};

static gsl_rng *g;
static struct rl_select s;
static uint32_t first_best; /* who was ahead at the first look that could tell */

/* Deviation @r of a replication that all systems have in common depends on its number alone. */
static double common(uint32_t r)
{
	static double z[MANY];
	static uint32_t have;

	if (r == 0 && s.system[0].n == 0)
		have = 0;
	for (; have <= r; have++)
		z[have] = gsl_ran_gaussian(g, 1);
	return z[r];
}

static void replicate(const struct truth *t, uint32_t i)
{
	double c = common(s.system[i].n), own = gsl_ran_gaussian(g, 1);
	double x[2] = {t->mean[i] * (1 + t->shared * c) + t->sd[i] * own,
		t->bounded[i] * (1 + t->shared * c) + t->sd[i] * gsl_ran_gaussian(g, 1)};

	assert_int_equal(rl_select_add(&s, i, x), 0);
}

/* Returns: replications of all. */
static uint32_t race(const struct truth *t, const struct rl_select_rule *rule)
{
	uint32_t sum = 0, target = FIRST;

	assert_int_equal(rl_select_init(&s, rule, t->k), 0);
	first_best = MAX_K;
	for (; rl_select_look(&s) == RL_SELECT_GOES_ON; target += target / 8 + 1) {
		uint32_t before = sum;

		if (target > FIRST && first_best == MAX_K)
			first_best = s.best;

		assert_true(target < MANY);
		for (uint32_t i = 0; i < t->k; i++)
			for (; s.wants[i] && s.system[i].n < target; sum++)
				replicate(t, i);
		assert_true(sum > before);
	}
	return sum;
}

static const struct rl_select_rule least = {.confidence = 0.9, .indifference = 0.01};

/* Four standard deviations of a count of @p. */
static void at_most(const char *what, int wrong, double p)
{
	double most = TRIALS * p + 4 * sqrt(TRIALS * p * (1 - p));

	print_message("%s: %d of %d wrong\n", what, wrong, TRIALS);
	assert_true(wrong <= most);
}

/* The others are a little more than the indifference worse: nothing is harder. */
static void slippage(bool most)
{
	struct truth t = {.k = 10, .shared = 0.1};
	struct rl_select_rule rule = least;
	uint32_t sum = 0, longest = 0;
	int wrong = 0, luck = 0;

	rule.maximize = most;
	for (uint32_t i = 0; i < t.k; i++) {
		t.mean[i] = i == 7 ? 100 : most ? 98.9 : 101.1;
		t.sd[i] = 2 + 0.2 * i;
	}
	for (int n = 0; n < TRIALS; n++) {
		sum += race(&t, &rule);
		luck += first_best != 7;
		wrong += s.end != RL_SELECT_CHOSEN || s.best != 7;
		for (uint32_t i = 0; i < t.k; i++)
			longest += s.system[i].n * (i == 7);
		rl_select_fini(&s);
	}
	at_most(most ? "slippage, the most" : "slippage, the least", wrong, 0.1);
	/* Not by luck: who was ahead at the first look is often another. */
	assert_true(luck > TRIALS / 5);
	/* With independent random numbers, a deviation of 10 would take thousands. */
	assert_true(sum / TRIALS < 200 * t.k);
	assert_true(sum < longest * t.k);
}

static void slippage_both_ways(void **state)
{
	(void)state;
	slippage(false);
	slippage(true);
}

/* A staircase: all that is chosen must be within the indifference of the best. */
static void staircase(void **state)
{
	struct truth t = {.k = 20, .shared = 0.02};
	int wrong = 0;

	(void)state;
	for (uint32_t i = 0; i < t.k; i++) {
		t.mean[i] = 100 + 0.4 * ((i * 7) % t.k);
		t.sd[i] = 1;
	}
	for (int n = 0; n < TRIALS; n++) {
		race(&t, &least);
		wrong += s.end != RL_SELECT_CHOSEN || t.mean[s.best] > 101;
		rl_select_fini(&s);
	}
	at_most("a staircase", wrong, 0.1);
}

/* Equal ones: any is right, and it ends. Deviations of nothing, and all 0, end as well. */
static void ties(void **state)
{
	struct truth t = {.k = 5};

	(void)state;
	for (int sd = 0; sd <= 1; sd++)
		for (int mean = 0; mean <= 100; mean += 100) {
			for (uint32_t i = 0; i < t.k; i++) {
				t.mean[i] = mean;
				t.sd[i] = mean ? sd : 0;
			}
			race(&t, &least);
			assert_int_equal(s.end, RL_SELECT_CHOSEN);
			for (uint32_t i = 0; i < t.k; i++)
				assert_true(s.settled[i] == (i != s.best));
			rl_select_fini(&s);
		}
}

/*
 * The two lowest break the constraint, the third is on it and may go either way, the fourth is
 * the best that has some to spare; a bound from below is the same, mirrored.
 */
static void constraints(bool above)
{
	struct truth t = {.k = 12, .nbounds = 1, .shared = 0.05};
	struct rl_select_rule rule = least;
	uint32_t sum = 0, sum_of_one = 0;
	int wrong = 0;

	rule.nbounds = 1;
	rule.bound[0] = (struct rl_select_bound){50, above};
	for (uint32_t i = 0; i < t.k; i++) {
		double off = i < 2 ? 1 : i == 2 ? -0.2 : -2;

		t.mean[i] = 100 + 2 * i;
		t.sd[i] = 0.5;
		t.bounded[i] = 50 + (above ? -off : off);
	}
	for (int n = 0; n < TRIALS; n++) {
		sum += race(&t, &rule);
		wrong += s.end != RL_SELECT_CHOSEN || (s.best != 2 && s.best != 3);
		for (uint32_t i = 0; i < 2; i++)
			wrong += s.system[i].state == RL_SELECT_MEETS;
		sum_of_one += s.system[3].n;
		rl_select_fini(&s);
	}
	at_most(above ? "bounds from below" : "bounds from above", wrong, 0.1);
	/* Those that cannot win wait for those of which it is not known what they keep. */
	assert_true(sum < sum_of_one * t.k);
}

static void constraints_both_ways(void **state)
{
	(void)state;
	constraints(false);
	constraints(true);
}

static void infeasible(void **state)
{
	struct truth t = {.k = 4, .nbounds = 1};
	struct rl_select_rule rule = least;
	int wrong = 0;

	(void)state;
	rule.nbounds = 1;
	rule.bound[0].value = 50;
	for (uint32_t i = 0; i < t.k; i++) {
		t.mean[i] = 100;
		t.sd[i] = 1;
		t.bounded[i] = 50.5 + i;
	}
	for (int n = 0; n < TRIALS; n++) {
		race(&t, &rule);
		wrong += s.end != RL_SELECT_NONE;
		for (uint32_t i = 0; s.end == RL_SELECT_NONE && i < t.k; i++)
			assert_int_equal(s.system[i].state, RL_SELECT_INFEASIBLE);
		rl_select_fini(&s);
	}
	at_most("infeasible", wrong, 0.1);
}

/* One that brings nothing home is out, and so may all be. */
static void failed(void **state)
{
	struct truth t = {.k = 3, .mean = {90, 100, 120}, .sd = {1, 1, 1}};

	(void)state;
	assert_int_equal(rl_select_init(&s, &least, 3), 0);
	assert_int_equal(rl_select_tests(&s), 2);
	assert_true(fabs(s.alpha - 0.05) < 1e-12);
	assert_int_equal(rl_select_look(&s), RL_SELECT_GOES_ON);
	rl_select_fail(&s, 0);
	for (int r = 0; r < 200; r++)
		for (uint32_t i = 1; i < 3; i++)
			replicate(&t, i);
	assert_int_equal(rl_select_look(&s), RL_SELECT_CHOSEN);
	assert_int_equal(s.best, 1);
	assert_true(rl_select_better(&s, 1, 2) && !rl_select_better(&s, 2, 1));
	rl_select_fail(&s, 1);
	assert_int_equal(rl_select_look(&s), RL_SELECT_CHOSEN);
	assert_int_equal(s.best, 2);
	rl_select_fail(&s, 2);
	assert_int_equal(rl_select_look(&s), RL_SELECT_NONE);
	rl_select_fini(&s);
}

static int begin(void **state)
{
	(void)state;
	g = gsl_rng_alloc(gsl_rng_mt19937);
	return !g;
}

static int end(void **state)
{
	(void)state;
	gsl_rng_free(g);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slippage_both_ways),
		cmocka_unit_test(staircase),
		cmocka_unit_test(ties),
		cmocka_unit_test(constraints_both_ways),
		cmocka_unit_test(infeasible),
		cmocka_unit_test(failed),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
