/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From one scenario to another, part by part; see the header. */
#include "cli/parts.h"

#include "data/format/scenario.h"
#include "model/stat.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the parts ----------------------------------------------------------------------------- */

static void take_machine(struct rl_scenario *to, const struct rl_scenario *from)
{
	to->machine = from->machine;
	to->guest = from->guest;
	to->driver = from->driver;
	to->load = from->load;
}

static void take_disk(struct rl_scenario *to, const struct rl_scenario *from)
{
	to->disk = from->disk;
}

static void take_job(struct rl_scenario *to, const struct rl_scenario *from)
{
	memcpy(to->jobs, from->jobs, sizeof(to->jobs));
	to->njobs = from->njobs;
}

static void take_front(struct rl_scenario *to, const struct rl_scenario *from)
{
	memcpy(to->front_policy, from->front_policy, sizeof(to->front_policy));
}

static void take_back(struct rl_scenario *to, const struct rl_scenario *from)
{
	memcpy(to->back_policy, from->back_policy, sizeof(to->back_policy));
}

/* Some make sense together alone, such as a ring and a job of more segments than another has. */
static void take_all(struct rl_scenario *to, const struct rl_scenario *from)
{
	struct rl_costs costs = to->costs;

	*to = *from;
	to->costs = costs;
}

struct kind {
	const char *path;
	void (*take)(struct rl_scenario *to, const struct rl_scenario *from);
};

static const struct kind apart[] = {{"machine and domains", take_machine}, {"disk", take_disk},
	{"job", take_job}, {"front_policy", take_front}, {"back_policy", take_back}, {0}};
static const struct kind together[] = {{"all but costs", take_all}, {0}};

/* A path is the parts in an order. */
struct path {
	const struct rl_scenario *a, *b;
	const struct rl_sim_options *o;
	const struct kind *kind; /* of parts that are no cost */
	struct step {
		const struct kind *kind; /* null: a cost */
		int param;
	} step[RL_PARTS];
	size_t n;
	const struct rl_series *sa, *sb;
	struct rl_series *between[2][RL_PARTS]; /* forward and back, after so many steps */
};

static void change(const struct path *p, size_t step, struct rl_scenario *s)
{
	const struct step *t = &p->step[step];

	if (t->kind)
		t->kind->take(s, p->b);
	else
		s->costs.v[t->param] = p->b->costs.v[t->param];
}

/* As a file would say it, so that bytes behind a string's end are no difference. */
static int differs(const struct path *p, const struct kind *k, bool *yes)
{
	struct rl_scenario *s = malloc(sizeof(*s));
	char *before = rl_scenario_json(p->a), *after = NULL;
	int rc = -ENOMEM;

	if (s) {
		*s = *p->a;
		k->take(s, p->b);
		snprintf(s->name, sizeof(s->name), "%s", p->a->name);
		after = rl_scenario_json(s);
	}
	if (before && after) {
		*yes = strcmp(before, after) != 0;
		rc = 0;
	}
	free(before);
	free(after);
	free(s);
	return rc;
}

static int find_steps(struct path *p)
{
	bool yes = false;
	int rc;

	p->n = 0;
	for (const struct kind *k = p->kind; k->path; k++) {
		rc = differs(p, k, &yes);
		if (rc)
			return rc;
		if (yes)
			p->step[p->n++] = (struct step){.kind = k};
	}
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (p->a->costs.v[i] != p->b->costs.v[i])
			p->step[p->n++] = (struct step){.param = i};
	return 0;
}

/* The scenario after @n steps of the way. */
static void walk(const struct path *p, bool back, size_t n, struct rl_scenario *s)
{
	*s = *p->a;
	for (size_t i = 0; i < n; i++)
		change(p, back ? p->n - 1 - i : i, s);
}

static bool is_sound(const struct path *p, struct rl_scenario *s)
{
	for (int back = 0; back < 2; back++)
		for (size_t i = 1; i < p->n; i++) {
			walk(p, back, i, s);
			if (rl_scenario_check(s, NULL))
				return false;
		}
	return true;
}

/* ---- what they do -------------------------------------------------------------------------- */

static int simulate(struct path *p, struct rl_scenario *s, struct rl_err *err)
{
	int rc = 0;

	for (int back = 0; !rc && back < 2; back++)
		for (size_t i = 1; !rc && i < p->n; i++) {
			struct rl_series *x = calloc(1, sizeof(*x));

			p->between[back][i] = x;
			walk(p, back, i, s);
			rc = x ? rl_series_simulate(s, p->o, x, err)
			       : rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
		}
	return rc;
}

