/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sensitivity analysis varies; see the header. */
#include "cli/sensitivity.h"

#include "data/store.h"

#include <errno.h>
#include <math.h>
#include <string.h>

_Static_assert(RL_PARAM_COUNT <= RL_SWEEP_AXES, "an axis for each cost");

/* ---- the costs ----------------------------------------------------------------------------- */

/* Between two ends that its range allows; as likely to be halved as doubled where that can be. */
static int add_cost(
	struct rl_sensitivity_input *in, int p, double lo, double hi, struct rl_err *err)
{
	const struct rl_param_info *i = &rl_param_info[p];
	char text[192];

	lo = fmax(lo, i->min);
	hi = fmin(hi, i->max);
	if (!(lo < hi))
		return 0;
	snprintf(text, sizeof(text), "costs.%s=%.12f:%.12f%s", i->name, lo, hi,
		lo > 0 ? ":log" : "");
	return rl_sweep_add(&in->w, text, RL_SENSITIVITY_OVER, err);
}

static int add_guesses(struct rl_sensitivity_input *in, struct rl_err *err)
{
	int rc = 0;

	for (int p = 0; !rc && p < RL_PARAM_COUNT; p++) {
		double value = in->w.base.costs.v[p];

		if (value > 0)
			rc = add_cost(in, p, value / in->factor, value * in->factor, err);
	}
	return rc;
}

/* What --set says is known. */
static int add_fitted(
	struct rl_sensitivity_input *in, const struct rl_param_set *set, struct rl_err *err)
{
	int rc = 0;

	for (int p = 0; !rc && p < RL_PARAM_COUNT; p++) {
		const struct rl_fitted *f = &set->p[p];

		if (f->present && isfinite(f->lo) && isfinite(f->hi) &&
			in->w.base.costs.v[p] == f->value)
			rc = add_cost(in, p, f->lo, f->hi, err);
	}
	return rc;
}

static int add_set(struct rl_sensitivity_input *in, struct rl_err *err)
{
	struct rl_param_set set;
	struct rl_store *store;
	int rc = rl_store_open(&store, in->args.db, false, err);

	if (rc)
		return rc;
	rc = rl_store_load_params(store, in->conf.params, &set, err);
	if (!rc) {
		rc = add_fitted(in, &set, err);
		rl_param_set_fini(&set);
	}
	rl_store_close(store);
	if (!rc && !in->w.naxes)
		rc = rl_err_set(err, -EINVAL, in->args.db, 0, 0,
			"'%s': no cost with an interval (expected --over PATH=LOW:HIGH)",
			in->conf.params);
	return rc;
}

/* ---- all ----------------------------------------------------------------------------------- */

static int check_axis(
	const struct rl_sensitivity_input *in, const struct rl_axis *a, struct rl_err *err)
{
	if (a->nlevels ? a->nlevels == 1 : a->lo == a->hi)
		return rl_err_set(err, -EINVAL, RL_SENSITIVITY_OVER, 1, a->col,
			"%s: one value (expected LOW:HIGH)", a->path);
	if (in->method == RL_SENS_MORRIS && a->nlevels && a->kind == RL_AXIS_WORD && a->nlevels > 2)
		return rl_err_set(err, -EINVAL, RL_SENSITIVITY_OVER, 1, a->col,
			"%s: words have no order to walk along (expected LOW:HIGH, two words, or "
			"--method sobol)",
			a->path);
	return 0;
}

static int check_axes(const struct rl_sensitivity_input *in, struct rl_err *err)
{
	int rc = 0;

	if (in->method == RL_SENS_SOBOL && in->w.naxes > RL_SENS_SOBOL_AXES)
		return rl_err_set(err, -EINVAL, "--method", 1, 1,
			"sobol: %u parameters (expected at most %u: --method morris tells which "
			"matter, --over names them)",
			in->w.naxes, RL_SENS_SOBOL_AXES);
	for (uint32_t k = 0; !rc && k < in->w.naxes; k++)
		rc = check_axis(in, &in->w.axis[k], err);
	return rc;
}

int rl_sensitivity_axes(struct rl_sensitivity_input *in, struct rl_err *err)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < in->nover; i++)
		rc = rl_sweep_add(&in->w, in->over[i], RL_SENSITIVITY_OVER, err);
	if (!rc && !in->nover)
		rc = in->conf.params ? add_set(in, err) : add_guesses(in, err);
	return rc ? rc : check_axes(in, err);
}
