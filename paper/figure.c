/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data and script of a figure; gnuplot draws. See figure.h. */
#include "paper/figure_private.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* gnuplot alone would label one decade where two and a half are shown. */
#define LOG_TICS                                                                                   \
	"0.01,0.02,0.05,0.1,0.2,0.5,1,2,5,10,20,50,100,200,500,1000,2000,5000,10000,20000,50000"

extern char **environ;

/* The first six are told apart also by people who do not see red and green apart (Okabe and Ito).
 */
static const char *const palette[RL_FIGURE_COLOURS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
	"#8c6d00", "#56b4e9", "#5b3a9e", "#7a7a7a", "#a0522d", "#b8860b", "#2f4f9e", "#c2185b"};

const char *rl_figure_colour(int index)
{
	return palette[index % RL_FIGURE_COLOURS];
}

struct rl_panel *rl_figure_alloc(struct rl_figure *f, const char *name, size_t panels)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->name, sizeof(f->name), "%s", name);
	for (char *c = f->name; *c; c++) /* it becomes a file's, and machines have any name */
		if (!isalnum((unsigned char)*c) && !strchr("-_", *c))
			*c = '_';
	f->panels = calloc(panels ? panels : 1, sizeof(*f->panels));
	f->n = f->panels ? panels : 0;
	f->columns = 1;
	for (size_t i = 0; i < f->n; i++)
		f->panels[i].scale = 1;
	return f->panels;
}

void rl_figure_fini(struct rl_figure *f)
{
	for (size_t i = 0; i < f->n; i++) {
		for (size_t s = 0; s < f->panels[i].n; s++)
			free(f->panels[i].series[s].points);
		free(f->panels[i].series);
		free(f->panels[i].places);
	}
	free(f->panels);
	memset(f, 0, sizeof(*f));
}

static FILE *open_part(
	const struct rl_figure *f, const char *dir, const char *suffix, struct rl_err *err)
{
	char path[600];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, f->name, suffix);
	out = fopen(path, "w");
	if (!out)
		rl_err_set(err, -errno, path, 0, 0, "cannot write: %s", strerror(errno));
	return out;
}

static int close_part(FILE *out, const struct rl_figure *f, struct rl_err *err)
{
	bool bad = ferror(out);

	if (fclose(out) || bad)
		return rl_err_set(err, -EIO, f->name, 0, 0, "cannot write the figure");
	return 0;
}

static void write_value(FILE *out, double v, double scale)
{
	if (isfinite(v))
		fprintf(out, " %.6g", v / scale);
	else
		fputs(" ?", out);
}

/* One block a series, numbered through all panels: what `index` counts. */
static void write_data(FILE *out, const struct rl_figure *f)
{
	fprintf(out, "# %s\n# x measured lo hi predicted held_out cell\n", f->note);
	for (size_t p = 0; p < f->n; p++)
		for (size_t s = 0; s < f->panels[p].n; s++) {
			const struct rl_panel *panel = &f->panels[p];
			const struct rl_series *ser = &panel->series[s];

			fprintf(out, "\n\n# %s: %s\n", panel->title, ser->label);
			if (!ser->n) /* else gnuplot would not count the block */
				fputs("? ? ? ? ? 0 -\n", out);
			for (size_t i = 0; i < ser->n; i++) {
				const struct rl_point *q = &ser->points[i];

				fprintf(out, "%.6g", q->x);
				write_value(out, q->measured, panel->scale);
				write_value(out, q->lo, panel->scale);
				write_value(out, q->hi, panel->scale);
				write_value(out, q->predicted, panel->scale);
				fprintf(out, " %d %s\n", q->held_out, q->cell ? q->cell : "-");
			}
		}
}

/* On paper the fonts are as large as its text. */
static void write_terminal(FILE *out, const struct rl_figure *f, double h)
{
	if (f->pdf)
		fprintf(out, "set terminal pdfcairo size %.3fin,%.3fin font 'Helvetica,9'\n",
			rl_figure_width(f) / PRINT_DPI, h / PRINT_DPI);
	else
		fprintf(out,
			"set terminal svg size %.0f,%.0f font 'Helvetica,12' background "
			"'#ffffff'\n",
			rl_figure_width(f), h);
}

