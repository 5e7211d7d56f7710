/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nothing is allocated while the world runs, whatever the policy, the device and the scheduler:
 * the C library's allocator is replaced by one that counts and passes on.
 */
#include "sim/core/rep.h"
#include "sim/core/tests/world_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define STEPS 20000

static struct rl_scenario s;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS 0 /* a sanitizer has an allocator of its own, and watches what it gave */
static uint64_t calls;
#else
#define COUNTS 1
static volatile uint64_t calls;

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);

void *malloc(size_t bytes)
{
	calls++;
	return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
	calls++;
	return __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t bytes)
{
	calls++;
	return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t align, size_t bytes)
{
	calls++;
	return __libc_memalign(align, bytes);
}
#endif

static void runs_without(const struct rl_sched *sched)
{
	struct rl_rep_args a = {.s = &s, .seed = 3, .sched = sched, .requests = 1000};
	uint64_t before = calls;

	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	before = calls;
	for (int i = 0; i < STEPS && rl_world_step(w); i++)
		;
	assert_true(w->now > 0);
	if (calls != before)
		fail_msg("%llu allocations: %s, %s, %s", (unsigned long long)(calls - before),
			s.back_policy, s.disk.device, s.machine.scheduler);
}

static void scenario(void)
{
	rl_scenario_default(&s);
	s.job.iodepth = 16;
	s.job.bs_bytes = 65536;
	s.disk.grants = RL_GRANTS_MAP;
	s.costs.v[RL_PARAM_jitter_frac] = 0.1;
	s.costs.v[RL_PARAM_dom0_period_ns] = 3e6;
}

static void everything_that_is_registered(void **state)
{
	const struct rl_policy *const *p;

	(void)state;
	rl_for_each_policy (p) {
		scenario();
		snprintf(s.back_policy, sizeof(s.back_policy), "%s", (*p)->name);
		runs_without(sched_named(s.machine.scheduler));
	}
	for (const struct rl_device *const *d = rl_devices; *d; d++) {
		scenario();
		snprintf(s.disk.device, sizeof(s.disk.device), "%s", (*d)->type.name);
		runs_without(sched_named(s.machine.scheduler));
	}
	scenario();
	s.guest.count = 30;
	s.guest.vcpus = s.driver.count = s.driver.vcpus = s.disk.queues = 2;
	s.guest.pcpu = s.driver.pcpu = -1;
	s.guest.pcpus = s.driver.pcpus = 0;
	runs_without(sched_named(s.machine.scheduler));
	for (const struct rl_sched *const *it = rl_scheds; *it; it++) {
		scenario();
		s.load = (struct rl_load_domain){
			.vcpus = 3, .pcpu = -1, .weight = 256, .busy_ns = 50000};
		snprintf(s.machine.scheduler, sizeof(s.machine.scheduler), "%s", (*it)->name);
		runs_without(*it);
	}
}

#if COUNTS
/* The counter counts: a world that is made allocates. */
static void the_counter_counts(void **state)
{
	uint64_t before = calls;
	struct rl_world *another = rl_world_create();
	struct rl_rep_args a = {.s = &s, .sched = rl_scheds[0], .requests = 1};

	(void)state;
	scenario();
	assert_non_null(another);
	assert_true(calls > before);
	before = calls;
	assert_int_equal(rl_rep_start(another, &a, 0), 0);
	assert_true(calls > before);
	rl_world_destroy(another);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#if COUNTS
		cmocka_unit_test(the_counter_counts),
#endif
		cmocka_unit_test(everything_that_is_registered),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
