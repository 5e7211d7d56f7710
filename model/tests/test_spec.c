/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choices with options: what is read, and that whatever is wrong is refused by its name. */
#include "model/device.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { COUNT, REAL, TIME, SIZE, RATE, WORD, POINTS };

static const char *const words[] = {"one", "two", NULL};

static const struct rl_opt opts[] = {
	[COUNT] = {"count", RL_OPT_COUNT, 8, 1, 64, NULL, "", ""},
	[REAL] = {"real", RL_OPT_REAL, 1, 0.5, 2, NULL, "", ""},
	[TIME] = {"time", RL_OPT_TIME, 1000, 1, 1e9, NULL, "", ""},
	[SIZE] = {"size", RL_OPT_SIZE, 0, 0, 1 << 30, NULL, "", ""},
	[RATE] = {"rate", RL_OPT_RATE, 1 << 20, 1, 1e12, NULL, "", ""},
	[WORD] = {"word", RL_OPT_WORD, 0, 0, 0, words, "", ""},
	[POINTS] = {"points", RL_OPT_POINTS, 0, 1, 1e9, NULL, "", ""},
};

static const char *check(const struct rl_spec *s, uint32_t *opt)
{
	*opt = SIZE;
	return s->v[COUNT] == 13 && s->v[SIZE] == 0 ? "a size with count=13" : NULL;
}

static const struct rl_spec_type types[] = {
	{"plain", "", NULL, 0, NULL, NULL, NULL, NULL, NULL},
	{"full", "", opts, sizeof(opts) / sizeof(opts[0]), check, NULL, NULL, NULL, NULL},
};

static const struct rl_opt shared[] = {{"all", RL_OPT_COUNT, 1, 0, 9, NULL, "", ""}};

static const struct rl_spec_type *at(uint32_t i)
{
	return i < 2 ? &types[i] : NULL;
}

static const struct rl_spec_set set = {"thing", at, shared, 1};

static void what_is_read(void **state)
{
	struct rl_spec s;

	(void)state;
	assert_int_equal(rl_spec_read(&set, "plain", &s, NULL), 0);
	assert_ptr_equal(s.type, &types[0]);
	assert_int_equal(rl_spec_read(&set, "full", &s, NULL), 0);
	for (int i = 0; i < POINTS; i++)
		assert_true(s.v[i] == opts[i].dflt);
	assert_true(s.shared[0] == 1 && s.given == 0 && s.points.n == 0);
	assert_int_equal(rl_spec_read(&set,
				 "full:count=2,real=0.75,time=1.5us,size=64k,rate=500MB/s,word=two,"
				 "points=80us*90+1ms..2ms*10,all=3",
				 &s, NULL),
		0);
	assert_true(s.v[COUNT] == 2 && s.v[REAL] == 0.75 && s.v[TIME] == 1500);
	assert_true(s.v[SIZE] == 65536 && s.v[RATE] == 500.0 * (1 << 20) && s.v[WORD] == 1);
	assert_true(s.shared[0] == 3 && s.given == 0x7f && s.shared_given == 1);
	assert_int_equal(s.points.n, 2);
	assert_true(
		s.points.p[0].lo == 80e3 && s.points.p[0].hi == 80e3 && s.points.p[0].weight == 90);
	assert_true(
		s.points.p[1].lo == 1e6 && s.points.p[1].hi == 2e6 && s.points.p[1].weight == 10);
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *text;
		uint32_t at;
		const char *says;
	} rows[] = {
		{"", 0, "unknown thing ''"},
		{"ful", 0, "unknown thing 'ful'"},
		{"fulll", 0, "unknown thing 'fulll'"},
		{"full:", 5, "malformed option ''"},
		{"full:count", 5, "malformed option 'count'"},
		{"full:=4", 5, "unknown option ''"},
		{"full:coun=4", 5, "unknown option 'coun' of thing 'full'"},
		{"plain:count=4", 6, "unknown option 'count' of thing 'plain'"},
		{"full:count=4,", 13, "malformed option ''"},
		{"full:count=4,,all=1", 13, "malformed option ''"},
		{"full:count=4,count=4", 13, "option 'count' twice"},
		{"full:all=1,all=1", 11, "option 'all' twice"},
		{"full:count=", 11, "count='' (expected a whole number)"},
		{"full:count=4x", 11, "count='4x'"},
		{"full:count=-4", 11, "count='-4'"},
		{"full:count=0", 11, "count='0' out of range (expected 1 to 64)"},
		{"full:count=65", 11, "count='65' out of range"},
		{"full:count=99999999999999999999", 11, "out of range"},
		{"full:real=0.4", 10, "real='0.4' out of range (expected 0.5 to 2)"},
		{"full:real=nan", 10, "real='nan'"},
		{"full:real=1e999", 10, "real='1e999'"},
		{"full:time=5", 10, "time='5' (expected a time with"},
		{"full:time=0ns", 10, "time='0ns' out of range (expected 1ns to 1s)"},
		{"full:time=2s", 10, "time='2s' out of range"},
		{"full:size=2g", 10, "size='2g' out of range (expected 0 to 1g)"},
		{"full:size=2q", 10, "size='2q'"},
		{"full:rate=5m", 10, "rate='5m' (expected a rate"},
		{"full:rate=/s", 10, "rate='/s' (expected a rate"},
		{"full:rate=0m/s", 10, "rate='0m/s' out of range (expected 1/s to"},
		{"full:word=three", 10, "word='three' (expected one, two)"},
		{"full:points=", 12, "points='' (expected times"},
		{"full:points=1us*", 12, "points='1us*' (expected times"},
		{"full:points=1us*0", 12, "points='1us*0' (expected times"},
		{"full:points=2us..1us", 12, "points='2us..1us' (expected times"},
		{"full:points=1us+", 12, "points='1us+' (expected times"},
		{"full:points=1us+0ns", 12, "out of range (expected 1ns to 1s)"},
		{"full:count=13", 0, "size (expected a size with count=13)"},
		{"full:size=0,count=13", 5, "size (expected a size with count=13)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rl_spec s = {.given = 77};
		struct rl_spec_err err;

		assert_true(rl_spec_read(&set, rows[i].text, &s, &err) < 0);
		if (err.at != rows[i].at || !strstr(err.what, rows[i].says))
			fail_msg("'%s': %u: %s", rows[i].text, err.at, err.what);
		assert_int_equal(s.given, 77);
	}
}

