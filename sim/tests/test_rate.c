/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates, mixes, sizes: what reaches the frontend is what the job file says. */
#include "sim/tests/load_fixture.h"

static struct rl_rep rep;

#define GAPS 20000

static double gap[GAPS];

static void collect_gaps(void)
{
	rl_ps last;

	start();
	last = published(next_request());
	for (int i = 0; i < GAPS; i++) {
		rl_ps at = published(next_request());

		gap[i] = (double)(at - last) / RL_PS_PER_S;
		last = at;
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The largest distance between the gaps' distribution and 1 - exp(-rate t). */
static double kolmogorov(double rate)
{
	double worst = 0;

	qsort(gap, GAPS, sizeof(gap[0]), ascending);
	for (int i = 0; i < GAPS; i++) {
		double f = -expm1(-rate * gap[i]);

		worst = fmax(worst, fmax(f - (double)i / GAPS, (i + 1.0) / GAPS - f));
	}
	return worst;
}

/*
 * An open loop: arrivals do not care for what is in flight, here 25 I/Os in the mean. Mean and
 * coefficient of variation within 4 standard errors, and Kolmogorov's distance at 1 in 1000.
 */
static void poisson_arrivals_are_poisson(void **state)
{
	const double rate = 25000;
	double sum = 0, squares = 0, mean, cv;

	(void)state;
	free_of_charge(1e6);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=1024\nrate_iops=25000\n"
		 "rate_process=poisson\nio_submit_mode=offload\n");
	s.disk.ring_pages = 16; /* none waits for a slot */
	collect_gaps();
	for (int i = 0; i < GAPS; i++) {
		sum += gap[i];
		squares += gap[i] * gap[i];
	}
	mean = sum / GAPS;
	cv = sqrt(squares / GAPS - mean * mean) / mean;
	assert_true(fabs(mean * rate - 1) < 4 / sqrt(GAPS));
	assert_true(fabs(cv - 1) < 4 * sqrt(2.0 / GAPS));
	assert_true(kolmogorov(rate) < 1.95 / sqrt(GAPS));
	/* The test has teeth: a rate that is 4 % off is told apart. */
	assert_true(kolmogorov(1.04 * rate) > 1.95 / sqrt(GAPS));
}

static void linear_arrivals_are_equally_spaced(void **state)
{
	(void)state;
	free_of_charge(1e6);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=1024\nrate_iops=3000\n"
		 "io_submit_mode=offload\n");
	s.disk.ring_pages = 16;
	collect_gaps();
	for (int i = 0; i < GAPS; i++)
		assert_true(fabs(gap[i] - 1.0 / 3000) < 2e-12);
}

/* D/D/infinity: nothing waits, every latency is the service time to the picosecond. */
static void deterministic_latency_is_exact(void **state)
{
	(void)state;
	free_of_charge(50e3);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=64\nrate_iops=40000\n"
		 "io_submit_mode=offload\n");
	run(&rep);
	assert_true(rep.m[RL_METRIC_clat_mean_ns] == 50e3);
	assert_true(rep.m[RL_METRIC_slat_mean_ns] == 0);
	assert_true(fabs(rep.m[RL_METRIC_iops] / 40000 - 1) < 1e-3);
}

/* fio reaps all that is in flight before it sleeps: issued in batches, the rate still holds. */
static void inline_rate_is_obeyed(void **state)
{
	uint32_t most = 0;

	(void)state;
	free_of_charge(1e6);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=32\nrate_iops=10000\n");
	run(&rep);
	assert_true(fabs(rep.m[RL_METRIC_iops] / 10000 - 1) < 5e-3);
	start();
	for (int i = 0; i < 1000; i++) {
		next_request();
		most = w->jobs[0].fio[0].in_flight > most ? w->jobs[0].fio[0].in_flight : most;
	}
	/* What fell due in the millisecond of the batch before. */
	assert_true(most >= 9 && most <= 11);
}

static void rate_of_bytes_is_obeyed(void **state)
{
	(void)state;
	free_of_charge(100e3);
	job_file("[j]\nrw=randread\nbssplit=4k/50:12k/50\nsize=1g\niodepth=32\nrate=64m\n"
		 "io_submit_mode=offload\n");
	run(&rep);
	assert_true(fabs(rep.m[RL_METRIC_bw_bytes_per_s] / (64 << 20) - 1) < 5e-3);
}

/* A rate that cannot be held is the closed loop's. */
static void too_high_a_rate_is_a_closed_loop(void **state)
{
	static const char *const modes[] = {"inline", "offload"};
	char text[256];

	(void)state;
	for (int i = 0; i < 2; i++) {
		free_of_charge(1e6);
		snprintf(text, sizeof(text),
			"[j]\nrw=randread\nsize=1g\niodepth=8\nrate_iops=100000\nio_submit_mode=%"
			"s\n",
			modes[i]);
		job_file(text);
		run(&rep);
		assert_true(fabs(rep.m[RL_METRIC_iops] / 8000 - 1) < 5e-3);
	}
}

