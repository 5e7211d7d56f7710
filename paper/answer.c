/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer in a sentence, from measured cells; see report.h. */
#include "paper/report.h"

#include "paper/plots.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the pairs of two policies say together. */
struct tally {
	const char *a, *b; /* names; a won at least as often */
	size_t n, a_wins, b_wins;
	double median, min, max; /* of b's value over a's */
	size_t right, counted;	 /* winners that were predicted right, of those that count */
};

static int compare(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

/* The measured ratios of all pairs with the policies of the first one; returns how many. */
static size_t collect(const struct rl_validation *v, struct tally *t, double *ratio)
{
	for (size_t i = 0; i < v->nduels; i++) {
		const struct rl_duel *d = &v->duels[i];
		const char *a = v->cells.v[d->a].scenario.back_policy;
		const char *b = v->cells.v[d->b].scenario.back_policy;

		if (!t->a) {
			t->a = a;
			t->b = b;
		}
		if (strcmp(a, t->a) != 0 || strcmp(b, t->b) != 0 || !isfinite(d->measured))
			continue;
		ratio[t->n++] = d->measured;
		t->a_wins += d->winner < 0;
		t->b_wins += d->winner > 0;
		t->counted += d->counts;
		t->right += d->counts && d->right;
	}
	return t->n;
}

/* The winner comes first: its name is a, the ratios are of the other one's values to its own. */
static void put_winner_first(struct tally *t, double *ratio)
{
	struct tally was = *t;

	if (t->b_wins <= t->a_wins)
		return;
	t->a = was.b;
	t->b = was.a;
	t->a_wins = was.b_wins;
	t->b_wins = was.a_wins;
	for (size_t i = 0; i < t->n; i++)
		ratio[i] = 1 / ratio[i];
}

static void count(const struct rl_validation *v, struct tally *t)
{
	double *ratio = calloc(v->nduels + 1, sizeof(*ratio));

	memset(t, 0, sizeof(*t));
	if (ratio && collect(v, t, ratio)) {
		put_winner_first(t, ratio);
		qsort(ratio, t->n, sizeof(*ratio), compare);
		t->min = ratio[0];
		t->max = ratio[t->n - 1];
		t->median = gsl_stats_median_from_sorted_data(ratio, 1, t->n);
	}
	free(ratio);
}

static void capital(char *s)
{
	if (s[0] >= 'a' && s[0] <= 'z')
		s[0] = (char)(s[0] - 'a' + 'A');
}

static void sentence(const struct rl_report_platform *p, char *buf, size_t size)
{
	char cores[32], text[64];
	struct tally t;
	size_t ties;

	count(&p->v, &t);
	if (!t.n)
		return;
	ties = t.n - t.a_wins - t.b_wins;
	snprintf(text, sizeof(text), "%s", rl_plots_cores(&p->v, cores));
	capital(text);
	snprintf(buf, size,
		"%s: a backend with %s wins %zu of %zu settings, one with %s %zu%s; "
		"%s has %.2f times the %s of %s in the median (%.2f to %.2f).",
		text, t.a, t.a_wins, t.n, t.b, t.b_wins, ties ? ", the rest are level" : "", t.b,
		t.median, rl_plots_noun(p->v.duel_quantity), t.a, t.min, t.max);
	if (p->predicted && t.counted) {
		size_t used = strlen(buf);

		snprintf(buf + used, size - used,
			" The simulator calls the winner right in %zu of the %zu that differ by "
			"more than %g %%.",
			t.right, t.counted, 100 * p->v.duel_threshold);
	}
}

const char *rl_report_answer(const struct rl_report *r, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < r->n; i++) {
		size_t used = strlen(buf);

		if (used + 2 < size && used)
			strcpy(buf + used++, " ");
		sentence(&r->platforms[i], buf + used, size - used);
	}
	if (!buf[0])
		snprintf(buf, size,
			"No two runs differ in the backend's policy alone: the store "
			"cannot tell which wins.");
	return buf;
}
