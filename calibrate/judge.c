/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds against what they bound; see judge.h. */
#include "calibrate/judge.h"

#include "calibrate/balance.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAND_TAIL 0.0025
/* Least share of its duels that a policy wins, for a subset to count as balanced. */
#define BALANCED 0.2

struct rl_verdict *rl_judge_add(struct rl_validation *v)
{
	if (v->nverdicts < sizeof(v->verdicts) / sizeof(v->verdicts[0]))
		v->nverdicts++;
	return &v->verdicts[v->nverdicts - 1];
}

static struct rl_verdict *add(
	struct rl_validation *v, double value, double bound, bool pass, bool binding)
{
	struct rl_verdict *d = rl_judge_add(v);

	*d = (struct rl_verdict){.value = value, .bound = bound, .pass = pass, .binding = binding};
	return d;
}

static void mean_error(struct rl_validation *v, const struct rl_tolerance *t)
{
	struct rl_verdict *d;
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < v->nrows; i++)
		if (v->rows[i].quantity == t->metric) {
			sum += fabs(v->rows[i].error);
			n++;
		}
	sum /= (double)n;
	d = add(v, sum, t->tolerance, sum <= t->tolerance, true);
	snprintf(d->what, sizeof(d->what), "mean absolute error of %s over %zu held-out cells",
		rl_quantity_name(t->metric), n);
}

static void max_error(struct rl_validation *v, const struct rl_tolerance *t)
{
	const char *worst = "none";
	struct rl_verdict *d;
	double max = NAN;

	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *r = &v->rows[i];

		/* A prediction that is missing is the worst of all. */
		if (r->quantity != t->metric || (!isnan(max) && fabs(r->error) <= max))
			continue;
		max = isnan(r->error) ? INFINITY : fabs(r->error);
		worst = v->cells.v[r->cell].name;
	}
	d = add(v, max, t->tolerance, max <= t->tolerance, true);
	snprintf(d->what, sizeof(d->what), "largest absolute error of %s: %.80s",
		rl_quantity_name(t->metric), worst);
}

static void mean_error_or_spread(struct rl_validation *v, const struct rl_tolerance *t)
{
	double sum = 0, spread = 0, bound;
	size_t n = 0, within = 0;
	struct rl_verdict *d;

	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *r = &v->rows[i];
		double of_cell = v->cells.v[r->cell].m[r->quantity].deviation;

		if (r->quantity != t->metric)
			continue;
		n++;
		sum += fabs(r->error);
		spread += of_cell;
		within += fabs(r->error) <= fmax(t->tolerance, of_cell);
	}
	sum /= (double)n;
	bound = fmax(t->tolerance, spread / (double)n);
	d = add(v, sum, bound, sum <= bound, true);
	snprintf(d->what, sizeof(d->what),
		"mean absolute error of %s over %zu held-out cells, against the larger of %g %% "
		"and their repeats' mean deviation",
		rl_quantity_name(t->metric), n, 100 * t->tolerance);
	d = add(v, (double)within / (double)n, NAN, true, false);
	snprintf(d->what, sizeof(d->what),
		"share of cells whose %s is within the larger of %g %% and its own deviation",
		rl_quantity_name(t->metric), 100 * t->tolerance);
}

/* Pairs of which one cell at least was held out; @both: both. */
static void count_duels(const struct rl_validation *v, bool both, size_t *counted, size_t *right)
{
	*counted = *right = 0;
	for (size_t i = 0; i < v->nduels; i++) {
		const struct rl_duel *d = &v->duels[i];

		if (!d->counts || !(both ? d->held_out : d->any_held_out))
			continue;
		++*counted;
		*right += d->right;
	}
}

static void winner_share(struct rl_validation *v, const struct rl_tolerance *t)
{
	size_t counted, right, of_balanced;
	struct rl_verdict *d;
	double share;

	count_duels(v, true, &counted, &right);
	share = (double)right / (double)counted;
	d = add(v, share, t->tolerance, share >= t->tolerance, true);
	snprintf(d->what, sizeof(d->what),
		"winners by %s in %zu held-out pairs that differ by > %g %% and beyond their "
		"repeats",
		rl_quantity_name(t->metric), counted, 100 * v->duel_threshold);
	if (rl_balance_duels(&v->cells, v->duels, v->nduels, BALANCED, &of_balanced, &right)) {
		share = (double)right / (double)of_balanced;
		d = add(v, share, t->tolerance, share >= t->tolerance, true);
		snprintf(d->what, sizeof(d->what),
			"the same over %zu pairs in which each policy wins at least %g %% of its "
			"own",
			of_balanced, 100 * BALANCED);
	}
	count_duels(v, false, &counted, &right);
	d = add(v, (double)right / (double)counted, NAN, true, false);
	snprintf(d->what, sizeof(d->what),
		"the same with pairs in which one cell has calibrated (%zu)", counted);
}

void rl_judge_count_band(size_t n, double share, size_t *lo, size_t *hi)
{
	unsigned int k = 0;

	while (k < n && gsl_cdf_binomial_P(k, share, (unsigned int)n) <= BAND_TAIL)
		k++;
	*lo = k;
	k = (unsigned int)n;
	while (k > 0 && gsl_cdf_binomial_Q(k - 1, share, (unsigned int)n) <= BAND_TAIL)
		k--;
	*hi = k;
}

