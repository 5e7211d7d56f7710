/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a sweep; see the header. */
#include "data/sweep.h"

#include "data/format/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
	return strcmp(
		((const struct rl_axis_level *)a)->text, ((const struct rl_axis_level *)b)->text);
}

/* A configuration that occurs twice would be two rows of one thing. */
static int check_twice(const struct rl_axis *a, const char *name, struct rl_err *err)
{
	size_t size = a->nlevels * sizeof(*a->level);
	struct rl_axis_level *sorted = malloc(size ? size : 1);
	int rc = 0;

	if (!sorted)
		return -ENOMEM;
	if (size)
		memcpy(sorted, a->level, size);
	qsort(sorted, a->nlevels, sizeof(*sorted), by_text);
	for (uint32_t i = 1; !rc && i < a->nlevels; i++)
		if (by_text(&sorted[i - 1], &sorted[i]) == 0)
			rc = rl_err_set(err, -EINVAL, name, 1, sorted[i].col,
				"%s: '%s' twice (expected each value once)", a->path,
				sorted[i].text);
	free(sorted);
	return rc;
}

int rl_sweep_add(struct rl_sweep *w, const char *text, const char *name, struct rl_err *err)
{
	struct rl_axis *a = &w->axis[w->naxes];
	int rc;

	if (w->naxes == RL_SWEEP_AXES)
		return rl_err_set(err, -EINVAL, name, 1, 1, "'%s': too many (expected at most %u)",
			text, RL_SWEEP_AXES);
	w->naxes++; /* what was read of it is freed on error as well */
	rc = rl_axis_parse(text, name, a, err);
	for (uint32_t i = 0; !rc && i + 1 < w->naxes; i++)
		if (strcmp(w->axis[i].path, a->path) == 0)
			rc = rl_err_set(err, -EINVAL, name, 1, 1,
				"'%s' twice (expected each path once)", a->path);
	return rc ? rc : check_twice(a, name, err);
}

static int design_grid(struct rl_sweep *w, const char *name, struct rl_err *err)
{
	uint64_t n = 1;

	for (uint32_t k = 0; k < w->naxes; k++) {
		const struct rl_axis *a = &w->axis[k];

		if (!a->nlevels)
			return rl_err_set(err, -EINVAL, name, 1, a->col,
				"%s: a range without a step (expected LOW:HIGH:STEP, "
				"LOW:HIGH:*FACTOR, or a design that samples)",
				a->path);
		n *= a->nlevels;
		if (n > RL_SWEEP_POINTS)
			return rl_err_set(err, -EINVAL, name, 1, a->col,
				"%s: too many combinations (expected at most %u)", a->path,
				RL_SWEEP_POINTS);
	}
	w->npoints = (uint32_t)n;
	return 0;
}

int rl_sweep_design(struct rl_sweep *w, enum rl_design design, uint32_t n, uint64_t seed,
	const char *name, struct rl_err *err)
{
	int rc;

	w->design = design;
	if (design == RL_DESIGN_GRID)
		return design_grid(w, name, err);
	if (w->naxes > RL_DESIGN_AXES)
		return rl_err_set(err, -EINVAL, name, 1, w->axis[RL_DESIGN_AXES].col,
			"%s: too many axes for %s (expected at most %u)",
			w->axis[RL_DESIGN_AXES].path, rl_design_name[design], RL_DESIGN_AXES);
	w->npoints = n;
	w->u = malloc((size_t)n * w->naxes * sizeof(*w->u));
	rc = w->u ? rl_design_fill(design, n, w->naxes, seed, w->u) : -ENOMEM;
	return rc ? rl_err_set(err, rc, NULL, 0, 0, "out of memory") : 0;
}

void rl_sweep_points(struct rl_sweep *w, uint32_t n, double *u)
{
	free(w->u);
	w->npoints = n;
	w->u = u;
}

/* The last axis of a grid changes first. */
static uint32_t level_of(const struct rl_sweep *w, uint32_t point, uint32_t axis)
{
	for (uint32_t k = w->naxes - 1; k > axis; k--)
		point /= w->axis[k].nlevels;
	return point % w->axis[axis].nlevels;
}

