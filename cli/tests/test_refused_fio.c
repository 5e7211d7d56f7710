/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every option of a job, those that the model leaves out among them, out of its range: each is
 * refused by its name, in a job file and in a scenario. The tables themselves are walked.
 */
#define LEAST_REFUSED 2500
#include "cli/tests/refused.h"

#include "data/format/fio_job.h"
#include "data/format/fio_other.h"

/* In a job file, and in the scenario's own job. */
static void job_option(const char *option, const char *value)
{
	char path[80];

	refuse_option(option, value, option);
	snprintf(path, sizeof(path), "job.%s", option);
	refuse_field(path, value, option);
}

static void ranged_option(const struct rl_fio_option_info *o)
{
	char value[64];

	for (size_t i = 0; i < NO_NUMBER; i++)
		/* Blanks around a value are not its own there. */
		if (strcmp(no_number[i], " 1") != 0 && strcmp(no_number[i], "1 ") != 0)
			refuse_option(o->name, no_number[i], o->name);
	if (o->min > 0) {
		snprintf(value, sizeof(value), "%llu", (unsigned long long)o->min - 1);
		job_option(o->name, value);
	}
	if (o->max < INT64_MAX) {
		snprintf(value, sizeof(value), "%llu", (unsigned long long)o->max + 1);
		job_option(o->name, value);
	}
}

/* What is in no row's range is out of what the simulator can do. */
static void largest(const struct rl_fio_option_info *o)
{
	struct rl_fio_option_info same;
	char text[256], *argv[] = {(char *)"simulate", (char *)"base.yaml",
				(char *)"--job=case.fio", HOURS_, NULL};
	struct refusal r;
	bool named = false;

	if (!o->number || strstr(o->what, "not used"))
		return;
	snprintf(text, sizeof(text), "[j]\nrw=randread\nsize=1m\nthinktime=1us\n%s=%s\n", o->name,
		strstr(o->value, "TIME") ? "9223372036854775us" : "9223372036854775807");
	put("case.fio", text);
	simulate(argv, &r);
	for (size_t i = 0; rl_fio_option_info(i, &same); i++)
		named |= rl_fio_option_same(o->name, same.name, strlen(same.name)) &&
			 strstr(r.err, same.name);
	if (r.status != 3 || *r.out || !named || !has_place(r.err, "case.fio"))
		fail_msg("%s: exit %d, '%s'", text, r.status, r.err);
	cases++;
}

static void workloads_options(void **state)
{
	static const struct {
		const char *option, *value;
	} own[] = {
		{"rw", "no_such_word"},
		{"rw", "trim"},
		{"readwrite", "1"},
		{"bssplit", "4k/NaN"},
		{"bssplit", "4k/-1"},
		{"bssplit", "4k/101"},
		{"bssplit", "4k/50"},
		{"bssplit", "NaN/100"},
		{"bssplit", "-4k/100"},
		{"bssplit", "0/100"},
		{"bssplit", "4k/50:4q/50"},
		{"bssplit", "18446744073709551616/100"},
		{"bssplit", "5k/50:7k/50"},
		{"bssplit", ":"},
		{"rate", "NaN"},
		{"rate", "-1"},
		{"rate", "0"},
		{"rate", "0,1m"},
		{"rate", "1m,0"},
		{"rate", "1e400"},
		{"rate", "18446744073709551616"},
		{"rate", "9223372036854775807"},
		{"rate", "1,2,3,4"},
		{"rate_iops", "NaN"},
		{"rate_iops", "-1"},
		{"rate_iops", "0"},
		{"rate_iops", "1.5"},
		{"rate_iops", "1e400"},
		{"rate_iops", "100000001"},
		{"rate_iops", "18446744073709551616"},
		{"rate_process", "poison"},
		{"rate_process", ""},
		{"io_submit_mode", "no_such_word"},
		{"thinktime_blocks_type", "no_such_word"},
		{"random_distribution", "zipf:NaN"},
		{"random_distribution", "zipf:-1"},
		{"random_distribution", "zipf:0"},
		{"random_distribution", "zipf:1"},
		{"random_distribution", "zipf:1e400"},
		{"random_distribution", "zipf:Inf"},
		{"random_distribution", "pareto:1"},
		{"random_distribution", "pareto:0"},
		{"random_distribution", "pareto:-1"},
		{"random_distribution", "normal:-1"},
		{"random_distribution", "normal:101"},
		{"random_distribution", "zipf:"},
		{"random_distribution", "zip:1.1"},
		{"random_distribution", "random:1"},
		{"ioengine", "no_such_engine"},
		{"ioengine", "libaio2"},
		{"read_iolog", "no_such_file"},
		{"stonewall", "0"},
		{"stonewall", "2"},
		{"no_such_option", "1"},
	};
	struct rl_fio_option_info o;

	(void)state;
	for (size_t i = 0; rl_fio_option_info(i, &o); i++) {
		if (o.number)
			ranged_option(&o);
		else if (*o.value && strcmp(o.value, "NAME") != 0)
			job_option(o.name, "no such value");
		largest(&o);
		if (*o.value) /* else it stands alone */
			refuse_option(o.name, "", o.name);
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		job_option(own[i].option, own[i].value);
}

static void options_of_fio_alone(void **state)
{
	static const char *const unlimited[] = {"NaN", "Inf", "-1e400", "1e400", "-21",
		"18446744073709551616", "99999999999999999999999999999999", "1x", "0x1", "1 2",
		"no_such_word", ":", ",", NULL};
	const struct rl_fio_other *o;
	char value[64];

	(void)state;
	for (size_t i = 0; (o = rl_fio_other_at(i)); i++) {
		if (o->kind == RL_FIO_TEXT)
			continue;
		for (const char *const *v = unlimited; *v; v++)
			refuse_option(o->name, *v, o->name);
		refuse_option(o->name, "", o->name);
		if (o->kind == RL_FIO_BOOL || o->kind == RL_FIO_FLAG)
			refuse_option(o->name, "2", o->name);
		if (o->kind != RL_FIO_INT)
			continue;
		snprintf(value, sizeof(value), "%lld", (long long)o->min - 1);
		refuse_option(o->name, value, o->name);
		snprintf(value, sizeof(value), "%llu", (unsigned long long)o->max + 1);
		refuse_option(o->name, value, o->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workloads_options),
		cmocka_unit_test(options_of_fio_alone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
