/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logarithm and exponential whose bits are the same everywhere.
 *
 * Those of a C library change with the CPU (it picks a variant that contracts a*b+c). These
 * consist of IEEE additions, multiplications and divisions in a fixed order, and nothing else.
 */
#ifndef RL_MODEL_BASE_REAL_H
#define RL_MODEL_BASE_REAL_H

/**
 * rl_real_log - natural logarithm, to a few units in the last place.
 * @x: positive and finite; 0: minus infinity.
 */
double rl_real_log(double x);

/** rl_real_exp - e to the power of @x; 0 below the smallest double, infinity above the largest. */
double rl_real_exp(double x);

#endif
