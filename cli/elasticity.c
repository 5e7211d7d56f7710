/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both sides of each cost; see the header. */
#include "cli/elasticity.h"

#include "model/base/real.h"
#include "model/stat.h"
#include "sim/batch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define STEP 1.1 /* either way: well above the steps of a model that counts events */
#define REPS 5	 /* unless told: those of a simulation */

const int rl_elasticity_metric[RL_ELASTICITY_METRICS] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns,
	RL_METRIC_clat_p99_ns, RL_METRIC_cpu_ns_per_request};

/* A run is (cost, side), the side changing first; a replication is all of them with its seed. */
struct runs {
	const struct rl_scenario *base;
	uint32_t reps, rep, n, at;
	int param[RL_PARAM_COUNT];
	double side[RL_PARAM_COUNT][2];
	struct rl_metrics *m; /* [(rep * n + cost) * 2 + side] */
	int failed;
	uint32_t which;
	struct rl_err why;
};

static void choose(struct runs *r)
{
	for (int p = 0; p < RL_PARAM_COUNT; p++) {
		double v = r->base->costs.v[p];
		const struct rl_param_info *i = &rl_param_info[p];

		if (v <= 0)
			continue;
		r->param[r->n] = p;
		r->side[r->n][0] = fmax(v / STEP, i->min);
		r->side[r->n++][1] = fmin(v * STEP, i->max);
	}
}

static bool next(void *arg, uint32_t *id, struct rl_scenario *s)
{
	struct runs *r = arg;

	if (r->failed || r->at == 2 * r->n)
		return false;
	*id = r->at++;
	*s = *r->base;
	s->costs.v[r->param[*id / 2]] = r->side[*id / 2][*id % 2];
	return true;
}

static void done(void *arg, uint32_t id, int rc, const struct rl_sim_result *result,
	const struct rl_err *err)
{
	struct runs *r = arg;

	if (rc && (!r->failed || id < r->which)) {
		r->failed = rc;
		r->which = id;
		r->why = *err;
	}
	if (!rc)
		r->m[(size_t)r->rep * 2 * r->n + id] = result->metrics;
}

/* Replications of one seed each, so that both sides of a cost make a pair. */
static int simulate(struct runs *r, const struct rl_sim_options *o, struct rl_err *err)
{
	for (r->rep = 0; r->rep < r->reps; r->rep++) {
		struct rl_sim_options one = *o;
		struct rl_batch batch = {.threads = o->threads,
			.options = &one,
			.next = next,
			.done = done,
			.arg = r};

		one.reps = 1;
		one.precision = 0;
		one.seed += r->rep;
		r->at = 0;
		if (rl_batch_run(&batch))
			return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
		if (r->failed)
			return rl_err_set(err, r->failed, r->why.file, r->why.line, r->why.col,
				"costs.%s=%g: %s", rl_param_info[r->param[r->which / 2]].name,
				r->side[r->which / 2][r->which % 2], r->why.what);
	}
	return 0;
}

static const struct rl_metrics *sides_of(const struct runs *r, uint32_t rep, uint32_t cost)
{
	return &r->m[((size_t)rep * r->n + cost) * 2];
}

static double log_ratio(double a, double b)
{
	return a > 0 && b > 0 ? rl_real_log(a / b) : NAN;
}

static void estimate(const struct runs *r, uint32_t cost, struct rl_elasticity *e)
{
	double x[RL_SIM_MAX_REPS], by = log_ratio(r->side[cost][1], r->side[cost][0]);

	e->param = r->param[cost];
	for (uint32_t i = 0; i < RL_ELASTICITY_METRICS; i++) {
		int metric = rl_elasticity_metric[i];

		for (uint32_t k = 0; k < r->reps; k++) {
			const struct rl_metrics *m = sides_of(r, k, cost);

			x[k] = log_ratio(m[1].m[metric].value, m[0].m[metric].value) / by;
		}
		e->e[i] = rl_stat_mean95(x, r->reps);
	}
}

static double weight_of(const struct rl_elasticity *e)
{
	double most = 0;

	for (uint32_t i = 0; i < RL_ELASTICITY_METRICS; i++)
		most = fmax(most, fabs(e->e[i].value)); /* fmax() drops what is not known */
	return most;
}

static void insert(struct rl_elasticity *out, size_t at, const struct rl_elasticity *e)
{
	for (; at > 0 && weight_of(&out[at - 1]) < weight_of(e); at--)
		out[at] = out[at - 1];
	out[at] = *e;
}

int rl_elasticities(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_elasticity *out, size_t *n, struct rl_err *err)
{
	struct runs r = {.base = s, .reps = o->reps ? o->reps : REPS};
	int rc;

	*n = 0;
	choose(&r);
	r.m = calloc((size_t)r.reps * r.n * 2 + 1, sizeof(*r.m));
	rc = r.m ? simulate(&r, o, err) : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (uint32_t c = 0; !rc && c < r.n; c++) {
		struct rl_elasticity e;

		estimate(&r, c, &e);
		if (weight_of(&e) > 0)
			insert(out, (*n)++, &e);
	}
	free(r.m);
	return rc;
}
