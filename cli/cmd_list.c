/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab list`: what there is, from the registries and the store. */
#include "cli/args.h"
#include "cli/cli.h"
#include "core/policy.h"
#include "data/format/fio_job.h"
#include "data/store.h"
#include "model/device.h"
#include "model/metrics.h"
#include "sim/xen/xen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct input {
	struct rl_args args;
	const char *what, *platform;
};

/* "tau=20000ns, n=4", the defaults; null when a policy has none. */
static const char *options_of(const struct rl_policy *p, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (rl_u32 i = 0; i < p->nopts && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s=%llu%s", i ? "," : "",
			p->opts[i].name, (unsigned long long)p->opts[i].dflt, p->opts[i].unit);
	return p->nopts ? buf : NULL;
}

static int list_policies(const struct input *in, struct rl_out *o)
{
	const struct rl_policy *const *p;
	char options[256];

	(void)in;
	rl_for_each_policy (p) {
		rl_out_text(o, (*p)->name);
		rl_out_text(o, options_of(*p, options, sizeof(options)));
		rl_out_text(o, (*p)->summary);
		rl_out_text(o, (*p)->source);
		rl_out_end_row(o);
	}
	return RL_EXIT_OK;
}

/* What a person writes: 80us, 512m/s; the words that a word may be; no default of a histogram. */
static void device_option(struct rl_out *o, const char *device, const struct rl_opt *opt)
{
	char value[64], words[128];
	size_t n = 0;

	rl_out_text(o, device);
	rl_out_text(o, opt->name);
	rl_out_text(o, opt->kind == RL_OPT_POINTS
			       ? NULL
			       : rl_opt_text(opt, opt->dflt, value, sizeof(value)));
	for (uint32_t i = 0; opt->words && opt->words[i] && n < sizeof(words); i++)
		n += (size_t)snprintf(
			words + n, sizeof(words) - n, "%s%s", i ? "|" : "", opt->words[i]);
	rl_out_text(o, opt->words ? words : rl_opt_text(opt, opt->min, value, sizeof(value)));
	rl_out_text(o, opt->words ? NULL : rl_opt_text(opt, opt->max, value, sizeof(value)));
	rl_out_text(o, opt->help);
	rl_out_text(o, opt->source);
	rl_out_end_row(o);
}

static int list_devices(const struct input *in, struct rl_out *o)
{
	const struct rl_spec_set *set = &rl_device_set;
	const struct rl_spec_type *d;

	(void)in;
	for (uint32_t i = 0; (d = set->at(i)); i++) {
		rl_out_text(o, d->name);
		for (int k = 0; k < 4; k++)
			rl_out_text(o, NULL);
		rl_out_text(o, d->summary);
		rl_out_text(o, NULL);
		rl_out_end_row(o);
		for (uint32_t k = 0; k < d->nopts; k++)
			device_option(o, d->name, &d->opts[k]);
		for (uint32_t k = 0; k < set->nshared; k++)
			device_option(o, d->name, &set->shared[k]);
	}
	return RL_EXIT_OK;
}

static int list_workloads(const struct input *in, struct rl_out *o)
{
	struct rl_fio_option_info info;

	(void)in;
	for (size_t i = 0; rl_fio_option_info(i, &info); i++) {
		rl_out_text(o, info.name);
		rl_out_text(o, *info.value ? info.value : NULL);
		rl_out_text(o, info.what);
		rl_out_end_row(o);
	}
	return RL_EXIT_OK;
}

static int list_schedulers(const struct input *in, struct rl_out *o)
{
	(void)in;
	for (const struct rl_sched *const *s = rl_scheds; *s; s++) {
		rl_out_text(o, (*s)->name);
		rl_out_text(o, (*s)->summary);
		rl_out_end_row(o);
	}
	return RL_EXIT_OK;
}

static int list_parameters(const struct input *in, struct rl_out *o)
{
	(void)in;
	for (int p = 0; p < RL_PARAM_COUNT; p++) {
		const struct rl_param_info *i = &rl_param_info[p];

		rl_out_text(o, i->name);
		rl_out_real(o, i->dflt, 6);
		rl_out_text(o, i->unit);
		rl_out_real(o, i->min, 6);
		rl_out_real(o, i->max, 6);
		rl_out_text(o, i->what);
		rl_out_text(o, i->source);
		rl_out_end_row(o);
	}
	return RL_EXIT_OK;
}

static int list_metrics(const struct input *in, struct rl_out *o)
{
	(void)in;
	for (int m = 0; m < RL_METRIC_COUNT; m++) {
		rl_out_text(o, rl_metric_info[m].name);
		rl_out_text(o, rl_metric_info[m].unit);
		rl_out_text(o, rl_metric_info[m].what);
		rl_out_end_row(o);
	}
	return RL_EXIT_OK;
}

static int refuse(struct rl_store *store, const struct rl_err *err)
{
	rl_store_close(store);
	rl_err_print(err);
	return RL_EXIT_INPUT;
}

static int platform_row(void *arg, const struct rl_platform_runs *p)
{
	rl_out_text(arg, p->name);
	rl_out_count(arg, p->runs);
	rl_out_count(arg, p->cells);
	rl_out_count(arg, p->roles[RL_ROLE_CALIBRATE]);
	rl_out_count(arg, p->roles[RL_ROLE_VALIDATE]);
	rl_out_end_row(arg);
	return 0;
}

static int list_platforms(const struct input *in, struct rl_out *o)
{
	struct rl_err err = {0};
	struct rl_store *store;

	if (rl_store_open(&store, in->args.db, false, &err) ||
		rl_store_platforms(store, platform_row, o, &err))
		return refuse(store, &err);
	rl_store_close(store);
	return RL_EXIT_OK;
}

static void run_row(struct rl_out *o, const struct rl_run *r)
{
	rl_out_count(o, r->id);
	rl_out_text(o, r->platform);
	rl_out_text(o, r->cell);
	rl_out_count(o, r->repeat);
	rl_out_text(o, rl_role_name(r->role));
	rl_out_text(o, r->scenario.disk.device);
	rl_out_real(o, r->metrics.m[RL_METRIC_iops].value, 6);
	rl_out_real(o, r->metrics.m[RL_METRIC_clat_mean_ns].value, 6);
	rl_out_real(o, r->metrics.m[RL_METRIC_cpu_ns_per_request].value, 6);
	rl_out_text(o, *r->started ? r->started : NULL);
	rl_out_end_row(o);
}

static int list_runs(const struct input *in, struct rl_out *o)
{
	struct rl_err err = {0};
	struct rl_store *store;
	struct rl_run *runs;
	size_t n;

	if (rl_store_open(&store, in->args.db, false, &err) ||
		rl_store_runs(store, in->platform, RL_ROLE_ANY, &runs, &n, &err))
		return refuse(store, &err);
	for (size_t i = 0; i < n; i++)
		run_row(o, &runs[i]);
	rl_store_free_runs(runs, n);
	rl_store_close(store);
	return RL_EXIT_OK;
}

static const char *const policy_columns[] = {"policy", "options", "summary", "source", NULL};
static const char *const device_columns[] = {
	"device", "option", "default", "min", "max", "what", "source", NULL};
static const char *const workload_columns[] = {"option", "value", "what", NULL};
static const char *const scheduler_columns[] = {"scheduler", "summary", NULL};
static const char *const parameter_columns[] = {
	"parameter", "default", "unit", "min", "max", "what", "source", NULL};
static const char *const metric_columns[] = {"metric", "unit", "what", NULL};
static const char *const platform_columns[] = {
	"platform", "runs", "cells", "calibrate", "validate", NULL};
static const char *const run_columns[] = {"id", "platform", "cell", "repeat", "role", "device",
	"iops", "clat_mean_ns", "cpu_ns_per_request", "started", NULL};

static const struct list {
	const char *name;
	const char *const *columns;
	int (*print)(const struct input *in, struct rl_out *o);
} lists[] = {
	{"policies", policy_columns, list_policies},
	{"devices", device_columns, list_devices},
	{"workloads", workload_columns, list_workloads},
	{"schedulers", scheduler_columns, list_schedulers},
	{"parameters", parameter_columns, list_parameters},
	{"metrics", metric_columns, list_metrics},
	{"platforms", platform_columns, list_platforms},
	{"runs", run_columns, list_runs},
};

#define NAMES "policies|devices|workloads|schedulers|parameters|metrics|platforms|runs"

static const struct list *find(const char *name)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(lists[i].name, name) == 0)
			return &lists[i];
	return NULL;
}

static const struct argp_option options[] = {
	{"platform", 'p', "NAME", 0, "Only the runs of this platform", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->args;
		return 0;
	case 'p':
		in->platform = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (in->what || !find(arg))
			argp_error(state, "'%s' (expected one of " NAMES ")", arg);
		in->what = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "list what? (expected one of " NAMES ")");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_list(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, NAMES,
		"Shows what there is.\v"
		"platforms and runs are the database's: of each platform how many runs and cells "
		"it has, how many of the runs calibrate and how many are held out to validate. "
		"The rest is what this program knows.",
		children, NULL, NULL};
	struct input in = {0};
	const struct list *l;
	struct rl_out *o;
	int rc;

	rl_args_parse(&argp, argc, argv, &in);
	l = find(in.what);
	o = rl_out_create(in.args.format, stdout, l->columns);
	if (!o)
		return RL_EXIT_RUN;
	rc = l->print(&in, o);
	if (rl_out_finish(o) && rc == RL_EXIT_OK)
		rc = RL_EXIT_RUN;
	return rc;
}

RL_VERB(list, "show policies, parameters, metrics, stored runs and what else there is", cmd_list);
