/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario as the command line says; see the header. */
#include "cli/configure.h"

#include "cli/manifest.h"
#include "data/format/scenario.h"
#include "data/store.h"

#include <errno.h>
#include <string.h>

static int apply_params(
	const struct rl_configure *in, const char *db, struct rl_scenario *s, struct rl_err *err)
{
	struct rl_param_set set;
	struct rl_store *store;
	int rc = rl_store_open(&store, db, false, err);

	if (rc)
		return rc;
	rc = rl_store_load_params(store, in->params, &set, err);
	if (!rc) {
		rl_param_set_apply(&set, &s->costs);
		rl_param_set_fini(&set);
	}
	rl_store_close(store);
	return rc;
}

/* Which option set number @i was. */
static const char *option_of(const struct rl_configure *in, int i)
{
	return i < in->nset - in->nset_b ? "--set" : "--set-b";
}

static const char *job_option(const struct rl_configure *in)
{
	return in->job_b ? "--job-b" : "--job";
}

const char *rl_configure_option(const struct rl_configure *in)
{
	return in->nset ? option_of(in, 0) : job_option(in);
}

static int apply_set(struct rl_scenario *s, char *text, const char *option, struct rl_err *err)
{
	char *value = strchr(text, '=');
	int rc;

	if (!value)
		return rl_err_set(err, -EINVAL, option, 1, 1, "'%s' (expected path=value)", text);
	*value = '\0';
	rc = rl_scenario_set(
		s, text, value + 1, option, 1, (int)(value - text) + 2, rl_warn_print, NULL, err);
	*value = '=';
	return rc;
}

/*
 * The whole does not make sense: where the field was set last that the error begins with. A file
 * that was read by itself was right by itself, so it is the field on the command line.
 */
static int place_error(const struct rl_configure *in, const struct rl_err *why, struct rl_err *err)
{
	size_t n = strcspn(why->what, " :");
	const char *file = in->scenario;
	int line = 0, col = 0;

	if (in->job && strncmp(why->what, "job.", 4) == 0)
		file = in->job;
	for (int i = 0; i < in->nset; i++) {
		if (strncmp(in->set[i], why->what, n) != 0 || in->set[i][n] != '=')
			continue;
		file = option_of(in, i);
		line = 1;
		col = (int)n + 2;
	}
	return rl_err_set(err, -EINVAL, file, line, col, "%s", why->what);
}

int rl_configure_read(
	const struct rl_configure *in, const char *db, struct rl_scenario *s, struct rl_err *err)
{
	int rc = rl_scenario_read(in->scenario, s, rl_warn_print, NULL, err);
	struct rl_err why = {0};

	if (!rc && in->params)
		rc = apply_params(in, db, s, err);
	if (!rc && in->job)
		rc = rl_scenario_set(
			s, "job", in->job, job_option(in), 0, 0, rl_warn_print, NULL, err);
	for (int i = 0; !rc && i < in->nset; i++)
		rc = apply_set(s, in->set[i], option_of(in, i), err);
	if (!rc && rl_scenario_check(s, &why))
		rc = place_error(in, &why, err);
	return rc;
}

void rl_configure_inputs(const struct rl_configure *in, json_t *m)
{
	if (rl_manifest_input(m, in->scenario) || (in->job && rl_manifest_input(m, in->job)))
		json_object_set_new(m, "inputs", json_null());
	json_object_set_new(m, "params", in->params ? json_string(in->params) : json_null());
}

static const struct argp_option options[] = {
	{"job", 'J', "FILE", 0, "fio job file: replaces the scenario's job", 0},
	{"set", 's', "PATH=VALUE", 0, "Set a field, e.g. machine.pcpus=1; may be repeated", 0},
	{"params", 'p', "NAME", 0, "Costs from a calibrated set of the database", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_configure *in = state->input;

	switch (key) {
	case 'J':
		in->job = arg;
		return 0;
	case 's':
		if (in->nset == RL_CONFIGURE_SETS)
			argp_error(state, "too many --set");
		in->set[in->nset++] = arg;
		return 0;
	case 'p':
		in->params = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (in->scenario)
			argp_error(state, "one SCENARIO, not '%s' as well", arg);
		in->scenario = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "nothing to work on (expected SCENARIO)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp rl_configure_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};
