/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first replication once more, watched. A replication depends on nothing but the scenario, the
 * seed and its number, so it is the one that the result is made of; and a result is made without a
 * tracer, whether one is asked for or not.
 */
#include "sim/trace/private.h"

#include <errno.h>
#include <stdlib.h>
#include "model/bounds.h"
#include "sim/core/rep.h"

struct again {
	struct rl_world *w;
	struct rl_mark *mark;
	struct rl_mser *series;
	struct rl_hist *hist;
	struct rl_rep *rep;
};

static void set_window(
	struct rl_tracer *t, const struct rl_tracer_options *o, const struct rl_rep_args *a)
{
	bool sampled = rl_bounds_sampled(a->s);

	t->o = *o;
	t->from = t->to = RL_PS_NEVER;
	t->at_from = sampled ? a->warm : 0;
	t->at_to = sampled ? rl_rep_total(a) : UINT64_MAX;
	if (o->window == RL_TRACER_FIXED) {
		t->from = o->from_ns * RL_PS_PER_NS;
		t->to = o->to_ns * RL_PS_PER_NS;
	}
}

/* The replication as it was, to its end or the window's; then on to the window's. */
static int run(struct again *x, const struct rl_rep_args *a, bool explored)
{
	struct rl_tracer *t = a->tracer;

	if (explored)
		rl_rep_explore(x->w, a, 0, x->rep, x->mark, x->series);
	else
		rl_rep_run(x->w, a, 0, x->rep, x->mark, x->hist);
	if (x->rep->failed == -ENOMEM)
		return -ENOMEM;
	while (!x->rep->failed && !rl_jobs_over(x->w) && rl_tracer_step(t))
		;
	return 0;
}

static int finish(struct rl_tracer *t, struct rl_err *err)
{
	rl_ps now = t->w->now;

	if (t->from >= now)
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"the replication is over after %.6g ms, before the window begins",
			(double)now / RL_PS_PER_NS / 1e6);
	if (t->to > now)
		t->to = now;
	rl_tracer_cpu_end(t);
	if (!t->rings_ended)
		rl_tracer_rings_show(t, t->to);
	rl_tracer_ios_end(t);
	t->shown.from = t->from;
	t->shown.to = t->to;
	return 0;
}

static bool get_memory(struct again *x)
{
	x->w = rl_world_create();
	x->mark = malloc(RL_REP_MARKS * sizeof(*x->mark));
	x->series = malloc(sizeof(*x->series));
	x->hist = calloc(RL_CLASSES, sizeof(*x->hist));
	x->rep = calloc(1, sizeof(*x->rep));
	return x->w && x->mark && x->series && x->hist && x->rep;
}

static void free_memory(struct again *x)
{
	rl_world_destroy(x->w);
	free(x->mark);
	free(x->series);
	free(x->hist);
	free(x->rep);
}

int rl_sim_trace(const struct rl_scenario *s, const struct rl_sim_options *o,
	const struct rl_sim_result *r, const struct rl_tracer_options *options,
	struct rl_tracer_shown *shown, struct rl_err *err)
{
	struct rl_tracer t = {0};
	struct rl_rep_args a = {.s = s,
		.seed = o->seed,
		.requests = r->length,
		.warm = r->warmup,
		.sched = rl_sched_find(s->machine.scheduler),
		.tracer = &t};
	struct again x = {0};
	int rc = -ENOMEM;

	set_window(&t, options, &a);
	if (get_memory(&x))
		rc = run(&x, &a, r->explored);
	rc = rc ? rl_err_set(err, rc, NULL, 0, 0, "out of memory") : finish(&t, err);
	*shown = t.shown;
	free_memory(&x);
	free(t.thread);
	return rc;
}
