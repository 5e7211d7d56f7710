/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by article*.c. */
#ifndef RL_PAPER_ARTICLE_PRIVATE_H
#define RL_PAPER_ARTICLE_PRIVATE_H

#include "paper/article.h"
#include "paper/figure.h"

#include <stdio.h>

struct rl_numbers {
	FILE *tex, *csv;
};

/* Deaths and faults of driver domains that sentences turn on; each is \RL{told-NAME}, too. */
struct rl_told {
	char platform[48]; /* the machine with the most; "": the store tells of none */
	int64_t deaths, badjobs, wrong, faults, badfaults, stock, stockended;
};

struct rl_article {
	const struct rl_report *r;
	struct rl_store *store;
	const json_t *committed;
	const char *dir;
	struct rl_err *err;
	struct rl_numbers numbers; /* open while parts are written */
	struct rl_told told;
};

/* A part: writes LaTeX. Returns: 0; -errno. */
typedef int (*rl_part_fn)(const struct rl_article *a, FILE *out);

/* article_results.c */
int rl_part_answer(const struct rl_article *a, FILE *out);
int rl_part_first(const struct rl_article *a, FILE *out);
int rl_part_second(const struct rl_article *a, FILE *out);
int rl_part_comparison(const struct rl_article *a, FILE *out);

/* article_costs.c */
int rl_part_overhead(const struct rl_article *a, FILE *out);
int rl_part_copy(const struct rl_article *a, FILE *out);
int rl_part_parameters(const struct rl_article *a, FILE *out);

/* article_trust.c */
int rl_part_setup(const struct rl_article *a, FILE *out);
int rl_part_validation(const struct rl_article *a, FILE *out);
int rl_part_conclusion(const struct rl_article *a, FILE *out);

/* article_recovery.c, and the numbers for it: before all parts. */
int rl_part_recovery(const struct rl_article *a, FILE *out);
int rl_recovery_ask(struct rl_article *a);

/* Sentences: what a death costs, and what becomes of the guest's job. */
void rl_recovery_verdict(const struct rl_article *a, FILE *out);

/* What both ask of the store, in SQL: */
#define RL_OWN_DEATHS "FROM told WHERE pair = 'own' AND kind = 'death'"

/* the time that so many percent of those that were served again took at most, ms; 0: the least.
 * @deaths: "FROM told WHERE ..". */
#define RL_SERVED_WITHIN(percent, deaths)                                                          \
	"SELECT printf('%.1f', v / 1000.0) FROM (SELECT served_us AS v, row_number() OVER (ORDER " \
	"BY served_us) AS at, count(*) OVER () AS n " deaths                                       \
	" AND served_us IS NOT NULL) WHERE at = max((n * " #percent " + 99) / 100, 1)"

/* article_deaths.c: the same deaths as table and picture. */
int rl_deaths_table(const struct rl_article *a, FILE *out);
int rl_deaths_causes(const struct rl_article *a, FILE *out);
int rl_deaths_figure(const struct rl_article *a, FILE *out);

/* article_numbers.c: opens numbers.tex and numbers.csv and fills them; runs.csv and deaths.csv. */
int rl_article_numbers(struct rl_article *a);
int rl_article_close_numbers(const struct rl_article *a);

/**
 * rl_article_ask - one value of the store, as \RL{KEY} and as a line of numbers.csv.
 * @sql: over `taken`, the runs that the paper takes, or `told`, the deaths.
 * @count: out, may be null; 0 when it is no whole number.  What is not known is a dash.
 */
int rl_article_ask(const struct rl_article *a, const char *key, const char *sql, int64_t *count);

/* What stands between quotes in SQL. */
void rl_article_sql_text(FILE *out, const char *text);

/** rl_article_rows - all rows of such a question; json_decref(). Null with a->err set. */
json_t *rl_article_rows(const struct rl_article *a, const char *sql);

/* article.c */
FILE *rl_article_open(const struct rl_article *a, const char *name);
int rl_article_close(const struct rl_article *a, FILE *f, const char *name);

/** rl_article_place - draw a figure, put it into the text, free it. One without panels is none. */
int rl_article_place(
	const struct rl_article *a, FILE *out, struct rl_figure *f, const char *caption);

/* A paragraph of escaped text. */
void rl_article_say(FILE *out, const char *text);

/* "xen-qemu-counted (timings under emulation)". */
const char *rl_article_name(const char *platform, char buf[96]);

#endif
