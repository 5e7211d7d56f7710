/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers with units as people write them: sizes as in fio (k = 1024), times with
 * a unit that must be there. Nothing is ever ignored: "4q" is an error, not 4.
 */
#ifndef RL_MODEL_BASE_UNITS_H
#define RL_MODEL_BASE_UNITS_H

#include <stdint.h>

/* Simulated time is an integer count of picoseconds; 2^63 of them last 106 days. */
typedef uint64_t rl_ps;

#define RL_PS_PER_NS 1000ull
#define RL_PS_PER_S  1000000000000ull

/**
 * rl_units_size - "4k", "64KiB", "1m", "512" to bytes.
 * @what: out on error, what was expected. @text: terminated.
 * Returns: 0; -EINVAL malformed or negative; -ERANGE above INT64_MAX.
 * Source: fio's HOWTO, parameter type int with kb_base=1024.
 */
int rl_units_size(const char *text, uint64_t *bytes, const char **what);

/** rl_units_time - "20us", "1.5ms", "30s" to nanoseconds; a bare number is an error. */
int rl_units_time(const char *text, uint64_t *ns, const char **what);

/** rl_units_count - a whole number without unit. */
int rl_units_count(const char *text, uint64_t *n, const char **what);

/** rl_units_real - a finite decimal number; NaN, Inf and overflow are errors. */
int rl_units_real(const char *text, double *x, const char **what);

#endif
