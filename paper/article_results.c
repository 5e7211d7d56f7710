/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the paper that answer: each of the two policies alone, and against each other. */
#include "paper/article_private.h"
#include "paper/html.h"
#include "paper/latex.h"
#include "paper/plots.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void item(void *arg, const char *text)
{
	fputs("\\item ", arg);
	rl_latex_text(arg, text);
	fputc('\n', arg);
}

int rl_part_answer(const struct rl_article *a, FILE *out)
{
	struct rl_figure f;
	char text[2048];
	int code;

	fputs("\\begin{quote}\\itshape ", out);
	rl_latex_text(out, rl_report_answer(a->r, text, sizeof(text)));
	fputs("\\end{quote}\n", out);
	rl_recovery_verdict(a, out);
	code = rl_plots_answer(&f, "fig-answer", a->r);
	return code ? code
		    : rl_article_place(a, out, &f,
			      "The two policies over requests in flight, at the smallest block "
			      "size of each machine; points are measured, lines predicted.");
}

/* The largest setting of each number of CPUs comes first among them. */
static bool is_main(const struct rl_report_platform *p, size_t setting)
{
	return !setting || p->settings.v[setting].pcpus != p->settings.v[setting - 1].pcpus;
}

static bool belongs(const struct rl_report_platform *p, size_t cell, size_t setting,
	const char *policy, uint64_t bs)
{
	const struct rl_scenario *s = &p->v.cells.v[cell].scenario;

	return p->settings.of[cell] == setting && strcmp(s->back_policy, policy) == 0 &&
	       (!bs || s->job.bs_bytes == bs);
}

/* How many cells of that block size a policy has. */
static size_t count_cells(
	const struct rl_report_platform *p, size_t setting, const char *policy, uint64_t bs)
{
	size_t n = 0;

	for (size_t i = 0; i < p->v.cells.n; i++)
		n += belongs(p, i, setting, policy, bs);
	return n;
}

/* The block size with the most depths, the smaller of two; 0: the policy has no cell. */
static uint64_t choose_size(const struct rl_report_platform *p, size_t setting, const char *policy)
{
	uint64_t best = 0;
	size_t most = 0;

	for (size_t i = 0; i < p->v.cells.n; i++) {
		uint64_t bs = p->v.cells.v[i].scenario.job.bs_bytes;
		size_t n = belongs(p, i, setting, policy, bs) ? count_cells(p, setting, policy, bs)
							      : 0;

		if (n > most || (n && n == most && bs < best)) {
			most = n;
			best = bs;
		}
	}
	return best;
}

/* The next larger depth after one; 0: there is none. */
static size_t next_depth(const struct rl_report_platform *p, size_t setting, const char *policy,
	uint64_t bs, unsigned after)
{
	size_t found = 0;

	for (size_t i = 0; i < p->v.cells.n; i++) {
		unsigned d = p->v.cells.v[i].scenario.job.iodepth;

		if (belongs(p, i, setting, policy, bs) && d > after &&
			(!found || d < p->v.cells.v[found - 1].scenario.job.iodepth))
			found = i + 1;
	}
	return found;
}

static const char *said(
	const struct rl_report_platform *p, size_t cell, int quantity, double scale, char buf[80])
{
	const struct rl_validation *v = &p->v;
	char m[32], e[32];

	snprintf(buf, 80, "%s / %s", rl_html_number(v->cells.v[cell].m[quantity].value / scale, m),
		rl_html_number(
			v->predicted
				? v->predicted[cell * RL_QUANTITY_COUNT + (size_t)quantity] / scale
				: NAN,
			e));
	return buf;
}

static void depth_table(const struct rl_article *a, FILE *out, const struct rl_report_platform *p,
	size_t setting, const char *policy)
{
	static const char *const heads[] = {"in flight", "requests/s", "mean latency, us",
		"p99, us", "CPU of driver domain", "notifications/request"};
	uint64_t bs = choose_size(p, setting, policy);
	char caption[400], size[32], cores[32], name[96];
	size_t cell;

	(void)a;
	snprintf(caption, sizeof(caption),
		"%s on %s: %s of %s, %s. Measured / predicted; the CPU is a share of one.", policy,
		rl_article_name(p->name, name), p->settings.v[setting].label,
		rl_plots_size(bs, size), rl_plots_cores(p->settings.v[setting].pcpus, cores));
	rl_latex_open_table(out, caption, 6, heads);
	for (unsigned d = 0; (cell = next_depth(p, setting, policy, bs, d));
		d = p->v.cells.v[cell - 1].scenario.job.iodepth) {
		char b[6][80];
		const char *row[6] = {b[0]};

		snprintf(b[0], sizeof(b[0]), "%u", p->v.cells.v[cell - 1].scenario.job.iodepth);
		row[1] = said(p, cell - 1, RL_METRIC_iops, 1, b[1]);
		row[2] = said(p, cell - 1, RL_METRIC_clat_mean_ns, 1e3, b[2]);
		row[3] = said(p, cell - 1, RL_METRIC_clat_p99_ns, 1e3, b[3]);
		row[4] = said(p, cell - 1, RL_METRIC_back_cpu_frac, 1, b[4]);
		row[5] = said(p, cell - 1, RL_METRIC_notifications_per_request, 1, b[5]);
		rl_latex_row(out, 6, row);
	}
	rl_latex_close_table(out);
}

