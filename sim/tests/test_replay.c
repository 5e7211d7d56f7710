/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record of every policy replays as equal; one changed field is found where it stands. */
#include "sim/replay.h"

#include "model/base/rng.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define N 400

static struct rl_decision rec[2 * N];

/* What a driver would have logged: random questions and results. */
static void record(const char *spec)
{
	struct rl_policy_inst inst;
	struct rl_rng rng;
	uint64_t now = 0;

	rl_rng_init(&rng, 5, 0, 0, 0);
	assert_int_equal(rl_policy_select(&inst, spec, NULL), 0);
	memset(rec, 0, sizeof(rec));
	for (int i = 0; i < N; i++) {
		struct rl_decision *q = &rec[2 * i], *a = q + 1;

		now += rl_rng_u64(&rng) % 100000;
		q->line = 2 * i + 3;
		q->in = (struct rl_idle){
			.now_ns = now,
			.mean_completion_ns = rl_rng_u64(&rng) % 200000,
			.in_flight = rl_rng_u64(&rng) % 32,
			.cpu_idle_permille = rl_rng_u64(&rng) % 1001,
		};
		rl_policy_idle(&inst, &q->in, &q->plan);
		a->is_result = true;
		a->how = rl_rng_u64(&rng) % 4;
		a->polls = rl_rng_u64(&rng) % 1000;
		a->elapsed_ns = rl_rng_u64(&rng) % 100000;
		rl_policy_result(&inst, a->how, a->polls, a->elapsed_ns);
	}
}

static void every_policy(void **state)
{
	const struct rl_policy *const *it;
	struct rl_err err;
	size_t equal;

	(void)state;
	rl_for_each_policy (it) {
		record((*it)->name);
		memset(&err, 0, sizeof(err));
		assert_int_equal(rl_sim_replay((*it)->name, rec, 2 * N, &equal, &err), 0);
		assert_int_equal(equal, N);
		rec[200].plan.gap_ns ^= 1;
		assert_int_equal(rl_sim_replay((*it)->name, rec, 2 * N, &equal, &err), -EILSEQ);
		assert_int_equal(equal, 100);
		assert_int_equal(err.line, 203);
		assert_non_null(strstr(err.what, "gap_ns"));
	}
}

static void unknown(void **state)
{
	struct rl_err err = {0};
	size_t equal;

	(void)state;
	assert_int_equal(rl_sim_replay("no_such", rec, 0, &equal, &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_policy),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
