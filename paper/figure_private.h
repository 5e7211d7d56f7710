/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by figure*.c: the layout in pixels. */
#ifndef RL_PAPER_FIGURE_PRIVATE_H
#define RL_PAPER_FIGURE_PRIVATE_H

#include "paper/figure.h"

#include <stdio.h>

#define PRINT_DPI 130 /* of the same pixels: a row of three is as wide as the text */
#define PANEL_W	  300 /* pixels */
#define PANEL_H	  240
#define TOP_H	  16 /* and a row of the key */
#define KEY_H	  18
#define FOOT_H	  24 /* the note */

/* A text of anybody's as gnuplot's, between single quotes: it runs nothing. */
void rl_figure_quote(FILE *out, const char *text);

double rl_figure_width(const struct rl_figure *f);

/* Of the whole picture; @top: out, what is above the panels. */
double rl_figure_height(const struct rl_figure *f, double *top);

/* The key stands once, above all panels, and the note below them: cleared after the first panel. */
void rl_figure_write_key(FILE *out, const struct rl_figure *f);
void rl_figure_clear_key(FILE *out, const struct rl_figure *f);

#endif
