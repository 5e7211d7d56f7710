/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published tables on the command line; see the header. */
#include "cli/published.h"

#include "calibrate/published.h"
#include "cli/share.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "published-"

const char *rl_published_platform(const char *platform)
{
	size_t n = strlen(PREFIX);

	return strncmp(platform, PREFIX, n) == 0 && !strchr(platform, '/') ? platform + n : NULL;
}

static int print_rows(const struct rl_published *p, const struct rl_published_verdict *v,
	enum rl_out_format format)
{
	static const char *const columns[] = {"row", "metric", "published", "predicted", "ci_lo",
		"ci_hi", "ratio", "tolerance", "judged_by", "pass", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < p->nrows && o; i++) {
		rl_out_text(o, p->row[i].name);
		rl_out_text(o, "iops");
		rl_out_real(o, p->row[i].iops, 5);
		rl_out_real(o, v->predicted[i], 5);
		rl_out_real(o, v->lo[i], 5);
		rl_out_real(o, v->hi[i], 5);
		rl_out_real(o, v->predicted[i] / p->row[i].iops, 3);
		rl_out_real(o, p->ratios ? RL_PUBLISHED_TOLERANCE : NAN, 2);
		rl_out_text(o, p->ratios ? "leave-one-out" : "order");
		rl_out_bool(o, v->pass[i]);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -ENOMEM;
}

/* For people: what was fitted, how the rows were judged, and what is a guess. */
static void print_words(const struct rl_published *p, const struct rl_published_verdict *v)
{
	printf("\nSource: %s\nUnsaid, taken from priors: %s.\n", p->source, p->unsaid);
	for (size_t i = 0; i < p->nfits; i++)
		printf("%s%s = %.4g (prior %.4g)",
			i ? ", " : "Fitted to all rows: ", p->fit[i].name, v->fitted[i],
			rl_published_value(&p->fit[i], &p->row[0].s));
	if (p->ratios)
		printf(".\n%zu of %zu rows within %.0f %%, each predicted by a fit of %zu "
		       "parameters that has not seen it; the worst is off by %.1f %%; %zu of %zu "
		       "pairs in the right order.\n",
			v->passed, v->nrows, 100 * RL_PUBLISHED_TOLERANCE, v->nfits, 100 * v->worst,
			v->pairs_right, v->pairs);
	else
		printf("Judged by direction and order only, nothing fitted: %zu of %zu pairs are "
		       "right.\n",
			v->pairs_right, v->pairs);
}

int rl_published_validate(const char *name, enum rl_out_format format)
{
	struct rl_published *p = calloc(1, sizeof(*p));
	struct rl_published_verdict v;
	char relative[256], path[1024];
	struct rl_err err = {0};
	int rc = p ? 0 : -ENOMEM;

	snprintf(relative, sizeof(relative), "data/published/%s.csv", name);
	if (!rc)
		rc = rl_published_read(
			rl_share_path(relative, path, sizeof(path)), p, rl_warn_print, NULL, &err);
	if (!rc)
		rc = rl_published_judge(p, NULL, &v, &err);
	if (!rc)
		rc = print_rows(p, &v, format);
	if (!rc && format == RL_OUT_TABLE)
		print_words(p, &v);
	free(p);
	if (rc)
		return rl_share_fail(rc, &err);
	return v.passed == v.nrows ? RL_EXIT_OK : RL_EXIT_INVALID;
}
