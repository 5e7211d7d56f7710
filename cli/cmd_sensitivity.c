/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab sensitivity`: which parameters of a scenario its metrics depend on, and how much. */
#include "cli/cli.h"
#include "cli/sensitivity.h"
#include "cli/share.h"
#include "cli/sim_args.h"
#include "model/base/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WALKS	20  /* samples of morris unless told */
#define PLACES	256 /* of sobol */
#define FACTOR	2
#define FACTORS 1000

/* ---- the analysis -------------------------------------------------------------------------- */

/* Every configuration is looked at before the first is simulated. */
static int prepare(struct rl_sensitivity_input *in, struct rl_err *err)
{
	int rc = rl_configure_read(&in->conf, in->args.db, &in->w.base, err);
	uint64_t n;
	double *u;

	rc = rc ? rc : rl_sensitivity_axes(in, err);
	if (rc)
		return rc;
	n = (uint64_t)in->samples * rl_sens_group(in->method, in->w.naxes);
	if (n > RL_SWEEP_POINTS)
		return rl_err_set(err, -EINVAL, "--samples", 1, 1,
			"%u: %llu configurations (expected at most %u)", in->samples,
			(unsigned long long)n, RL_SWEEP_POINTS);
	u = malloc(n * in->w.naxes * sizeof(*u));
	if (!u || rl_sens_fill(in->method, in->samples, in->w.naxes, in->sim.seed, u)) {
		free(u);
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	}
	rl_sweep_points(&in->w, (uint32_t)n, u);
	return rl_sweep_check(&in->w, RL_SENSITIVITY_OVER, err);
}

/* From the first on, so that what never changes has a deviation of 0. */
static void describe(const double *y, size_t n, struct rl_sensitivity_metric *m)
{
	double off = 0, square = 0;

	for (size_t i = 0; i < n; i++)
		off += (y[i] - y[0]) / (double)n;
	m->mean = y[0] + off;
	for (size_t i = 0; i < n; i++)
		square += (y[i] - m->mean) * (y[i] - m->mean) / (double)n;
	m->sd = sqrt(square);
}

static int estimate(const struct rl_sensitivity_input *in, const double *y,
	struct rl_sensitivity_metric *m, struct rl_err *err)
{
	const struct rl_sweep *w = &in->w;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < in->nmetrics; i++, y += w->npoints) {
		describe(y, w->npoints, &m[i]);
		rc = in->method == RL_SENS_MORRIS
			     ? rl_sens_morris(
				       w->u, y, in->samples, w->naxes, in->sim.seed, m[i].effect)
			     : rl_sens_sobol(y, in->samples, w->naxes, in->sim.seed, m[i].index);
	}
	return rc ? rl_err_set(err, rc, NULL, 0, 0, "out of memory") : 0;
}

static int analyse(struct rl_sensitivity_input *in, struct rl_err *err)
{
	struct rl_sensitivity_metric *m = calloc(in->nmetrics, sizeof(*m));
	double *y = NULL;
	int rc = prepare(in, err);

	if (!rc)
		y = malloc((size_t)in->nmetrics * in->w.npoints * sizeof(*y));
	if (!rc && (!m || !y))
		rc = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	rc = rc ? rc : rl_sensitivity_run(in, y, err);
	rc = rc ? rc : estimate(in, y, m, err);
	if (!rc && rl_sensitivity_print(in, m))
		rc = rl_err_set(err, -EIO, NULL, 0, 0, "cannot write the results");
	free(m);
	free(y);
	return rc;
}

static int sensitivity(struct rl_sensitivity_input *in)
{
	struct rl_err err = {0};
	int rc = analyse(in, &err);

	rl_sweep_fini(&in->w);
	return rc ? rl_share_fail(rc, &err) : RL_EXIT_OK;
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_METHOD = 300, KEY_METRIC, KEY_FACTOR };

static const struct argp_option options[] = {
	{"over", 'o', "PATH=LOW:HIGH", 0,
		"Vary a field: LOW:HIGH, LOW:HIGH:log, or values as of `ringlab sweep`; may be "
		"repeated (default: the costs)",
		-2},
	{"method", KEY_METHOD, "morris|sobol", 0,
		"Elementary effects (default), or shares of the variance", -2},
	{"metric", KEY_METRIC, "METRIC,...", 0,
		"What is asked about; may be repeated (default: iops, clat_mean_ns, clat_p99_ns, "
		"cpu_ns_per_request)",
		-2},
	{"samples", 'N', "N", 0,
		"Walks of morris, each of one run a parameter and one more (default: 20); places "
		"of sobol, two runs more (default: 256; best a power of two)",
		-2},
	{"factor", KEY_FACTOR, "X", 0,
		"Without --over and --params: costs from a X-th of their value to X times "
		"(default: "
		"2)",
		-2},
	{"quiet", 'q', NULL, 0, "No progress", -2},
	{0},
};

static void add_over(struct argp_state *state, struct rl_sensitivity_input *in, const char *arg)
{
	if (in->nover == RL_SWEEP_AXES)
		argp_error(state, "too many --over (at most %u)", RL_SWEEP_AXES);
	in->over[in->nover++] = arg;
}

static bool is_asked(const struct rl_sensitivity_input *in, int metric)
{
	for (uint32_t i = 0; i < in->nmetrics; i++)
		if (in->metric[i] == metric)
			return true;
	return false;
}

static void add_metrics(struct argp_state *state, struct rl_sensitivity_input *in, char *list)
{
	for (char *name; (name = strsep(&list, ","));) {
		int m = rl_metric_find(name);

		if (m < 0)
			argp_error(state,
				"--metric: unknown metric '%s' (expected one of `ringlab list "
				"metrics`)",
				name);
		if (!is_asked(in, m))
			in->metric[in->nmetrics++] = m;
	}
}

