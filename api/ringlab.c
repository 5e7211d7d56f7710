/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libringlab: see the header. What is loaded or set is tried on a copy, so nothing is half done. */
#include "api/ringlab.h"

#include "data/format/scenario.h"
#include "data/format/text.h"
#include "sim/sim.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_REQUESTS 1000000000000ull
#define MAX_THREADS  64u

struct ringlab {
	struct rl_scenario now, next; /* next: what is being tried */
	struct rl_sim_result result;
	bool simulated;
	char error[900], warnings[8192];
	size_t said; /* bytes of the warnings that are about the scenario, not the result */
};

/* ---- texts --------------------------------------------------------------------------------- */

static void add_warning(struct ringlab *lab, const char *line)
{
	size_t have = strlen(lab->warnings);

	if (have + strlen(line) + 1 < sizeof(lab->warnings))
		snprintf(lab->warnings + have, sizeof(lab->warnings) - have, "%s\n", line);
}

static void warned(void *arg, const struct rl_err *w)
{
	char line[sizeof(w->file) + sizeof(w->what) + 64];

	if (w->line > 0 && w->col > 0)
		snprintf(line, sizeof(line), "%s:%d:%d: warning: %s", w->file, w->line, w->col,
			w->what);
	else
		snprintf(line, sizeof(line), "%s: warning: %s", w->file, w->what);
	add_warning(arg, line);
}

/* Returns: @rc. */
static int failed(struct ringlab *lab, int rc, struct rl_err *err)
{
	if (!err->what[0])
		rl_err_set(err, rc, NULL, 0, 0, "%s", strerror(-rc));
	rl_err_format(err, lab->error, sizeof(lab->error));
	return rc;
}

static int refused(struct ringlab *lab, int rc, const char *call, const char *what)
{
	snprintf(lab->error, sizeof(lab->error), "%s: error: %s", call, what);
	return rc;
}

const char *ringlab_error(const struct ringlab *lab)
{
	return lab ? lab->error : "ringlab: error: out of memory";
}

const char *ringlab_warnings(const struct ringlab *lab)
{
	return lab->warnings;
}

const char *ringlab_version(void)
{
	return RL_VERSION;
}

/* ---- the scenario -------------------------------------------------------------------------- */

struct ringlab *ringlab_create(void)
{
	struct ringlab *lab = calloc(1, sizeof(*lab));

	if (lab)
		rl_scenario_default(&lab->now);
	return lab;
}

void ringlab_free(struct ringlab *lab)
{
	free(lab);
}

/* What was tried becomes what is, or the error is kept. Returns: @rc. */
static int taken(struct ringlab *lab, int rc, struct rl_err *err)
{
	if (rc)
		return failed(lab, rc, err);
	lab->now = lab->next;
	lab->said = strlen(lab->warnings);
	lab->simulated = false;
	lab->error[0] = '\0';
	return 0;
}

/* Warnings of what was refused are not about what is there. */
static int loaded(struct ringlab *lab, const char *text, size_t size, const char *name)
{
	char before[sizeof(lab->warnings)];
	struct rl_err err = {0};
	int rc;

	memcpy(before, lab->warnings, sizeof(before));
	lab->warnings[0] = '\0';
	rc = rl_scenario_parse(text, size, name, &lab->next, warned, lab, &err);
	if (rc)
		memcpy(lab->warnings, before, sizeof(before));
	return taken(lab, rc, &err);
}

int ringlab_load_file(struct ringlab *lab, const char *path)
{
	struct rl_err err = {0};
	size_t size;
	char *text;
	int rc = rl_text_read(path, &text, &size, &err);

	if (rc)
		return failed(lab, rc, &err);
	rc = loaded(lab, text, size, strcmp(path, "-") == 0 ? "<stdin>" : path);
	free(text);
	return rc;
}

int ringlab_load_text(struct ringlab *lab, const char *text, size_t size, const char *name)
{
	if (size > RL_TEXT_MAX_BYTES)
		return refused(lab, -EFBIG, name, "too large (expected at most 128 MiB)");
	return loaded(lab, text, size, name);
}

int ringlab_set(struct ringlab *lab, const char *path, const char *value)
{
	struct rl_err err = {0};
	int rc;

	lab->next = lab->now;
	lab->warnings[lab->said] = '\0';
	rc = rl_scenario_set(&lab->next, path, value, __func__, 1, 1, warned, lab, &err);
	if (rc)
		lab->warnings[lab->said] = '\0';
	return taken(lab, rc, &err);
}

