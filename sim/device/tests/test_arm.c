/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rotating disk under a workload: where requests go decides how long they take. */
#include "sim/device/tests/device_fixture.h"

#define MIB (1024.0 * 1024)

/* A job over the whole of a disk of 64 GiB. */
static void whole_disk(const char *device, enum rl_rw rw, uint64_t bs_bytes, uint32_t depth)
{
	setup(device, rw, bs_bytes, depth);
	s.job.size_bytes = 64ull << 30;
}

#define DISK	"disk:size=64g,rpm=7200,seek_min=800us,seek_max=16ms,rate=160m/s"
#define TURN_NS (60e9 / 7200)

/* Between two places that are drawn evenly, the root of the distance is 8/15 in the mean. */
static double random_ns(uint64_t bs_bytes)
{
	return 800e3 + 8.0 / 15 * (16e6 - 800e3) + TURN_NS / 2 +
	       (double)bs_bytes / (160 * MIB) * 1e9;
}

static bool agrees(const struct rl_estimate *e, double want)
{
	return fabs(e->value - want) < 3 * (e->hi - e->value) + want * 1e-4;
}

static void random_reads(void **state)
{
	const struct rl_estimate *e;
	double want = random_ns(4096);

	(void)state;
	whole_disk(DISK, RL_RW_RANDREAD, 4096, 1);
	e = measure(10, 50000, RL_METRIC_clat_mean_ns);
	if (!agrees(e, want) || agrees(e, 1.02 * want) || agrees(e, want / 1.02))
		fail_msg("%g +- %g, not %g", e->value, e->hi - e->value, want);
	/* A queue, first come first served, changes the wait and not the pace. */
	whole_disk(DISK, RL_RW_RANDWRITE, 4096, 16);
	e = measure(10, 50000, RL_METRIC_iops);
	if (!agrees(e, 1e9 / want))
		fail_msg("%g +- %g, not %g", e->value, e->hi - e->value, 1e9 / want);
}

/* One that picks whom it reaches soonest is faster the more it may choose from. */
static void nearest_first(void **state)
{
	double pace[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		whole_disk(DISK ",order=nearest", RL_RW_RANDREAD, 4096, 1u << 2 * i);
		pace[i] = measure(4, 10000, RL_METRIC_iops)->value;
	}
	assert_true(fabs(pace[0] * random_ns(4096) / 1e9 - 1) < 0.02);
	assert_true(pace[1] > 1.2 * pace[0] && pace[2] > 1.3 * pace[1]);
	/* What waits outside cannot be chosen. */
	whole_disk(DISK ",order=nearest,queue=4", RL_RW_RANDREAD, 4096, 16);
	assert_true(fabs(measure(4, 10000, RL_METRIC_iops)->value / pace[1] - 1) < 0.02);
}

/*
 * In order, reads come out of the track buffer at the rate of the medium. A write that comes when
 * the last one is complete has missed its sector by what the way takes, and waits for a turn.
 */
static void sequential(void **state)
{
	(void)state;
	whole_disk(DISK, RL_RW_READ, 32768, 1);
	is(RL_METRIC_bw_bytes_per_s, 160 * MIB, 1);
	whole_disk(DISK, RL_RW_WRITE, 32768, 1);
	s.costs.v[RL_PARAM_submit_ns] = 1000;
	is(RL_METRIC_clat_mean_ns, TURN_NS - 1000 + 32768 / (160 * MIB) * 1e9, 5);
}

/* As far as the job goes, and no farther, the arm goes. */
static void a_small_part_of_the_disk(void **state)
{
	const struct rl_estimate *e;

	(void)state;
	whole_disk(DISK, RL_RW_RANDREAD, 4096, 1);
	s.job.size_bytes = 4ull << 30;
	e = measure(10, 20000, RL_METRIC_clat_mean_ns);
	assert_true(agrees(e, random_ns(4096) - (1 - sqrt(1.0 / 16)) * 8.0 / 15 * (16e6 - 800e3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_reads),
		cmocka_unit_test(nearest_first),
		cmocka_unit_test(sequential),
		cmocka_unit_test(a_small_part_of_the_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
