/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths of driver domains as tables and a picture; see article_recovery.c. */
#include "paper/article_private.h"
#include "paper/latex.h"
#include "paper/plots.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In the order of the protocol; what the rig knows nothing of comes last. */
#define BY_MOMENT                                                                                  \
	"nullif(instr('in flight, mid-flush, idle, closing, initwait, initialised, connected', "   \
	"moment), 0) NULLS LAST, moment"

/* ---- tables: a line a moment, or a cause ----------------------------------------------------- */

#define COLUMNS 9

struct table {
	const char *key;		/* of its numbers: KEY-LINE-COLUMN */
	const char *about;		/* what follows the machine in the caption */
	const char *names;		/* SQL: what the lines are about */
	const char *heads[1 + COLUMNS]; /* of the names, then of what is asked about each */
	const char *asked[COLUMNS];	/* SQL, in which @ is the name */
	size_t n;			/* questions */
};

/* A question about a name, as the next cell of its line. */
static int put_cell(
	const struct rl_article *a, FILE *out, const char *key, const char *sql, const char *name)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int code;

	if (!f)
		return -ENOMEM;
	for (; *sql; sql++)
		if (*sql == '@')
			rl_article_sql_text(f, name);
		else
			fputc(*sql, f);
	if (fclose(f))
		return -ENOMEM;
	code = rl_article_ask(a, key, text, NULL);
	free(text);
	fprintf(out, " & \\RL{%s}", key);
	return code;
}

static int put_line(
	const struct rl_article *a, FILE *out, const struct table *t, size_t line, const char *name)
{
	int code = 0;

	rl_latex_text(out, name);
	for (size_t i = 0; i < t->n && !code; i++) {
		char key[64];

		snprintf(key, sizeof(key), "%s-%zu-%zu", t->key, line, i);
		code = put_cell(a, out, key, t->asked[i], name);
	}
	fputs(" \\\\\n", out);
	return code;
}

static int put_table(const struct rl_article *a, FILE *out, const struct table *t)
{
	json_t *rows = rl_article_rows(a, t->names);
	char caption[600], machine[96];
	int code = rows ? 0 : -EIO;

	snprintf(caption, sizeof(caption), "%s: %s", rl_article_name(a->told.platform, machine),
		t->about);
	rl_latex_open_table(out, caption, t->n + 1, t->heads);
	for (size_t i = 0; i < json_array_size(rows) && !code; i++)
		code = put_line(a, out, t, i,
			json_string_value(json_array_get(json_array_get(rows, i), 0)));
	rl_latex_close_table(out);
	json_decref(rows);
	return code;
}

/* ---- by what the death met ----------------------------------------------------------------- */

#define MET RL_OWN_DEATHS " AND moment = '@'"

int rl_deaths_table(const struct rl_article *a, FILE *out)
{
	static const struct table met = {.key = "met",
		.about = "how long it took from when the supervisor noticed a death until the "
			 "guest's disk was served again. A standby that died while it took the "
			 "place did not serve: the time is then that of the job's next one.",
		.names = "SELECT moment " RL_OWN_DEATHS
			 " AND moment IS NOT NULL GROUP BY moment ORDER BY " BY_MOMENT,
		.heads = {"the death met", "deaths", "crashed", "served after", "least, ms",
			"median", "nine of ten", "most"},
		.asked = {"SELECT count(*) " MET, "SELECT count(*) " MET " AND cause = 'crash'",
			"SELECT count(served_us) " MET, RL_SERVED_WITHIN(0, MET),
			RL_SERVED_WITHIN(50, MET), RL_SERVED_WITHIN(90, MET),
			RL_SERVED_WITHIN(100, MET)},
		.n = 7};

	return a->told.deaths ? put_table(a, out, &met) : 0;
}

/* ---- by what ended it, beside the stock pair ------------------------------------------------ */

#define OF(pair) "FROM told WHERE pair = '" pair "' AND cause = '@'"
/* What was never tried has no count. */
#define TIMES(pair) "SELECT nullif(count(*), 0) " OF(pair)
#define HOW_MANY(pair, outcomes)                                                                   \
	"SELECT CASE WHEN count(*) THEN sum(outcome " outcomes ") END " OF(pair)

int rl_deaths_causes(const struct rl_article *a, FILE *out)
{
	static const struct table causes = {.key = "cause",
		.about = "what ended or troubled the driver domain, and what became of the "
			 "guest's job; our pair first, then Linux's own (stock). Verified, or "
			 "ended: the job went on. Beside: it went on, and the domain lived on and "
			 "served it. Pause: the longest that an I/O of the guest took through a "
			 "fault, or that the disk was away after a death.",
		.names = "SELECT cause, max(kind) FROM told WHERE cause IS NOT NULL GROUP BY cause "
			 "ORDER BY 2, 1",
		.heads = {"what happened", "times", "verified", "beside", "lost", "pause, s",
			"stock: times", "ended", "beside", "hung or lost"},
		.asked = {TIMES("own"), HOW_MANY("own", "= 'verified'"),
			HOW_MANY("own", "= 'beside'"),
			HOW_MANY("own", "NOT IN ('verified', 'beside')"),
			"SELECT CASE WHEN count(*) THEN printf('%.1f', max(ifnull(longest_us, "
			"served_us)) / 1e6) END " OF("own"),
			TIMES("stock"), HOW_MANY("stock", "= 'ended'"),
			HOW_MANY("stock", "= 'beside'"),
			HOW_MANY("stock", "NOT IN ('ended', 'beside')")},
		.n = 9};

	return put_table(a, out, &causes);
}

/* ---- the picture --------------------------------------------------------------------------- */

enum { DESTROYED, CRASHED, FAULT, SERIES };

static int make_series(struct rl_panel *p, size_t points)
{
	static const char *const labels[SERIES] = {"destroyed", "crashed", "fault in its kernel"};

	p->series = calloc(SERIES, sizeof(*p->series));
	p->places = calloc(points + 1, sizeof(*p->places));
	if (!p->series || !p->places)
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

/* The place of a name on the axis; a new one behind the others. */
static size_t place(struct rl_panel *p, const char *name)
{
	for (size_t i = 0; i < p->nplaces; i++)
		if (strcmp(p->places[i], name) == 0)
			return i + 1;
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
		struct rl_series *s;

		if (code || !name)
			continue;
		s = &p->series[faults				      ? FAULT
			       : cause && strcmp(cause, "crash") == 0 ? CRASHED
								      : DESTROYED];
		s->points[s->n++] = (struct rl_point){.x = (double)place(p, name),
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
		" AND served_us IS NOT NULL ORDER BY " BY_MOMENT ", served_us, job, death",
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
		snprintf(f.points, sizeof(f.points), "each point a death or a fault");
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
