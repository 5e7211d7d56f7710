/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of a synthetic store: well formed, self-contained, the same twice, honest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/tests/store_fixture.h"
#include "data/format/text.h"
#include "paper/report.h"

#include <ctype.h>
#include <unistd.h>

static const struct rl_tolerance tolerances[] = {
	{FIXTURE_PLATFORM, RL_METRIC_iops, RL_STATISTIC_MEAN_ABS_ERROR, 0.10},
	{FIXTURE_PLATFORM, RL_METRIC_iops, RL_STATISTIC_WINNER_THRESHOLD, 0.03},
};

/* A store with the fixture's runs and, when asked for, the parameters that made them. */
static struct rl_store *make_store(int with_params)
{
	static struct rl_measured_cell v[FIXTURE_CELLS];
	struct rl_param_set set = {.name = FIXTURE_PLATFORM, .platform = FIXTURE_PLATFORM};
	struct rl_store *store;
	struct rl_costs truth;
	size_t n = fixture_grid(v);

	fixture_truth(&truth);
	assert_int_equal(fixture_measure(v, n, &truth), 0);
	assert_int_equal(rl_store_open(&store, ":memory:", true, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fixture_put(store, &v[i], 1, NULL), 0);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		set.p[i] = (struct rl_fitted){
			.present = true, .value = truth.v[i], .lo = NAN, .hi = NAN};
	if (with_params)
		assert_int_equal(rl_store_save_params(store, &set, NULL), 0);
	return store;
}

static char *make_page(struct rl_store *store)
{
	char dir[] = "/tmp/report.XXXXXX", path[64], command[64];
	struct rl_report r;
	struct rl_err err = {0};
	size_t size;
	char *text;
	FILE *out;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/page.html", dir);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(rl_report_gather(store, tolerances, 2, &r, &err), 0);
	assert_int_equal(rl_report_write(&r, out, dir, &err), 0);
	fclose(out);
	rl_report_fini(&r);
	assert_int_equal(rl_text_read(path, &text, &size, &err), 0);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	return text;
}

/* Every element that opens closes, in order; text holds no bare '<'. */
static void check_nesting(const char *page)
{
	static const char *const empty[] = {"meta", "!DOCTYPE"};
	char stack[64][24], name[24];
	size_t depth = 0;

	for (const char *p = strchr(page, '<'); p; p = strchr(p, '<')) {
		const char *end = strchr(p, '>');
		int closing = p[1] == '/', skip = end && end[-1] == '/';
		size_t n = 0;

		assert_non_null(end);
		for (const char *c = p + 1 + closing; n < 23 && (isalnum(*c) || *c == '!'); c++)
			name[n++] = *c;
		name[n] = '\0';
		assert_true(n > 0);
		for (size_t i = 0; i < 2; i++)
			skip |= strcmp(name, empty[i]) == 0;
		if (closing) {
			assert_true(depth > 0);
			assert_string_equal(stack[--depth], name);
		} else if (!skip) {
			assert_true(depth < 64);
			strcpy(stack[depth++], name);
		}
		p = end;
	}
	assert_int_equal(depth, 0);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

static void test_page(void **state)
{
	static const char *const requests[] = {
		"http", "src=", "url(", "@import", "<link", "<script", "<img"};
	struct rl_store *store = make_store(1);
	char *page = make_page(store), *again;

	(void)state;
	check_nesting(page);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		assert_null(strstr(page, requests[i]));
	assert_true(count(page, "<svg") >= 5);
	assert_int_equal(count(page, "<svg"), count(page, "<figcaption"));
	assert_true(count(page, "timings under emulation") >= 5);
	assert_non_null(strstr(page, "mean absolute error of iops over 12 held-out cells"));
	assert_non_null(strstr(page, "class=\"answer\">One core: a backend with"));
	assert_non_null(strstr(page, "made by"));
	again = make_page(store);
	assert_string_equal(page, again);
	free(page);
	free(again);
	rl_store_close(store);
}

/* Names inside one picture must not meet those of another. */
static void test_ids_are_unique(void **state)
{
	struct rl_store *store = make_store(0);
	char *page = make_page(store), needle[128];

	(void)state;
	for (const char *p = page; (p = strstr(p, " id=")); p++) {
		const char *end = strchr(p + 5, p[4]);

		assert_non_null(end);
		assert_true((size_t)(end - p) < sizeof(needle) - 2);
		snprintf(needle, sizeof(needle), "%.*s", (int)(end - p + 1), p);
		if (strstr(needle, "_") && strstr(p + 1, needle))
			fail_msg("twice: %s", needle);
	}
	free(page);
	rl_store_close(store);
}

static void test_without_parameters(void **state)
{
	struct rl_store *store = make_store(0);
	char *page = make_page(store);

	(void)state;
	assert_non_null(strstr(page, "nothing was predicted"));
	assert_null(strstr(page, "The simulator calls"));
	free(page);
	rl_store_close(store);
}

/* The sentence follows the runs: exchanged measurements exchange the winner. */
static void test_answer_follows_data(void **state)
{
	struct rl_report r = {.n = 1};
	struct rl_report_platform *p = &r.platforms[0];
	struct rl_measured_cell v[2];
	struct rl_duel duel = {.a = 0, .b = 1, .measured = 0.5, .winner = -1, .counts = true};
	char text[512];

	(void)state;
	fixture_cell(&v[0], "p", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[1], "q", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	p->v.cells = (struct rl_cells){.v = v, .n = 2};
	p->v.duels = &duel;
	p->v.nduels = 1;
	assert_non_null(strstr(rl_report_answer(&r, text, sizeof(text)), "with p wins 1 of 1"));
	assert_non_null(strstr(text, "q has 0.50 times"));
	duel.measured = 2;
	duel.winner = 1;
	assert_non_null(strstr(rl_report_answer(&r, text, sizeof(text)), "with q wins 1 of 1"));
	assert_non_null(strstr(text, "p has 0.50 times"));
	p->v.nduels = 0;
	assert_non_null(strstr(rl_report_answer(&r, text, sizeof(text)), "cannot tell"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_ids_are_unique),
		cmocka_unit_test(test_without_parameters),
		cmocka_unit_test(test_answer_follows_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