const char *rl_sweep_value(
	const struct rl_sweep *w, uint32_t point, uint32_t axis, char buf[RL_SWEEP_VALUE])
{
	const struct rl_axis *a = &w->axis[axis];

	if (!w->u)
		return a->level[level_of(w, point, axis)].text;
	return rl_axis_value(a, w->u[(size_t)point * w->naxes + axis], buf, RL_SWEEP_VALUE);
}

/* Where a value stands that a scenario does not take. */
static int column_of(const struct rl_sweep *w, uint32_t point, uint32_t axis)
{
	const struct rl_axis *a = &w->axis[axis];

	if (!a->nlevels)
		return a->col;
	if (!w->u)
		return a->level[level_of(w, point, axis)].col;
	return a->level[(uint32_t)(w->u[(size_t)point * w->naxes + axis] * a->nlevels)].col;
}

static int set(const struct rl_sweep *w, uint32_t point, uint32_t axis, const char *name,
	struct rl_scenario *s, struct rl_err *err)
{
	char buf[RL_SWEEP_VALUE];
	struct rl_err why = {0};
	int col = column_of(w, point, axis), rc;

	rc = rl_scenario_set(s, w->axis[axis].path, rl_sweep_value(w, point, axis, buf), name, 1,
		col, NULL, NULL, &why);
	if (!rc)
		return 0;
	/* A path that is wrong is pointed at, not its value. */
	if (strncmp(why.what, "unknown ", 8) == 0 && why.col == col)
		why.col = 1;
	return rl_err_set(err, rc, why.file, why.line, why.col, "%s", why.what);
}

int rl_sweep_scenario(const struct rl_sweep *w, uint32_t point, const char *name,
	struct rl_scenario *s, struct rl_err *err)
{
	int rc = 0;

	*s = w->base;
	for (uint32_t k = 0; !rc && k < w->naxes; k++)
		rc = set(w, point, k, name, s, err);
	return rc;
}

/* "back_policy=spin job.iodepth=8" */
static void describe(const struct rl_sweep *w, uint32_t point, char *to, size_t size)
{
	char buf[RL_SWEEP_VALUE];
	size_t n = 0;

	to[0] = '\0';
	for (uint32_t k = 0; k < w->naxes && n < size; k++)
		n += (size_t)snprintf(to + n, size - n, "%s%s=%s", k ? " " : "", w->axis[k].path,
			rl_sweep_value(w, point, k, buf));
}

/* The whole does not make sense: the axis that the error begins with, or else the first. */
static int place_error(const struct rl_sweep *w, uint32_t point, const char *name,
	const struct rl_err *why, struct rl_err *err)
{
	size_t n = strcspn(why->what, " :");
	char text[256];
	int col = column_of(w, point, 0);

	for (uint32_t k = 0; k < w->naxes; k++)
		if (strlen(w->axis[k].path) == n && memcmp(w->axis[k].path, why->what, n) == 0)
			col = column_of(w, point, k);
	describe(w, point, text, sizeof(text));
	return rl_err_set(
		err, -EINVAL, name, 1, col, "%s, at configuration %u: %s", why->what, point, text);
}

int rl_sweep_check(const struct rl_sweep *w, const char *name, struct rl_err *err)
{
	struct rl_scenario *s = malloc(sizeof(*s));
	int rc = s ? 0 : -ENOMEM;

	for (uint32_t i = 0; !rc && i < w->npoints; i++) {
		struct rl_err why = {0};

		rc = rl_sweep_scenario(w, i, name, s, err);
		if (!rc && rl_scenario_check(s, &why))
			rc = place_error(w, i, name, &why, err);
	}
	free(s);
	return rc;
}

void rl_sweep_fini(struct rl_sweep *w)
{
	for (uint32_t k = 0; k < w->naxes; k++)
		rl_axis_fini(&w->axis[k]);
	w->naxes = 0;
	free(w->u);
	w->u = NULL;
}
