/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every option of every policy and device, every field and cost, out of its range: each
 * is refused by its name. The registries themselves are walked, so what is new is covered.
 */
#define LEAST_REFUSED 4000
#include "cli/tests/refused.h"

#include "core/policy.h"
#include "data/format/scenario.h"
#include "model/device.h"

/* A field, or an option of something that a field names: "disk.device", "ssd:read". */
struct where {
	const char *path, *of, *option;
};

static void refuse_value(const struct where *w, const char *value)
{
	char text[1024];

	if (w->of)
		snprintf(text, sizeof(text), "%s:%s=%s", w->of, w->option, value);
	else
		snprintf(text, sizeof(text), "%s", value);
	refuse_field(w->path, text, w->option ? w->option : w->path);
}

/* With each of its unit's endings. */
static void refuse_no_numbers(const struct where *w, const char *const *units)
{
	char value[128];

	for (size_t i = 0; i < NO_NUMBER; i++)
		for (const char *const *u = units; *u; u++) {
			snprintf(value, sizeof(value), "%s%s", no_number[i], *u);
			refuse_value(w, value);
		}
}

static const char *const bare[] = {"", NULL}, *const times[] = {"", "us", NULL},
			 *const sizes[] = {"", "k", NULL}, *const rates[] = {"", "k/s", NULL};

/* ---- policies ------------------------------------------------------------------------------ */

static void policy_option(
	const char *path, const struct rl_policy *p, const struct rl_policy_opt *o)
{
	struct where w = {path, p->name, o->name};
	char value[64];

	refuse_no_numbers(&w, *o->unit ? times : bare);
	refuse_value(&w, *o->unit ? "1" : "1ns"); /* a time needs a unit, a count has none */
	if (o->min > 0) {
		snprintf(value, sizeof(value), "%llu%s", (unsigned long long)o->min - 1, o->unit);
		refuse_value(&w, value);
	}
	if (o->max < UINT64_MAX) {
		snprintf(value, sizeof(value), "%llu%s", (unsigned long long)o->max + 1, o->unit);
		refuse_value(&w, value);
	}
	snprintf(value, sizeof(value), "%llu%s,%s=%llu%s", (unsigned long long)o->dflt, o->unit,
		o->name, (unsigned long long)o->dflt, o->unit);
	refuse_value(&w, value); /* twice */
}

static void policy(const char *path, const struct rl_policy *p)
{
	char text[128];

	for (uint32_t i = 0; i < p->nopts; i++)
		policy_option(path, p, &p->opts[i]);
	for (const char *const *tail = (const char *const[]){":", ":no_such=1", ":no_such", ":=1",
		     ",", " ", "x", "\n", NULL};
		*tail; tail++) {
		if (**tail == '\n')
			continue; /* YAML folds it */
		snprintf(text, sizeof(text), "%s%s", p->name, *tail);
		refuse_field(path, text, path);
	}
}

static void policies_options(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it) {
		policy("front_policy", *it);
		policy("back_policy", *it);
	}
	refuse_field("back_policy", "no_such_policy", "back_policy");
	refuse_field("back_policy", "", "back_policy");
}

/* ---- devices ------------------------------------------------------------------------------- */

static const char *const *endings(const struct rl_opt *o)
{
	switch (o->kind) {
	case RL_OPT_TIME:
		return times;
	case RL_OPT_SIZE:
		return sizes;
	case RL_OPT_RATE:
		return rates;
	default:
		return bare;
	}
}

/* The nearest that is outside of the range, upwards or downwards. */
static void outside(const struct rl_opt *o, double from, int step, char *to, size_t size)
{
	double x = from + step;

	if (o->kind == RL_OPT_REAL)
		x = from + step * 1e-6;
	snprintf(to, size, "%.*f%s", o->kind == RL_OPT_REAL ? 9 : 0, x,
		o->kind == RL_OPT_TIME || o->kind == RL_OPT_POINTS ? "ns"
		: o->kind == RL_OPT_RATE			   ? "/s"
								   : "");
}

