/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab simulate`: one scenario, its metrics with intervals, and what limits it. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/manifest.h"
#include "data/format/fio_job.h"
#include "data/format/scenario.h"
#include "data/store.h"
#include "sim/sim.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SETS 256

struct input {
	struct rl_args args;
	const char *scenario, *job, *params;
	char *set[MAX_SETS];
	int nset;
	struct rl_sim_options sim;
};

/* ---- the scenario: file, parameters, job, single fields, in this order --------------------- */

static int apply_params(const struct input *in, struct rl_scenario *s, struct rl_err *err)
{
	struct rl_param_set set;
	struct rl_store *store;
	int rc = rl_store_open(&store, in->args.db, false, err);

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

static int apply_set(struct rl_scenario *s, char *text, struct rl_err *err)
{
	char *value = strchr(text, '=');
	int rc;

	if (!value)
		return rl_err_set(err, -EINVAL, "--set", 1, 1, "'%s' (expected path=value)", text);
	*value = '\0';
	rc = rl_scenario_set(
		s, text, value + 1, "--set", 1, (int)(value - text) + 2, rl_warn_print, NULL, err);
	*value = '=';
	return rc;
}

static int read_scenario(const struct input *in, struct rl_scenario *s, struct rl_err *err)
{
	int rc = rl_scenario_read(in->scenario, s, rl_warn_print, NULL, err);

	if (!rc && in->params)
		rc = apply_params(in, s, err);
	if (!rc && in->job)
		rc = rl_scenario_set(s, "job", in->job, "--job", 0, 0, rl_warn_print, NULL, err);
	for (int i = 0; !rc && i < in->nset; i++)
		rc = apply_set(s, in->set[i], err);
	return rc ? rc : rl_scenario_check(s, err);
}

/* ---- results ------------------------------------------------------------------------------- */

static json_t *real_or_null(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_metrics(const struct rl_metrics *m)
{
	json_t *all = json_object();

	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		const struct rl_estimate *e = &m->m[i];
		json_t *one = json_pack("{s:o, s:o, s:o, s:s}", "value", real_or_null(e->value),
			"ci_lo", real_or_null(e->lo), "ci_hi", real_or_null(e->hi), "unit",
			rl_metric_info[i].unit);

		json_object_set_new(all, rl_metric_info[i].name, one);
	}
	return all;
}

static json_t *json_manifest(const struct input *in, const struct rl_sim_result *r)
{
	json_t *m = rl_manifest_create();

	if (!m)
		return NULL;
	if (rl_manifest_input(m, in->scenario) || (in->job && rl_manifest_input(m, in->job)))
		json_object_set_new(m, "inputs", json_null());
	json_object_set_new(m, "seed", json_integer((json_int_t)in->sim.seed));
	json_object_set_new(m, "replications", json_integer(r->reps));
	json_object_set_new(m, "requests", json_integer((json_int_t)r->requests));
	json_object_set_new(m, "events", json_integer((json_int_t)r->events));
	json_object_set_new(m, "params", in->params ? json_string(in->params) : json_null());
	return m;
}

static int print_json(
	const struct input *in, const struct rl_scenario *s, const struct rl_sim_result *r)
{
	char *text = rl_scenario_json(s);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL;
	json_t *limit = json_pack("[{s:s, s:f}]", "resource", r->limit, "busy_frac", r->limit_frac);
	json_t *doc = json_pack("{s:o, s:o, s:o, s:o}", "manifest", json_manifest(in, r),
		"scenario", scenario, "metrics", json_metrics(&r->metrics), "limits", limit);
	int rc = doc && json_dumpf(doc, stdout, JSON_INDENT(1)) == 0 ? 0 : -EIO;

	free(text);
	json_decref(doc);
	if (!rc && (putchar('\n') == EOF || fflush(stdout)))
		rc = -EIO;
	return rc;
}

static int print_rows(const struct input *in, const struct rl_sim_result *r)
{
	static const char *const columns[] = {"metric", "value", "ci_lo", "ci_hi", "unit", NULL};
	struct rl_out *out = rl_out_create(in->args.format, stdout, columns);
	int rc;

	if (!out)
		return -ENOMEM;
	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		const struct rl_estimate *e = &r->metrics.m[i];

		rl_out_text(out, rl_metric_info[i].name);
		rl_out_real(out, e->value, 4);
		rl_out_real(out, e->lo, 4);
		rl_out_real(out, e->hi, 4);
		rl_out_text(out, rl_metric_info[i].unit);
		rl_out_end_row(out);
	}
	rc = rl_out_finish(out);
	if (!rc && in->args.format == RL_OUT_TABLE)
		printf("\nLimited by: %s, busy %.0f %%.\n", r->limit, 100 * r->limit_frac);
	return rc;
}

static int simulate(const struct input *in)
{
	struct rl_sim_result r;
	struct rl_scenario s;
	struct rl_err err = {0};
	int rc = read_scenario(in, &s, &err);

	if (rc) {
		rl_err_print(&err);
		return RL_EXIT_INPUT;
	}
	rc = rl_sim_run(&s, &in->sim, &r, &err);
	if (rc) {
		rl_err_print(&err);
		return rc == -EINVAL ? RL_EXIT_INPUT : RL_EXIT_RUN;
	}
	rc = in->args.format == RL_OUT_JSON ? print_json(in, &s, &r) : print_rows(in, &r);
	return rc ? RL_EXIT_RUN : RL_EXIT_OK;
}

/* ---- the command line ---------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{"job", 'J', "FILE", 0, "fio job file: replaces the scenario's job", 0},
	{"set", 's', "PATH=VALUE", 0, "Set a field, e.g. machine.pcpus=1; may be repeated", 0},
	{"params", 'p', "NAME", 0, "Costs from a calibrated set of the database", 0},
	{"reps", 'r', "N", 0, "Replications (default: 5)", 0},
	{"seed", 'S', "N", 0, "Seed of all random streams (default: 0)", 0},
	{"jobs", 'j', "N", 0, "Threads; results do not depend on it (default: 1)", 0},
	{0},
};

static uint64_t count(struct argp_state *state, const char *option, const char *text, uint64_t max)
{
	const char *what = NULL;
	uint64_t n = 0;

	if (rl_units_count(text, &n, &what) || n > max)
		argp_error(state, "--%s %s (expected a whole number up to %llu)", option, text,
			(unsigned long long)max);
	return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->args;
		return 0;
	case 'J':
		in->job = arg;
		return 0;
	case 's':
		if (in->nset == MAX_SETS)
			argp_error(state, "too many --set");
		in->set[in->nset++] = arg;
		return 0;
	case 'p':
		in->params = arg;
		return 0;
	case 'r':
		in->sim.reps = (uint32_t)count(state, "reps", arg, 10000);
		return 0;
	case 'S':
		in->sim.seed = count(state, "seed", arg, INT64_MAX);
		return 0;
	case 'j':
		in->sim.threads = (uint32_t)count(state, "jobs", arg, 64);
		return 0;
	case ARGP_KEY_ARG:
		if (in->scenario)
			argp_error(state, "one SCENARIO, not '%s' as well", arg);
		in->scenario = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "nothing to simulate (expected SCENARIO)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_simulate(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"Simulates one configuration: metrics with 95 % intervals, and what limits it.\v"
		"SCENARIO is a YAML file, `-` for stdin. --params, --job and --set change it, in "
		"this order. `ringlab list parameters` shows the costs that --set costs.NAME=VALUE "
		"changes.",
		children, NULL, NULL};
	struct input in = {0};

	rl_args_parse(&argp, argc, argv, &in);
	return simulate(&in);
}

RL_VERB(simulate, "what-if: one scenario, with intervals", cmd_simulate);
