/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of a LaTeX document: text escaped, tables that break between pages. */
#ifndef RL_PAPER_LATEX_H
#define RL_PAPER_LATEX_H

#include <stddef.h>
#include <stdio.h>

/** rl_latex_text - text with what LaTeX would read as a command escaped; what its fonts lack is
 * "?". */
void rl_latex_text(FILE *out, const char *text);

/** rl_latex_open_table, _close_table - a table of n columns with a caption and a head. */
void rl_latex_open_table(FILE *out, const char *caption, size_t n, const char *const *heads);
/** rl_latex_open_texts - the same, whose first column holds sentences that go over several lines.
 */
void rl_latex_open_texts(FILE *out, const char *caption, size_t n, const char *const *heads);
void rl_latex_row(FILE *out, size_t n, const char *const *texts);
void rl_latex_close_table(FILE *out);

#endif
