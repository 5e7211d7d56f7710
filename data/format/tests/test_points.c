/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of points: what is read, what is refused and where, and how a device gets them. */
#include "data/format/points.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct rl_points points;
static char line[RL_DEVICE_SPEC_BYTES];

static int parse(const char *text, struct rl_err *err)
{
	memset(err, 0, sizeof(*err));
	return rl_points_parse(text, strlen(text), "x.points", &points, line, sizeof(line), err);
}

static void what_is_read(void **state)
{
	struct rl_err err;

	(void)state;
	assert_int_equal(parse("# head\n80us*90\n\n\t1ms..2ms*10 \r\n  # tail\n3s", &err), 0);
	assert_int_equal(points.n, 3);
	assert_true(points.p[1].lo == 1e6 && points.p[1].hi == 2e6 && points.p[1].weight == 10);
	assert_true(points.p[2].lo == 3e9 && points.p[2].weight == 1);
	assert_string_equal(line, "80us*90+1ms..2ms*10+3s");
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
		int line;
	} rows[] = {
		{"", "no point", 1},
		{"# nothing\n", "no point", 1},
		{"80us*0\n", "no point", 1},
		{"80us*90\n80\n", "malformed", 2},
		{"80us *90\n", "malformed", 1},
		{"80us*90 # why\n", "malformed", 1},
		{"80us*90+1ms\n", "malformed", 1},
		{"2us..1us\n", "malformed", 1},
		{"-1us\n", "malformed", 1},
		{"nan\n", "malformed", 1},
	};
	struct rl_err err;
	char many[1024] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(rows[i].text, &err), -EINVAL);
		if (err.line != rows[i].line || !strstr(err.what, rows[i].says))
			fail_msg("'%s': %d: %s", rows[i].text, err.line, err.what);
	}
	for (int i = 0; i < 65; i++)
		strcat(many, "1us\n");
	assert_int_equal(parse(many, &err), -EFBIG);
	assert_int_equal(err.line, 65);
}

/* Looked for beside the scenario; the scenario then holds the points themselves. */
static void a_device_gets_them(void **state)
{
	char dir[] = "/tmp/points.XXXXXX", path[64], from[64];
	struct rl_err err = {0};
	struct rl_scenario s;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.points", dir);
	snprintf(from, sizeof(from), "%s/s.yaml", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("80us*9\n1ms*1\n", f);
	fclose(f);
	rl_scenario_default(&s);
	assert_int_equal(rl_scenario_set(&s, "disk.device",
				 "random:dist=empirical,points=@a.points,servers=2", from, 3, 4,
				 NULL, NULL, &err),
		0);
	assert_string_equal(s.disk.device, "random:dist=empirical,points=80us*9+1ms*1,servers=2");
	assert_int_equal(rl_scenario_check(&s, &err), 0);
	assert_int_equal(rl_scenario_set(&s, "disk.device", "random:points=@a.points", from, 3, 4,
				 NULL, NULL, &err),
		-EINVAL);
	assert_non_null(strstr(err.what, "dist=empirical"));
	err = (struct rl_err){0};
	assert_int_equal(
		rl_scenario_set(&s, "disk.device", "random:dist=empirical,points=@b.points", from,
			3, 4, NULL, NULL, &err),
		-EINVAL);
	assert_non_null(strstr(err.file, "b.points"));
	unlink(path);
	rmdir(dir);
}

/* What does not fit is refused and never cut. */
static void too_long(void **state)
{
	struct rl_err err = {0};
	char spec[3000], out[64];

	(void)state;
	assert_int_equal(rl_points_expand("null:queue=3", NULL, out, sizeof(out), &err), 0);
	assert_string_equal(out, "null:queue=3");
	memset(spec, 'x', sizeof(spec));
	spec[sizeof(spec) - 1] = '\0';
	assert_int_equal(rl_points_expand(spec, NULL, out, sizeof(out), &err), -EFBIG);
	assert_non_null(strstr(err.what, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(a_device_gets_them),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
