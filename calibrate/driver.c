/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A driver's runs against the model; see driver.h. */
#include "calibrate/driver.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct check {
	const char *stage;
	int quantity;
	double frac, absolute;
} checks[] = {
#define RL_DRIVER_CHECK(stage, quantity, frac, absolute) {stage, quantity, frac, absolute},
#include "calibrate/driver.def"
};

/* The model's stages from first to last are one of the trace's, that of last. */
static const struct stage {
	const char *stage;
	int first, last, copies; /* of which direction: 0 none, 1 reads, 2 writes */
	double frac, absolute;
} stages[] = {
#define RL_DRIVER_STAGE(stage, first, last, copies, frac, absolute)                                \
	{stage, first, last, copies, frac, absolute},
#include "calibrate/driver.def"
};

#define NCHECKS (sizeof(checks) / sizeof(checks[0]))
#define NSTAGES (sizeof(stages) / sizeof(stages[0]))

static bool is_traced(const struct rl_measured_cell *c)
{
	return isfinite(c->m[RL_METRIC_stage_publish_ns].value);
}

static double modelled(const struct rl_metrics *m, const struct stage *s)
{
	double sum = 0;

	for (int q = s->first; q <= s->last; q++)
		sum += m->m[q].value;
	return sum;
}

static int simulate(const struct rl_cells *cells, const struct rl_param_set *set,
	const struct rl_forward_options *forward, struct rl_metrics **out, struct rl_err *err)
{
	struct rl_costs costs;

	rl_costs_default(&costs);
	rl_param_set_apply(set, &costs);
	*out = calloc(cells->n ? cells->n : 1, sizeof(**out));
	if (!*out)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	return rl_forward_run(cells->v, cells->n, &costs, 1, forward, *out, err);
}

/* Cells of whatever role: here every run is one to be judged, or one to be judged by. */
static int make_cells(const struct rl_run *runs, size_t n, struct rl_cells *out, struct rl_err *err)
{
	struct rl_run *copy = calloc(n ? n : 1, sizeof(*copy));
	int code;

	if (!copy)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0; i < n; i++) {
		copy[i] = runs[i];
		copy[i].role = RL_ROLE_VALIDATE;
	}
	code = rl_cells_make(copy, n, out, err);
	free(copy);
	return code;
}

/* What a trace has beside the model: an offset, and so much a byte copied. */
struct stamps {
	double offset, slope;
};

static double copied(const struct stage *s, const struct rl_measured_cell *c)
{
	const struct rl_job *j = &c->scenario.job;
	enum rl_dir dir = s->copies == 2 ? RL_DIR_WRITE : RL_DIR_READ;

	return s->copies && rl_job_does(j, dir) ? rl_job_mean_bytes(j, dir) : 0;
}

/* Least squares of measured less modelled on the bytes; NaN: nobody tells. */
static struct stamps learn_stage(
	const struct stage *s, const struct rl_cells *cells, const struct rl_metrics *m)
{
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, spread;
	struct stamps out = {NAN, 0};

	for (size_t c = 0; c < cells->n; c++) {
		double d = cells->v[c].m[s->last].value - modelled(&m[c], s);
		double bytes = copied(s, &cells->v[c]);

		if (isnan(d))
			continue;
		n++;
		x += bytes;
		y += d;
		xx += bytes * bytes;
		xy += bytes * d;
	}
	spread = n * xx - x * x;
	if (spread > 0)
		out.slope = (n * xy - x * y) / spread;
	out.offset = (y - out.slope * x) / n; /* 0 / 0 without any */
	return out;
}

static int learn(const struct rl_param_set *set, const struct rl_run *runs, size_t n,
	const struct rl_forward_options *forward, struct stamps out[NSTAGES], struct rl_err *err)
{
	struct rl_cells cells;
	struct rl_metrics *m = NULL;
	int code = make_cells(runs, n, &cells, err);

	if (code)
		return code;
	code = simulate(&cells, set, forward, &m, err);
	for (size_t s = 0; s < NSTAGES && !code; s++)
		out[s] = learn_stage(&stages[s], &cells, m);
	free(m);
	rl_cells_fini(&cells);
	return code;
}

