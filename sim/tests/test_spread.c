/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hot blocks: frequencies are those of their law. */
#include "sim/tests/load_fixture.h"

#include "sim/workload/spread.h"

#define DRAWS 200000

static struct rl_spreader spread;
static uint32_t seen[100000];

static void draw(enum rl_spread law, double arg, uint64_t blocks)
{
	struct rl_job job = {.spread = law, .spread_arg = arg};
	struct rl_rng rng;

	rl_rng_init(&rng, 1, 0, 0, 0);
	rl_spread_init(&spread, &job, blocks);
	memset(seen, 0, sizeof(seen));
	for (int i = 0; i < DRAWS; i++) {
		uint64_t rank = rl_spread_rank(&spread, &rng);

		assert_true(rank < blocks);
		seen[rank]++;
	}
}

static double share(uint64_t from, uint64_t to)
{
	double n = 0;

	for (; from < to; from++)
		n += seen[from];
	return n / DRAWS;
}

/* Pearson's sum over the first ranks and all others together. */
static double chi_square(double theta, uint64_t blocks, uint64_t ranks)
{
	double all = 0, rest = 1, sum = 0, p;

	for (uint64_t k = 1; k <= blocks; k++)
		all += pow((double)k, -theta);
	for (uint64_t k = 1; k <= ranks; k++) {
		p = pow((double)k, -theta) / all;
		rest -= p;
		sum += pow(seen[k - 1] - DRAWS * p, 2) / (DRAWS * p);
	}
	return sum + pow(DRAWS * (share(ranks, blocks) - rest), 2) / (DRAWS * rest);
}

/* 1 in 1000 by chance with 20 degrees of freedom: 45.3. */
static void zipf_is_zipf(void **state)
{
	static const double theta[] = {0.4, 0.99, 1.2, 2.5};

	(void)state;
	for (size_t i = 0; i < sizeof(theta) / sizeof(theta[0]); i++) {
		draw(RL_SPREAD_ZIPF, theta[i], 100000);
		assert_true(chi_square(theta[i], 100000, 20) < 45.3);
		assert_true(chi_square(theta[i] + 0.1, 100000, 20) > 45.3);
	}
	draw(RL_SPREAD_ZIPF, 1.2, 1);
	assert_int_equal(seen[0], DRAWS);
}

static void pareto_is_the_rule_of_its_power(void **state)
{
	(void)state;
	draw(RL_SPREAD_PARETO, 0.2, 10000);
	assert_true(fabs(share(0, 2000) - 0.8) < 4 * sqrt(0.16 / DRAWS));
	draw(RL_SPREAD_PARETO, 0.4, 10000);
	assert_true(fabs(share(0, 4000) - 0.6) < 4 * sqrt(0.24 / DRAWS));
}

static void normal_is_a_hill_in_the_middle(void **state)
{
	(void)state;
	draw(RL_SPREAD_NORMAL, 10, 10000);
	assert_true(fabs(share(4000, 6000) - erf(sqrt(0.5))) < 4 * sqrt(0.22 / DRAWS));
	assert_true(fabs(share(0, 5000) - 0.5) < 4 * sqrt(0.25 / DRAWS));
}

/* Ranks are scattered, one to a block. */
static void each_rank_has_its_block(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 2000; n++) {
		struct rl_job job = {0};

		rl_spread_init(&spread, &job, n);
		memset(seen, 0, sizeof(seen));
		for (uint64_t rank = 0; rank < n; rank++)
			assert_int_equal(seen[rank * spread.stride % n]++, 0);
	}
}

/* Through a job: half of the I/O to few blocks, all of them within its range. */
static void a_job_has_hot_blocks(void **state)
{
	uint32_t hottest = 0;

	(void)state;
	free_of_charge(10e3);
	job_file("[j]\nrw=randread\nbs=4k\noffset=4m\nsize=4m\nrandom_distribution=zipf:1.5\n");
	start();
	memset(seen, 0, sizeof(seen));
	for (int i = 0; i < 20000; i++) {
		uint64_t sector = next_request()->r.sector;

		assert_true(sector >= 8192 && sector < 16384 && sector % 8 == 0);
		seen[sector / 8]++;
	}
	for (int i = 0; i < 2048; i++)
		hottest = seen[i] > hottest ? seen[i] : hottest;
	/* The sum of k^-1.5 over 1024 ranks is 2.5499. */
	assert_true(fabs(hottest / 20000.0 - 1 / 2.5499) < 0.015);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zipf_is_zipf),
		cmocka_unit_test(pareto_is_the_rule_of_its_power),
		cmocka_unit_test(normal_is_a_hill_in_the_middle),
		cmocka_unit_test(each_rank_has_its_block),
		cmocka_unit_test(a_job_has_hot_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
