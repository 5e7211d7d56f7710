/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths of driver domains as tables and a picture; see article_recovery.c. */
#include "paper/article_private.h"
#include "paper/latex.h"
#include "paper/plots.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CAUSES 24

/* In the order of the protocol; what else the store has is not a moment of the rig's. */
static const char *const moments[] = {
	"in flight", "mid-flush", "idle", "closing", "initwait", "initialised", "connected"};

#define MOMENTS (sizeof(moments) / sizeof(moments[0]))

/* ---- by what the death met ----------------------------------------------------------------- */

/* A cell: the question with the moment in it, as \RL{KEY}. */
static int cell(const struct rl_article *a, FILE *out, const char *key, const char *sql,
	const char *what, int64_t *count)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int code;

	if (!f)
		return -ENOMEM;
	for (; *sql; sql++)
		if (*sql == '@')
			rl_article_sql_text(f, what);
		else
			fputc(*sql, f);
	if (fclose(f))
		return -ENOMEM;
	code = rl_article_ask(a, key, text, count);
	free(text);
	if (!code && out)
		fprintf(out, " & \\RL{%s}", key);
	return code;
}

#define MET "FROM told WHERE pair = 'own' AND kind = 'death' AND moment = '@'"
#define WITHIN(percent)                                                                            \
	"SELECT printf('%.1f', v / 1000.0) FROM (SELECT served_us AS v, row_number() OVER (ORDER " \
	"BY served_us) AS at, count(*) OVER () AS n " MET                                          \
	" AND served_us IS NOT NULL) WHERE at = max((n * " #percent " + 99) / 100, 1)"

int rl_deaths_table(const struct rl_article *a, FILE *out)
{
	static const char *const heads[] = {"the death met", "deaths", "crashed", "served after",
		"least, ms", "median", "nine of ten", "most"};
	static const char *const sql[] = {"SELECT count(*) " MET,
		"SELECT count(*) " MET " AND cause = 'crash'", "SELECT count(served_us) " MET,
		WITHIN(0), WITHIN(50), WITHIN(90), WITHIN(100)};
	char caption[400];
	int code = 0;

	if (!a->told.deaths)
		return 0;
	snprintf(caption, sizeof(caption),
		"%s%s%s: how long it took from when the supervisor noticed a death until the "
		"guest's disk was served again. A standby that died while it took the place did "
		"not "
		"serve: the time is then that of the job's next one.",
		a->told.platform, *rl_plots_label(a->told.platform) ? ", " : "",
		rl_plots_label(a->told.platform));
	rl_latex_open_table(out, caption, 8, heads);
	for (size_t m = 0; m < MOMENTS && !code; m++) {
		int64_t n = 0;
		char key[40];

		snprintf(key, sizeof(key), "met-%zu-0", m);
		code = cell(a, NULL, key, sql[0], moments[m], &n);
		if (code || !n)
			continue;
		fprintf(out, "%s & \\RL{%s}", moments[m], key);
		for (size_t i = 1; i < sizeof(sql) / sizeof(sql[0]) && !code; i++) {
			snprintf(key, sizeof(key), "met-%zu-%zu", m, i);
			code = cell(a, out, key, sql[i], moments[m], NULL);
		}
		fputs(" \\\\\n", out);
	}
	rl_latex_close_table(out);
	return code;
}

/* ---- by what ended it, beside the stock pair ------------------------------------------------ */

#define OF(pair) "FROM told WHERE pair = '" pair "' AND cause = '@'"
/* What was never tried has no count. */
#define TIMES(pair) "SELECT nullif(count(*), 0) " OF(pair)
#define HOW_MANY(pair, outcomes)                                                                   \
	"SELECT CASE WHEN count(*) THEN sum(outcome " outcomes ") END " OF(pair)

int rl_deaths_causes(const struct rl_article *a, FILE *out)
{
	static const char *const heads[] = {"what happened", "times", "verified", "beside", "lost",
		"pause, s", "stock: times", "ended", "beside", "hung or lost"};
	static const char *const sql[] = {TIMES("own"), HOW_MANY("own", "= 'verified'"),
		HOW_MANY("own", "= 'beside'"), HOW_MANY("own", "NOT IN ('verified', 'beside')"),
		"SELECT CASE WHEN count(*) THEN printf('%.1f', max(ifnull(longest_us, served_us))"
		" / 1e6) END " OF("own"),
		TIMES("stock"), HOW_MANY("stock", "= 'ended'"), HOW_MANY("stock", "= 'beside'"),
		HOW_MANY("stock", "NOT IN ('ended', 'beside')")};
	json_t *rows = rl_article_rows(
		       a, "SELECT cause, max(kind) FROM told GROUP BY cause ORDER BY 2, 1"),
	       *row;
	char caption[600];
	size_t i;
	int code = rows ? 0 : -EIO;

	snprintf(caption, sizeof(caption),
		"%s%s%s: what ended or troubled the driver domain, and what became of the guest's "
		"job; our pair first, then Linux's own (stock). Verified, or ended: the job went "
		"on. Beside: it went on, and the domain lived on and served it. Pause: the longest "
		"that an I/O of the guest took through a fault, or that the disk was away after a "
		"death.",
		a->told.platform, *rl_plots_label(a->told.platform) ? ", " : "",
		rl_plots_label(a->told.platform));
	rl_latex_open_table(out, caption, 10, heads);
	json_array_foreach(rows, i, row)
	{
		const char *cause = json_string_value(json_array_get(row, 0));

		if (!cause || i >= MAX_CAUSES)
			continue;
		rl_latex_text(out, cause);
		for (size_t k = 0; k < sizeof(sql) / sizeof(sql[0]) && !code; k++) {
			char key[40];

			snprintf(key, sizeof(key), "cause-%zu-%zu", i, k);
			code = cell(a, out, key, sql[k], cause, NULL);
		}
		fputs(" \\\\\n", out);
	}
	rl_latex_close_table(out);
	json_decref(rows);
	return code;
}

