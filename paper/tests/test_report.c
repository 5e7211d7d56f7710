/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report of a synthetic store: well formed, self-contained, the same twice, honest.
 * With a file name as its argument it leaves there a store for tests of the page in other
 * languages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/tests/store_fixture.h"
#include "data/format/text.h"
#include "paper/html.h"
#include "paper/report.h"

#include <ctype.h>
#include <unistd.h>

static const struct rl_tolerance tolerances[] = {
	{FIXTURE_PLATFORM, RL_METRIC_iops, RL_STATISTIC_MEAN_ABS_ERROR, 0.10},
	{FIXTURE_PLATFORM, RL_METRIC_iops, RL_STATISTIC_WINNER_THRESHOLD, 0.03},
};

/* A store with the fixture's runs and, when asked for, the parameters that made them. */
static struct rl_store *make_store_at(const char *path, int with_params, int repeats)
{
	static struct rl_measured_cell v[FIXTURE_CELLS];
	struct rl_param_set set = {.name = FIXTURE_PLATFORM, .platform = FIXTURE_PLATFORM};
	struct rl_store *store;
	struct rl_costs truth;
	size_t n = fixture_grid(v);

	fixture_truth(&truth);
	assert_int_equal(fixture_measure(v, n, &truth), 0);
	assert_int_equal(rl_store_open(&store, path, true, NULL), 0);
	/* Of several repeats each cell has its own error, and repeats scatter about it. */
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < repeats; k++)
			assert_int_equal(fixture_put_repeat(store, &v[i], k,
						 repeats == 1 ? 1
							      : 1 + 0.01 * ((double)(i % 9) - 4) +
									0.004 * (k - 1),
						 NULL),
				0);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		set.p[i] = (struct rl_fitted){
			.present = true, .value = truth.v[i], .lo = NAN, .hi = NAN};
	if (with_params)
		assert_int_equal(rl_store_save_params(store, &set, NULL), 0);
	return store;
}

static struct rl_store *make_store(int with_params)
{
	return make_store_at(":memory:", with_params, 1);
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
	assert_int_equal(rl_report_gather(store, NULL, NULL, tolerances, 2, &r, &err), 0);
	assert_int_equal(rl_report_write(&r, out, dir, &err), 0);
	fclose(out);
	rl_report_fini(&r);
	assert_int_equal(rl_text_read(path, &text, &size, &err), 0);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	return text;
}

/* Every element that opens closes, in order; text holds no bare '<'. What a script holds is its
 * own. */
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
		if (!closing && strcmp(name, "script") == 0)
			p = strstr(p, "</script>") - 1;
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
	static const char *const requests[] = {"http:", "https:", "src=", "url(", "@import",
		"<link", "<img", "fetch(", "import(", "XMLHttpRequest", "WebSocket", "eval("};
	struct rl_store *store = make_store(1);
	char *page = make_page(store), *again;

	(void)state;
	check_nesting(page);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		assert_null(strstr(page, requests[i]));
	assert_int_equal(count(page, "<script"), 2);
	assert_int_equal(count(page, "Content-Security-Policy\" content=\"default-src 'none';"), 1);
	assert_int_equal(count(page, "style-src 'sha256-"), 1);
	assert_int_equal(count(page, "script-src 'sha256-"), 1);
	assert_null(strstr(page, "unsafe"));
	assert_true(count(page, "<figcaption") >= 4);
	assert_true(count(page, "timings under emulation") >= 5);
	assert_non_null(strstr(page, "mean absolute error of iops over 12 held-out cells"));
	assert_non_null(strstr(page, "class=\"answer\">On one core, "));
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
		if (strstr(p + 1, needle))
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

static void keep_line(void *arg, const char *text)
{
	strcpy(arg, text);
}

