/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ringlab paper: the paper, from the store. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/publish.h"
#include "cli/share.h"
#include "cli/tolerances.h"
#include "data/store_ask.h"
#include "paper/article.h"
#include "paper/committed.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct args {
	struct rl_args common;
	const char *output, *sources, *tolerances;
};

enum { KEY_SOURCES = 256, KEY_TOLERANCES };

#define CHAPTERS "paper/tex/paper.tex"

static const struct argp_option options[] = {{"output", 'o', "FILE.pdf", 0, "the paper", 0},
	{"sources", KEY_SOURCES, "DIR", 0,
		"leave there what the paper is made of: figures as .gp, .dat and .pdf, parts as "
		".tex, "
		"numbers.csv, runs.csv, deaths.csv",
		0},
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
	case KEY_SOURCES:
		a->sources = arg;
		return 0;
	case KEY_TOLERANCES:
		a->tolerances = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->output)
			argp_error(state, "-o FILE.pdf is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool take(void *committed, const char *platform)
{
	return rl_committed(committed, platform);
}

/* Says what is refused. Returns: how many platforms are left. */
static size_t refuse(const json_t *committed)
{
	size_t i, n = 0;
	json_t *row;

	json_array_foreach(committed, i, row)
	{
		json_int_t bad = json_integer_value(json_array_get(row, 2));

		n += bad == 0;
		if (bad)
			fprintf(stderr,
				"ringlab: warning: %s is left out: %" JSON_INTEGER_FORMAT
				" of its %" JSON_INTEGER_FORMAT
				" runs are of code that was not committed\n",
				json_string_value(json_array_get(row, 0)), bad,
				json_integer_value(json_array_get(row, 1)));
	}
	return n;
}

/* Says which campaigns of deaths are refused; the paper's own questions leave them out. */
static int refuse_deaths(struct rl_store *store, struct rl_err *err)
{
	json_t *answer, *row;
	size_t i;
	int code = rl_store_ask(store,
		"SELECT campaign, deaths FROM campaigns WHERE NOT committed ORDER BY 1", &answer,
		err);

	if (code)
		return code;
	json_array_foreach(json_object_get(answer, "rows"), i, row) fprintf(stderr,
		"ringlab: warning: deaths of %s are left out: their %" JSON_INTEGER_FORMAT
		" lines are of code that was not committed\n",
		json_string_value(json_array_get(row, 0)),
		json_integer_value(json_array_get(row, 1)));
	json_decref(answer);
	return 0;
}

static int copy(void *from, FILE *out, struct rl_err *err)
{
	char buf[65536];
	FILE *in = fopen(from, "re");
	size_t n;
	int code = 0;

	if (!in)
		return rl_err_set(err, -errno, from, 0, 0, "cannot read: %s", strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		fwrite(buf, 1, n, out);
	if (ferror(in))
		code = rl_err_set(err, -EIO, from, 0, 0, "cannot read: %s", strerror(errno));
	fclose(in);
	return code;
}

static int make(const struct args *a, const struct rl_report *r, struct rl_store *store,
	const json_t *committed, struct rl_err *err)
{
	char temp[RL_PUBLISH_TEMP], tex[1200], pdf[1200];
	const char *dir;
	int code = rl_publish_open(a->sources, temp, &dir, err);

	if (code)
		return code;
	rl_share_path(CHAPTERS, tex, sizeof(tex));
	*strrchr(tex, '/') = '\0';
	code = rl_article_write(r, store, committed, dir, err);
	if (!code)
		code = rl_article_typeset(tex, dir, err);
	snprintf(pdf, sizeof(pdf), "%s/paper.pdf", dir);
	if (!code)
		code = rl_publish_file(a->output, copy, pdf, err);
	rl_publish_close(a->sources, dir);
	return code;
}

static int paper(const struct args *a, struct rl_store *store, struct rl_err *err)
{
	struct rl_tolerance *tol = NULL;
	struct rl_report r = {0};
	json_t *committed = NULL;
	size_t ntol = 0;
	int code = rl_tolerances_load(a->tolerances, &tol, &ntol, err);

	if (!code)
		code = rl_committed_load(store, &committed, err);
	if (!code && json_array_size(committed) && !refuse(committed))
		code = rl_err_set(err, -EINVAL, a->common.db, 0, 0,
			"no platform whose runs are all of committed code (expected runs that were "
			"measured from a clean tree)");
	if (!code)
		code = refuse_deaths(store, err);
	if (!code)
		code = rl_report_gather(store, take, committed, tol, ntol, &r, err);
	if (!code)
		code = make(a, &r, store, committed, err);
	rl_report_fini(&r);
	json_decref(committed);
	free(tol);
	return code ? rl_share_fail(code, err) : RL_EXIT_OK;
}

static int cmd_paper(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, NULL,
		"The paper as PDF: chapters with figures, tables and verdicts from the store "
		"alone.\v"
		"A platform with runs of uncommitted code is refused: it is left out, and the "
		"paper says so. Predicted is what the store holds parameters for (`ringlab "
		"calibrate --save`). Every number can be looked up: numbers.csv, runs.csv and the "
		".dat files of --sources name queries, cells and runs. Needs gnuplot and "
		"pdflatex. Deaths of driver domains (`ringlab import "
		"data/evidence/kills`) make the chapter on recovery.",
		children, NULL, NULL};
	struct args a = {0};
	struct rl_err err = {0};
	struct rl_store *store;
	int code;

	rl_args_parse(&argp, argc, argv, &a);
	code = rl_store_open(&store, a.common.db, false, &err);
	if (code)
		return rl_share_fail(code, &err);
	code = paper(&a, store, &err);
	rl_store_close(store);
	return code;
}

RL_VERB(paper, "the paper as PDF, from the store", cmd_paper);