static void release(struct path *p)
{
	for (int back = 0; back < 2; back++)
		for (size_t i = 1; i < p->n; i++)
			if (p->between[back][i]) {
				rl_series_fini(p->between[back][i]);
				free(p->between[back][i]);
			}
}

const char *rl_parts_row(uint32_t metric, enum rl_account_section *section)
{
	bool cpu = rl_elasticity_metric[metric] == RL_METRIC_cpu_ns_per_request;

	*section = cpu ? RL_ACCOUNT_CPU : RL_ACCOUNT_RESULT;
	return cpu ? RL_ACCOUNT_CPU_ALL : rl_metric_info[rl_elasticity_metric[metric]].name;
}

static const struct rl_series *after(const struct path *p, bool back, size_t n)
{
	if (n == 0)
		return p->sa;
	return n == p->n ? p->sb : p->between[back][n];
}

static struct rl_estimate effect(const struct path *p, size_t step, uint32_t metric)
{
	enum rl_account_section section;
	const char *what = rl_parts_row(metric, &section);
	const struct rl_series *way[4] = {after(p, false, step), after(p, false, step + 1),
		after(p, true, p->n - 1 - step), after(p, true, p->n - step)};

	return rl_series_effect(way, section, what);
}

static void describe(const struct path *p, size_t step, struct rl_part *out)
{
	const struct step *t = &p->step[step];

	memset(out, 0, sizeof(*out));
	if (!t->kind) {
		snprintf(out->path, sizeof(out->path), "costs.%s", rl_param_info[t->param].name);
		snprintf(out->a, sizeof(out->a), "%.12g", p->a->costs.v[t->param]);
		snprintf(out->b, sizeof(out->b), "%.12g", p->b->costs.v[t->param]);
		return;
	}
	snprintf(out->path, sizeof(out->path), "%s", t->kind->path);
	if (t->kind->take == take_front || t->kind->take == take_back) {
		bool front = t->kind->take == take_front;

		snprintf(out->a, sizeof(out->a), "%s",
			front ? p->a->front_policy : p->a->back_policy);
		snprintf(out->b, sizeof(out->b), "%s",
			front ? p->b->front_policy : p->b->back_policy);
	}
}

/* How much it moves what it moves most, as a share of what that is. */
static double weight_of(const struct path *p, const struct rl_part *part)
{
	enum rl_account_section section;
	double most = 0;

	for (uint32_t i = 0; i < RL_ELASTICITY_METRICS; i++) {
		const char *what = rl_parts_row(i, &section);

		most = fmax(most, fabs(part->e[i].value / rl_series_value(p->sa, section, what)));
	}
	return most;
}

static void insert(const struct path *p, struct rl_part *out, size_t at, const struct rl_part *part)
{
	for (; at > 0 && weight_of(p, &out[at - 1]) < weight_of(p, part); at--)
		out[at] = out[at - 1];
	out[at] = *part;
}

static int run(struct path *p, struct rl_part *out, size_t *n, struct rl_err *err)
{
	struct rl_scenario *s = malloc(sizeof(*s));
	int rc = s ? find_steps(p) : -ENOMEM;

	if (!rc && !is_sound(p, s)) {
		p->kind = together;
		rc = find_steps(p);
	}
	rc = rc ? rl_err_set(err, rc, NULL, 0, 0, "out of memory") : simulate(p, s, err);
	for (size_t i = 0; !rc && i < p->n; i++) {
		struct rl_part part;

		describe(p, i, &part);
		for (uint32_t k = 0; k < RL_ELASTICITY_METRICS; k++)
			part.e[k] = effect(p, i, k);
		insert(p, out, (*n)++, &part);
	}
	free(s);
	return rc;
}

int rl_parts(const struct rl_scenario *a, const struct rl_scenario *b,
	const struct rl_sim_options *o, const struct rl_series *sa, const struct rl_series *sb,
	struct rl_part *out, size_t *n, struct rl_err *err)
{
	struct path *p = calloc(1, sizeof(*p));
	int rc;

	*n = 0;
	if (!p)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	*p = (struct path){.a = a, .b = b, .o = o, .sa = sa, .sb = sb, .kind = apart};
	rc = run(p, out, n, err);
	release(p);
	free(p);
	return rc;
}
