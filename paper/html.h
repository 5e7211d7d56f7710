/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces of a page that needs nothing but itself: no font, no request. It runs one script and has
 * one style, both by their hashes: whatever else a name or a manifest may hold is never run.
 */
#ifndef RL_PAPER_HTML_H
#define RL_PAPER_HTML_H

#include "model/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Significant digits of a real number in a page's data. */
#define RL_HTML_DIGITS 6

/** rl_html_head - doctype to body: policy, and style for light, dark and print. */
void rl_html_head(FILE *out, const char *title);

/** rl_html_json - data for the script. Returns: 0; -ENOMEM. */
int rl_html_json(FILE *out, const char *id, const json_t *data);

/** rl_html_script - the page's script; behind its data. */
void rl_html_script(FILE *out);
void rl_html_foot(FILE *out);

/** rl_html_text - text with what HTML would read as markup escaped. */
void rl_html_text(FILE *out, const char *text);

/** rl_html_is_relative - whether a path is of use in a link: it names something, and no root. */
bool rl_html_is_relative(const char *path);

/** rl_html_link - a relative path as a link has it: nothing in it names a scheme or ends a quote.
 * Returns: free(); null when out of memory. */
char *rl_html_link(const char *path);

/** rl_html_cells - <tag>text</tag> for each of n texts, escaped. */
void rl_html_cells(FILE *out, const char *tag, size_t n, const char *const *texts);

/** rl_html_open_table, _close_table - a table with a caption and a head, inside <details>. */
void rl_html_open_table(FILE *out, const char *caption, size_t n, const char *const *heads);
void rl_html_close_table(FILE *out);

/** rl_html_number - digits that a reader can use: four significant ones; "–" for NaN. */
const char *rl_html_number(double x, char buf[32]);

/** rl_html_percent - "+3.1 %"; "–" for NaN. */
const char *rl_html_percent(double x, char buf[32]);

/** rl_html_share - "3.1 %", of what has no sign; "–" for NaN. */
const char *rl_html_share(double x, char buf[32]);

/**
 * rl_html_svg - a picture of gnuplot's, inlined.
 * @id: makes the names inside unique in the page.  @label: what it shows, for those who hear it.
 * Returns: 0; -errno of the file; -EINVAL when it holds no svg element.
 */
int rl_html_svg(FILE *out, const char *path, const char *id, const char *label, struct rl_err *err);

#endif