/* The interval score (Gneiting and Raftery 2007) in log units: width, and what lies outside. */
static double score(const struct rl_validation_row *r)
{
	double alpha = 1 - RL_VALIDATE_INTERVAL, s = log(r->hi / r->lo);

	if (r->measured < r->lo)
		s += 2 / alpha * log(r->lo / r->measured);
	if (r->measured > r->hi)
		s += 2 / alpha * log(r->measured / r->hi);
	return s;
}

/* Returns: cells with intervals of @metric. @held: those in theirs; @sum: of their scores. */
static size_t count_held(const struct rl_validation *v, int metric, size_t *held, double *sum)
{
	size_t n = 0;

	*held = 0;
	*sum = 0;
	for (size_t i = 0; i < v->nrows; i++) {
		const struct rl_validation_row *r = &v->rows[i];

		if (r->quantity != metric)
			continue;
		n++;
		*held += r->covered;
		*sum += score(r);
	}
	return n;
}

/* Allowed is what such a share gives by chance. */
static void coverage(struct rl_validation *v, const struct rl_tolerance *t)
{
	size_t held, lo, hi;
	struct rl_verdict *d;
	double sum;
	size_t n = count_held(v, t->metric, &held, &sum);

	rl_judge_count_band(n, t->tolerance, &lo, &hi);
	d = add(v, (double)held / (double)n, t->tolerance, held >= lo && held <= hi, true);
	snprintf(d->what, sizeof(d->what),
		"%s within their %g %% predictive intervals: %zu of %zu cells (%zu to %zu "
		"expected)",
		rl_quantity_name(t->metric), 100 * RL_VALIDATE_INTERVAL, held, n, lo, hi);
	d = add(v, sum / (double)n, NAN, true, false);
	snprintf(d->what, sizeof(d->what), "their interval score, in log units");
}

static void coverage_off(struct rl_validation *v, const struct rl_tolerance *t)
{
	size_t held;
	double sum;
	size_t n = count_held(v, t->metric, &held, &sum);
	double off = fabs((double)held / (double)n - RL_VALIDATE_INTERVAL);
	struct rl_verdict *d = add(v, off, t->tolerance, off <= t->tolerance, true);

	snprintf(d->what, sizeof(d->what),
		"%s within their %g %% predictive intervals: %zu of %zu cells, %.1f %%",
		rl_quantity_name(t->metric), 100 * RL_VALIDATE_INTERVAL, held, n,
		100 * (double)held / (double)n);
	d = add(v, sum / (double)n, NAN, true, false);
	snprintf(d->what, sizeof(d->what), "their interval score, in log units");
}

static void median_width(struct rl_validation *v, const struct rl_tolerance *t)
{
	double *w = calloc(v->nrows + 1, sizeof(*w)), median;
	struct rl_verdict *d;
	size_t n = 0;

	for (size_t i = 0; i < v->nrows && w; i++)
		if (v->rows[i].quantity == t->metric)
			w[n++] = (v->rows[i].hi - v->rows[i].lo) / v->rows[i].predicted;
	if (w)
		gsl_sort(w, 1, n);
	median = n ? gsl_stats_median_from_sorted_data(w, 1, n) : NAN;
	free(w);
	d = add(v, median, t->tolerance, median <= t->tolerance, true);
	snprintf(d->what, sizeof(d->what), "median width of these intervals of %s",
		rl_quantity_name(t->metric));
}

static void (*const judges[RL_STATISTICS])(
	struct rl_validation *v, const struct rl_tolerance *t) = {
	[RL_STATISTIC_MEAN_ABS_ERROR] = mean_error,
	[RL_STATISTIC_MAX_ABS_ERROR] = max_error,
	[RL_STATISTIC_MEAN_ERROR_OR_SPREAD] = mean_error_or_spread,
	[RL_STATISTIC_WINNER_SHARE] = winner_share,
	[RL_STATISTIC_COVERAGE] = coverage,
	[RL_STATISTIC_COVERAGE_OFF] = coverage_off,
	[RL_STATISTIC_MEDIAN_WIDTH] = median_width,
};

void rl_judge_bound(struct rl_validation *v, const struct rl_tolerance *t)
{
	if (judges[t->statistic])
		judges[t->statistic](v, t);
}

void rl_judge_decide(struct rl_validation *v)
{
	v->pass = true;
	for (size_t i = 0; i < v->nverdicts; i++)
		v->pass &= v->verdicts[i].pass || !v->verdicts[i].binding;
}

int rl_judge(struct rl_validation *v, const char *platform, const struct rl_tolerance *tolerances,
	size_t ntolerances, struct rl_err *err)
{
	for (size_t i = 0; i < ntolerances; i++)
		if (strcmp(tolerances[i].platform, platform) == 0)
			rl_judge_bound(v, &tolerances[i]);
	return v->nverdicts ? 0
			    : rl_err_set(err, -ENOENT, NULL, 0, 0,
				      "no tolerance is set for platform '%s'", platform);
}