static void add(struct rl_driver_check *out, size_t cell, const char *stage, int quantity,
	double expected, double tolerance)
{
	struct rl_driver_row *r = &out->rows[out->nrows];

	*r = (struct rl_driver_row){.cell = cell,
		.stage = stage,
		.quantity = quantity,
		.measured = out->cells.v[cell].m[quantity].value,
		.expected = expected,
		.tolerance = tolerance};
	if (isnan(r->measured) || isnan(expected))
		return;
	r->pass = fabs(r->measured - expected) <= tolerance;
	out->nrows++;
}

/* Stamps cost time: a traced cell is judged by its stages, any other by the rest. */
static void judge_cell(struct rl_driver_check *out, size_t c, const struct rl_metrics *m,
	const struct stamps stamps[NSTAGES])
{
	double q[RL_QUANTITY_COUNT];

	rl_quantities(m, q);
	for (size_t i = 0; i < NCHECKS && !is_traced(&out->cells.v[c]); i++)
		add(out, c, checks[i].stage, checks[i].quantity, q[checks[i].quantity],
			checks[i].frac * q[checks[i].quantity] + checks[i].absolute);
	for (size_t s = 0; s < NSTAGES && is_traced(&out->cells.v[c]); s++) {
		double expected = modelled(m, &stages[s]) + stamps[s].offset +
				  stamps[s].slope * copied(&stages[s], &out->cells.v[c]);

		add(out, c, stages[s].stage, stages[s].last, expected,
			stages[s].frac * fabs(expected) + stages[s].absolute);
	}
}

/* The whole is outside when a part is: it names a stage only where no part does. */
static void conclude(struct rl_driver_check *out)
{
	double most = 1;

	out->pass = true;
	for (int parts = 1; parts >= 0; parts--)
		for (size_t i = 0; i < out->nrows; i++) {
			const struct rl_driver_row *r = &out->rows[i];
			double far = fabs(r->measured - r->expected) / r->tolerance;
			bool part = strcmp(r->stage, "total") != 0;

			out->pass &= r->pass;
			if (r->pass || part != (parts == 1) || (out->stage && far <= most))
				continue;
			if (!parts && out->stage)
				continue;
			most = far;
			out->stage = r->stage;
		}
}

int rl_driver_judge(const struct rl_param_set *set, const struct rl_run *runs, size_t n,
	const struct rl_run *reference, size_t nreference, const struct rl_forward_options *forward,
	struct rl_driver_check *out, struct rl_err *err)
{
	struct rl_metrics *m = NULL;
	struct stamps stamps[NSTAGES];
	int code;

	memset(out, 0, sizeof(*out));
	code = learn(set, reference, nreference, forward, stamps, err);
	if (!code)
		code = make_cells(runs, n, &out->cells, err);
	if (!code)
		code = simulate(&out->cells, set, forward, &m, err);
	if (!code) {
		out->rows = calloc((out->cells.n + 1) * (NCHECKS + NSTAGES), sizeof(*out->rows));
		code = out->rows ? 0 : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	for (size_t c = 0; c < out->cells.n && !code; c++)
		judge_cell(out, c, &m[c], stamps);
	if (!code && !out->nrows)
		code = rl_err_set(err, -EINVAL, NULL, 0, 0,
			"nothing measured that the model could be held against");
	if (!code)
		conclude(out);
	free(m);
	if (code)
		rl_driver_fini(out);
	return code;
}

void rl_driver_fini(struct rl_driver_check *c)
{
	rl_cells_fini(&c->cells);
	free(c->rows);
	memset(c, 0, sizeof(*c));
}
