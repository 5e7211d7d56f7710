/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What fitted.def asks of a platform; see fit.h. */
#include "calibrate/fit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const struct {
	const char *platform;
	int param;
} fitted[] = {
#define RL_FITTED(platform, parameter) {platform, RL_PARAM_##parameter},
#define RL_FITTED_SCALE(platform)      {platform, RL_FIT_SCALE},
#include "calibrate/fitted.def"
	{NULL, 0}};

static const struct {
	const char *platform, *from;
} priors[] = {
#define RL_FIT_PRIOR(platform, from) {platform, from},
#include "calibrate/fitted.def"
	{NULL, NULL}};

static const struct {
	const char *platform, *other;
} alike[] = {
#define RL_FIT_LIKE(platform, other) {platform, other},
#include "calibrate/fitted.def"
	{NULL, NULL}};

static const int wall[] = {
#define RL_FIT_WALL(parameter) RL_PARAM_##parameter,
#include "calibrate/fitted.def"
	RL_PARAM_COUNT};

static const struct {
	const char *platform;
	int param;
	double value;
} starts[] = {
#define RL_FIT_START(platform, parameter, value) {platform, RL_PARAM_##parameter, value},
#include "calibrate/fitted.def"
	{NULL, 0, 0}};

static const struct {
	int param;
	double step;
} steps[] = {
#define RL_FIT_STEP(parameter, step) {RL_PARAM_##parameter, step},
#include "calibrate/fitted.def"
	{RL_PARAM_COUNT, 0}};

double rl_fit_step(int param)
{
	for (size_t i = 0; steps[i].step > 0; i++)
		if (steps[i].param == param)
			return steps[i].step;
	return 0;
}

static void take_starts(const char *platform, struct rl_costs *prior)
{
	for (size_t i = 0; starts[i].platform; i++)
		if (strcmp(starts[i].platform, platform) == 0)
			prior->v[starts[i].param] = starts[i].value;
}

int rl_fit_spec_for(const char *platform, struct rl_fit_spec *spec, struct rl_err *err)
{
	memset(spec, 0, sizeof(*spec));
	rl_costs_default(&spec->prior);
	rl_forward_default(&spec->forward);
	for (size_t i = 0; fitted[i].platform; i++)
		if (strcmp(fitted[i].platform, platform) == 0 && spec->nparams < RL_LSQ_MAX_PARAMS)
			spec->params[spec->nparams++] = fitted[i].param;
	for (size_t i = 0; priors[i].platform; i++)
		if (strcmp(priors[i].platform, platform) == 0)
			spec->prior_from = priors[i].from;
	for (size_t i = 0; alike[i].platform; i++)
		if (strcmp(alike[i].platform, platform) == 0)
			take_starts(alike[i].other, &spec->prior);
	take_starts(platform, &spec->prior);
	if (!spec->nparams)
		return rl_err_set(err, -ENOENT, NULL, 0, 0,
			"no parameter of platform '%s' is fitted (expected a platform of "
			"calibrate/fitted.def)",
			platform);
	return 0;
}

const struct rl_param_info *rl_fit_info(int param)
{
	static const struct rl_param_info scale = {"time_scale", "1", 1, 1e-3, 1e3,
		"factor on every cost that is work of a CPU, against its prior", "prior"};

	return param == RL_FIT_SCALE ? &scale : &rl_param_info[param];
}

double rl_fit_prior(const struct rl_fit_spec *spec, int param)
{
	return param == RL_FIT_SCALE ? 1 : spec->prior.v[param];
}

bool rl_fit_is_scaled(const struct rl_fit_spec *spec, int param)
{
	bool has_scale = false;

	if (strncmp(rl_param_info[param].unit, "ns", 2) != 0)
		return false; /* no time: a ratio, a size */
	for (size_t i = 0; i + 1 < sizeof(wall) / sizeof(wall[0]); i++)
		if (wall[i] == param)
			return false;
	for (size_t j = 0; j < spec->nparams; j++) {
		if (spec->params[j] == param)
			return false;
		has_scale |= spec->params[j] == RL_FIT_SCALE;
	}
	return has_scale;
}

void rl_fit_costs(const struct rl_fit_spec *spec, const double *x, struct rl_costs *out)
{
	*out = spec->prior;
	for (size_t j = 0; j < spec->nparams; j++) {
		if (spec->params[j] != RL_FIT_SCALE) {
			out->v[spec->params[j]] = exp(x[j]);
			continue;
		}
		for (int i = 0; i < RL_PARAM_COUNT; i++)
			if (rl_fit_is_scaled(spec, i))
				out->v[i] = spec->prior.v[i] * exp(x[j]);
	}
}
