/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures by gnuplot: a figure is panels, a panel is series, a series is measured points and a
 * predicted line on the same axes. Written as NAME.dat and NAME.gp, drawn as NAME.svg or NAME.pdf;
 * equal data give equal bytes. NAME.dat names the cell of each point.
 */
#ifndef RL_PAPER_FIGURE_H
#define RL_PAPER_FIGURE_H

#include "model/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct rl_point {
	double x;
	double measured, lo, hi; /* NaN: not measured; lo and hi: 95 % over repeats */
	double predicted;	 /* NaN: not predicted */
	bool held_out;
	const char *cell; /* whose point it is; null: nobody's. Not copied */
};

struct rl_series {
	char label[64];
	int colour; /* index into the palette; the same thing has the same one everywhere */
	struct rl_point *points;
	size_t n;
};

struct rl_panel {
	char title[96], xlabel[48], ylabel[48];
	double scale; /* values are divided by it, as ylabel says */
	bool zero;    /* the y axis starts at 0 */
	bool logy;    /* the y axis is logarithmic: times over a wide range of depths */
	bool spread;  /* points only: x is spread about its place, with a line at y = 0 */
	double band;  /* shade -band .. band; 0: no */
	/* Instead of numbers x has places, from 1: points stand beside each other. Names are not
	 * copied. */
	const char **places;
	size_t nplaces;
	struct rl_series *series;
	size_t n;
};

struct rl_figure {
	char name[48];
	char points[48]; /* in the key, what a point is; "": measured, beside predicted lines */
	char note[160];	 /* at the foot of the picture: where the numbers are from */
	unsigned columns;
	bool pdf;     /* drawn as NAME.pdf, for print */
	bool share_y; /* one range for all panels */
	struct rl_panel *panels;
	size_t n;
};

/** rl_figure_alloc - room for panels; free with rl_figure_fini(). Null when out of memory. */
struct rl_panel *rl_figure_alloc(struct rl_figure *f, const char *name, size_t panels);
void rl_figure_fini(struct rl_figure *f);

/**
 * rl_figure_draw - write NAME.dat, NAME.gp and NAME.svg into a directory.
 * Returns: 0; -errno of a file; -ENOENT when gnuplot cannot be run, -EIO when it fails.
 */
int rl_figure_draw(const struct rl_figure *f, const char *dir, struct rl_err *err);

#define RL_FIGURE_COLOURS 12 /* of the palette; paper/page/style.css has the same ones */

/** rl_figure_colour - of the palette, as "#rrggbb". */
const char *rl_figure_colour(int index);

/* Text and axes; lines behind: a report replaces them by its own. */
#define RL_FIGURE_INK  "#333333"
#define RL_FIGURE_GRID "#d0d0d0"

#endif
