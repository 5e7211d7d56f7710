/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices promise, measured where a user would: in the results of a simulation. */
#include "sim/device/tests/device_fixture.h"

#include <gsl/gsl_cdf.h>

#define MIB (1024.0 * 1024)

static void fixed_is_exact(void **state)
{
	(void)state;
	setup("fixed:time=100us", RL_RW_RANDREAD, 4096, 1);
	is(RL_METRIC_iops, 1e4, 1e-9);
	is(RL_METRIC_clat_mean_ns, 100e3, 1e-9);
	setup("fixed:time=100us,servers=4", RL_RW_RANDREAD, 4096, 8);
	is(RL_METRIC_iops, 4e4, 1);
	is(RL_METRIC_clat_mean_ns, 200e3, 1);
	setup("fixed:time=100us,servers=4", RL_RW_RANDREAD, 4096, 3);
	is(RL_METRIC_iops, 3e4, 1);
	setup("null", RL_RW_RANDREAD, 4096, 8);
	s.costs.v[RL_PARAM_device_ns] = 50e3;
	is(RL_METRIC_iops, 16e4, 1);
}

/* Within three half-widths of its own 95 % interval; the same of a mean that is off by 2 %. */
static bool agrees(const struct rl_estimate *e, double want)
{
	return fabs(e->value - want) < 3 * (e->hi - e->value);
}

static void mean_is(const char *device, double want_ns)
{
	const struct rl_estimate *e;

	setup(device, RL_RW_RANDREAD, 4096, 1);
	e = measure(10, 100000, RL_METRIC_clat_mean_ns);
	if (!agrees(e, want_ns) || agrees(e, 1.02 * want_ns) || agrees(e, want_ns / 1.02))
		fail_msg("%s: mean %g +- %g, not %g", device, e->value, e->hi - e->value, want_ns);
}

/* Percentiles of the last run, by the histogram's bins of 1/64. */
static void percentiles_are(double p50_ns, double p99_ns)
{
	double p50 = r.metrics.m[RL_METRIC_clat_p50_ns].value;
	double p99 = r.metrics.m[RL_METRIC_clat_p99_ns].value;

	if (fabs(p50 - p50_ns) > 0.02 * p50_ns || fabs(p99 - p99_ns) > 0.02 * p99_ns)
		fail_msg("%s: p50 %g and p99 %g, not %g and %g", s.disk.device, p50, p99, p50_ns,
			p99_ns);
}

static void drawn_times_have_their_distribution(void **state)
{
	const double mean = 100e3, shape = 1 / 0.49;

	(void)state;
	mean_is("random:mean=100us", mean);
	percentiles_are(mean * log(2), mean * log(100));
	mean_is("random:dist=lognormal,mean=100us,cv=0.5", mean);
	percentiles_are(mean / sqrt(1.25),
		mean / sqrt(1.25) * exp(gsl_cdf_ugaussian_Pinv(0.99) * sqrt(log(1.25))));
	mean_is("random:dist=gamma,mean=100us,cv=0.7", mean);
	percentiles_are(gsl_cdf_gamma_Pinv(0.5, shape, mean / shape),
		gsl_cdf_gamma_Pinv(0.99, shape, mean / shape));
	mean_is("random:dist=empirical,points=80us*70+100us..200us*30", 0.7 * 80e3 + 0.3 * 150e3);
	percentiles_are(80e3, 100e3 + 100e3 * (0.99 - 0.7) / 0.3);
}

/* Exact MVA of one exponential station of several servers: none waits below, all are busy above. */
static void drawn_times_on_servers(void **state)
{
	(void)state;
	setup("random:mean=100us,servers=4", RL_RW_RANDREAD, 4096, 4);
	assert_true(agrees(measure(10, 50000, RL_METRIC_clat_mean_ns), 100e3));
	setup("random:mean=100us,servers=4", RL_RW_RANDREAD, 4096, 16);
	assert_true(agrees(measure(10, 50000, RL_METRIC_iops), 4e4));
	assert_true(agrees(&r.metrics.m[RL_METRIC_clat_mean_ns], 400e3));
}

