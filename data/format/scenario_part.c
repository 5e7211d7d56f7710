/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a scenario that have tables of their own: costs, and the job in fio's words. */
#include "data/format/scenario_private.h"

#include "data/format/fio_job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rl_place_bad(const struct rl_place *at, struct rl_err *err, const char *expected)
{
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col, "%s: '%s' (expected %s)",
		at->path, at->value, expected);
}

int rl_scenario_set_cost(
	struct rl_scenario *s, const char *name, const struct rl_place *at, struct rl_err *err)
{
	int p = rl_param_find(name);
	const char *what = "a number";
	const struct rl_param_info *info;
	struct rl_suggest near;
	char hint[80];
	double x;

	if (p < 0) {
		rl_suggest_init(&near, name, strlen(name));
		for (int i = 0; i < RL_PARAM_COUNT; i++)
			rl_suggest_offer(&near, rl_param_info[i].name);
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
			"unknown parameter '%s' (`ringlab list parameters` shows them%s)", name,
			rl_suggest_text(&near, hint, sizeof(hint)));
	}
	info = &rl_param_info[p];
	if (rl_units_real(at->value, &x, &what))
		return rl_place_bad(at, err, what);
	if (x < info->min || x > info->max)
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
			"%s: '%s' (expected %g to %g %s)", at->path, at->value, info->min,
			info->max, info->unit);
	s->costs.v[p] = x;
	return 0;
}

/* An option of fio, for each job; YAML says true where fio says 1. */
int rl_scenario_set_job(
	struct rl_scenario *s, const char *name, const struct rl_place *at, struct rl_err *err)
{
	struct rl_fio_place place = {.file = at->file,
		.line = at->line,
		.col = at->col,
		.value_col = at->col,
		.warn = at->warn,
		.arg = at->arg};
	const char *value = at->value;
	int rc = 0;

	if (strcmp(value, "true") == 0)
		value = "1";
	if (strcmp(value, "false") == 0)
		value = "0";
	for (uint32_t i = 0; !rc && i < s->njobs; i++) {
		rc = rl_fio_job_option(&s->jobs[i], name, value, &place, err);
		if (!rc && strcmp(name, "read_iolog") == 0)
			rc = rl_fio_job_load(
				&s->jobs[i], at->file, at->line, at->col, at->warn, at->arg, err);
		place.warn = NULL; /* once */
	}
	return rc;
}

/* A job file, looked for beside the file that names it. */
int rl_scenario_set_job_file(struct rl_scenario *s, const struct rl_place *at, struct rl_err *err)
{
	const char *slash = at->file ? strrchr(at->file, '/') : NULL;
	struct rl_err why = {0};
	char path[1024], *text;
	size_t size;
	int rc;

	if (at->value[0] == '/' || !slash)
		snprintf(path, sizeof(path), "%s", at->value);
	else
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - at->file), at->file,
			at->value);
	if (rl_text_read(path, &text, &size, &why))
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col, "%s: '%s': %s",
			at->path, at->value, why.what);
	rc = rl_fio_jobs_parse(
		text, size, path, s->jobs, RL_JOBS, &s->njobs, at->warn, at->arg, err);
	free(text);
	return rc;
}
