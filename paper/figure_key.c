/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key of a figure: above all panels, as many lines as it needs. */
#include "paper/figure_private.h"

#include <string.h>

void rl_figure_quote(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', out);
		if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
	fputc('\'', out);
}

double rl_figure_width(const struct rl_figure *f)
{
	return f->columns * PANEL_W + 20;
}

/* What has no word of its own has both points and lines. */
static const char *key_note(const struct rl_figure *f)
{
	return *f->points ? f->points : "points measured (filled: held out), lines predicted";
}

/* Where an entry of the key is, or, behind the last one, its note: it breaks as text does. */
static void key_place(const struct rl_figure *f, size_t entry, double *x, unsigned *row)
{
	const struct rl_panel *p = &f->panels[0];

	*x = 20;
	*row = 0;
	for (size_t s = 0; s <= entry; s++) {
		double w = s < p->n ? 34 + 7.0 * (double)strlen(p->series[s].label)
				    : 6.0 * (double)strlen(key_note(f));

		if (*x > 20 && *x + w > rl_figure_width(f)) {
			*x = 20;
			++*row;
		}
		*x += s < entry ? w : 0;
	}
}

/* Of the whole picture; @top: out, above the panels. */
double rl_figure_height(const struct rl_figure *f, double *top)
{
	size_t rows = (f->n + f->columns - 1) / f->columns;
	unsigned last;
	double x;

	key_place(f, f->panels[0].n, &x, &last);
	*top = TOP_H + KEY_H * (1 + last);
	return (double)(rows * PANEL_H + FOOT_H) + *top;
}

/* The key stands once, above all panels, and the note below them. */
void rl_figure_write_key(FILE *out, const struct rl_figure *f)
{
	const struct rl_panel *p = &f->panels[0];
	double w = rl_figure_width(f), top, h = rl_figure_height(f, &top), x, y;
	unsigned row;

	for (size_t s = 0; s < p->n; s++) {
		key_place(f, s, &x, &row);
		y = 1 - (15 + KEY_H * row) / h;
		fprintf(out, "set label %zu ", s + 1);
		rl_figure_quote(out, p->series[s].label);
		/* a dot of the same number is larger in print */
		fprintf(out,
			" at screen %g,%g left tc rgb '%s' point pt 7 ps %s lc "
			"rgb '%s' offset %s,-0.35\n",
			(x + 4) / w, y, rl_figure_colour(p->series[s].colour), f->pdf ? "0.6" : "1",
			rl_figure_colour(p->series[s].colour), f->pdf ? "1.1" : "0.8");
	}
	key_place(f, p->n, &x, &row);
	fputs("set label 98 ", out);
	rl_figure_quote(out, key_note(f));
	fprintf(out, " at screen %g,%g left tc rgb ink font ',%d'\nset label 99 ", x / w,
		1 - (15 + KEY_H * row) / h, f->pdf ? 8 : 11);
	rl_figure_quote(out, f->note);
	fprintf(out, " at screen %g,%g left tc rgb ink font ',%d'\n", 20 / w, 11 / h,
		f->pdf ? 8 : 10);
}

void rl_figure_clear_key(FILE *out, const struct rl_figure *f)
{
	for (size_t s = 0; s < f->panels[0].n; s++)
		fprintf(out, "unset label %zu\n", s + 1);
	fputs("unset label 98\nunset label 99\n", out);
}
