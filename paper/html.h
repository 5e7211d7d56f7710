/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of a page that needs nothing but itself: no script, no font, no request. */
#ifndef RL_PAPER_HTML_H
#define RL_PAPER_HTML_H

#include "model/base/err.h"

#include <stdarg.h>
#include <stdio.h>

/** rl_html_head - doctype to body, style for light and dark included. */
void rl_html_head(FILE *out, const char *title);
void rl_html_foot(FILE *out);

/** rl_html_text - text with what HTML would read as markup escaped. */
void rl_html_text(FILE *out, const char *text);

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