static void write_head(FILE *out, const struct rl_figure *f)
{
	const char *suffix = f->pdf ? "pdf" : "svg";
	size_t rows = (f->n + f->columns - 1) / f->columns;
	double top, h = rl_figure_height(f, &top);

	fprintf(out, "# Draws %s.%s from %s.dat: run `gnuplot %s.gp` beside them.\n", f->name,
		suffix, f->name, f->name);
	write_terminal(out, f, h);
	fprintf(out,
		"set output '%s.%s'\n"
		"set datafile missing '?'\n"
		"set encoding utf8\n"
		"set termoption noenhanced\n"
		"ink = '" RL_FIGURE_INK "'\n"
		"set border 3 lc rgb ink lw 1\n"
		"set tics nomirror scale 0.5 textcolor rgb ink\n"
		"set grid ytics lc rgb '" RL_FIGURE_GRID "' lw 0.6 lt 1\n"
		"set key off\n"
		"set multiplot layout %zu,%u margins screen %g,%g,%g,%g spacing screen %g,%g\n",
		f->name, suffix, rows, f->columns, 62.0 / (f->columns * PANEL_W + 20),
		1 - 14.0 / (f->columns * PANEL_W + 20), (FOOT_H + 46) / h, 1 - (top + 26) / h,
		62.0 / (f->columns * PANEL_W + 20), 96 / h);
}

static bool any_point(const struct rl_series *s, int held_out)
{
	for (size_t i = 0; i < s->n; i++)
		if (isfinite(s->points[i].measured) && s->points[i].held_out == (held_out == 1))
			return true;
	return false;
}

static bool any_interval(const struct rl_series *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (isfinite(s->points[i].lo) && s->points[i].hi > s->points[i].lo)
			return true;
	return false;
}

static bool any_line(const struct rl_series *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (isfinite(s->points[i].predicted))
			return true;
	return false;
}

/*
 * What is not there is not asked for: gnuplot would warn of it. A logarithmic axis has no place for
 * an interval's negative end: it goes to the edge.
 */
static void write_series(
	FILE *out, const struct rl_figure *f, const struct rl_series *s, size_t index)
{
	const char *c = rl_figure_colour(s->colour), *n = f->name;

	if (any_line(s))
		fprintf(out, "  '%s.dat' index %zu using 1:5 with lines lc rgb '%s' lw 2, \\\n", n,
			index, c);
	if (any_interval(s))
		fprintf(out,
			"  '%s.dat' index %zu using 1:2:($3>0?$3:1e-9):4 with yerrorbars pt -1 lc "
			"rgb '%s', "
			"\\\n",
			n, index, c);
	if (any_point(s, 0))
		fprintf(out,
			"  '%s.dat' index %zu using 1:($6==0?$2:NaN) with points pt 6 ps 0.7 lw "
			"1.5 lc rgb '%s', \\\n",
			n, index, c);
	if (any_point(s, 1))
		fprintf(out,
			"  '%s.dat' index %zu using 1:($6==1?$2:NaN) with points pt 7 ps 0.75 lc "
			"rgb '%s', \\\n",
			n, index, c);
}

/* Residuals: measured holds the error; series stand beside each other at each x. */
static void write_spread(
	FILE *out, const struct rl_figure *f, const struct rl_panel *p, size_t s, size_t index)
{
	double shift = 1 + 0.4 * ((double)s - ((double)p->n - 1) / 2) / (double)p->n;

	if (!p->series[s].n)
		return;
	fprintf(out,
		"  '%s.dat' index %zu using ($1*%g):2 with points pt 7 ps 0.5 lc rgb '%s', \\\n",
		f->name, index, shift, rl_figure_colour(p->series[s].colour));
}

/* Places: what falls on each other is moved apart. */
static void write_places(
	FILE *out, const struct rl_figure *f, const struct rl_panel *p, size_t s, size_t index)
{
	if (p->series[s].n)
		fprintf(out,
			"  '%s.dat' index %zu using 1:2 with points pt 7 ps 0.3 lc rgb '%s', \\\n",
			f->name, index, rl_figure_colour(p->series[s].colour));
}

/* Names in place of numbers, which lean so that they have room. */
static void write_place_axis(FILE *out, const struct rl_panel *p)
{
	fputs("unset logscale x\nset jitter spread 0.35\nset xtics rotate by 30 right (", out);
	for (size_t i = 0; i < p->nplaces; i++) {
		fputs(i ? ", " : "", out);
		rl_figure_quote(out, p->places[i]);
		fprintf(out, " %zu", i + 1);
	}
	fprintf(out, ")\nset xrange [0.4:%g]\n", (double)p->nplaces + 0.6);
}

static void x_range(const struct rl_panel *p, double *lo, double *hi)
{
	*lo = INFINITY;
	*hi = -INFINITY;
	for (size_t s = 0; s < p->n; s++)
		for (size_t i = 0; i < p->series[s].n; i++) {
			*lo = fmin(*lo, p->series[s].points[i].x);
			*hi = fmax(*hi, p->series[s].points[i].x);
		}
	*lo /= 1.3;
	*hi *= 1.3;
}

