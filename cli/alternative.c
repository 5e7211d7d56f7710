/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One choice changed at a time; see the header. */
#include "cli/alternative.h"

#include "cli/parts.h"
#include "core/policy.h"
#include "data/format/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
	const struct rl_scenario *s;
	struct rl_sim_options o;
	struct rl_series *base, *other;
	struct rl_scenario *changed;
	struct rl_alternative *out;
	size_t n;
};

static double weight_of(const struct rl_alternative *a)
{
	double most = 0;

	for (uint32_t i = 0; i < RL_ELASTICITY_METRICS; i++)
		most = fmax(most, fabs(a->e[i].value)); /* fmax() drops what is not known */
	return most;
}

static void insert(struct run *r, const struct rl_alternative *a)
{
	size_t at = r->n++;

	for (; at > 0 && strcmp(r->out[at - 1].path, a->path) == 0 &&
		weight_of(&r->out[at - 1]) < weight_of(a);
		at--)
		r->out[at] = r->out[at - 1];
	r->out[at] = *a;
}

/* As a share of what it is now. */
static struct rl_estimate change(const struct run *r, uint32_t metric)
{
	enum rl_account_section section;
	const char *what = rl_parts_row(metric, &section);
	double now = rl_series_value(r->base, section, what);
	struct rl_estimate e = rl_series_difference(r->base, r->other, true, section, what);

	if (!(now > 0))
		return (struct rl_estimate){NAN, NAN, NAN};
	return (struct rl_estimate){e.value / now, e.lo / now, e.hi / now};
}

static int try(struct run *r, const char *path, const char *value, struct rl_err *err)
{
	struct rl_alternative a = {0};
	struct rl_err why = {0};
	int rc;

	*r->changed = *r->s;
	if (r->n == RL_ALTERNATIVES ||
		rl_scenario_set(r->changed, path, value, path, 0, 0, NULL, NULL, &why) ||
		rl_scenario_check(r->changed, &why))
		return 0;
	snprintf(a.path, sizeof(a.path), "%s", path);
	snprintf(a.value, sizeof(a.value), "%s", value);
	rc = rl_series_simulate(r->changed, &r->o, r->other, &why);
	for (uint32_t i = 0; i < RL_ELASTICITY_METRICS; i++)
		a.e[i] = rc ? (struct rl_estimate){NAN, NAN, NAN} : change(r, i);
	rl_series_fini(r->other);
	if (rc && rc != -EDEADLK)
		return rl_err_set(err, rc, NULL, 0, 0, "%s=%s: %s", path, value, why.what);
	insert(r, &a);
	return 0;
}

static int try_number(struct run *r, const char *path, uint64_t value, struct rl_err *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return try(r, path, text, err);
}

/* Is it the one that is there, whatever its options? */
static bool is_policy(const char *spec, const char *name)
{
	return strncmp(spec, name, strlen(name)) == 0 && strchr(":", spec[strlen(name)]);
}

static int try_policies(struct run *r, const char *path, const char *now, struct rl_err *err)
{
	const struct rl_policy *const *it;
	int rc = 0;

	rl_for_each_policy (it)
		if (!rc && !is_policy(now, (*it)->name))
			rc = try(r, path, (*it)->name, err);
	return rc;
}

static int try_all(struct run *r, struct rl_err *err)
{
	int rc = try_policies(r, "back_policy", r->s->back_policy, err);

	rc = rc ? rc : try_policies(r, "front_policy", r->s->front_policy, err);
	if (!rc && r->s->njobs <= 1)
		rc = try_number(r, "job.iodepth", 2ull * r->s->job.iodepth, err);
	if (!rc && r->s->njobs <= 1 && r->s->job.iodepth > 1)
		rc = try_number(r, "job.iodepth", r->s->job.iodepth / 2, err);
	for (int g = 0; !rc && g < RL_GRANTS_COUNT; g++)
		if (g != (int)r->s->disk.grants)
			rc = try(r, "disk.grants", rl_grants_name[g], err);
	return rc ? rc : try_number(r, "disk.queues", 2ull * r->s->disk.queues, err);
}

int rl_alternatives(const struct rl_scenario *s, const struct rl_sim_options *o,
	struct rl_alternative *out, size_t *n, struct rl_err *err)
{
	struct run r = {.s = s, .o = *o, .out = out};
	int rc = -ENOMEM;

	r.base = calloc(1, sizeof(*r.base));
	r.other = calloc(1, sizeof(*r.other));
	r.changed = malloc(sizeof(*r.changed));
	if (r.base && r.other && r.changed)
		rc = rl_series_simulate(s, o, r.base, err);
	else
		rl_err_set(err, rc, NULL, 0, 0, "out of memory");
	if (!rc) {
		r.o.reps = r.base->n;
		r.o.precision = 0;
		rc = try_all(&r, err);
	}
	*n = r.n;
	if (r.base)
		rl_series_fini(r.base);
	free(r.base);
	free(r.other);
	free(r.changed);
	return rc;
}