static void method(struct argp_state *state, struct rl_sensitivity_input *in, const char *arg)
{
	int m = rl_sens_find(arg);

	if (m < 0)
		argp_error(state, "--method %s (expected morris or sobol)", arg);
	in->method = (enum rl_sens)m;
}

static void samples(struct argp_state *state, struct rl_sensitivity_input *in, const char *arg)
{
	in->samples = (uint32_t)rl_args_count(state, "samples", arg, RL_SWEEP_POINTS);
	if (in->samples < 2)
		argp_error(state, "--samples %s (expected at least 2)", arg);
}

static void factor(struct argp_state *state, struct rl_sensitivity_input *in, const char *arg)
{
	if (rl_units_real(arg, &in->factor, NULL) || !(in->factor > 1 && in->factor <= FACTORS))
		argp_error(
			state, "--factor %s (expected a number above 1, up to %d)", arg, FACTORS);
}

static void check(struct argp_state *state, struct rl_sensitivity_input *in)
{
	static const int usual[] = {RL_METRIC_iops, RL_METRIC_clat_mean_ns, RL_METRIC_clat_p99_ns,
		RL_METRIC_cpu_ns_per_request};

	if (in->factor > 0 && (in->nover || in->conf.params))
		argp_error(state, "--factor beside --over or --params");
	if (in->factor == 0)
		in->factor = FACTOR;
	if (!in->samples)
		in->samples = in->method == RL_SENS_MORRIS ? WALKS : PLACES;
	if (!in->nmetrics) {
		in->nmetrics = sizeof(usual) / sizeof(usual[0]);
		memcpy(in->metric, usual, sizeof(usual));
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_sensitivity_input *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->conf;
		state->child_inputs[1] = &in->sim;
		state->child_inputs[2] = &in->args;
		return 0;
	case 'o':
		add_over(state, in, arg);
		return 0;
	case KEY_METHOD:
		method(state, in, arg);
		return 0;
	case KEY_METRIC:
		add_metrics(state, in, arg);
		return 0;
	case 'N':
		samples(state, in, arg);
		return 0;
	case KEY_FACTOR:
		factor(state, in, arg);
		return 0;
	case 'q':
		in->quiet = true;
		return 0;
	case ARGP_KEY_END:
		check(state, in);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_sensitivity(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_configure_argp, 0, NULL, 0},
		{&rl_sim_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"Tells which parameters a scenario's metrics depend on, and how much. All "
		"configurations meet the same random numbers.\v"
		"morris: mu_star is the mean absolute effect of a parameter on a metric, in its "
		"unit, for all of the parameter's range; mu the mean effect with its sign; sigma "
		"is large where the effect depends on the other parameters or is no straight "
		"line. relative: mu_star as a share of the metric's mean.\n\n"
		"sobol: first is the share of a metric's variance that would go if the parameter "
		"were known; total what would be left if all others were. Where total is well "
		"above first the parameter acts together with others.\n\n"
		"Intervals (95 %) are bootstrapped over samples: they tell what more --samples "
		"would change, not what longer runs would (--requests, --reps).\n\n"
		"Without --over: with --params the fitted costs over their 95 % intervals, else "
		"every cost that is not 0, from half to twice its value. Tables leave out what "
		"does not come to a hundredth of the most; other formats tell all.",
		children, NULL, NULL};
	struct rl_sensitivity_input *in = calloc(1, sizeof(*in));
	int code;

	if (!in)
		return RL_EXIT_RUN;
	rl_args_parse(&argp, argc, argv, in);
	code = sensitivity(in);
	free(in);
	return code;
}

RL_VERB(sensitivity, "which parameters matter, and how much", cmd_sensitivity);