/* ---- the picture --------------------------------------------------------------------------- */

enum { DESTROYED, CRASHED, FAULT, SERIES };

static int make_series(struct rl_panel *p, size_t points)
{
	static const char *const labels[SERIES] = {"destroyed", "crashed", "fault in its kernel"};

	p->series = calloc(SERIES, sizeof(*p->series));
	if (!p->series)
		return -ENOMEM;
	p->n = SERIES;
	p->scale = 1000;
	p->logy = true;
	for (int s = 0; s < SERIES; s++) {
		snprintf(p->series[s].label, sizeof(p->series[s].label), "%s", labels[s]);
		p->series[s].colour = s == FAULT ? 2 : s;
		p->series[s].points = calloc(points + 1, sizeof(struct rl_point));
		if (!p->series[s].points)
			return -ENOMEM;
	}
	return 0;
}

/* The place of a name on the axis; a new one behind the others. 0: there is no more. */
static size_t place(struct rl_panel *p, const char *name)
{
	for (size_t i = 0; i < p->nplaces; i++)
		if (strcmp(p->places[i], name) == 0)
			return i + 1;
	if (p->nplaces == RL_FIGURE_PLACES)
		return 0;
	p->places[p->nplaces] = name;
	return ++p->nplaces;
}

/* @rows: place, cause, us, whose. */
static int fill(struct rl_panel *p, const json_t *rows, bool faults)
{
	int code = make_series(p, json_array_size(rows));
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *name = json_string_value(json_array_get(row, 0));
		const char *cause = json_string_value(json_array_get(row, 1));
		size_t at = code || !name ? 0 : place(p, name);
		struct rl_series *s;

		if (!at)
			continue;
		s = &p->series[faults				      ? FAULT
			       : cause && strcmp(cause, "crash") == 0 ? CRASHED
								      : DESTROYED];
		s->points[s->n++] = (struct rl_point){.x = (double)at,
			.measured = (double)json_integer_value(json_array_get(row, 2)),
			.lo = NAN,
			.hi = NAN,
			.predicted = NAN,
			.cell = json_string_value(json_array_get(row, 3))};
	}
	return code;
}

int rl_deaths_figure(const struct rl_article *a, FILE *out)
{
	static const char *const sql[] = {
		"SELECT moment, cause, served_us, job || '#' || death FROM told"
		" WHERE pair = 'own' AND kind = 'death' AND moment IS NOT NULL"
		" AND served_us IS NOT NULL ORDER BY instr('in flight, mid-flush, idle, closing,"
		" initwait, initialised, connected', moment), served_us, job, death",
		"SELECT cause, cause, longest_us, job || '#' || death FROM told"
		" WHERE pair = 'own' AND kind = 'fault' AND longest_us IS NOT NULL"
		" ORDER BY cause, longest_us, job"};
	static const char *const titles[] = {
		"a death: the disk is served again", "a fault: the longest I/O"};
	json_t *rows[2] = {rl_article_rows(a, sql[0]), rl_article_rows(a, sql[1])};
	struct rl_figure f;
	int code = rows[0] && rows[1] ? 0 : -EIO;
	const char *label = rl_plots_label(a->told.platform);

	if (!code && !rl_figure_alloc(&f, "fig-recovery", 2))
		code = -ENOMEM;
	if (!code) {
		size_t n = 0;

		f.columns = 2;
		snprintf(f.note, sizeof(f.note), "%s%s%s", a->told.platform, *label ? "; " : "",
			label);
		for (int i = 0; i < 2 && !code; i++) {
			struct rl_panel *p = &f.panels[n];

			if (!json_array_size(rows[i]))
				continue;
			n++;
			snprintf(p->title, sizeof(p->title), "%s", titles[i]);
			snprintf(p->ylabel, sizeof(p->ylabel), "ms");
			code = fill(p, rows[i], i == 1);
		}
		f.n = n;
		code = code ? (rl_figure_fini(&f), code)
			    : rl_article_place(a, out, &f,
				      "How long a guest waits, a point a death or a fault: by what "
				      "the "
				      "death met, and by what the fault was.");
	}
	json_decref(rows[0]);
	json_decref(rows[1]);
	return code;
}
