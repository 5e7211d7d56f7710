/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leave-one-out over published tables; see the header. */
#include "calibrate/published.h"

#include "calibrate/linear.h"
#include "calibrate/lsq.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS	   2
#define SPREAD	   0.05 /* of a published figure: nobody says it; the same for all rows */
#define PRIOR_SD   0.7	/* of a logarithm: a factor of two */
#define REACH	   3.0	/* in log: no parameter goes further from its prior */
#define ITERATIONS 8
#define TOLD_APART 0.02 /* rows that differ by less have no order */

/* Some of the table's rows, and vectors of logarithms of what is fitted. */
struct batch {
	const struct rl_published *p;
	const struct rl_sim_options *o;
	const size_t *row; /* which */
	size_t nrows, n;
	const double *x;
	struct rl_estimate *out; /* [vector * nrows + row] */
	atomic_size_t next;
	atomic_int code;
	struct rl_err *err;
	pthread_mutex_t lock;
};

/* ---- a scenario with other costs ----------------------------------------------------------- */

/* Work of a CPU: what a faster one would do faster. */
static bool is_step(int param)
{
	const char *unit = rl_param_info[param].unit;

	switch (param) {
	case RL_PARAM_device_ns:
	case RL_PARAM_timer_min_ns:
	case RL_PARAM_tick_period_ns:
	case RL_PARAM_dom0_period_ns:
	case RL_PARAM_ratelimit_ns:
		return false;
	default:
		return strcmp(unit, "ns") == 0 || strcmp(unit, "ns/B") == 0;
	}
}

static bool is_fitted(const struct rl_published *p, int param)
{
	for (size_t i = 0; i < p->nfits; i++)
		if (p->fit[i].kind == RL_PUBLISHED_COST && p->fit[i].param == param)
			return true;
	return false;
}

static double clamped(int param, double v)
{
	return fmin(fmax(v, rl_param_info[param].min), rl_param_info[param].max);
}

static void scale(const struct rl_published *p, struct rl_scenario *s, double by)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (is_step(i) && !is_fitted(p, i))
			s->costs.v[i] = clamped(i, s->costs.v[i] * by);
}

/* The number behind "option=" is replaced; what follows it, up to the next option, by its unit. */
static void set_device(struct rl_scenario *s, const char *option, double value)
{
	char key[64], was[RL_DEVICE_SPEC_BYTES], *at, *tail;
	bool rate;

	memcpy(was, s->disk.device, sizeof(was));
	snprintf(key, sizeof(key), "%s=", option);
	at = strstr(was, key);
	if (!at)
		return;
	at += strlen(key);
	tail = at + strcspn(at, ",");
	rate = memchr(at, '/', (size_t)(tail - at)) != NULL;
	snprintf(s->disk.device, sizeof(s->disk.device), "%.*s%.0f%s%s", (int)(at - was), was,
		value, rate ? "/s" : "ns", tail);
}

static void apply(const struct rl_published *p, const double *x, struct rl_scenario *s)
{
	for (size_t i = 0; i < p->nfits; i++) {
		const struct rl_published_fit *f = &p->fit[i];
		double value = exp(x[i]);

		if (f->kind == RL_PUBLISHED_SCALE)
			scale(p, s, value);
		else if (f->kind == RL_PUBLISHED_COST)
			s->costs.v[f->param] = clamped(f->param, value);
		else
			set_device(s, f->name + strlen("device."), value);
	}
}

/* ---- many simulations ---------------------------------------------------------------------- */

/* All that may be in flight goes round a dozen times. */
static struct rl_sim_options long_enough(
	const struct rl_sim_options *o, const struct rl_scenario *s)
{
	uint64_t deep = 12ull * s->guest.count * s->job.numjobs * s->job.iodepth;
	struct rl_sim_options to = *o;

	to.requests = deep > to.requests ? deep : to.requests;
	return to;
}

