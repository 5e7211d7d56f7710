/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the views: rows as JSON, of this program's views and of no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "data/store_ask.h"

#include <errno.h>
#include <string.h>

static void asked(struct rl_store *store, const char *sql, const char *expected)
{
	struct rl_err err = {0};
	json_t *out;
	char *text;

	assert_int_equal(rl_store_ask(store, sql, &out, &err), 0);
	text = json_dumps(out, JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	json_decref(out);
}

static void test_rows(void **state)
{
	struct rl_store *store;
	struct rl_err err = {0};
	json_t *out;

	(void)state;
	assert_int_equal(rl_store_open(&store, ":memory:", true, NULL), 0);
	asked(store, "SELECT platform, cell FROM cells",
		"{\"columns\":[\"platform\",\"cell\"],\"rows\":[]}");
	asked(store, "SELECT count(*) AS n FROM sweep_pareto",
		"{\"columns\":[\"n\"],\"rows\":[[0]]}");
	asked(store,
		"SELECT 1.5 AS a, 'x' AS b, NULL AS c, 7 AS d, CAST(x'ff' AS TEXT) AS e, x'00' AS "
		"f",
		"{\"columns\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"],\"rows\":[[1.5,\"x\",null,7,"
		"null,"
		"null]]}");
	assert_int_equal(rl_store_ask(store, "SELECT * FROM nothing", &out, &err), -EIO);
	assert_null(out);
	assert_non_null(strstr(err.what, "nothing"));
	rl_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