/* A picture of one policy alone: the same cells of a report that knows no other. */
static int depth_figure(const struct rl_article *a, FILE *out, const struct rl_report_platform *p,
	size_t setting, size_t policy, int quantity)
{
	struct rl_report alone = *a->r;
	struct rl_figure f;
	char name[48], caption[400], cores[32], platform[96];
	int code;

	alone.policies[0] = a->r->policies[policy];
	alone.npolicies = 1;
	snprintf(name, sizeof(name), "fig-%.20s-%zu-%zu-%.9s", p->name, setting, policy,
		rl_quantity_name(quantity));
	code = rl_plots_depth(&f, name, &alone, p, setting, quantity);
	snprintf(caption, sizeof(caption), "%s: %s over requests in flight, %s, %s, %s.",
		alone.policies[0], rl_plots_noun(quantity), p->settings.v[setting].label,
		rl_article_name(p->name, platform),
		rl_plots_cores(p->settings.v[setting].pcpus, cores));
	return code ? code : rl_article_place(a, out, &f, caption);
}

static int write_policy(const struct rl_article *a, FILE *out, size_t policy)
{
	bool any = false;
	int code = 0;

	for (size_t i = 0; i < a->r->n && a->r->npolicies > 1; i++) {
		const struct rl_report_platform *p = &a->r->platforms[i];

		for (size_t s = 0; s < p->settings.n && !code; s++) {
			if (!is_main(p, s) || !choose_size(p, s, a->r->policies[policy]))
				continue;
			any = true;
			depth_table(a, out, p, s, a->r->policies[policy]);
			code = depth_figure(a, out, p, s, policy, RL_METRIC_iops);
			if (!code)
				code = depth_figure(a, out, p, s, policy, RL_METRIC_clat_mean_ns);
		}
	}
	if (!any)
		rl_article_say(out, "The store holds no runs that could tell.");
	return code;
}

int rl_part_first(const struct rl_article *a, FILE *out)
{
	return write_policy(a, out, 0);
}

int rl_part_second(const struct rl_article *a, FILE *out)
{
	return write_policy(a, out, 1);
}

/* Who wins how often: a row for each policy that met one of the two. */
static void wins_table(FILE *out, const struct rl_report *r, const struct rl_report_platform *p)
{
	static const char *const heads[] = {
		"policies", "pairs of cells", "first wins", "second wins", "level", "called right"};
	const struct rl_validation *v = &p->v;
	char caption[300], name[96];

	snprintf(caption, sizeof(caption),
		"%s: which policy is better by %s. Level is what differs by less than %g %% or "
		"less than "
		"its repeats do; called right: of those pairs that count, the simulator's winners.",
		rl_article_name(p->name, name), rl_plots_noun(v->duel_quantity),
		100 * v->duel_threshold);
	rl_latex_open_table(out, caption, 6, heads);
	for (size_t x = 0; x < r->npolicies && x < 2; x++)
		for (size_t y = x + 1; y < r->npolicies; y++) {
			size_t n = 0, won[3] = {0}, counts = 0, right = 0;
			char b[6][80];
			const char *row[] = {b[0], b[1], b[2], b[3], b[4], b[5]};

			for (size_t k = 0; k < v->nduels; k++) {
				const struct rl_duel *d = &v->duels[k];
				const char *pa = v->cells.v[d->a].scenario.back_policy;
				const char *pb = v->cells.v[d->b].scenario.back_policy;
				bool same = strcmp(pa, r->policies[x]) == 0 &&
					    strcmp(pb, r->policies[y]) == 0;
				bool swapped = strcmp(pb, r->policies[x]) == 0 &&
					       strcmp(pa, r->policies[y]) == 0;

				if (!same && !swapped)
					continue;
				n++;
				won[1 + (same ? d->winner : -d->winner)]++;
				counts += d->counts;
				right += d->counts && d->right;
			}
			if (!n)
				continue;
			snprintf(
				b[0], sizeof(b[0]), "%.36s, %.36s", r->policies[x], r->policies[y]);
			snprintf(b[1], sizeof(b[1]), "%zu", n);
			snprintf(b[2], sizeof(b[2]), "%zu", won[0]);
			snprintf(b[3], sizeof(b[3]), "%zu", won[2]);
			snprintf(b[4], sizeof(b[4]), "%zu", won[1]);
			snprintf(b[5], sizeof(b[5]), p->predicted ? "%zu of %zu" : "-", right,
				counts);
			rl_latex_row(out, 6, row);
		}
	rl_latex_close_table(out);
}

int rl_part_comparison(const struct rl_article *a, FILE *out)
{
	fputs("\\begin{itemize}\n", out);
	rl_report_details(a->r, item, out);
	fputs("\\item[] \\end{itemize}\n", out);
	for (size_t i = 0; i < a->r->n; i++)
		if (a->r->platforms[i].v.nduels)
			wins_table(out, a->r, &a->r->platforms[i]);
	return 0;
}
