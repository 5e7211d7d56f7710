/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers what the store holds and lays out the page; see report.h. */
#include "paper/report.h"

#include "data/format/fio_job.h"
#include "paper/html.h"
#include "paper/plots.h"
#include "paper/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int note_platform(void *arg, const char *platform, int64_t runs, int64_t cells)
{
	struct rl_report *r = arg;

	(void)runs;
	(void)cells;
	if (r->n < RL_REPORT_MAX_PLATFORMS)
		snprintf(r->platforms[r->n++].name, sizeof(r->platforms[0].name), "%s", platform);
	return 0;
}

static int load_manifest(struct rl_store *store, struct rl_report_platform *p, struct rl_err *err)
{
	struct rl_run *runs;
	size_t n;
	int code = rl_store_runs(store, p->name, RL_ROLE_ANY, &runs, &n, err);

	if (code)
		return code;
	if (n && runs[0].manifest)
		p->manifest = strdup(runs[0].manifest);
	rl_store_free_runs(runs, n);
	return 0;
}

static int gather_one(struct rl_store *store, const struct rl_tolerance *tol, size_t ntol,
	struct rl_report_platform *p, struct rl_err *err)
{
	struct rl_forward_options forward;
	struct rl_err none = {0};
	int code = load_manifest(store, p, err);

	if (code)
		return code;
	rl_forward_precise(&forward);
	code = rl_store_load_params(store, p->name, &p->set, &none);
	if (code && code != -ENOENT) {
		*err = none;
		return code;
	}
	if (!code) {
		none = (struct rl_err){0};
		code = rl_validate_run(store, p->name, &p->set, tol, ntol, &forward, &p->v, &none);
		p->predicted = code == 0;
		if (code && code != -ENOENT)
			*err = none;
	}
	if (code == -ENOENT) /* no parameters, or nothing held out: show what was measured */
		code = rl_validate_measured(store, p->name, tol, ntol, &p->v, err);
	return code;
}

int rl_report_gather(struct rl_store *store, const struct rl_tolerance *tolerances,
	size_t ntolerances, struct rl_report *out, struct rl_err *err)
{
	int code;
	size_t kept = 0;

	memset(out, 0, sizeof(*out));
	code = rl_store_platforms(store, note_platform, out, err);
	for (size_t i = 0; i < out->n && !code; i++) {
		struct rl_err why = {0};

		code = gather_one(store, tolerances, ntolerances, &out->platforms[i], &why);
		if (code == -ENOENT) { /* runs without a role: of no use to a report */
			rl_param_set_fini(&out->platforms[i].set);
			free(out->platforms[i].manifest);
			code = 0;
			continue;
		}
		if (code && err)
			*err = why;
		if (kept != i)
			out->platforms[kept] = out->platforms[i];
		kept++;
	}
	out->n = kept;
	if (!code && !out->n)
		code = rl_err_set(err, -ENOENT, NULL, 0, 0,
			"no run to report on (expected runs with a role: `ringlab import` them)");
	if (code)
		rl_report_fini(out);
	return code;
}

void rl_report_fini(struct rl_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		rl_validation_fini(&r->platforms[i].v);
		rl_param_set_fini(&r->platforms[i].set);
		free(r->platforms[i].manifest);
	}
	memset(r, 0, sizeof(*r));
}

/* Draws a figure into @dir and puts it on the page with a caption. */
static int place(
	FILE *out, struct rl_figure *f, const char *dir, const char *caption, struct rl_err *err)
{
	char path[600];
	int code = 0;

	if (f->n) {
		code = rl_figure_draw(f, dir, err);
		snprintf(path, sizeof(path), "%s/%s.svg", dir, f->name);
		fputs("<figure>\n", out);
		if (!code)
			code = rl_html_svg(out, path, f->name, caption, err);
		fputs("<figcaption>", out);
		rl_html_text(out, caption);
		fputs("</figcaption></figure>\n", out);
	}
	rl_figure_fini(f);
	return code;
}