/* More wait than the ring has slots, and none is lost. */
static void a_full_ring_lets_the_block_layer_wait(void **state)
{
	uint32_t most = 0;

	(void)state;
	free_of_charge(1e6);
	job_file("[j]\nrw=randread\nsize=1g\niodepth=512\nrate_iops=64000\n"
		 "io_submit_mode=offload\n");
	run(&rep);
	/* 32 slots of a millisecond each. */
	assert_true(fabs(rep.m[RL_METRIC_iops] / 32000 - 1) < 5e-3);
	/* By Little's law: 512 are in the system. */
	assert_true(fabs(rep.m[RL_METRIC_lat_mean_ns] / (512 / 32000e-9) - 1) < 0.01);
	start();
	for (int i = 0; i < 5000; i++) {
		next_request();
		most = w->jobs[0].fio[0].queued.n > most ? w->jobs[0].fio[0].queued.n : most;
	}
	assert_true(most > 400);
}

static void mix_is_obeyed(void **state)
{
	double reads, all;

	(void)state;
	free_of_charge(10e3);
	job_file("[j]\nrw=randrw\nrwmixread=70\nsize=1g\niodepth=4\n");
	run(&rep);
	reads = (double)done(0, RL_DIR_READ);
	all = reads + (double)done(0, RL_DIR_WRITE);
	assert_true(all >= 20000);
	assert_true(fabs(reads / all - 0.7) < 4 * sqrt(0.7 * 0.3 / all));
}

/* A rate for each direction: whatever the mix, each has its own. */
static void directions_have_rates_of_their_own(void **state)
{
	double reads, writes;

	(void)state;
	free_of_charge(10e3);
	job_file("[j]\nrw=randrw\nsize=1g\niodepth=16\nrate_iops=1000,3000\n"
		 "io_submit_mode=offload\n");
	run(&rep);
	reads = (double)done(0, RL_DIR_READ);
	writes = (double)done(0, RL_DIR_WRITE);
	assert_true(fabs(rep.m[RL_METRIC_iops] / 4000 - 1) < 5e-3);
	assert_true(fabs(writes / reads / 3 - 1) < 5e-3);
}

static void sizes_are_in_proportion(void **state)
{
	double n[3] = {0}, all = 20000;
	const uint32_t bytes[3] = {4096, 16384, 65536};
	const double share[3] = {0.6, 0.3, 0.1};

	(void)state;
	free_of_charge(10e3);
	s.disk.ring_pages = 16;
	job_file("[j]\nrw=randwrite\nbssplit=4k/100,4k/60:16k/30:64k/10\nsize=1g\niodepth=4\n");
	start();
	for (int i = 0; i < (int)all;) {
		const struct rl_tag *t = next_request();
		const struct rl_io *io = &t->fio->io[t->io];

		if (t->r.sector != io->sector) /* not its first request */
			continue;
		i++;
		for (int k = 0; k < 3; k++)
			n[k] += io->bytes == bytes[k];
	}
	for (int k = 0; k < 3; k++)
		assert_true(
			fabs(n[k] / all - share[k]) < 4 * sqrt(share[k] * (1 - share[k]) / all));
	assert_true(n[0] + n[1] + n[2] == all);
}

/* Random places: aligned, within the job's range, and spread over all of it. */
static void places_are_where_they_should_be(void **state)
{
	uint64_t first = (8u << 20) / 512, end = (24u << 20) / 512, halves[2] = {0};

	(void)state;
	free_of_charge(10e3);
	job_file("[j]\nrw=randread\nbs=8k\noffset=8m\nsize=16m\niodepth=4\n");
	start();
	for (int i = 0; i < 10000; i++) {
		const struct rl_tag *t = next_request();

		assert_true(t->r.sector >= first && t->r.sector + 16 <= end);
		assert_int_equal(t->r.sector % 16, 0);
		halves[t->r.sector >= (first + end) / 2]++;
	}
	assert_true(halves[0] > 4800 && halves[1] > 4800);
	job_file("[j]\nrw=read\nbs=8k\noffset=8m\nsize=64k\niodepth=1\n");
	start();
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(next_request()->r.sector, first + i % 8 * 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(poisson_arrivals_are_poisson),
		cmocka_unit_test(linear_arrivals_are_equally_spaced),
		cmocka_unit_test(deterministic_latency_is_exact),
		cmocka_unit_test(inline_rate_is_obeyed),
		cmocka_unit_test(rate_of_bytes_is_obeyed),
		cmocka_unit_test(too_high_a_rate_is_a_closed_loop),
		cmocka_unit_test(a_full_ring_lets_the_block_layer_wait),
		cmocka_unit_test(mix_is_obeyed),
		cmocka_unit_test(directions_have_rates_of_their_own),
		cmocka_unit_test(sizes_are_in_proportion),
		cmocka_unit_test(places_are_where_they_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