/* More points than fit, and a value longer than any. */
static void too_much(void **state)
{
	char text[600] = "full:points=1us";
	struct rl_spec_err err;
	struct rl_spec s;

	(void)state;
	for (int i = 0; i < 40; i++)
		strcat(text, "+1us");
	assert_int_equal(rl_spec_read(&set, text, &s, &err), 0);
	assert_int_equal(s.points.n, 41);
	for (int i = 0; i < 80; i++)
		strcat(text, "+1us");
	assert_int_equal(rl_spec_read(&set, text, &s, &err), -EINVAL);
	assert_non_null(strstr(err.what, "points"));
}

/* Just outside either end of the range of an option, as its unit is written. */
static void outside(const char *device, const struct rl_opt *o, bool above)
{
	static const char *const unit[] = {[RL_OPT_COUNT] = "",
		[RL_OPT_REAL] = "",
		[RL_OPT_TIME] = "ns",
		[RL_OPT_SIZE] = "",
		[RL_OPT_RATE] = "/s",
		[RL_OPT_POINTS] = "ns"};
	double step = o->kind == RL_OPT_REAL ? o->min / 2 : 1;
	char text[128], name[64];
	struct rl_spec_err err;
	struct rl_spec s;

	snprintf(text, sizeof(text), "%s:%s=%.17g%s", device, o->name,
		above ? o->max + step : o->min - step, unit[o->kind]);
	snprintf(name, sizeof(name), "%s='", o->name);
	assert_true(rl_spec_read(&rl_device_set, text, &s, &err) < 0);
	if (!strstr(err.what, name) || !strstr(err.what, "expected") ||
		(above && !strstr(err.what, "out of range")))
		fail_msg("%s: %s", text, err.what);
	assert_int_equal(err.at, strlen(device) + strlen(o->name) + 2);
}

static void each_end(const char *device, const struct rl_opt *o)
{
	char text[128], name[64];
	struct rl_spec_err err;
	struct rl_spec s;

	assert_true(*o->name && *o->help && *o->source);
	if (o->kind == RL_OPT_WORD) {
		snprintf(text, sizeof(text), "%s:%s=no_such", device, o->name);
		assert_int_equal(rl_spec_read(&rl_device_set, text, &s, &err), -EINVAL);
		assert_non_null(strstr(err.what, o->name));
		return;
	}
	assert_true(o->min <= o->max);
	if (o->kind != RL_OPT_POINTS)
		assert_true(o->dflt >= o->min && o->dflt <= o->max);
	outside(device, o, false);
	outside(device, o, true);
	/* What help says of a default can be written. */
	if (o->kind == RL_OPT_POINTS)
		return;
	snprintf(text, sizeof(text), "%s:%s=%s", device, o->name,
		rl_opt_text(o, o->dflt, name, sizeof(name)));
	if (rl_spec_read(&rl_device_set, text, &s, &err) && strstr(err.what, "out of range"))
		fail_msg("%s: %s", text, err.what);
}

static void every_option_of_every_device(void **state)
{
	const struct rl_spec_set *devices = &rl_device_set;
	const struct rl_spec_type *d;
	uint32_t i;

	(void)state;
	for (i = 0; (d = devices->at(i)); i++) {
		assert_true(d->nopts <= RL_SPEC_OPTS && *d->name && *d->summary);
		for (uint32_t k = 0; k < d->nopts; k++)
			each_end(d->name, &d->opts[k]);
		for (uint32_t k = 0; k < devices->nshared; k++)
			each_end(d->name, &devices->shared[k]);
	}
	assert_true(i >= 5);
}

static void options_that_contradict(void **state)
{
	static const char *const bad[][2] = {
		{"random:dist=empirical", "points"},
		{"random:points=1us", "points"},
		{"random:dist=empirical,points=1us,mean=1us", "mean"},
		{"random:cv=0.5", "cv"},
		{"random:dist=empirical,points=1us,cv=0.5", "cv"},
		{"ssd:drain=1m/s", "drain"},
		{"disk:seek_min=10ms,seek_max=9ms", "seek_max"},
		{"disk:size=1m,rate=1g/s", "size"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rl_spec_err err;
		struct rl_spec s;

		assert_int_equal(rl_spec_read(&rl_device_set, bad[i][0], &s, &err), -EINVAL);
		if (strncmp(err.what, bad[i][1], strlen(bad[i][1])) != 0)
			fail_msg("%s: %s", bad[i][0], err.what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(too_much),
		cmocka_unit_test(every_option_of_every_device),
		cmocka_unit_test(options_that_contradict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
