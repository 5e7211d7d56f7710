/* SPDX-License-Identifier: MIT */
/*
 * Choosing a policy: names, units, ranges, and where in the text an error is. The
 * parser is tried on a policy of this test's own, so that nothing here depends on
 * which policies there are; what each policy of the registry must hold comes last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The parser is compiled into this file with a registry of its own. */
#define rl_policies	 test_policies
#define rl_policy_find	 test_policy_find
#define rl_policy_select test_policy_select
#define rl_policy_reset	 test_policy_reset
#define rl_policy_idle	 test_policy_idle
#define rl_policy_result test_policy_result
#include "core/policy.c"
#undef rl_policies
#undef rl_policy_find
#undef rl_policy_select
#undef rl_policy_reset
#undef rl_policy_idle
#undef rl_policy_result

#include <cmocka.h> /* after policy.c: it makes `fail` a macro */

extern const struct rl_policy *const rl_policies[];
int rl_policy_select(struct rl_policy_inst *inst, const char *spec, struct rl_policy_err *err);
void rl_policy_idle(struct rl_policy_inst *inst, const struct rl_idle *in, struct rl_plan *plan);

static rl_u64 seen_opts[2];
static struct rl_plan wanted;
static rl_u64 state_at_idle;

static void probe_init(void *state, const rl_u64 *opts)
{
	seen_opts[0] = opts[0];
	seen_opts[1] = opts[1];
	*(rl_u64 *)state += 7;
}

static void probe_on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
{
	(void)in;
	state_at_idle = (*(rl_u64 *)state)++;
	plan->event_offset = wanted.event_offset;
	plan->no_arm = wanted.no_arm;
}

static const struct rl_policy_opt probe_opts[] = {
	{.name = "tau", .unit = "ns", .dflt = 5000, .min = 10, .max = 3000000000ull},
	{.name = "n", .unit = "", .dflt = 4, .min = 1, .max = 32},
};

static const struct rl_policy probe = {
	.name = "probe",
	.opts = probe_opts,
	.nopts = 2,
	.state_bytes = 8,
	.init = probe_init,
	.on_idle = probe_on_idle,
};
static const struct rl_policy probe_longer = {.name = "probe2", .on_idle = probe_on_idle};

const struct rl_policy *const test_policies[] = {&probe, &probe_longer, 0};

static void good(const char *spec, const char *name, rl_u64 tau, rl_u64 n)
{
	struct rl_policy_inst inst;
	struct rl_policy_err err = {0};

	if (test_policy_select(&inst, spec, &err))
		fail_msg("'%s': %s at %u", spec, err.what, err.at);
	assert_string_equal(inst.ops->name, name);
	if (inst.ops == &probe) {
		assert_int_equal(inst.opts[0], tau);
		assert_int_equal(inst.opts[1], n);
		assert_memory_equal(seen_opts, inst.opts, sizeof(seen_opts));
	}
}

static void bad(const char *spec, int code, rl_u32 at, const char *what)
{
	struct rl_policy_inst inst, before;
	struct rl_policy_err err = {0};

	memset(&inst, 0x5a, sizeof(inst));
	before = inst;
	assert_int_equal(test_policy_select(&inst, spec, &err), -code);
	if (err.at != at || !strstr(err.what, what))
		fail_msg("'%s': '%s' at %u, expected '%s' at %u", spec, err.what, err.at, what, at);
	assert_memory_equal(&inst, &before, sizeof(inst));
	assert_int_equal(test_policy_select(&inst, spec, 0), -code);
}

static void test_good(void **state)
{
	(void)state;
	good("probe", "probe", 5000, 4);
	good("probe\n", "probe", 5000, 4);
	good("probe2", "probe2", 0, 0);
	good("probe:tau=10ns", "probe", 10, 4);
	good("probe:tau=20us", "probe", 20000, 4);
	good("probe:tau=7ms", "probe", 7000000, 4);
	good("probe:tau=3s", "probe", 3000000000ull, 4);
	good("probe:n=32,tau=1us", "probe", 1000, 32);
	good("probe:tau=1us,n=1\n", "probe", 1000, 1);
}

