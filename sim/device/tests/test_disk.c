/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request after the other: the rotating disk, exact where its geometry says so, and flushes. */
#include "sim/core/world.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct rl_world w;
static struct rl_device_state d;
static struct rl_device_item item;

static void spin_up(const char *spec)
{
	struct rl_spec_err err;

	memset(&d, 0, sizeof(d));
	if (rl_spec_read(&rl_device_set, spec, &d.spec, &err))
		fail_msg("%s: %s", spec, err.what);
	for (const struct rl_device *const *it = rl_devices; *it; it++)
		if (&(*it)->type == d.spec.type)
			d.ops = *it;
	w.now = 0;
	d.w = &w;
	d.item = &item;
	d.ops->init(&d);
}

/* How long a request takes that is alone; the clock is at its end then. */
static rl_ps alone(const struct rl_device_request *r)
{
	rl_ps time;

	item.r = *r;
	time = d.ops->begin(&d, 0);
	w.now += time;
	assert_true(d.ops->step(&d, 0) == 0);
	return time;
}

static rl_ps takes(uint64_t sector, uint32_t bytes, bool write)
{
	return alone(&(struct rl_device_request){.sector = sector, .bytes = bytes, .write = write});
}

static rl_ps flush(void)
{
	return alone(&(struct rl_device_request){.flush = true});
}

/* 100 turns a second; 51.2 MB/s are 1000 sectors a turn of 10 us each. */
#define GEOMETRY "disk:rpm=6000,rate=51200000/s,size=1g,"
#define SECTOR	 (10000 * RL_PS_PER_NS)
#define TURN	 (1000 * SECTOR)

static void rotation(void **state)
{
	(void)state;
	spin_up(GEOMETRY "seek_min=0ns,seek_max=0ns");
	assert_int_equal(takes(0, 4096, true), 8 * SECTOR);
	assert_int_equal(takes(0, 4096, true), TURN);	       /* it has just passed */
	assert_int_equal(takes(8, 4096, true), 8 * SECTOR);    /* it follows */
	assert_int_equal(takes(500, 512, true), 485 * SECTOR); /* from 16 to behind 500 */
	assert_int_equal(takes(499, 512, false), 999 * SECTOR);
	w.now += TURN / 2;
	assert_int_equal(takes(500, 8192, false), 16 * SECTOR); /* the track buffer */
	assert_int_equal(takes(516, 512, false), SECTOR);
	assert_int_equal(takes(516, 512, false), TURN / 2);
}

static void a_track_ends(void **state)
{
	(void)state;
	spin_up(GEOMETRY "seek_min=0ns,seek_max=0ns");
	assert_int_equal(takes(0, 996 * 512, true), 996 * SECTOR);
	assert_int_equal(takes(996, 4096, true), 8 * SECTOR); /* half of it on the next track */
	assert_int_equal(takes(1004, 512, true), SECTOR);
	spin_up(GEOMETRY "seek_min=1ms,seek_max=1ms");
	takes(0, 1000 * 512, true);
	assert_int_equal(takes(1000, 512, true), TURN + SECTOR); /* missed by the seek */
	assert_int_equal(takes(3101, 512, true), 101 * SECTOR);	 /* as far as 1 ms goes */
	assert_int_equal(takes(5202, 512, true), 101 * SECTOR);
	assert_int_equal(
		takes(5202 + 2097000, 512, true), TURN); /* behind the end: the same place */
}

static void seeks_grow_with_the_root_of_their_distance(void **state)
{
	rl_ps near, far;

	(void)state;
	spin_up("disk:rpm=100000,rate=51200000/s,size=1g,seek_min=1s,seek_max=1s");
	near = takes(0, 512, true);
	assert_true(near < RL_PS_PER_S / 10);
	spin_up("disk:rpm=100000,rate=1t/s,size=1t,seek_min=0ns,seek_max=1s");
	takes(0, 512, true);
	near = takes((1ull << 31) / 16, 512, true);
	takes(0, 512, true);
	far = takes((1ull << 31) / 4, 512, true);
	/* a quarter and half of a second, to a turn of 0.6 ms */
	assert_true(fabs((double)near / RL_PS_PER_S - 0.25) < 0.001);
	assert_true(fabs((double)far / RL_PS_PER_S - 0.5) < 0.001);
}

/* Nothing is left of what was written before: as long as the cache takes, or, without one, at once.
 */
static void flushes(void **state)
{
	const rl_ps us = 1000 * RL_PS_PER_NS, drained = 65536ull * RL_PS_PER_S / (128ull << 20);

	(void)state;
	spin_up("ssd:write=20us,cache=1m,drain=128m/s");
	assert_int_equal(flush(), 20 * us);
	assert_int_equal(takes(0, 65536, true), 20 * us);
	assert_int_equal(flush(), drained - 20 * us + 20 * us);
	assert_int_equal(flush(), 20 * us);
	spin_up("ssd:write=20us");
	assert_int_equal(takes(0, 65536, true), 20 * us);
	assert_int_equal(flush(), 20 * us);
	spin_up(GEOMETRY "seek_min=0ns,seek_max=0ns");
	takes(0, 65536, true);
	assert_int_equal(flush(), 1);
}

/* Between two places that are drawn evenly, the root of the distance is 8/15 in the mean. */
static void random_places(void **state)
{
	const int n = 200000;
	double want = 0.8e9 + 8.0 / 15 * (16e9 - 0.8e9) + 60e12 / 7200 / 2, sum = 0, two = 0, error;
	struct rl_rng g;

	(void)state;
	spin_up("disk:size=64g,seek_min=800us,seek_max=16ms");
	rl_rng_init(&g, 3, 0, 0, 0);
	for (int i = 0; i < n; i++) {
		double t = (double)takes(rl_rng_u64(&g) % (1ull << 27), 512, i & 1);

		sum += t / n;
		two += t * t / n;
	}
	error = sqrt((two - sum * sum) / n);
	assert_true(error < 0.001 * want);
	if (fabs(sum - want) > 4 * error + 4e6 || fabs(sum - 1.02 * want) < 4 * error + 4e6)
		fail_msg("%g +- %g, not %g", sum, error, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotation),
		cmocka_unit_test(a_track_ends),
		cmocka_unit_test(seeks_grow_with_the_root_of_their_distance),
		cmocka_unit_test(flushes),
		cmocka_unit_test(random_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
