/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer in a sentence, from measured cells; see report.h. */
#include "paper/report.h"

#include "paper/plots.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the pairs of two policies say together, on machines of so many CPUs. */
struct tally {
	const char *a, *b; /* names */
	unsigned pcpus;
	size_t n, a_wins, b_wins;
	size_t right, counted; /* winners that were predicted right, of those that count */
	double *ratio;	       /* of b's value over a's, each pair */
};

static const struct rl_scenario *side(const struct rl_validation *v, size_t cell)
{
	return &v->cells.v[cell].scenario;
}

/* Is the duel between a and b (1), b and a (-1), or others (0)? */
static int between(
	const struct rl_validation *v, const struct rl_duel *d, const char *a, const char *b)
{
	const char *x = side(v, d->a)->back_policy, *y = side(v, d->b)->back_policy;

	if (strcmp(x, a) == 0 && strcmp(y, b) == 0)
		return 1;
	return strcmp(x, b) == 0 && strcmp(y, a) == 0 ? -1 : 0;
}

static size_t count_between(const struct rl_report *r, const char *a, const char *b)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct rl_validation *v = &r->platforms[i].v;

		for (size_t k = 0; k < v->nduels; k++)
			n += isfinite(v->duels[k].measured) && between(v, &v->duels[k], a, b);
	}
	return n;
}

bool rl_report_pair(const struct rl_report *r, const char **a, const char **b)
{
	size_t most = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct rl_validation *v = &r->platforms[i].v;

		for (size_t k = 0; k < v->nduels; k++) {
			const char *x = side(v, v->duels[k].a)->back_policy;
			const char *y = side(v, v->duels[k].b)->back_policy;
			size_t n;

			if (most && between(v, &v->duels[k], *a, *b))
				continue;
			n = count_between(r, x, y);
			if (n > most) {
				most = n;
				*a = x;
				*b = y;
			}
		}
	}
	return most > 0;
}

static void add_duels(struct tally *t, const struct rl_validation *v)
{
	for (size_t i = 0; i < v->nduels; i++) {
		const struct rl_duel *d = &v->duels[i];
		int way = between(v, d, t->a, t->b);

		if (!way || !isfinite(d->measured) || side(v, d->a)->machine.pcpus != t->pcpus)
			continue;
		if (t->ratio)
			t->ratio[t->n] = way > 0 ? d->measured : 1 / d->measured;
		t->n++;
		t->a_wins += d->winner * way < 0;
		t->b_wins += d->winner * way > 0;
		t->counted += d->counts;
		t->right += d->counts && d->right;
	}
}

/* The winner comes first: its name is a, the ratios are of the other one's values to its own. */
static void put_winner_first(struct tally *t)
{
	struct tally was = *t;

	if (t->b_wins <= t->a_wins)
		return;
	t->a = was.b;
	t->b = was.a;
	t->a_wins = was.b_wins;
	t->b_wins = was.a_wins;
	for (size_t i = 0; t->ratio && i < t->n; i++)
		t->ratio[i] = 1 / t->ratio[i];
}

/* How many CPUs the machines have that were measured: ascending, each once. */
static size_t find_pcpus(const struct rl_report *r, unsigned pcpus[RL_REPORT_MAX_PCPUS])
{
	size_t n = 0, at;

	for (size_t i = 0; i < r->n; i++)
		for (size_t c = 0; c < r->platforms[i].v.cells.n; c++) {
			unsigned p = side(&r->platforms[i].v, c)->machine.pcpus;

			for (at = 0; at < n && pcpus[at] < p; at++)
				;
			if ((at < n && pcpus[at] == p) || n == RL_REPORT_MAX_PCPUS)
				continue;
			memmove(pcpus + at + 1, pcpus + at, (n - at) * sizeof(*pcpus));
			pcpus[at] = p;
			n++;
		}
	return n;
}

__attribute__((format(printf, 3, 4))) static void add(
	char *buf, size_t size, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list args;

	va_start(args, format);
	vsnprintf(buf + used, size - used, format, args);
	va_end(args);
}

static void clause(struct tally *t, char *buf, size_t size)
{
	char cores[32];
	size_t level = t->n - t->a_wins - t->b_wins;

	put_winner_first(t);
	add(buf, size, "%s%s, ", *buf ? "; on " : "On ", rl_plots_cores(t->pcpus, cores));
	if (t->a_wins == t->b_wins)
		add(buf, size, "%s and %s are level over %zu measured settings", t->a, t->b, t->n);
	else
		add(buf, size, "%s beats %s in %zu of %zu measured settings", t->a, t->b, t->a_wins,
			t->n);
	if (t->b_wins || level)
		add(buf, size, " (");
	if (t->b_wins)
		add(buf, size, "%s wins %zu%s", t->b, t->b_wins, level ? ", " : "");
	if (level)
		add(buf, size, "%zu %s level", level, level == 1 ? "is" : "are");
	if (t->b_wins || level)
		add(buf, size, ")");
}

const char *rl_report_answer(const struct rl_report *r, char *buf, size_t size)
{
	unsigned pcpus[RL_REPORT_MAX_PCPUS];
	size_t n = find_pcpus(r, pcpus);
	struct tally t = {0};

	buf[0] = '\0';
	if (!rl_report_pair(r, &t.a, &t.b))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		struct tally sum = {.a = t.a, .b = t.b, .pcpus = pcpus[i]};

		for (size_t k = 0; k < r->n; k++)
			add_duels(&sum, &r->platforms[k].v);
		if (sum.n)
			clause(&sum, buf, size);
	}
	if (buf[0])
		add(buf, size, ".");
	else
		snprintf(buf, size,
			"No two runs differ in the backend's policy alone: the store "
			"cannot tell which wins.");
	return buf;
}

static int compare(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

/* One machine: how much, and whether it was foreseen. */
static void explain(const struct rl_report_platform *p, struct tally *t, char *buf, size_t size)
{
	char cores[32];

	put_winner_first(t);
	qsort(t->ratio, t->n, sizeof(*t->ratio), compare);
	buf[0] = '\0';
	add(buf, size,
		"%s, %s: a backend with %s wins %zu of %zu settings, one with %s %zu; %s has %.2f "
		"times the %s of %s in the median (%.2f to %.2f).",
		p->name, rl_plots_cores(t->pcpus, cores), t->a, t->a_wins, t->n, t->b, t->b_wins,
		t->b, gsl_stats_median_from_sorted_data(t->ratio, 1, t->n),
		rl_plots_noun(p->v.duel_quantity), t->a, t->ratio[0], t->ratio[t->n - 1]);
	if (p->predicted && t->counted)
		add(buf, size,
			" The simulator calls the winner right in %zu of the %zu that differ by "
			"more than %g %%.",
			t->right, t->counted, 100 * p->v.duel_threshold);
}

void rl_report_details(
	const struct rl_report *r, void (*line)(void *arg, const char *text), void *arg)
{
	unsigned pcpus[RL_REPORT_MAX_PCPUS];
	size_t n = find_pcpus(r, pcpus);
	const char *a, *b;
	char text[1024];

	if (!rl_report_pair(r, &a, &b))
		return;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < r->n; i++) {
			const struct rl_validation *v = &r->platforms[i].v;
			struct tally t = {.a = a, .b = b, .pcpus = pcpus[k]};

			t.ratio = calloc(v->nduels + 1, sizeof(*t.ratio));
			if (t.ratio)
				add_duels(&t, v);
			if (t.n) {
				explain(&r->platforms[i], &t, text, sizeof(text));
				line(arg, text);
			}
			free(t.ratio);
		}
}