static void y_range(const struct rl_panel *p, double *lo, double *hi)
{
	for (size_t s = 0; s < p->n; s++)
		for (size_t i = 0; i < p->series[s].n; i++) {
			const struct rl_point *q = &p->series[s].points[i];
			double v[] = {q->measured, q->lo, q->hi, q->predicted};

			for (size_t k = 0; k < 4; k++)
				if (isfinite(v[k]) && (!p->logy || v[k] > 0)) {
					*lo = fmin(*lo, v[k] / p->scale);
					*hi = fmax(*hi, v[k] / p->scale);
				}
		}
}

static void write_axes(FILE *out, const struct rl_figure *f, const struct rl_panel *p)
{
	double x0, x1, y0 = p->zero ? 0 : INFINITY, y1 = p->zero ? 0 : -INFINITY, pad;

	x_range(p, &x0, &x1);
	if (p->band > 0) {
		y0 = -1.2 * p->band;
		y1 = 1.2 * p->band;
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->share_y || &f->panels[i] == p)
			y_range(&f->panels[i], &y0, &y1);
	pad = 0.06 * (y1 - y0);
	if (p->logy) {
		y0 /= 1.25;
		y1 *= 1.25;
		pad = 0;
	}
	fprintf(out, p->logy ? "set logscale y 10\nset ytics (" LOG_TICS ")\n"
			     : "unset logscale y\nset ytics auto\n");
	fputs("set title ", out);
	rl_figure_quote(out, p->title);
	fprintf(out,
		" tc rgb ink font ',%d' offset 0,-0.6\n"
		"set xlabel '%s' tc rgb ink offset 0,0.4\nset ylabel '%s' tc rgb ink offset 1,0\n"
		"set logscale x 2\nset xrange [%.6g:%.6g]\nset yrange [%.6g:%.6g]\n",
		f->pdf ? 9 : 13, p->xlabel, p->ylabel, x0, x1, p->zero ? 0 : y0 - pad, y1 + pad);
	if (p->nplaces)
		write_place_axis(out, p);
	if (p->band > 0)
		fprintf(out,
			"set object 90 rectangle from graph 0,first %g to graph 1,first %g fc rgb "
			"'#808080' fs transparent solid 0.12 noborder behind\n",
			-p->band, p->band);
}

static void write_script(FILE *out, const struct rl_figure *f)
{
	size_t index = 0;

	write_head(out, f);
	rl_figure_write_key(out, f);
	for (size_t i = 0; i < f->n; i++) {
		const struct rl_panel *p = &f->panels[i];

		write_axes(out, f, p);
		fputs("plot \\\n", out);
		for (size_t s = 0; s < p->n; s++, index++)
			if (p->nplaces)
				write_places(out, f, p, s, index);
			else if (p->spread)
				write_spread(out, f, p, s, index);
			else
				write_series(out, f, &p->series[s], index);
		fputs(p->spread ? "  0 lc rgb ink lw 1\n" : "  NaN notitle\n", out);
		if (i == 0)
			rl_figure_clear_key(out, f);
	}
	fputs("unset multiplot\n", out);
}

static int run_gnuplot(const struct rl_figure *f, const char *dir, struct rl_err *err)
{
	char script[64],
		*argv[] = {"env", "-C", (char *)dir, "LC_ALL=C.UTF-8", "gnuplot", script, NULL};
	int status, code;
	pid_t pid;

	snprintf(script, sizeof(script), "%s.gp", f->name);
	code = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (code)
		return rl_err_set(err, -code, NULL, 0, 0, "cannot run env: %s", strerror(code));
	if (waitpid(pid, &status, 0) < 0)
		return rl_err_set(err, -errno, NULL, 0, 0, "lost gnuplot: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return rl_err_set(err, -ENOENT, NULL, 0, 0,
			"gnuplot is not installed (expected the package gnuplot-nox)");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return rl_err_set(err, -EIO, script, 0, 0, "gnuplot failed");
	return 0;
}

int rl_figure_draw(const struct rl_figure *f, const char *dir, struct rl_err *err)
{
	FILE *out = open_part(f, dir, "dat", err);
	int code;

	if (!out)
		return -EIO;
	write_data(out, f);
	code = close_part(out, f, err);
	if (code)
		return code;
	out = open_part(f, dir, "gp", err);
	if (!out)
		return -EIO;
	write_script(out, f);
	code = close_part(out, f, err);
	return code ? code : run_gnuplot(f, dir, err);
}
