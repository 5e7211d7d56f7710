/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lays out the page: what is read by all, then what is drawn by the script, then what is checked.
 */
#include "paper/html.h"
#include "paper/page_data.h"
#include "paper/plots.h"
#include "paper/report.h"
#include "paper/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct page {
	const struct rl_report *r;
	FILE *out;
	const char *dir; /* of figures */
	unsigned pictures;
	struct rl_err *err;
};

/* Draws a figure and puts it on the page with a caption. */
static int place(struct page *page, struct rl_figure *f, const char *caption)
{
	FILE *out = page->out;
	char path[600], id[16];
	int code = 0;

	if (f->n) {
		code = rl_figure_draw(f, page->dir, page->err);
		snprintf(path, sizeof(path), "%s/%s.svg", page->dir, f->name);
		snprintf(id, sizeof(id), "f%u", ++page->pictures);
		fputs("<figure class=\"still\" tabindex=\"0\">\n", out);
		if (!code)
			code = rl_html_svg(out, path, id, caption, page->err);
		fputs("<figcaption>", out);
		rl_html_text(out, caption);
		fputs("</figcaption></figure>\n", out);
	}
	rl_figure_fini(f);
	return code;
}

static void write_detail(void *arg, const char *text)
{
	FILE *out = arg;

	fputs("<li>", out);
	rl_html_text(out, text);
	fputs("</li>\n", out);
}

/* What of the answer is from no real machine is said at once. */
static void write_labels(const struct rl_report *r, FILE *out)
{
	fputs("<p>", out);
	for (size_t i = 0; i < r->n; i++) {
		const struct rl_report_platform *p = &r->platforms[i];

		if (*rl_plots_label(p->name))
			fprintf(out, "<span class=\"label\">%s: %s</span>\n", p->name,
				rl_plots_label(p->name));
	}
	fputs("</p>\n", out);
}

static int write_answer(struct page *page)
{
	const struct rl_report *r = page->r;
	FILE *out = page->out;
	struct rl_figure f;
	char text[2048];
	int code;

	fputs("<header>\n<h1>Should a driver domain wait for events, or spin?</h1>\n"
	      "<p class=\"answer\">",
		out);
	rl_html_text(out, rl_report_answer(r, text, sizeof(text)));
	fputs("</p>\n", out);
	write_labels(r, out);
	fputs("</header>\n<nav id=\"nav\" aria-label=\"sections\"></nav>\n<main>\n"
	      "<section id=\"machines\">\n<h2>Machine by machine</h2>\n<ul>\n",
		out);
	rl_report_details(r, write_detail, out);
	fputs("</ul>\n", out);
	code = rl_plots_answer(&f, "answer", r);
	if (!code)
		code = place(page, &f,
			"The two policies over depth, at the smallest block size of each machine.");
	fputs("</section>\n", out);
	return code;
}

static int depth_figure(
	struct page *page, const struct rl_report_platform *p, size_t setting, int quantity)
{
	char name[48], caption[400], cores[32];
	const struct rl_setting *s = &p->settings.v[setting];
	struct rl_figure f;
	int code;

	snprintf(name, sizeof(name), "%.20s-%zu-%.20s", p->name, setting,
		rl_quantity_name(quantity));
	code = rl_plots_depth(&f, name, page->r, p, setting, quantity);
	snprintf(caption, sizeof(caption), "Over depth: %s, %s on %s, %s%s%s.",
		rl_plots_noun(quantity), s->label, p->name, rl_plots_cores(s->pcpus, cores),
		*rl_plots_label(p->name) ? "; " : "", rl_plots_label(p->name));
	return code ? code : place(page, &f, caption);
}

/* Throughput and the quantity by which winners are called, each setting that has curves. */
static int write_figures(struct page *page, const struct rl_report_platform *p)
{
	int second =
		p->v.duel_quantity == RL_METRIC_iops ? RL_METRIC_clat_mean_ns : p->v.duel_quantity;
	int code = 0;

	fputs("<details><summary>Still pictures over depth</summary>\n", page->out);
	for (size_t i = 0; i < p->settings.n && !code; i++) {
		code = depth_figure(page, p, i, RL_METRIC_iops);
		if (!code)
			code = depth_figure(page, p, i, second);
	}
	fputs("</details>\n", page->out);
	return code;
}

