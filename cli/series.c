/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts in rows and columns; see the header. */
#include "cli/series.h"

#include "model/stat.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- filled -------------------------------------------------------------------------------- */

static int grow(struct rl_series *s)
{
	uint32_t room = s->room ? 2 * s->room : 16;
	void *x;

	if (s->n < s->room)
		return 0;
	x = realloc(s->x, room * sizeof(*s->x));
	if (!x)
		return -ENOMEM;
	s->x = x;
	s->room = room;
	return 0;
}

/* Where a row has its place; it gets one. */
static size_t place(struct rl_series *s, const struct rl_account_row *r)
{
	const struct rl_account_row *at = rl_account_find(&s->rows, r->section, r->what);

	if (at)
		return (size_t)(at - s->rows.row);
	if (s->rows.n == RL_ACCOUNT_ROWS)
		return RL_ACCOUNT_ROWS - 1;
	s->rows.row[s->rows.n] = *r;
	for (uint32_t i = 0; i < s->n; i++)
		s->x[i][s->rows.n] = NAN;
	return s->rows.n++;
}

static int add(struct rl_series *s, const struct rl_account *a)
{
	if (grow(s))
		return -ENOMEM;
	for (size_t i = 0; i < RL_ACCOUNT_ROWS; i++)
		s->x[s->n][i] = NAN;
	s->n++;
	for (size_t i = 0; i < a->n; i++)
		s->x[s->n - 1][place(s, &a->row[i])] = a->row[i].e.value;
	return 0;
}

struct simulated {
	const struct rl_scenario *s;
	struct rl_series *out;
	struct rl_account *one;
	int rc;
};

static void each(void *arg, uint32_t rep, const struct rl_sim_result *r)
{
	struct simulated *sim = arg;

	(void)rep;
	rl_account_simulated(sim->s, r, sim->one);
	sim->rc = sim->rc ? sim->rc : add(sim->out, sim->one);
}

int rl_series_simulate(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_series *out, struct rl_err *err)
{
	struct rl_sim_result *r = malloc(sizeof(*r));
	struct simulated sim = {.s = s, .out = out, .one = malloc(sizeof(*sim.one))};
	struct rl_sim_options told = *o;
	int rc = -ENOMEM;

	memset(out, 0, sizeof(*out));
	told.each = each;
	told.arg = &sim;
	if (r && sim.one)
		rc = rl_sim_run(s, &told, r, err);
	if (!rc)
		rl_account_simulated(s, r, &out->all);
	rc = rc ? rc : sim.rc;
	free(r);
	free(sim.one);
	return rc == -ENOMEM ? rl_err_set(err, rc, NULL, 0, 0, "out of memory") : rc;
}

int rl_series_measured(const struct rl_account *repeat, size_t n, struct rl_series *out)
{
	memset(out, 0, sizeof(*out));
	rl_account_pool(repeat, n, &out->all);
	for (size_t i = 0; i < n; i++)
		if (add(out, &repeat[i]))
			return -ENOMEM;
	return 0;
}

void rl_series_fini(struct rl_series *s)
{
	free(s->x);
	s->x = NULL;
}

/* ---- asked --------------------------------------------------------------------------------- */

/* "guest: grant": what nobody spent time on is no row of its own. */
static bool is_purpose(const struct rl_series *s, enum rl_account_section section, const char *what)
{
	if (section != RL_ACCOUNT_CPU || !strstr(what, ": "))
		return false;
	for (size_t i = 0; i < s->all.n; i++) /* of measured runs no purpose is known */
		if (s->all.row[i].section == section && strstr(s->all.row[i].what, ": "))
			return true;
	return false;
}

double rl_series_value(const struct rl_series *s, enum rl_account_section section, const char *what)
{
	const struct rl_account_row *r = rl_account_find(&s->all, section, what);

	if (r)
		return r->e.value;
	return is_purpose(s, section, what) ? 0 : NAN;
}

static double one_of(
	const struct rl_series *s, uint32_t i, enum rl_account_section section, const char *what)
{
	const struct rl_account_row *r = rl_account_find(&s->rows, section, what);
	double x = r ? s->x[i][r - s->rows.row] : NAN;

	return isnan(x) && is_purpose(s, section, what) ? 0 : x;
}

/* An interval that holds the value, which of percentiles is not the mean. */
static struct rl_estimate around(double value, double mean, double half)
{
	if (isnan(value) || isnan(mean) || isnan(half))
		return (struct rl_estimate){value, NAN, NAN};
	return (struct rl_estimate){value, fmin(mean - half, value), fmax(mean + half, value)};
}

struct rl_estimate rl_series_effect(
	const struct rl_series *const way[4], enum rl_account_section section, const char *what)
{
	double x[RL_SIM_MAX_REPS], value = 0;
	struct rl_estimate e;

	for (uint32_t k = 0; k < 4; k++)
		value += (k % 2 ? 0.5 : -0.5) * rl_series_value(way[k], section, what);
	for (uint32_t i = 0; i < way[0]->n; i++) {
		x[i] = 0;
		for (uint32_t k = 0; k < 4; k++)
			x[i] += (k % 2 ? 0.5 : -0.5) * one_of(way[k], i, section, what);
	}
	e = rl_stat_mean95(x, way[0]->n);
	return around(value, e.value, (e.hi - e.lo) / 2);
}

/* The variance of the mean. */
static double variance(const struct rl_series *s, enum rl_account_section section, const char *what)
{
	double mean = 0, square = 0;

	for (uint32_t i = 0; i < s->n; i++)
		mean += one_of(s, i, section, what) / s->n;
	for (uint32_t i = 0; i < s->n; i++) {
		double off = one_of(s, i, section, what) - mean;

		square += off * off;
	}
	return s->n > 1 ? square / (s->n - 1) / s->n : NAN;
}

/* Source: B. L. Welch, Biometrika 34, 1947; degrees of freedom rounded down. */
static double welch(const struct rl_series *a, const struct rl_series *b,
	enum rl_account_section section, const char *what)
{
	double va = variance(a, section, what), vb = variance(b, section, what), df;

	if (!(va + vb > 0))
		return va + vb; /* 0 or NaN */
	df = (va + vb) * (va + vb) / (va * va / (a->n - 1) + vb * vb / (b->n - 1));
	return rl_stat_t975(df > 1 ? (uint32_t)df : 1) * sqrt(va + vb);
}

static double mean_of(const struct rl_series *s, enum rl_account_section section, const char *what)
{
	double mean = 0;

	for (uint32_t i = 0; i < s->n; i++)
		mean += one_of(s, i, section, what) / s->n;
	return mean;
}

struct rl_estimate rl_series_difference(const struct rl_series *a, const struct rl_series *b,
	bool paired, enum rl_account_section section, const char *what)
{
	const struct rl_series *const way[4] = {a, b, a, b};

	if (paired)
		return rl_series_effect(way, section, what);
	return around(rl_series_value(b, section, what) - rl_series_value(a, section, what),
		mean_of(b, section, what) - mean_of(a, section, what), welch(a, b, section, what));
}
