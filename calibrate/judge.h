/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a validation's rows say together, against the bounds that were set beforehand. */
#ifndef RL_CALIBRATE_JUDGE_H
#define RL_CALIBRATE_JUDGE_H

#include "calibrate/validate.h"

/**
 * rl_judge - add a verdict for each bound of a platform, in the order of the file.
 * @v: rows and duels filled.
 * Returns: 0; -ENOENT when no bound is set for the platform.
 */
int rl_judge(struct rl_validation *v, const char *platform, const struct rl_tolerance *tolerances,
	size_t ntolerances, struct rl_err *err);

/**
 * rl_judge_bound - add the verdict of one bound, of whatever platform; none for those that only
 * set a threshold.
 */
void rl_judge_bound(struct rl_validation *v, const struct rl_tolerance *t);

/** rl_judge_decide - set v->pass from the verdicts that bind. */
void rl_judge_decide(struct rl_validation *v);

/**
 * rl_judge_count_band - how many of @n cells intervals that hold @share each should hold: the
 * counts that are not in either tail of a quarter of a percent (n = 60, 0.9: 47 to 59).
 */
void rl_judge_count_band(size_t n, double share, size_t *lo, size_t *hi);

/** rl_judge_add - room for one more verdict; the last one is reused when there is none. */
struct rl_verdict *rl_judge_add(struct rl_validation *v);

#endif