static void ssd_channels_and_directions(void **state)
{
	const char *ssd = "ssd:channels=8,read=80us,write=20us";

	(void)state;
	setup(ssd, RL_RW_RANDREAD, 4096, 1);
	is(RL_METRIC_clat_mean_ns, 80e3, 1e-9);
	setup(ssd, RL_RW_RANDWRITE, 4096, 1);
	is(RL_METRIC_clat_mean_ns, 20e3, 1e-9);
	setup(ssd, RL_RW_RANDREAD, 4096, 32);
	is(RL_METRIC_iops, 1e5, 2);
	setup(ssd, RL_RW_RANDWRITE, 4096, 32);
	is(RL_METRIC_iops, 4e5, 2);
	setup("ssd:channels=1,read=80us,write=20us", RL_RW_RANDRW, 4096, 1);
	assert_true(agrees(measure(10, 20000, RL_METRIC_clat_mean_ns), 50e3));
}

static void ssd_has_a_ceiling(void **state)
{
	(void)state;
	setup("ssd:read=80us,bandwidth=400MB/s", RL_RW_RANDREAD, 32768, 1);
	is(RL_METRIC_clat_mean_ns, 80e3 + 32768 / (400 * MIB) * 1e9, 1e-3);
	setup("ssd:read=80us,bandwidth=400MB/s", RL_RW_RANDREAD, 32768, 32);
	is(RL_METRIC_bw_bytes_per_s, 400 * MIB, 1);
	setup("ssd:write=20us,bandwidth=400MB/s", RL_RW_RANDWRITE, 32768, 32);
	is(RL_METRIC_bw_bytes_per_s, 400 * MIB, 1);
	setup("ssd:read=80us,bandwidth=400MB/s", RL_RW_RANDRW, 32768, 32);
	is(RL_METRIC_bw_bytes_per_s, 400 * MIB, 1);
	setup("ssd:read=80us", RL_RW_RANDREAD, 32768, 32);
	is(RL_METRIC_iops, 1e5, 2);
}

static void ssd_cache_absorbs_and_drains(void **state)
{
	(void)state;
	/* It never fills: a write costs its time, the drain is not seen. */
	setup("ssd:write=20us,cache=1g,drain=1m/s", RL_RW_RANDWRITE, 4096, 1);
	is(RL_METRIC_clat_mean_ns, 20e3, 1e-9);
	/* It is full from the warm-up on: the drain is all there is. */
	setup("ssd:write=20us,cache=64k,drain=50m/s", RL_RW_RANDWRITE, 4096, 8);
	is(RL_METRIC_bw_bytes_per_s, 50 * MIB, 1);
	is(RL_METRIC_clat_mean_ns, 8 * 4096 / (50 * MIB) * 1e9, 1);
	/* Drained faster than it is written: no difference to none at all. */
	setup("ssd:write=20us,cache=64k,drain=1g/s", RL_RW_RANDWRITE, 4096, 1);
	is(RL_METRIC_clat_mean_ns, 20e3, 1e-9);
}

/* I/Os that are complete at a time, from an empty cache on. */
static double completed_by(double s_at)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = rl_scheds[0]};
	struct rl_world *w = rl_world_create();
	double n;

	assert_non_null(w);
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	while ((double)w->now < s_at * (double)RL_PS_PER_S)
		assert_true(rl_world_step(w));
	n = (double)w->completed;
	rl_world_destroy(w);
	return n;
}

/* 20 us a write while it fills, at the rate of writing less that of draining; then the drain's. */
static void ssd_cache_is_full_at_last(void **state)
{
	double full_s = 4 * MIB / (4096 / 20e-6 - 50 * MIB);

	(void)state;
	setup("ssd:write=20us,cache=4m,drain=50m/s", RL_RW_RANDWRITE, 4096, 1);
	assert_true(fabs(completed_by(0.99 * full_s) - 0.99 * full_s / 20e-6) < 2);
	assert_true(
		fabs(completed_by(3 * full_s) - full_s / 20e-6 - 2 * full_s * 50 * MIB / 4096) < 3);
}

