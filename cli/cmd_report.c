/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ringlab report: the page that answers the question. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/publish.h"
#include "cli/share.h"
#include "cli/tolerances.h"
#include "paper/html.h"
#include "paper/report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct args {
	struct rl_args common;
	const char *output, *figures, *tolerances, *explorer;
	bool answer;
};

enum { KEY_FIGURES = 256, KEY_TOLERANCES, KEY_ANSWER, KEY_EXPLORER };

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "the page; it needs no other file", 0},
	{"figures", KEY_FIGURES, "DIR", 0, "leave the figures there, as .svg, .gp and .dat", 0},
	{"answer", KEY_ANSWER, NULL, 0, "print the answer in a sentence; with it no page is needed",
		0},
	{"explorer", KEY_EXPLORER, "FILE", 0,
		"link a page of `ringlab explore`; relative to the report, as explore.html", 0},
	{"tolerances", KEY_TOLERANCES, "FILE", 0, RL_TOLERANCES_HELP, 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->common;
		return 0;
	case 'o':
		a->output = arg;
		return 0;
	case KEY_FIGURES:
		a->figures = arg;
		return 0;
	case KEY_TOLERANCES:
		a->tolerances = arg;
		return 0;
	case KEY_ANSWER:
		a->answer = true;
		return 0;
	case KEY_EXPLORER:
		if (!rl_html_is_relative(arg))
			argp_error(state,
				"--explorer '%s' (expected a file's name relative to the report)",
				arg);
		a->explorer = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->output && !a->answer)
			argp_error(state, "-o FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct page {
	const struct rl_report *r;
	const char *figures;
};

static int write_report(void *arg, FILE *out, struct rl_err *err)
{
	const struct page *page = arg;

	return rl_report_write(page->r, out, page->figures, err);
}

static int write_page(const struct rl_report *r, const struct args *a, struct rl_err *err)
{
	char temp[RL_PUBLISH_TEMP];
	struct page page = {.r = r};
	int code = rl_publish_open(a->figures, temp, &page.figures, err);

	if (code)
		return code;
	code = rl_publish_file(a->output, write_report, &page, err);
	rl_publish_close(a->figures, page.figures);
	return code;
}

static void print_line(void *arg, const char *text)
{
	fprintf(arg, "- %s\n", text);
}

static void print_answer(const struct rl_report *r, char *text, size_t size)
{
	puts(rl_report_answer(r, text, size));
	rl_report_details(r, print_line, stdout);
}

static int report(const struct args *a, struct rl_store *store, struct rl_err *err)
{
	struct rl_tolerance *tol = NULL;
	struct rl_report r = {0};
	size_t ntol = 0;
	char text[2048];
	int code = rl_tolerances_load(a->tolerances, &tol, &ntol, err);

	if (!code)
		code = rl_report_gather(store, NULL, NULL, tol, ntol, &r, err);
	r.explorer = a->explorer;
	if (!code && a->answer)
		print_answer(&r, text, sizeof(text));
	if (!code && a->output)
		code = write_page(&r, a, err);
	rl_report_fini(&r);
	free(tol);
	return code ? rl_share_fail(code, err) : RL_EXIT_OK;
}

static int cmd_report(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, NULL,
		"One HTML page from the store: the answer, figures with measured points and "
		"predicted lines, tables, and where everything is from.\v"
		"A platform is predicted where the store holds parameters of its name "
		"(`ringlab calibrate --save`); others are shown as measured. Needs gnuplot.",
		children, NULL, NULL};
	struct args a = {0};
	struct rl_err err = {0};
	struct rl_store *store;
	int code;

	rl_args_parse(&argp, argc, argv, &a);
	code = rl_store_open(&store, a.common.db, false, &err);
	if (code)
		return rl_share_fail(code, &err);
	code = report(&a, store, &err);
	rl_store_close(store);
	return code;
}

RL_VERB(report, "one HTML page: the answer, figures, tables, provenance", cmd_report);
