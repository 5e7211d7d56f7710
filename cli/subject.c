/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs by their names; see the header. */
#include "cli/subject.h"

#include "calibrate/forward.h"
#include "data/run.h"
#include "model/base/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which runs ---------------------------------------------------------------------------- */

struct wanted {
	const char *text;
	bool by_id;
	uint64_t id;
	char platform[64], cell[96]; /* platform "": any */
	int repeat;		     /* -1: all */
};

static bool read_name(const char *text, struct wanted *w)
{
	const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
	size_t n = slash ? (size_t)(slash - text) : 0;

	*w = (struct wanted){.text = text, .repeat = -1};
	w->by_id = rl_units_count(text, &w->id, NULL) == 0;
	if (n >= sizeof(w->platform) || strlen(name) >= sizeof(w->cell))
		return false;
	memcpy(w->platform, text, n);
	rl_run_cell_name(name, w->cell, sizeof(w->cell), &w->repeat);
	if (strcmp(w->cell, name) == 0)
		w->repeat = -1;
	return true;
}

static bool is_wanted(const struct wanted *w, const struct rl_run *r)
{
	if (w->by_id)
		return (uint64_t)r->id == w->id;
	return (!*w->platform || strcmp(w->platform, r->platform) == 0) &&
	       strcmp(w->cell, r->cell) == 0 && (w->repeat < 0 || w->repeat == r->repeat);
}

static int check_found(const struct wanted *w, const struct rl_run *runs, const size_t *at,
	size_t n, const char *db, struct rl_err *err)
{
	if (!n)
		return rl_err_set(err, -ENOENT, db, 0, 0,
			"no run '%s' (expected an id, a CELL or PLATFORM/CELL of `ringlab list "
			"runs`, or a scenario's file)",
			w->text);
	for (size_t i = 1; i < n; i++)
		if (strcmp(runs[at[0]].platform, runs[at[i]].platform) != 0)
			return rl_err_set(err, -EINVAL, db, 0, 0,
				"'%s' was measured on %s and on %s (expected PLATFORM/CELL)",
				w->text, runs[at[0]].platform, runs[at[i]].platform);
	return 0;
}

/* ---- what they become ---------------------------------------------------------------------- */

static void mean_iops(struct rl_measured_cell *cell, const struct rl_account *a, size_t n)
{
	cell->m[RL_METRIC_iops].value = 0;
	for (size_t i = 0; i < n; i++)
		cell->m[RL_METRIC_iops].value +=
			rl_account_find(&a[i], RL_ACCOUNT_RESULT, "iops")->e.value / (double)n;
}

static int fill(struct rl_subject *out, const struct rl_run *runs, const size_t *at, size_t n)
{
	out->measured = true;
	out->repeats = n;
	out->account = calloc(n, sizeof(*out->account));
	out->cell = calloc(1, sizeof(*out->cell));
	if (!out->account || !out->cell)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		rl_account_measured(&runs[at[i]], &out->account[i]);
	out->scenario = out->cell->scenario = runs[at[0]].scenario;
	out->cell->repeats = (unsigned)n;
	mean_iops(out->cell, out->account, n);
	snprintf(out->name, sizeof(out->name), "%s/%s", runs[at[0]].platform, runs[at[0]].cell);
	if (n == 1 && runs[at[0]].repeat)
		snprintf(out->name, sizeof(out->name), "%s/%s.r%d", runs[at[0]].platform,
			runs[at[0]].cell, runs[at[0]].repeat);
	return 0;
}

/* No parameters are no error unless they were asked for. */
static int add_model(struct rl_store *store, const char *params, const char *platform,
	struct rl_subject *out, struct rl_err *err)
{
	struct rl_param_set set = {0};
	struct rl_err why = {0};
	int rc = rl_store_load_params(store, params ? params : platform, &set, &why);

	if (!params && rc == -ENOENT)
		return 0;
	if (rc)
		return rl_err_set(err, rc, why.file, why.line, why.col, "%s", why.what);
	rl_param_set_apply(&set, &out->scenario.costs);
	snprintf(out->params, sizeof(out->params), "%s", set.name);
	out->modelled = true;
	rl_param_set_fini(&set);
	return 0;
}

static int take(struct rl_store *store, const struct wanted *w, const struct rl_configure *conf,
	const char *db, struct rl_subject *out, struct rl_err *err)
{
	struct rl_run *runs = NULL;
	size_t n = 0, found = 0, *at = NULL;
	int rc = rl_store_runs(
		store, *w->platform && !w->by_id ? w->platform : NULL, RL_ROLE_ANY, &runs, &n, err);

	if (rc)
		return rc;
	at = calloc(n + 1, sizeof(*at));
	for (size_t i = 0; at && i < n; i++)
		if (is_wanted(w, &runs[i]))
			at[found++] = i;
	rc = at ? check_found(w, runs, at, found, db, err) : -ENOMEM;
	rc = rc ? rc : fill(out, runs, at, found);
	rc = rc ? rc : add_model(store, conf->params, runs[at[0]].platform, out, err);
	free(at);
	rl_store_free_runs(runs, n);
	return rc;
}

static int read_stored(const struct rl_configure *conf, const struct wanted *w, const char *db,
	struct rl_subject *out, struct rl_err *err)
{
	struct rl_store *store;
	int rc;

	if (conf->nset || conf->job)
		return rl_err_set(err, -EINVAL, rl_configure_option(conf), 1, 1,
			"'%s' was measured as it is (expected a scenario's file)", w->text);
	rc = rl_store_open(&store, db, false, err);
	if (rc)
		return rc;
	rc = take(store, w, conf, db, out, err);
	rl_store_close(store);
	return rc == -ENOMEM ? rl_err_set(err, rc, NULL, 0, 0, "out of memory") : rc;
}

static bool is_file(const char *text)
{
	size_t n = strlen(text);

	return strcmp(text, "-") == 0 || access(text, F_OK) == 0 ||
	       (n > 5 && strcmp(text + n - 5, ".yaml") == 0);
}

int rl_subject_read(
	const struct rl_configure *conf, const char *db, struct rl_subject *out, struct rl_err *err)
{
	struct wanted w;

	*out = (struct rl_subject){0};
	if (!read_name(conf->scenario, &w))
		return rl_err_set(
			err, -ENOENT, NULL, 0, 0, "'%.80s...': no name of a run", conf->scenario);
	if (w.by_id || !is_file(conf->scenario))
		return read_stored(conf, &w, db, out, err);
	snprintf(out->name, sizeof(out->name), "%s", conf->scenario);
	snprintf(out->params, sizeof(out->params), "%s", conf->params ? conf->params : "");
	out->modelled = true;
	return rl_configure_read(conf, db, &out->scenario, err);
}

void rl_subject_fini(struct rl_subject *s)
{
	free(s->account);
	free(s->cell);
	s->account = NULL;
	s->cell = NULL;
}

struct rl_sim_options rl_subject_options(const struct rl_subject *s, const struct rl_sim_options *o)
{
	struct rl_sim_options sim = *o;
	struct rl_forward_options forward;

	if (!s->measured)
		return sim;
	rl_forward_precise(&forward);
	rl_forward_options_of(s->cell, &forward, &sim);
	sim.threads = o->threads;
	sim.reps = o->reps ? o->reps : sim.reps;
	sim.requests = o->requests ? o->requests : sim.requests;
	sim.seed = o->seed ? o->seed : sim.seed;
	return sim;
}