static void queue_limits_what_is_in_service(void **state)
{
	(void)state;
	setup("fixed:time=100us,servers=8,queue=2", RL_RW_RANDREAD, 4096, 8);
	is(RL_METRIC_iops, 2e4, 1);
	is(RL_METRIC_clat_mean_ns, 400e3, 1);
	setup("fixed:time=100us,servers=8,queue=8", RL_RW_RANDREAD, 4096, 8);
	is(RL_METRIC_iops, 8e4, 1);
	setup("null:queue=3", RL_RW_RANDREAD, 4096, 8);
	s.costs.v[RL_PARAM_device_ns] = 50e3;
	is(RL_METRIC_iops, 6e4, 1);
}

/* As often as the device interrupted, over what it completed. */
static double interrupts_a_request(void)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = rl_scheds[0]};
	struct rl_world *w = rl_world_create();
	double ratio;

	assert_non_null(w);
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	while (w->completed < 8000)
		assert_true(rl_world_step(w));
	ratio = (double)w->vbd[0].device.interrupts / (double)w->completed;
	rl_world_destroy(w);
	return ratio;
}

/* Waiting for company costs a lonely request; a closed loop that keeps the server busy, nothing. */
static void coalescing_saves_interrupts(void **state)
{
	static const struct {
		const char *device;
		uint32_t depth;
		double interrupts, clat_ns;
	} rows[] = {
		{"fixed:time=10us", 16, 1, 160e3},
		{"fixed:time=10us,coalesce=4,coalesce_time=1ms", 16, 0.25, 160e3},
		{"fixed:time=10us,coalesce=16,coalesce_time=35us", 16, 0.25, 160e3},
		{"fixed:time=100us,coalesce=8,coalesce_time=50us", 1, 1, 150e3},
		{"fixed:time=100us,coalesce=8,coalesce_time=0ns", 1, 1, 100e3},
	};

	(void)state;
	for (size_t i = 0; i < RL_ARRAY_LEN(rows); i++) {
		double got;

		setup(rows[i].device, RL_RW_RANDREAD, 4096, rows[i].depth);
		got = interrupts_a_request();
		if (fabs(got - rows[i].interrupts) > 0.01 * rows[i].interrupts)
			fail_msg("%s: %g interrupts a request, not %g", rows[i].device, got,
				rows[i].interrupts);
		is(RL_METRIC_clat_mean_ns, rows[i].clat_ns, 1);
	}
}

/* Four that are served side by side end at one time: answered in the order in which they came. */
static void at_one_time_in_their_order(void **state)
{
	struct rl_rep_args a = {.s = &s, .seed = 1, .sched = rl_scheds[0]};
	struct rl_world *world = rl_world_create();
	const struct rl_ring_back *ring;

	(void)state;
	assert_non_null(world);
	setup("fixed:time=100us,servers=4", RL_RW_READ, 4096, 4);
	s.job.batch = s.job.complete_min = 4;
	assert_int_equal(rl_rep_start(world, &a, 0), 0);
	ring = &world->blk[0].back;
	while (ring->rsp_prod_pub < 4)
		assert_true(rl_world_step(world));
	assert_true(world->now == 100000 * RL_PS_PER_NS);
	for (uint32_t i = 0; i < 4; i++) {
		const struct rl_blkif_response *rsp =
			(const void *)(ring->slots + i * ring->slot_bytes);

		assert_int_equal(rsp->id, ring->size - 1 - i); /* tags are taken from the end */
	}
	rl_world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_is_exact),
		cmocka_unit_test(drawn_times_have_their_distribution),
		cmocka_unit_test(drawn_times_on_servers),
		cmocka_unit_test(ssd_channels_and_directions),
		cmocka_unit_test(ssd_has_a_ceiling),
		cmocka_unit_test(ssd_cache_absorbs_and_drains),
		cmocka_unit_test(ssd_cache_is_full_at_last),
		cmocka_unit_test(queue_limits_what_is_in_service),
		cmocka_unit_test(coalescing_saves_interrupts),
		cmocka_unit_test(at_one_time_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
