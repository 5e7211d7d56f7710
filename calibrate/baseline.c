/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interpolation of measured cells; see baseline.h. */
#include "calibrate/baseline.h"

#include <gsl/gsl_multifit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_AXIS 64
#define TERMS	 4 /* 1, u, v, uv */

/* A measured point in log space. */
struct point {
	double u, v, y; /* log depth, log bs, log value */
};

struct points {
	struct point *p;
	size_t n;
};

const char *rl_baseline_name(enum rl_baseline kind)
{
	return kind == RL_BASELINE_BILINEAR ? "bilinear" : "regression";
}

bool rl_cell_same_setting(const struct rl_measured_cell *a, const struct rl_measured_cell *b)
{
	const struct rl_scenario *s = &a->scenario, *t = &b->scenario;

	return s->machine.pcpus == t->machine.pcpus &&
	       strcmp(s->machine.scheduler, t->machine.scheduler) == 0 &&
	       strcmp(s->disk.device, t->disk.device) == 0 &&
	       s->disk.ring_pages == t->disk.ring_pages && s->disk.grants == t->disk.grants &&
	       s->load.vcpus == t->load.vcpus && s->load.weight == t->load.weight &&
	       s->load.cap == t->load.cap && strcmp(s->front_policy, t->front_policy) == 0 &&
	       strcmp(s->back_policy, t->back_policy) == 0;
}

static void place(const struct rl_measured_cell *c, double *u, double *v)
{
	*u = log((double)c->scenario.job.iodepth *
		 (c->scenario.job.numjobs ? c->scenario.job.numjobs : 1));
	*v = log(rl_job_mean_bytes(&c->scenario.job,
		rl_job_does(&c->scenario.job, RL_DIR_READ) ? RL_DIR_READ : RL_DIR_WRITE));
}

/* How near a calibration cell must be to be used; the next level where one finds none. */
enum near { SAME_DIRECTION, SAME_SETTING, ANY, LEVELS };

static bool is_near(const struct rl_measured_cell *a, const struct rl_measured_cell *b, int level)
{
	if (level == ANY)
		return true;
	return rl_cell_same_setting(a, b) &&
	       (level == SAME_SETTING || a->scenario.job.rw == b->scenario.job.rw);
}

static void collect(const struct rl_cells *from, const struct rl_measured_cell *at, int quantity,
	int level, struct points *out)
{
	out->n = 0;
	for (size_t i = 0; i < from->n; i++) {
		const struct rl_measured_cell *c = &from->v[i];
		struct point p = {.y = log(c->m[quantity].value)};

		if (!isfinite(p.y) || !is_near(c, at, level))
			continue;
		place(c, &p.u, &p.v);
		out->p[out->n++] = p;
	}
}

/* The two grid values around x, or the two at the edge; the same one twice on a single value. */
static void bracket(const struct points *pts, bool second, double x, double *lo, double *hi)
{
	double axis[MAX_AXIS];
	size_t n = 0, k;

	for (size_t i = 0; i < pts->n; i++) {
		double a = second ? pts->p[i].v : pts->p[i].u;

		for (k = 0; k < n && axis[k] < a; k++)
			;
		if ((k < n && axis[k] == a) || n == MAX_AXIS)
			continue;
		memmove(axis + k + 1, axis + k, (n - k) * sizeof(*axis));
		axis[k] = a;
		n++;
	}
	for (k = 1; k + 1 < n && axis[k] < x; k++)
		;
	*lo = n > 1 ? axis[k - 1] : axis[0];
	*hi = n > 1 ? axis[k] : axis[0];
}

static double at_corner(const struct points *pts, double u, double v)
{
	for (size_t i = 0; i < pts->n; i++)
		if (pts->p[i].u == u && pts->p[i].v == v)
			return pts->p[i].y;
	return NAN;
}

static double bilinear(const struct points *pts, double u, double v)
{
	double u0, u1, v0, v1, fu, fv;

	bracket(pts, false, u, &u0, &u1);
	bracket(pts, true, v, &v0, &v1);
	fu = u1 > u0 ? (u - u0) / (u1 - u0) : 0;
	fv = v1 > v0 ? (v - v0) / (v1 - v0) : 0;
	return (1 - fu) * (1 - fv) * at_corner(pts, u0, v0) +
	       fu * (1 - fv) * at_corner(pts, u1, v0) + (1 - fu) * fv * at_corner(pts, u0, v1) +
	       fu * fv * at_corner(pts, u1, v1);
}

static double regression(const struct points *pts, double u, double v)
{
	double row[TERMS] = {1, u, v, u * v}, chisq, sum = 0;
	gsl_multifit_linear_workspace *w;
	gsl_matrix *x, *cov;
	gsl_vector *y, *b;

	if (pts->n < TERMS)
		return NAN;
	x = gsl_matrix_alloc(pts->n, TERMS);
	y = gsl_vector_alloc(pts->n);
	b = gsl_vector_alloc(TERMS);
	cov = gsl_matrix_alloc(TERMS, TERMS);
	w = gsl_multifit_linear_alloc(pts->n, TERMS);
	for (size_t i = 0; i < pts->n; i++) {
		const struct point *p = &pts->p[i];
		double r[TERMS] = {1, p->u, p->v, p->u * p->v};

		for (size_t k = 0; k < TERMS; k++)
			gsl_matrix_set(x, i, k, r[k]);
		gsl_vector_set(y, i, p->y);
	}
	gsl_multifit_linear(x, y, b, cov, &chisq, w);
	for (size_t k = 0; k < TERMS; k++)
		sum += row[k] * gsl_vector_get(b, k);
	gsl_multifit_linear_free(w);
	gsl_matrix_free(x);
	gsl_matrix_free(cov);
	gsl_vector_free(y);
	gsl_vector_free(b);
	return sum;
}

double rl_baseline_predict(enum rl_baseline kind, const struct rl_cells *from,
	const struct rl_measured_cell *at, int quantity)
{
	struct points pts = {calloc(from->n ? from->n : 1, sizeof(*pts.p)), 0};
	double u, v, y = NAN;

	if (!pts.p)
		return NAN;
	place(at, &u, &v);
	for (int level = 0; level < LEVELS && pts.n < 2; level++)
		collect(from, at, quantity, level, &pts);
	if (pts.n)
		y = kind == RL_BASELINE_BILINEAR ? bilinear(&pts, u, v) : regression(&pts, u, v);
	free(pts.p);
	return exp(y);
}