static void note(struct batch *b, int code, const struct rl_err *err)
{
	pthread_mutex_lock(&b->lock);
	if (!b->code && b->err)
		*b->err = *err;
	b->code = code;
	pthread_mutex_unlock(&b->lock);
}

static void *work(void *arg)
{
	struct batch *b = arg;
	struct rl_sim_result *r = malloc(sizeof(*r));
	struct rl_err err = {0};
	size_t i;

	while (r && !b->code && (i = atomic_fetch_add(&b->next, 1)) < b->n * b->nrows) {
		const struct rl_published_row *row = &b->p->row[b->row[i % b->nrows]];
		struct rl_scenario s = row->s;
		struct rl_sim_options o = long_enough(b->o, &s);
		int code;

		if (b->x)
			apply(b->p, b->x + i / b->nrows * b->p->nfits, &s);
		code = rl_sim_run(&s, &o, r, &err);
		if (code)
			note(b, code, &err);
		else
			b->out[i] = r->metrics.m[RL_METRIC_iops];
	}
	if (!r)
		note(b, -ENOMEM, &err);
	free(r);
	return NULL;
}

static int simulate(struct batch *b)
{
	pthread_t thread[THREADS];
	int started = 0;

	pthread_mutex_init(&b->lock, NULL);
	while (started + 1 < THREADS && pthread_create(&thread[started], NULL, work, b) == 0)
		started++;
	work(b);
	while (started)
		pthread_join(thread[--started], NULL);
	pthread_mutex_destroy(&b->lock);
	return b->code;
}

/* ---- a fit --------------------------------------------------------------------------------- */

struct fit {
	const struct rl_published *p;
	const struct rl_sim_options *o;
	size_t row[RL_PUBLISHED_ROWS], nrows;
};

static int forward(void *arg, size_t n, const double *x, const unsigned *stream, double *out,
	struct rl_err *err)
{
	const struct fit *f = arg;
	struct rl_estimate *e = calloc(n * f->nrows, sizeof(*e));
	struct batch b = {.p = f->p,
		.o = f->o,
		.row = f->row,
		.nrows = f->nrows,
		.n = n,
		.x = x,
		.out = e,
		.err = err};
	int rc = e ? simulate(&b) : -ENOMEM;

	(void)stream; /* two replications each as it is */
	for (size_t i = 0; i < n * f->nrows && !rc; i++)
		out[i] = log(e[i].value);
	free(e);
	return rc;
}

/* All rows; free @r with rl_lsq_fini(). */
static int fit_all(const struct rl_published *p, const struct rl_sim_options *o,
	struct rl_lsq_result *r, struct rl_err *err)
{
	double prior[RL_PUBLISHED_FITS], sd[RL_PUBLISHED_FITS], min[RL_PUBLISHED_FITS],
		max[RL_PUBLISHED_FITS], y[RL_PUBLISHED_ROWS], spread[RL_PUBLISHED_ROWS];
	size_t group[RL_PUBLISHED_ROWS];
	struct fit f = {.p = p, .o = o, .nrows = p->nrows};
	struct rl_lsq_problem q = {.nparams = p->nfits,
		.nrows = p->nrows,
		.ngroups = p->nrows,
		.prior = prior,
		.prior_sd = sd,
		.min = min,
		.max = max,
		.y = y,
		.sd = spread,
		.group = group,
		.groups_per_param = 2,
		.max_iter = ITERATIONS,
		.forward = forward,
		.arg = &f};

	for (size_t i = 0; i < p->nfits; i++) {
		prior[i] = log(rl_published_value(&p->fit[i], &p->row[0].s));
		sd[i] = PRIOR_SD;
		min[i] = prior[i] - REACH;
		max[i] = prior[i] + REACH;
	}
	for (size_t i = 0; i < p->nrows; i++) {
		y[i] = log(p->row[i].iops);
		spread[i] = SPREAD;
		group[i] = f.row[i] = i;
	}
	return rl_lsq_solve(&q, r, err);
}