static int write_answer(const struct rl_report *r, FILE *out, const char *dir, struct rl_err *err)
{
	const char *names[RL_REPORT_MAX_PLATFORMS];
	const struct rl_validation *v[RL_REPORT_MAX_PLATFORMS];
	struct rl_figure f;
	char text[2048];
	int code;

	for (size_t i = 0; i < r->n; i++) {
		names[i] = r->platforms[i].name;
		v[i] = &r->platforms[i].v;
	}
	fputs("<h1>Should a driver domain wait for events, or spin?</h1>\n<p class=\"answer\">",
		out);
	rl_html_text(out, rl_report_answer(r, text, sizeof(text)));
	fputs("</p>\n", out);
	for (size_t i = 0; i < r->n; i++)
		if (*rl_plots_label(names[i])) {
			fprintf(out, "<p><span class=\"label\">%s</span></p>\n",
				rl_plots_label(names[i]));
			break;
		}
	code = rl_plots_answer(&f, "answer", names, v, r->n);
	return code ? code
		    : place(out, &f, dir, "Backend policies over depth, smallest block size.", err);
}

static int depth_figure(FILE *out, const struct rl_report_platform *p, enum rl_rw rw, int quantity,
	const char *dir, struct rl_err *err)
{
	char name[48], caption[200];
	struct rl_figure f;
	int code;

	snprintf(name, sizeof(name), "%.20s-%s-%.12s", p->name, rl_fio_rw_name(rw),
		rl_quantity_name(quantity));
	code = rl_plots_depth(&f, name, p->name, &p->v, rw, quantity);
	snprintf(caption, sizeof(caption), "Over depth: %s, %s on %s%s%s.", rl_plots_noun(quantity),
		rl_fio_rw_name(rw), p->name, *rl_plots_label(p->name) ? "; " : "",
		rl_plots_label(p->name));
	return code ? code : place(out, &f, dir, caption, err);
}

/* Throughput and the quantity by which winners are called, each direction that was measured. */
static int write_figures(
	const struct rl_report_platform *p, FILE *out, const char *dir, struct rl_err *err)
{
	int second =
		p->v.duel_quantity == RL_METRIC_iops ? RL_METRIC_clat_mean_ns : p->v.duel_quantity;
	int code = 0;

	for (int rw = RL_RW_READ; rw <= RL_RW_RANDRW && !code; rw++) {
		code = depth_figure(out, p, (enum rl_rw)rw, RL_METRIC_iops, dir, err);
		if (!code)
			code = depth_figure(out, p, (enum rl_rw)rw, second, dir, err);
	}
	return code;
}

static int write_trust(
	const struct rl_report_platform *p, FILE *out, const char *dir, struct rl_err *err)
{
	char name[48], caption[200];
	struct rl_figure f;
	int code;

	if (!p->predicted) {
		fputs("<p>No parameters are stored under this platform's name: nothing was "
		      "predicted.</p>\n",
			out);
		return 0;
	}
	rl_tables_verdicts(out, &p->v);
	rl_tables_slices(out, &p->v);
	snprintf(name, sizeof(name), "%.30s-residuals", p->name);
	snprintf(caption, sizeof(caption),
		"Errors of the held-out cells on %s; the band is the tolerance of the mean.",
		p->name);
	code = rl_plots_residuals(&f, name, p->name, &p->v);
	if (!code)
		code = place(out, &f, dir, caption, err);
	rl_tables_parameters(out, &p->set);
	rl_tables_cells(out, &p->v);
	return code;
}

static int write_platform(
	const struct rl_report_platform *p, FILE *out, const char *dir, struct rl_err *err)
{
	char cores[32];
	int code;

	fputs("<h2>", out);
	rl_html_text(out, rl_plots_cores(&p->v, cores));
	fputs(": ", out);
	rl_html_text(out, p->name);
	if (*rl_plots_label(p->name))
		fprintf(out, " <span class=\"label\">%s</span>", rl_plots_label(p->name));
	fputs("</h2>\n", out);
	code = write_figures(p, out, dir, err);
	rl_tables_duels(out, &p->v);
	rl_tables_why(out, &p->v);
	if (!code)
		code = write_trust(p, out, dir, err);
	rl_tables_provenance(out, p);
	return code;
}

int rl_report_write(const struct rl_report *r, FILE *out, const char *figures, struct rl_err *err)
{
	int code;

	rl_html_head(out, "ringlab: events or spinning");
	code = write_answer(r, out, figures, err);
	for (size_t i = 0; i < r->n && !code; i++)
		code = write_platform(&r->platforms[i], out, figures, err);
	fputs("<p class=\"dim\">Made by ringlab " RL_VERSION
	      " from runs in its store. Filled points were held out from calibration; open ones "
	      "calibrated it.</p>\n",
		out);
	rl_html_foot(out);
	if (!code && ferror(out))
		code = rl_err_set(err, -EIO, NULL, 0, 0, "cannot write the report");
	return code;
}
