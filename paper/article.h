/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The paper: chapters in paper/tex, which hold no result. What is measured, predicted or concluded
 * comes from the store, as macros and parts that this writes:
 *
 *	numbers.tex  \RL{KEY}: a number or a sentence; numbers.csv says what each was asked of
 *	NAME.tex     a part, \input by the chapters: figures, tables and what they say
 *	fig-*.gp, .dat, .pdf   figures; .dat names the cell of each point
 *	runs.csv     the runs of each cell, by hash
 *	deaths.csv   the deaths of driver domains, with the hash of their campaign
 */
#ifndef RL_PAPER_ARTICLE_H
#define RL_PAPER_ARTICLE_H

#include "paper/report.h"

/**
 * rl_article_write - everything but the PDF.
 * @committed: as from rl_committed_load(); platforms that are left out are named in the paper.
 * @dir: exists; files are written into it.
 * Returns: 0; -errno of a file; what store and gnuplot say.
 */
int rl_article_write(const struct rl_report *r, struct rl_store *store, const json_t *committed,
	const char *dir, struct rl_err *err);

/**
 * rl_article_typeset - run pdflatex and bibtex there.
 * @tex: directory of the chapters. Makes DIR/paper.pdf.
 * Returns: 0; -ENOENT when they are not installed; -EIO when they fail: DIR/paper.log says why.
 */
int rl_article_typeset(const char *tex, const char *dir, struct rl_err *err);

#endif
