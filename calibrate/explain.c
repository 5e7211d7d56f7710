/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fitted parameter is, how well it is known, and which cells tell it; see fit.h. */
#include "calibrate/groups.h"

#include <errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 8

/* The quantity of a cell that follows the parameter most closely, among those that a fit sees. */
static int strongest(const struct rl_fit *fit, const struct rl_cells *cells, size_t j, size_t c)
{
	static const int used[] = {
#define RL_FIT_ROW(quantity, floor, offset, absolute) quantity,
#include "calibrate/fitted.def"
	};
	const double *slope = fit->slope + (j * fit->ncells + c) * RL_QUANTITY_COUNT;
	int best = used[0];

	for (size_t i = 1; i < sizeof(used) / sizeof(used[0]); i++)
		if (isfinite(cells->v[c].m[used[i]].value) &&
			fabs(slope[used[i]]) > fabs(slope[best]))
			best = used[i];
	return best;
}

static int find(const struct rl_fit *fit, const char *name, size_t *j, struct rl_err *err)
{
	for (*j = 0; *j < fit->spec.nparams; ++*j)
		if (strcmp(rl_fit_info(fit->spec.params[*j])->name, name) == 0)
			return 0;
	if (rl_param_find(name) >= 0)
		return rl_err_set(err, -ENOENT, NULL, 0, 0,
			"parameter '%s' is not fitted on this platform: it stays at its prior",
			name);
	return rl_err_set(err, -ENOENT, NULL, 0, 0,
		"unknown parameter '%s' (`ringlab list parameters` names them)", name);
}

static void describe(const struct rl_fit *fit, size_t j, FILE *out)
{
	const struct rl_lsq_param *p = &fit->lsq.p[j];
	const struct rl_param_info *info = rl_fit_info(fit->spec.params[j]);

	fprintf(out, "%s: %s\n", info->name, info->what);
	fprintf(out, "  value        %.4g %s (95 %%: %.4g to %.4g)%s\n", exp(p->x), info->unit,
		exp(p->lo), exp(p->hi), p->at_bound ? ", at its bound" : "");
	if (isfinite(p->cov_lo))
		fprintf(out, "  covariance   %.4g to %.4g (t, %.3g degrees of freedom)\n",
			exp(p->cov_lo), exp(p->cov_hi), p->dof);
	if (isfinite(p->boot_lo))
		fprintf(out, "  bootstrap    %.4g to %.4g\n", exp(p->boot_lo), exp(p->boot_hi));
	fprintf(out, "  prior        %.4g %s (%s)\n", rl_fit_prior(&fit->spec, fit->spec.params[j]),
		info->unit, info->source);
	fprintf(out, "  identifiable %s: the runs leave %.0f %% of the prior's uncertainty\n",
		p->identifiable ? "yes" : "no, the prior is kept", 100 * p->shrink);
	fprintf(out,
		"  sensitivity  a change by 10 %% moves the rows by %.2f %% (root mean square)\n",
		10 * p->sensitivity);
	if (p->corr_with >= 0)
		fprintf(out, "  correlated   %+.2f with %s\n", p->corr,
			rl_fit_info(fit->spec.params[p->corr_with])->name);
}

static void name_runs(const struct rl_fit *fit, const struct rl_cells *cells, size_t j,
	const double *share, const double *move, FILE *out)
{
	size_t order[SHOWN], n = cells->n < SHOWN ? cells->n : SHOWN;

	gsl_sort_largest_index(order, n, share, 1, cells->n);
	fputs("  told by these runs (share of what all tell; where the value would go without; "
	      "what "
	      "shows it, in percent for 1 % of the parameter):\n",
		out);
	for (size_t i = 0; i < n; i++) {
		size_t c = order[i];
		int q = strongest(fit, cells, j, c);

		fprintf(out, "    %4.1f %%  %+6.2f %%  %s: %s %+.2f\n", 100 * share[c],
			100 * expm1(move[c]), cells->v[c].name, rl_quantity_name(q),
			fit->slope[(j * fit->ncells + c) * RL_QUANTITY_COUNT + (size_t)q]);
	}
}

static void name_group(const struct rl_fit *fit, int param, FILE *out)
{
	char sum[512];

	for (size_t i = 0; i < fit->ncharges; i++) {
		if (fit->charge[i].param != param || fit->charge[i].group < 0)
			continue;
		rl_groups_sum(
			fit, fit->charge, fit->ncharges, fit->charge[i].group, sum, sizeof(sum));
		fprintf(out,
			"  group        these runs always charge together what follows (cosine of "
			"their "
			"slopes at least %g); they tell the sum: %s\n",
			RL_GROUP_COSINE, sum);
	}
}

int rl_fit_explain(const struct rl_fit *fit, const struct rl_cells *cells, const char *parameter,
	FILE *out, struct rl_err *err)
{
	double *share, *move;
	size_t j;
	int code = find(fit, parameter, &j, err);

	if (code)
		return code;
	share = calloc(cells->n, sizeof(*share));
	move = calloc(cells->n, sizeof(*move));
	if (!share || !move)
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code) {
		describe(fit, j, out);
		name_group(fit, fit->spec.params[j], out);
		rl_linear_influence(&fit->lsq.linear, j, share, move);
		if (fit->lsq.p[j].kept)
			fputs("  no run tells it\n", out);
		else
			name_runs(fit, cells, j, share, move, out);
	}
	free(share);
	free(move);
	return code;
}
