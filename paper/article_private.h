/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by article*.c. */
#ifndef RL_PAPER_ARTICLE_PRIVATE_H
#define RL_PAPER_ARTICLE_PRIVATE_H

#include "paper/article.h"
#include "paper/figure.h"

#include <stdio.h>

struct rl_article {
	const struct rl_report *r;
	struct rl_store *store;
	const json_t *committed;
	const char *dir;
	struct rl_err *err;
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

/* article_numbers.c: numbers.tex, numbers.csv and runs.csv. */
int rl_article_numbers(const struct rl_article *a);

/* article.c */
FILE *rl_article_open(const struct rl_article *a, const char *name);
int rl_article_close(const struct rl_article *a, FILE *f, const char *name);

/** rl_article_place - draw a figure, put it into the text, free it. One without panels is none. */
int rl_article_place(
	const struct rl_article *a, FILE *out, struct rl_figure *f, const char *caption);

/* A paragraph of escaped text. */
void rl_article_say(FILE *out, const char *text);

/* "xen-qemu-counted (timings under emulation)". */
const char *rl_article_name(const struct rl_report_platform *p, char buf[96]);

#endif