/* The sentence follows the runs: exchanged measurements exchange the winner. */
static void test_answer_follows_data(void **state)
{
	struct rl_report r = {.n = 1};
	struct rl_report_platform *p = &r.platforms[0];
	struct rl_measured_cell v[2];
	struct rl_duel duel = {.a = 0, .b = 1, .measured = 0.5, .winner = -1, .counts = true};
	char text[512], line[1024];

	(void)state;
	fixture_cell(&v[0], "p", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	fixture_cell(&v[1], "q", RL_RW_RANDREAD, 4096, 1, RL_ROLE_VALIDATE);
	p->v.cells = (struct rl_cells){.v = v, .n = 2};
	p->v.duels = &duel;
	p->v.nduels = 1;
	assert_string_equal(rl_report_answer(&r, text, sizeof(text)),
		"On one core, p beats q in 1 of 1 measured settings.");
	rl_report_details(&r, keep_line, line);
	assert_non_null(strstr(line, "with p wins 1 of 1"));
	assert_non_null(strstr(line, "q has 0.50 times"));
	duel.measured = 2;
	duel.winner = 1;
	assert_string_equal(rl_report_answer(&r, text, sizeof(text)),
		"On one core, q beats p in 1 of 1 measured settings.");
	rl_report_details(&r, keep_line, line);
	assert_non_null(strstr(line, "p has 0.50 times"));
	duel.winner = 0;
	assert_non_null(strstr(rl_report_answer(&r, text, sizeof(text)), "are level over 1"));
	p->v.nduels = 0;
	assert_non_null(strstr(rl_report_answer(&r, text, sizeof(text)), "cannot tell"));
}

/* The answer is about the policies that were compared most often, not about the first by name. */
static void test_answer_is_of_the_commonest_pair(void **state)
{
	static const char *const back[] = {"a", "p", "q", "p", "q", "p", "q"};
	struct rl_report r = {.n = 1};
	struct rl_report_platform *p = &r.platforms[0];
	struct rl_measured_cell v[7];
	struct rl_duel duels[] = {{.a = 0, .b = 1, .measured = 0.5, .winner = -1},
		{.a = 1, .b = 2, .measured = 0.5, .winner = -1},
		{.a = 4, .b = 3, .measured = 2, .winner = 1},
		{.a = 5, .b = 6, .measured = 0.9, .winner = -1}};
	char text[512];

	(void)state;
	for (int i = 0; i < 7; i++)
		fixture_cell(&v[i], back[i], RL_RW_RANDREAD, 4096,
			i < 3	? 1
			: i < 5 ? 2
				: 4,
			RL_ROLE_VALIDATE);
	v[5].scenario.machine.pcpus = v[6].scenario.machine.pcpus = 2;
	p->v.cells = (struct rl_cells){.v = v, .n = 7};
	p->v.duels = duels;
	p->v.nduels = 4;
	assert_string_equal(rl_report_answer(&r, text, sizeof(text)),
		"On one core, p beats q in 2 of 2 measured settings; on two cores, p beats q in 1 "
		"of 1 measured settings.");
	assert_int_equal(rl_report_sort(&r), 0);
	assert_int_equal(r.npolicies, 3);
	assert_string_equal(r.policies[0], "p");
	assert_string_equal(r.policies[2], "a");
	rl_settings_fini(&p->settings);
}

/* Curves join cells that differ in policy, size and depth; what else differs is another setting. */
static void test_settings(void **state)
{
	struct rl_measured_cell v[6];
	struct rl_cells cells = {.v = v, .n = 6};
	struct rl_settings s;

	(void)state;
	for (int i = 0; i < 6; i++)
		fixture_cell(&v[i], i % 2 ? "q" : "p", RL_RW_RANDREAD, 4096u << i, 1u << i,
			RL_ROLE_VALIDATE);
	v[0].scenario.machine.pcpus = 2;
	v[1].scenario.job.numjobs = 2;
	v[2].scenario.load.vcpus = 1;
	assert_int_equal(rl_settings_make(&cells, &s), 0);
	assert_int_equal(s.n, 4);
	assert_string_equal(s.v[0].label, "randread");
	assert_int_equal(s.v[0].ncells, 3);
	assert_int_equal(s.of[3], 0);
	assert_int_equal(s.of[4], 0);
	assert_int_equal(s.of[5], 0);
	assert_non_null(strstr(s.v[s.of[1]].label, "2 jobs"));
	assert_non_null(strstr(s.v[s.of[2]].label, "third domain"));
	assert_int_equal(s.of[0], 3);
	assert_int_equal(s.v[3].pcpus, 2);
	rl_settings_fini(&s);
}

/* A name that a page would run, were it not escaped. */
static void test_names_are_text(void **state)
{
	json_t *data = json_pack("{s:s}", "n", "</script><script>x()<!--");
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(rl_html_json(f, "data", data), 0);
	fclose(f);
	json_decref(data);
	assert_int_equal(count(text, "<script"), 1);
	assert_int_equal(count(text, "</script"), 1);
	assert_null(strstr(text, "<!--"));
	free(text);
}

static int leave_store(const char *path)
{
	rl_store_close(make_store_at(path, 1, 3));
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_ids_are_unique),
		cmocka_unit_test(test_without_parameters),
		cmocka_unit_test(test_answer_follows_data),
		cmocka_unit_test(test_answer_is_of_the_commonest_pair),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_names_are_text),
	};

	if (argc == 2)
		return leave_store(argv[1]);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
