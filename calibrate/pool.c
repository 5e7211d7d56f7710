/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All rows in one validation; see pool.h. */
#include "calibrate/pool.h"

#include "calibrate/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int take_rows(
	const struct rl_validation *v, size_t n, struct rl_validation *out, struct rl_err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += v[i].nrows;
	out->rows = calloc(total + 1, sizeof(*out->rows));
	if (!out->rows)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0; i < n; i++) {
		memcpy(out->rows + out->nrows, v[i].rows, v[i].nrows * sizeof(*out->rows));
		out->nrows += v[i].nrows;
	}
	return 0;
}

int rl_pool_judge(const struct rl_validation *v, size_t n, const struct rl_tolerance *tolerances,
	size_t ntolerances, struct rl_validation *out, struct rl_err *err)
{
	int code;

	memset(out, 0, sizeof(*out));
	code = take_rows(v, n, out, err);
	for (size_t i = 0; i < ntolerances && !code; i++) {
		const struct rl_tolerance *t = &tolerances[i];

		if (strcmp(t->platform, RL_POOL_PLATFORM) != 0)
			continue;
		/* Errors of one platform would hide those of another. */
		if (t->statistic != RL_STATISTIC_COVERAGE &&
			t->statistic != RL_STATISTIC_COVERAGE_OFF &&
			t->statistic != RL_STATISTIC_MEDIAN_WIDTH)
			code = rl_err_set(err, -EINVAL, NULL, 0, 0,
				"tolerance of '%s': %s (expected coverage, coverage_off or "
				"median_width)",
				RL_POOL_PLATFORM, rl_statistic_name(t->statistic));
		else
			rl_judge_bound(out, t);
	}
	if (!code && !out->nverdicts)
		code = rl_err_set(
			err, -ENOENT, NULL, 0, 0, "no tolerance is set for '%s'", RL_POOL_PLATFORM);
	rl_judge_decide(out);
	if (code)
		rl_validation_fini(out);
	return code;
}
