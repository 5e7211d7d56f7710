/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configurations of a sensitivity analysis, all with the same random numbers; see the header.
 */
#include "cli/sensitivity.h"

#include "cli/progress.h"
#include "sim/batch.h"

#include <errno.h>
#include <stdio.h>

struct run {
	const struct rl_sensitivity_input *in;
	double *y;
	uint32_t at, ndone;
	struct rl_progress progress;
	int failed;
	uint32_t which; /* configuration, the first in order */
	struct rl_err why;
};

/* They are handed out in order: all before one that failed are done or under way. */
static bool next(void *arg, uint32_t *id, struct rl_scenario *s)
{
	struct run *r = arg;

	if (r->failed || r->at == r->in->w.npoints)
		return false;
	*id = r->at++;
	/* All were checked before the first ran. */
	return rl_sweep_scenario(&r->in->w, *id, RL_SENSITIVITY_OVER, s, &r->why) == 0;
}

static void done(void *arg, uint32_t id, int rc, const struct rl_sim_result *result,
	const struct rl_err *err)
{
	struct run *r = arg;
	size_t n = r->in->w.npoints;

	if (rc && (!r->failed || id < r->which)) {
		r->failed = rc;
		r->which = id;
		r->why = *err;
	}
	if (rc)
		return;
	for (uint32_t m = 0; m < r->in->nmetrics; m++)
		r->y[m * n + id] = result->metrics.m[r->in->metric[m]].value;
	rl_progress_count(&r->progress, ++r->ndone, n);
}

/* "costs.poll_ns=12.5 job.iodepth=8: nothing can ever happen again" */
static int tell(const struct run *r, struct rl_err *err)
{
	const struct rl_sweep *w = &r->in->w;
	char buf[RL_SWEEP_VALUE], text[256];
	size_t n = 0;

	for (uint32_t k = 0; k < w->naxes && n < sizeof(text); k++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s=%s", k ? " " : "",
			w->axis[k].path, rl_sweep_value(w, r->which, k, buf));
	return rl_err_set(err, r->failed, NULL, 0, 0, "%s: %s", text, r->why.what);
}

int rl_sensitivity_run(const struct rl_sensitivity_input *in, double *y, struct rl_err *err)
{
	struct run r = {.in = in, .y = y};
	const struct rl_batch batch = {.threads = in->sim.threads,
		.options = &in->sim,
		.next = next,
		.done = done,
		.arg = &r};
	int rc;

	rl_progress_begin(&r.progress, "simulating", in->quiet);
	rc = rl_batch_run(&batch);
	rl_progress_end(&r.progress);
	if (rc)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	return r.failed ? tell(&r, err) : 0;
}