static void device_option(const struct rl_spec_type *d, const struct rl_opt *o)
{
	static const char *const no_points[] = {"80us*NaN", "80us*-1", "80us*", "2ms..1ms",
		"80us..", "80us*18446744073709551616", "1us*0", "+", "80us++90us", "80us+", "..",
		NULL};
	struct where w = {"disk.device", d->name, o->name};
	char value[64];

	refuse_no_numbers(&w, endings(o));
	if (o->kind == RL_OPT_POINTS)
		for (const char *const *p = no_points; *p; p++)
			refuse_value(&w, *p);
	if (o->kind == RL_OPT_WORD)
		return;
	outside(o, o->max, 1, value, sizeof(value));
	refuse_value(&w, value);
	outside(o, o->min, -1, value, sizeof(value));
	refuse_value(&w, value);
}

static void devices_options(void **state)
{
	const struct rl_spec_set *set = &rl_device_set;
	const struct rl_spec_type *d;
	char text[128];

	(void)state;
	for (uint32_t i = 0; (d = set->at(i)); i++) {
		for (uint32_t k = 0; k < d->nopts; k++)
			device_option(d, &d->opts[k]);
		for (uint32_t k = 0; k < set->nshared; k++)
			device_option(d, &set->shared[k]);
		snprintf(text, sizeof(text), "%s:no_such_option=1", d->name);
		refuse_field("disk.device", text, "no_such_option");
		snprintf(text, sizeof(text), "%s:queue=1,queue=1", d->name);
		refuse_field("disk.device", text, "queue");
	}
	refuse_field("disk.device", "no_such_device", "disk.device");
	refuse_field("disk.device", "", "disk.device");
}

/* ---- fields and costs ---------------------------------------------------------------------- */

static void number_field(const struct where *w, const struct rl_scenario_field_info *f)
{
	char value[64];

	if (f->min >= f->max)
		fail_msg("%s has no range", f->path);
	refuse_no_numbers(w, *f->unit ? times : bare);
	if (f->min > 0) {
		snprintf(value, sizeof(value), "%llu%s", (unsigned long long)f->min - 1, f->unit);
		refuse_value(w, value);
	}
	snprintf(value, sizeof(value), "%llu%s", (unsigned long long)f->max + 1, f->unit);
	refuse_value(w, value);
	snprintf(value, sizeof(value), "4294967296%s", f->unit); /* 32 bits would make it 0 */
	if (f->max <= UINT32_MAX)
		refuse_value(w, value);
}

static void fields(void **state)
{
	static const char *const no_choice[] = {"no_such_word", "", " ", "-2", "4294967295",
		"4294967296", "18446744073709551616", "NaN", "1e400", "0x", "truefalse", "anyx",
		"0-", "1-0", "-", "0-99999", NULL};
	struct rl_scenario_field_info f;
	char too_long[4000];

	(void)state;
	memset(too_long, 'x', sizeof(too_long));
	too_long[sizeof(too_long) - 1] = '\0';
	for (size_t i = 0; rl_scenario_field_info(i, &f); i++) {
		struct where w = {f.path, NULL, NULL};

		if (f.number)
			number_field(&w, &f);
		for (const char *const *v = no_choice; !f.number && !f.name && *v; v++)
			refuse_value(&w, *v);
		refuse_field(f.path, "", f.path);
		refuse_field(f.path, too_long, f.path);
	}
	refuse_field("no_such_field", "1", "no_such_field");
	refuse_field("machine.no_such_field", "1", "machine.no_such_field");
}

static void cost_parameters(void **state)
{
	char path[80], value[64];

	(void)state;
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		const struct rl_param_info *p = &rl_param_info[i];
		struct where w = {path, NULL, NULL};

		snprintf(path, sizeof(path), "costs.%s", p->name);
		refuse_no_numbers(&w, bare);
		snprintf(value, sizeof(value), "%.17g", p->max + (p->max < 1 ? 1 : p->max) * 1e-9);
		refuse_value(&w, value);
		snprintf(value, sizeof(value), "%.17g", p->min - (p->min < 1 ? 1 : p->min) * 1e-9);
		refuse_value(&w, value);
	}
	refuse_field("costs.no_such_ns", "1", "no_such_ns");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_options),
		cmocka_unit_test(devices_options),
		cmocka_unit_test(fields),
		cmocka_unit_test(cost_parameters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