/* Where the fit would be had it not seen @row: one Gauss-Newton step from where it is. */
static void without(const struct rl_lsq_result *r, size_t row, double *x)
{
	double weight[RL_PUBLISHED_ROWS], step[RL_LSQ_MAX_PARAMS];

	for (size_t i = 0; i < r->linear.ngroups; i++)
		weight[i] = i != row;
	rl_linear_step(&r->linear, weight, r->linear.active, step);
	for (size_t i = 0; i < r->linear.nparams; i++)
		x[i] = r->p[i].x + step[i];
}

/* ---- verdicts ------------------------------------------------------------------------------ */

static int predict_row(const struct rl_published *p, const struct rl_sim_options *o, size_t row,
	const double *x, struct rl_published_verdict *v, struct rl_err *err)
{
	struct rl_estimate e;
	struct batch b = {
		.p = p, .o = o, .row = &row, .nrows = 1, .n = 1, .x = x, .out = &e, .err = err};
	int rc = simulate(&b);

	if (rc)
		return rc;
	v->predicted[row] = e.value;
	v->lo[row] = e.lo;
	v->hi[row] = e.hi;
	return 0;
}

static int by_ratios(const struct rl_published *p, const struct rl_sim_options *o,
	struct rl_published_verdict *v, struct rl_err *err)
{
	struct rl_lsq_result r;
	double x[RL_PUBLISHED_FITS];
	int rc = fit_all(p, o, &r, err);

	for (size_t i = 0; i < p->nfits && !rc; i++)
		v->fitted[i] = exp(r.p[i].x);
	for (size_t i = 0; i < p->nrows && !rc; i++) {
		without(&r, i, x);
		for (size_t k = 0; k < p->nfits; k++)
			v->without[i][k] = exp(x[k]);
		rc = predict_row(p, o, i, x, v, err);
	}
	rl_lsq_fini(&r);
	return rc;
}

static bool apart(double a, double b)
{
	return fabs(log(a / b)) > TOLD_APART;
}

/* Every pair of rows that the source tells apart: does the prediction say the same? */
static void count_pairs(const struct rl_published *p, struct rl_published_verdict *v)
{
	for (size_t i = 0; i < p->nrows; i++)
		v->pass[i] = true;
	for (size_t i = 0; i < p->nrows; i++)
		for (size_t k = 0; k < i; k++) {
			double a = p->row[i].iops, b = p->row[k].iops;
			bool right = (a > b) == (v->predicted[i] > v->predicted[k]) &&
				     v->predicted[i] != v->predicted[k];

			if (!apart(a, b))
				continue;
			v->pairs++;
			v->pairs_right += right;
			if (!right)
				v->pass[i] = v->pass[k] = false;
		}
}

static void conclude(const struct rl_published *p, struct rl_published_verdict *v)
{
	count_pairs(p, v);
	for (size_t i = 0; i < p->nrows; i++) {
		double off = fabs(v->predicted[i] / p->row[i].iops - 1);

		if (p->ratios)
			v->pass[i] = off <= RL_PUBLISHED_TOLERANCE;
		v->worst = fmax(v->worst, off);
		v->passed += v->pass[i];
	}
}

int rl_published_judge(const struct rl_published *p, const struct rl_sim_options *o,
	struct rl_published_verdict *out, struct rl_err *err)
{
	static const struct rl_sim_options enough = {
		.reps = 2, .threads = 1, .requests = 4000, .warmup = RL_WARMUP_TENTH};
	int rc = 0;

	*out = (struct rl_published_verdict){
		.nrows = p->nrows, .nfits = p->nfits, .ratios = p->ratios};
	if (p->ratios)
		rc = by_ratios(p, o ? o : &enough, out, err);
	for (size_t i = 0; i < p->nrows && !rc && !p->ratios; i++)
		rc = predict_row(p, o ? o : &enough, i, NULL, out, err);
	if (!rc)
		conclude(p, out);
	return rc;
}
