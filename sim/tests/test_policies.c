/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every policy of the registry, whatever its name, at work in the simulator on either side: I/O
 * completes, requests are conserved, and no two policies are the same in all that is counted.
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

#define IOS	     2000
#define MAX_POLICIES 64

static struct rl_scenario s;

/* A disk that takes its time, so that requests are in flight while others come. */
static void run(uint32_t pcpus, uint32_t depth, const char *front, const char *back)
{
	struct rl_rep_args a = {.s = &s, .seed = 7, .sched = sched_named("credit2")};
	uint64_t before;

	rl_scenario_default(&s);
	s.machine.pcpus = pcpus;
	s.machine.mwait = true;
	s.driver.pcpu = (int32_t)pcpus - 1;
	s.job.iodepth = depth;
	snprintf(s.disk.device, sizeof(s.disk.device), "random:mean=20us");
	if (front)
		snprintf(s.front_policy, sizeof(s.front_policy), "%s", front);
	if (back)
		snprintf(s.back_policy, sizeof(s.back_policy), "%s", back);
	assert_int_equal(rl_rep_start(w, &a, 0), 0);
	for (before = 0; w->completed < IOS; before++) {
		if (!rl_world_step(w) || before > 20000000)
			fail_msg("%s x %s stands still at depth %u on %u pCPUs", s.front_policy,
				s.back_policy, depth, pcpus);
		assert_int_equal(w->blk[0].requests - w->blk[0].responses,
			w->blk[0].front.size - w->blk[0].nfree);
	}
	rl_xen_settle(w);
}

static void each_completes_on_either_side(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t pcpus = 1; pcpus <= 2; pcpus++)
			for (uint32_t depth = 1; depth <= 32; depth *= 32) {
				run(pcpus, depth, NULL, (*it)->name);
				run(pcpus, depth, (*it)->name, NULL);
				run(pcpus, depth, (*it)->name, (*it)->name);
			}
}

/* What the drivers count of themselves. */
struct print {
	uint64_t back_blocks, back_upcalls, back_sends, back_hypercalls, back_looks, back_spin;
	uint64_t front_sends, episodes, recheck_hits;
};

static struct print fingerprint(void)
{
	const struct rl_vcpu_stats *b = &rl_world_driver(w, 0, 0)->st,
				   *f = &rl_world_guest(w, 0, 0)->st;

	return (struct print){b->blocks, b->upcalls, b->sends, b->hypercalls, b->looks,
		b->cpu[RL_CPU_SPIN], f->sends, w->blk[0].server->wt.st.episodes,
		w->blk[0].server->wt.st.recheck_hits};
}

static void no_two_are_alike(void **state)
{
	static struct print print[MAX_POLICIES];
	const struct rl_policy *const *it;
	int n = 0;

	(void)state;
	rl_for_each_policy (it) {
		assert_true(n < MAX_POLICIES);
		run(2, 8, NULL, (*it)->name);
		print[n] = fingerprint();
		for (int i = 0; i < n; i++)
			if (memcmp(&print[i], &print[n], sizeof(print[n])) == 0)
				fail_msg("%s and %s", rl_policies[i]->name, (*it)->name);
		n++;
	}
	/* and the same policy is alike itself */
	run(2, 8, NULL, rl_policies[n - 1]->name);
	assert_memory_equal(&(struct print[]){fingerprint()}, &print[n - 1], sizeof(print[0]));
}

/* Each numeric option at its ends: a batch larger than what can be in flight, no time to poll. */
static void options_at_their_ends(void **state)
{
	const struct rl_policy *const *it;
	char spec[RL_SPEC_BYTES];

	(void)state;
	rl_for_each_policy (it)
		for (uint32_t i = 0; i < (*it)->nopts; i++) {
			const struct rl_policy_opt *o = &(*it)->opts[i];

			for (int end = 0; end < 2; end++) {
				unsigned long long v = end ? o->max : o->min;

				snprintf(spec, sizeof(spec), "%s:%s=%llu%s", (*it)->name, o->name,
					v, o->unit);
				run(2, 4, NULL, spec);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_completes_on_either_side),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(options_at_their_ends),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
