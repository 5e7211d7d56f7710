/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A digest is equal where all bits of a result are; latencies and replications to who asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/stat.h"
#include "sim/sim.h"

#include <math.h>
#include <string.h>

static void run(const struct rl_sim_options *o, struct rl_sim_result *r)
{
	struct rl_scenario s;

	rl_scenario_default(&s);
	assert_int_equal(rl_sim_run(&s, o, r, NULL), 0);
}

static void the_same_run_has_the_same_digest(void **state)
{
	struct rl_sim_options o = {.reps = 3, .requests = 300, .seed = 1};
	struct rl_sim_result a, b;

	(void)state;
	run(&o, &a);
	memset(&b, 0xa5, sizeof(b)); /* what is no part of a result is not in it */
	run(&o, &b);
	assert_true(rl_sim_digest(&a) == rl_sim_digest(&b));
	o.seed = 2;
	run(&o, &b);
	assert_true(rl_sim_digest(&a) != rl_sim_digest(&b));
}

static void a_digest_sees_a_bit(void **state)
{
	struct rl_sim_options o = {.reps = 3, .requests = 300};
	struct rl_sim_result r;
	uint64_t before;

	(void)state;
	run(&o, &r);
	before = rl_sim_digest(&r);
	r.metrics.m[RL_METRIC_iops].lo = nextafter(r.metrics.m[RL_METRIC_iops].lo, 0);
	assert_true(rl_sim_digest(&r) != before);
	before = rl_sim_digest(&r);
	r.cell[r.ncells - 1].cores.hi = nextafter(r.cell[r.ncells - 1].cores.hi, 2);
	assert_true(rl_sim_digest(&r) != before);
	before = rl_sim_digest(&r);
	r.warmup++;
	assert_true(rl_sim_digest(&r) != before);
}

static void any_nan_is_a_nan(void **state)
{
	struct rl_sim_options o = {.reps = 3, .requests = 300};
	struct rl_sim_result r;
	uint64_t before;

	(void)state;
	run(&o, &r);
	r.metrics.m[RL_METRIC_iops].lo = NAN;
	before = rl_sim_digest(&r);
	r.metrics.m[RL_METRIC_iops].lo = -NAN;
	assert_true(rl_sim_digest(&r) == before);
}

/* All measured I/Os, and none but those: their percentiles are the result's. */
static void latencies_are_those_of_the_result(void **state)
{
	static struct rl_hist h;
	struct rl_sim_options o = {.reps = 3, .requests = 300, .latency = &h};
	struct rl_sim_result r, unasked;
	uint64_t n = 0, below = 0;
	uint32_t i;

	(void)state;
	run(&o, &r);
	for (i = 0; i < RL_HIST_BINS; i++)
		n += h.bin[i];
	assert_true(n > 0 && n == r.requests);
	for (i = 0; 2 * (below + h.bin[i]) < n; i++)
		below += h.bin[i];
	assert_true(rl_hist_value(i) == r.metrics.m[RL_METRIC_clat_p50_ns].value);
	o.latency = NULL;
	run(&o, &unasked);
	assert_true(rl_sim_digest(&unasked) == rl_sim_digest(&r));
}

struct heard {
	uint32_t n;
	double iops[8], guest[8];
};

static void hear(void *arg, uint32_t rep, const struct rl_sim_result *one)
{
	struct heard *h = arg;

	assert_true(
		rep == h->n && h->n < 8 && one->reps == 1 && one->ncells > 0 && one->nlimits > 0);
	assert_true(isnan(one->metrics.m[RL_METRIC_iops].lo));
	h->iops[h->n] = one->metrics.m[RL_METRIC_iops].value;
	for (uint32_t i = 0; i < one->ncells; i++)
		if (strcmp(one->cell[i].domain, "guest") == 0)
			h->guest[h->n] += one->cell[i].ns.value;
	h->n++;
}

/* All replications, in order, and what they say together is what is said of them. */
static void each_replication_is_told(void **state)
{
	struct heard h = {0}, threads = {0};
	struct rl_sim_options o = {.reps = 4, .requests = 300, .each = hear, .arg = &h};
	struct rl_sim_result r;
	struct rl_estimate e;
	double sum = 0;

	(void)state;
	run(&o, &r);
	assert_int_equal(h.n, 4);
	e = rl_stat_mean95(h.iops, 4);
	assert_memory_equal(&e, &r.metrics.m[RL_METRIC_iops], sizeof(e));
	for (uint32_t i = 0; i < r.ncells; i++)
		if (strcmp(r.cell[i].domain, "guest") == 0)
			sum += r.cell[i].ns.value;
	assert_true(fabs(rl_stat_mean95(h.guest, 4).value / sum - 1) < 1e-12);
	o.threads = 3;
	o.arg = &threads;
	run(&o, &r);
	assert_memory_equal(&h, &threads, sizeof(h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_run_has_the_same_digest),
		cmocka_unit_test(a_digest_sees_a_bit),
		cmocka_unit_test(any_nan_is_a_nan),
		cmocka_unit_test(latencies_are_those_of_the_result),
		cmocka_unit_test(each_replication_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