static void test_bad(void **state)
{
	(void)state;
	bad("", RL_EINVAL, 0, "unknown policy");
	bad("prob", RL_EINVAL, 0, "unknown policy");
	bad("probex", RL_EINVAL, 0, "unknown policy");
	bad("Probe", RL_EINVAL, 0, "unknown policy");
	bad(" probe", RL_EINVAL, 0, "unknown policy");
	bad("probe ", RL_EINVAL, 0, "unknown policy");
	bad("probe:", RL_EINVAL, 6, "");
	bad("probe:tau", RL_EINVAL, 6, "expected name=value");
	bad("probe:ta=1us", RL_EINVAL, 6, "unknown option");
	bad("probe:taus=1us", RL_EINVAL, 6, "unknown option");
	bad("probe:n=4,x=1", RL_EINVAL, 10, "unknown option");
	bad("probe:n=4,", RL_EINVAL, 10, "");
	bad("probe2:n=4", RL_EINVAL, 7, "unknown option");
	bad("probe:tau=20", RL_EINVAL, 10, "ns, us, ms or s");
	bad("probe:tau=20u", RL_EINVAL, 10, "ns, us, ms or s");
	bad("probe:tau=us", RL_EINVAL, 10, "malformed");
	bad("probe:tau=", RL_EINVAL, 10, "malformed");
	bad("probe:tau=-1us", RL_EINVAL, 10, "malformed");
	bad("probe:tau=1.5us", RL_EINVAL, 10, "malformed");
	bad("probe:tau= 1us", RL_EINVAL, 10, "malformed");
	bad("probe:n=4q", RL_EINVAL, 8, "malformed");
	bad("probe:n=0x4", RL_EINVAL, 8, "malformed");
	bad("probe:n=nan", RL_EINVAL, 8, "malformed");
	bad("probe:n=0", RL_ERANGE, 8, "out of range");
	bad("probe:n=33", RL_ERANGE, 8, "out of range");
	bad("probe:tau=9ns", RL_ERANGE, 10, "out of range");
	bad("probe:tau=4s", RL_ERANGE, 10, "out of range");
	bad("probe:n=18446744073709551616", RL_ERANGE, 8, "out of range");
	bad("probe:n=18446744073709551617", RL_ERANGE, 8, "out of range");
	bad("probe:tau=18446744073709551615s", RL_ERANGE, 10, "out of range");
}

static void test_plan_is_mended(void **state)
{
	struct rl_policy_inst inst;
	struct rl_idle in = {.in_flight = 0};
	struct rl_plan plan;

	(void)state;
	assert_int_equal(test_policy_select(&inst, "probe", 0), 0);
	wanted = (struct rl_plan){.event_offset = 0, .no_arm = 1};
	memset(&plan, 0xff, sizeof(plan));
	test_policy_idle(&inst, &in, &plan);
	assert_int_equal(plan.event_offset, 1);
	assert_false(plan.no_arm);
	assert_int_equal(plan.deadline_ns, RL_NEVER);
	assert_int_equal(plan.timer_ns, RL_NEVER);
	assert_int_equal(plan.gap_ns, 0);
	assert_int_equal(plan.gap_growth, 1000);
	in.in_flight = 1;
	wanted.event_offset = 9;
	test_policy_idle(&inst, &in, &plan);
	assert_int_equal(plan.event_offset, 9);
	assert_true(plan.no_arm);
	/* on_result is optional. */
	test_policy_result(&inst, RL_HIT, 1, 1);
}

static void test_reset_forgets(void **state)
{
	struct rl_policy_inst inst;
	struct rl_idle in = {0};
	struct rl_plan plan;

	(void)state;
	assert_int_equal(test_policy_select(&inst, "probe:n=9", 0), 0);
	test_policy_idle(&inst, &in, &plan);
	test_policy_idle(&inst, &in, &plan);
	assert_int_equal(state_at_idle, 8);
	test_policy_reset(&inst);
	test_policy_idle(&inst, &in, &plan);
	assert_int_equal(state_at_idle, 7);
	assert_int_equal(inst.opts[1], 9);
}

/* What the carriers rely on in every policy there is. */
static void check_entry(const struct rl_policy *p)
{
	struct rl_policy_inst inst;

	assert_true(strlen(p->name) > 0 && strlen(p->name) < RL_POLICY_NAME_BYTES);
	assert_true(p->summary && *p->summary);
	assert_true(p->source && *p->source);
	assert_non_null(p->on_idle);
	assert_true(p->nopts <= RL_POLICY_MAX_OPTS);
	assert_true(p->state_bytes <= RL_POLICY_STATE_BYTES);
	assert_int_equal(rl_policy_select(&inst, p->name, 0), 0);
	assert_ptr_equal(inst.ops, p);
	for (rl_u32 i = 0; i < p->nopts; i++) {
		const struct rl_policy_opt *o = &p->opts[i];

		assert_true(o->min <= o->dflt && o->dflt <= o->max);
		assert_true(!o->unit[0] || strcmp(o->unit, "ns") == 0);
		assert_true(o->help && *o->help && o->source && *o->source);
	}
}

static void test_registry(void **state)
{
	(void)state;
	assert_non_null(rl_policies[0]);
	for (int i = 0; rl_policies[i]; i++) {
		check_entry(rl_policies[i]);
		if (i)
			assert_true(strcmp(rl_policies[i - 1]->name, rl_policies[i]->name) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_plan_is_mended),
		cmocka_unit_test(test_reset_forgets),
		cmocka_unit_test(test_registry),
	};

	return cmocka_run_group_tests_name("core policy", tests, NULL, NULL);
}