/* ---- simulating ---------------------------------------------------------------------------- */

/* What is out of range; null: nothing. */
static const char *wrong_option(const struct ringlab_options *o)
{
	if (o->seed > INT64_MAX)
		return "seed out of range (expected at most 2^63 - 1)";
	if (o->requests > MAX_REQUESTS)
		return "requests out of range (expected at most 10^12)";
	if (!(o->precision >= 0 && o->precision < 1))
		return "precision out of range (expected 0, or a share below 1)";
	if (o->reps > RL_SIM_MAX_REPS || o->max_reps > RL_SIM_MAX_REPS)
		return "reps or max_reps out of range (expected at most 10000)";
	if (o->threads > MAX_THREADS)
		return "threads out of range (expected at most 64)";
	if (o->reserved_)
		return "reserved_ is set (expected zeroed options, or a later library)";
	return NULL;
}

/* As `ringlab simulate` warns. */
static void warn_of_result(struct ringlab *lab, const struct rl_sim_options *o)
{
	const struct rl_sim_result *r = &lab->result;
	char line[256];
	double half;
	int widest;

	if (!r->warm)
		add_warning(lab,
			"warning: the warm-up does not end within half a replication; the second "
			"half is shown (expected more requests)");
	if (r->precise)
		return;
	widest = rl_sim_target(o, &r->metrics, &half);
	snprintf(line, sizeof(line),
		"warning: %s is known to %.2g %% after %u replications (expected %g %%): raise "
		"max_reps or requests",
		rl_metric_info[widest].name, 100 * half, r->reps, 100 * o->precision);
	add_warning(lab, line);
}

int ringlab_simulate(struct ringlab *lab, const struct ringlab_options *options)
{
	static const struct ringlab_options defaults;
	const struct ringlab_options *o = options ? options : &defaults;
	const struct rl_sim_options how = {.reps = o->reps,
		.threads = o->threads,
		.seed = o->seed,
		.requests = o->requests,
		.precision = o->precision,
		.max_reps = o->max_reps};
	const char *wrong = wrong_option(o);
	struct rl_err err = {0};
	int rc;

	lab->simulated = false;
	lab->warnings[lab->said] = '\0';
	if (wrong)
		return refused(lab, -EINVAL, __func__, wrong);
	rc = rl_scenario_check(&lab->now, &err);
	rc = rc ? rc : rl_sim_run(&lab->now, &how, &lab->result, &err);
	if (rc)
		return failed(lab, rc, &err);
	lab->simulated = true;
	lab->error[0] = '\0';
	warn_of_result(lab, &how);
	return 0;
}

/* ---- metrics ------------------------------------------------------------------------------- */

static void describe(int metric, const struct rl_estimate *e, struct ringlab_metric *out)
{
	const struct rl_metric_info *info = &rl_metric_info[metric];

	*out = (struct ringlab_metric){.name = info->name,
		.unit = info->unit,
		.what = info->what,
		.value = e->value,
		.lo = e->lo,
		.hi = e->hi};
}

static int unknown(struct ringlab *lab, const char *call, const char *name)
{
	struct rl_err err = {0};
	struct rl_suggest s;
	char hint[80];

	rl_suggest_init(&s, name, strlen(name));
	for (int m = 0; m < RL_METRIC_COUNT; m++)
		rl_suggest_offer(&s, rl_metric_info[m].name);
	rl_err_set(&err, -ENOENT, call, 0, 0,
		"unknown metric '%.200s' (`ringlab list metrics` names them%s)", name,
		rl_suggest_text(&s, hint, sizeof(hint)));
	return failed(lab, -ENOENT, &err);
}

int ringlab_metric(struct ringlab *lab, const char *name, struct ringlab_metric *out)
{
	int m = rl_metric_find(name);

	if (m < 0)
		return unknown(lab, __func__, name);
	if (!lab->simulated)
		return refused(lab, -ENODATA, __func__,
			"no result (expected ringlab_simulate() after the last change)");
	lab->error[0] = '\0';
	describe(m, &lab->result.metrics.m[m], out);
	return 0;
}

int ringlab_list_metrics(size_t index, struct ringlab_metric *out)
{
	static const struct rl_estimate none = {NAN, NAN, NAN};

	if (index >= RL_METRIC_COUNT)
		return -ENOENT;
	describe((int)index, &none, out);
	return 0;
}