static int write_trust(struct page *page, const struct rl_report_platform *p)
{
	FILE *out = page->out;
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
	fputs("<details><summary>Still picture of the errors</summary>\n", out);
	snprintf(name, sizeof(name), "%.30s-residuals", p->name);
	snprintf(caption, sizeof(caption),
		"Errors of the held-out cells on %s; the band is the tolerance of the mean.",
		p->name);
	code = rl_plots_residuals(&f, name, page->r, p);
	if (!code)
		code = place(page, &f, caption);
	fputs("</details>\n", out);
	rl_tables_slices(out, &p->v);
	rl_tables_parameters(out, &p->set);
	rl_tables_cells(out, &p->v);
	return code;
}

static int write_platform(struct page *page, const struct rl_report_platform *p)
{
	FILE *out = page->out;
	int code;

	fputs("<section>\n<h2>", out);
	rl_html_text(out, p->name);
	if (*rl_plots_label(p->name))
		fprintf(out, " <span class=\"label\">%s</span>", rl_plots_label(p->name));
	fputs("</h2>\n", out);
	code = write_trust(page, p);
	rl_tables_duels(out, page->r, p);
	rl_tables_why(out, &p->v);
	if (!code)
		code = write_figures(page, p);
	rl_tables_provenance(out, p);
	fputs("</section>\n", out);
	return code;
}

/* What was measured is above; what another machine would do is asked of the simulator itself. */
static void write_explorer(const struct rl_report *r, FILE *out)
{
	char *link = r->explorer ? rl_html_link(r->explorer) : NULL;

	fputs("<section id=\"whatif\">\n<h2>What if</h2>\n<p>", out);
	if (link)
		fprintf(out,
			"<a href=\"%s\">Move cores, depth, block size, costs and policies</a>: ",
			link);
	fputs("a page of <code>ringlab explore</code> simulates in the browser, without a server, "
	      "what was not measured: two policies side by side, who runs when, and why one wins. "
	      "With the costs that were fitted here it begins as",
		out);
	fputs(link ? ":</p>\n<pre>"
		   : "; <code>ringlab report --explorer</code> links it:</p>\n<pre>",
		out);
	for (size_t i = 0; i < r->n; i++)
		if (r->platforms[i].predicted) {
			fputs("ringlab explore SCENARIO.yaml --params ", out);
			rl_html_text(out, r->platforms[i].name);
			fputs(" -o explore.html\n", out);
		}
	fputs("ringlab explore SCENARIO.yaml -o explore.html   # with the costs of the file\n"
	      "</pre>\n</section>\n",
		out);
	free(link);
}

/* The charts are made of this by the page's script. */
static int write_live(FILE *out, const struct rl_report *r, struct rl_err *err)
{
	json_t *data = rl_page_data(r);
	int code = data ? rl_html_json(out, "data", data) : -ENOMEM;

	json_decref(data);
	if (code)
		return rl_err_set(err, code, NULL, 0, 0, "out of memory");
	rl_html_script(out);
	return 0;
}

int rl_report_write(const struct rl_report *r, FILE *out, const char *figures, struct rl_err *err)
{
	struct page page = {.r = r, .out = out, .dir = figures, .err = err};
	int code;

	rl_html_head(out, "ringlab: events or spinning");
	code = write_answer(&page);
	fputs("<noscript><p>Charts to ask further need the page's own script. Without it there "
	      "are the still pictures and all tables below.</p></noscript>\n"
	      "<div id=\"live\"></div>\n",
		out);
	write_explorer(r, out);
	for (size_t i = 0; i < r->n && !code; i++)
		code = write_platform(&page, &r->platforms[i]);
	fputs("</main>\n<footer><p class=\"dim\">Made by ringlab " RL_VERSION
	      " from runs in its store. Filled points were held out from calibration; open ones "
	      "calibrated it.</p></footer>\n",
		out);
	if (!code)
		code = write_live(out, r, err);
	rl_html_foot(out);
	if (!code && ferror(out))
		code = rl_err_set(err, -EIO, NULL, 0, 0, "cannot write the report");
	return code;
}
