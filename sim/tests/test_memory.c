/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory runs out, at each allocation of a run in turn: the run fails as such, and nothing crashes
 * or goes on with what it does not have. Each try is a process of its own, whose exit code is that
 * of `ringlab simulate`: a model's arena ends it where it stands.
 */
#include "sim/sim.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REPLACED 0 /* a sanitizer has an allocator of its own */
#else
#define REPLACED 1
#endif

#define OTHERWISE  99
#define RUN_FAILED 4

/* The allocation that fails, counted from now on; 0: none does. And how many there were. */
static _Atomic long fails_at, calls;

#if REPLACED
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);

static int fails(void)
{
	return ++calls == fails_at;
}

void *malloc(size_t bytes)
{
	return fails() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
	return fails() ? NULL : __libc_calloc(n, bytes);
}

void *aligned_alloc(size_t align, size_t bytes)
{
	return fails() ? NULL : __libc_memalign(align, bytes);
}
#endif

/* Many guests on a large disk queue: the arena takes more than one chunk. */
static int simulate(enum rl_warmup warmup)
{
	static struct rl_scenario s;
	static struct rl_sim_result r;
	const struct rl_sim_options o = {.reps = 2, .requests = 500, .warmup = warmup};
	struct rl_err err = {0};
	int rc;

	rl_scenario_default(&s);
	s.guest.count = 8;
	s.disk.ring_pages = 16;
	calls = 0;
	rc = rl_sim_run(&s, &o, &r, &err);
	if (rc == -ENOMEM && strstr(err.what, "out of memory"))
		return RUN_FAILED;
	return rc || !(r.metrics.m[RL_METRIC_iops].value > 0) ? OTHERWISE : 0;
}

static int in_a_process(enum rl_warmup warmup, long nth)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		int code;

		if (!freopen("/dev/null", "w", stderr)) /* the arena says so, each time */
			exit(OTHERWISE);
		fails_at = nth;
		code = simulate(warmup);
		fails_at = 0; /* what happens at the exit is no part of it */
		exit(code);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : OTHERWISE;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	for (int warmup = RL_WARMUP_MSER5; warmup <= RL_WARMUP_TENTH; warmup++) {
		long n;

		assert_int_equal(simulate((enum rl_warmup)warmup), 0);
		n = calls;
		if (!REPLACED) {
			print_message("the allocator cannot be replaced here\n");
			return;
		}
		assert_in_range(n, 6, 200);
		for (long nth = 1; nth <= n; nth++) {
			int code = in_a_process((enum rl_warmup)warmup, nth);

			if (code != RUN_FAILED)
				fail_msg("allocation %ld of %ld fails: exit code %d", nth, n, code);
		}
		assert_int_equal(in_a_process((enum rl_warmup)warmup, n + 1), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
