/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the parts; see article.h. */
#include "paper/article_private.h"
#include "paper/latex.h"
#include "paper/plots.h"

#include <errno.h>
#include <string.h>

/* In the order of the chapters that take them. */
static const struct {
	const char *name;
	rl_part_fn write;
} parts[] = {{"answer.tex", rl_part_answer}, {"setup.tex", rl_part_setup},
	{"overhead.tex", rl_part_overhead}, {"copy.tex", rl_part_copy},
	{"first.tex", rl_part_first}, {"second.tex", rl_part_second},
	{"comparison.tex", rl_part_comparison}, {"recovery.tex", rl_part_recovery},
	{"validation.tex", rl_part_validation}, {"conclusion.tex", rl_part_conclusion},
	{"parameters.tex", rl_part_parameters}};

FILE *rl_article_open(const struct rl_article *a, const char *name)
{
	char path[1200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", a->dir, name);
	f = fopen(path, "w");
	if (!f)
		rl_err_set(a->err, -errno, path, 0, 0, "cannot write: %s", strerror(errno));
	return f;
}

int rl_article_close(const struct rl_article *a, FILE *f, const char *name)
{
	bool bad = ferror(f);

	if (fclose(f) || bad)
		return rl_err_set(a->err, -EIO, name, 0, 0, "cannot write");
	return 0;
}

void rl_article_say(FILE *out, const char *text)
{
	rl_latex_text(out, text);
	fputs("\n\n", out);
}

const char *rl_article_name(const char *platform, char buf[96])
{
	const char *label = rl_plots_label(platform);

	snprintf(buf, 96, "%s%s%s%s", platform, *label ? " (" : "", label, *label ? ")" : "");
	return buf;
}

int rl_article_place(
	const struct rl_article *a, FILE *out, struct rl_figure *f, const char *caption)
{
	int code = 0;

	if (f->n) {
		f->pdf = true;
		code = rl_figure_draw(f, a->dir, a->err);
		fprintf(out,
			"\\begin{figure}[!htb]\n\\centering\n"
			"\\includegraphics[width=%s\\textwidth]{%s.pdf}\n\\caption{",
			f->columns > 1 ? "" : "0.6", f->name);
		rl_latex_text(out, caption);
		fputs("}\n\\end{figure}\n", out);
	}
	rl_figure_fini(f);
	return code;
}

int rl_article_write(const struct rl_report *r, struct rl_store *store, const json_t *committed,
	const char *dir, struct rl_err *err)
{
	struct rl_article a = {
		.r = r, .store = store, .committed = committed, .dir = dir, .err = err};
	int code = rl_article_numbers(&a), closed;

	if (code)
		return code;
	code = rl_recovery_ask(&a);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !code; i++) {
		FILE *out = rl_article_open(&a, parts[i].name);
		int written;

		code = out ? parts[i].write(&a, out) : -EIO;
		written = out ? rl_article_close(&a, out, parts[i].name) : 0;
		code = code ? code : written;
	}
	closed = rl_article_close_numbers(&a);
	return code ? code : closed;
}
