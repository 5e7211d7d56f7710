/* SPDX-License-Identifier: MIT */
/* Choosing a policy by name and asking it, in the same words in every carrier. */
#include "core/policy.h"

static rl_u32 text_len(const char *s)
{
	rl_u32 n = 0;

	while (s[n] && s[n] != '\n')
		n++;
	return n;
}

static rl_bool same(const char *a, rl_u32 len, const char *b)
{
	rl_u32 i;

	for (i = 0; i < len; i++)
		if (a[i] != b[i] || !b[i])
			return 0;
	return !b[len];
}

const struct rl_policy *rl_policy_find(const char *name, rl_u32 len)
{
	const struct rl_policy *const *it;

	rl_for_each_policy (it)
		if (same(name, len, (*it)->name))
			return *it;
	return (const struct rl_policy *)0;
}

static int fail(struct rl_policy_err *err, rl_u32 at, const char *what, int code)
{
	if (err)
		*err = (struct rl_policy_err){.at = at, .what = what};
	return -code;
}

static rl_u64 unit_ns(const char *s, rl_u32 len)
{
	static const struct {
		const char *name;
		rl_u64 ns;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
	rl_u32 i;

	for (i = 0; i < RL_ARRAY_LEN(units); i++)
		if (same(s, len, units[i].name))
			return units[i].ns;
	return 0;
}

/* Reads s[0..len) as a value of opt. */
static int parse_value(
	const struct rl_policy_opt *opt, const char *s, rl_u32 len, rl_u64 *out, const char **what)
{
	rl_u64 v = 0, scale = 1;
	rl_u32 i = 0;

	for (; i < len && s[i] >= '0' && s[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, (rl_u64)(s[i] - '0'), &v))
			goto range;
	*what = "malformed value (expected a whole number)";
	if (i == 0)
		return -RL_EINVAL;
	if (opt->unit[0]) {
		scale = unit_ns(s + i, len - i);
		*what = "malformed time (expected a whole number and ns, us, ms or s)";
		if (!scale)
			return -RL_EINVAL;
	} else if (i != len) {
		return -RL_EINVAL;
	}
	if (__builtin_mul_overflow(v, scale, &v) || v < opt->min || v > opt->max)
		goto range;
	*out = v;
	return 0;
range:
	*what = "value out of range";
	return -RL_ERANGE;
}

/* Reads one "opt=value" that stands at spec[at..end). */
static int parse_opt(const struct rl_policy *ops, const char *spec, rl_u32 at, rl_u32 end,
	rl_u64 *opts, rl_u32 *given, struct rl_policy_err *err)
{
	const char *what;
	rl_u32 eq = at, i;
	int rc;

	while (eq < end && spec[eq] != '=')
		eq++;
	if (eq == end)
		return fail(err, at, "malformed option (expected name=value)", RL_EINVAL);
	for (i = 0; i < ops->nopts; i++)
		if (same(spec + at, eq - at, ops->opts[i].name))
			break;
	if (i == ops->nopts)
		return fail(err, at, "unknown option of this policy", RL_EINVAL);
	if (*given & 1u << i)
		return fail(err, at, "option given twice (expected once)", RL_EINVAL);
	*given |= 1u << i;
	rc = parse_value(&ops->opts[i], spec + eq + 1, end - eq - 1, &opts[i], &what);
	if (!rc)
		return 0;
	fail(err, eq + 1, what, -rc);
	if (err)
		err->opt = &ops->opts[i];
	return rc;
}

static int parse_opts(const struct rl_policy *ops, const char *spec, rl_u32 at, rl_u32 len,
	rl_u64 *opts, struct rl_policy_err *err)
{
	rl_u32 given = 0;

	while (at < len) {
		rl_u32 end = ++at;
		int rc;

		while (end < len && spec[end] != ',')
			end++;
		rc = parse_opt(ops, spec, at, end, opts, &given, err);
		if (rc)
			return rc;
		at = end;
	}
	return 0;
}

int rl_policy_select(struct rl_policy_inst *inst, const char *spec, struct rl_policy_err *err)
{
	struct rl_policy_inst made = {0};
	rl_u32 len = text_len(spec), colon = 0, i;
	int rc;

	while (colon < len && spec[colon] != ':')
		colon++;
	made.ops = rl_policy_find(spec, colon);
	if (!made.ops)
		return fail(err, 0, "unknown policy", RL_EINVAL);
	for (i = 0; i < made.ops->nopts; i++)
		made.opts[i] = made.ops->opts[i].dflt;
	rc = parse_opts(made.ops, spec, colon, len, made.opts, err);
	if (rc)
		return rc;
	rl_policy_reset(&made);
	*inst = made;
	return 0;
}

void rl_policy_reset(struct rl_policy_inst *inst)
{
	rl_u32 i;

	for (i = 0; i < RL_ARRAY_LEN(inst->state); i++)
		inst->state[i] = 0;
	if (inst->ops->init)
		inst->ops->init(inst->state, inst->opts);
}

void rl_policy_idle(struct rl_policy_inst *inst, const struct rl_idle *in, struct rl_plan *plan)
{
	*plan = (struct rl_plan){
		.deadline_ns = RL_NEVER,
		.timer_ns = RL_NEVER,
		.gap_growth = 1000,
		.event_offset = 1,
	};
	inst->ops->on_idle(inst->state, in, plan);
	if (plan->event_offset == 0)
		plan->event_offset = 1;
	if (in->in_flight == 0)
		plan->no_arm = 0;
}

void rl_policy_result(
	struct rl_policy_inst *inst, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
{
	if (inst->ops->on_result)
		inst->ops->on_result(inst->state, how, polls, elapsed_ns);
}
