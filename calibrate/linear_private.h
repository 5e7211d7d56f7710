/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal equations, shared by the parts of linear.h. */
#ifndef RL_CALIBRATE_LINEAR_PRIVATE_H
#define RL_CALIBRATE_LINEAR_PRIVATE_H

#include "calibrate/linear.h"

/** rl_linear_add - what a group says, @weight times. */
void rl_linear_add(const struct rl_linear *l, struct rl_normal *sum, size_t group, double weight);

/** rl_linear_add_prior - keeps what it is added to positive definite. */
void rl_linear_add_prior(const struct rl_linear *l, struct rl_normal *sum);

/** rl_linear_list - the numbers of the parameters in @who; returns how many. */
size_t rl_linear_list(const struct rl_linear *l, const bool *who, size_t *index);

/** rl_linear_solve - @step of the @n parameters in @index; the others are left as they are. */
void rl_linear_solve(const struct rl_normal *sum, const size_t *index, size_t n, double *step);

#endif
