/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace files of a side of a ring: core/trace.h says what is in them. */
#ifndef RL_DATA_FORMAT_TRACE_H
#define RL_DATA_FORMAT_TRACE_H

#include "core/trace.h"
#include "model/base/err.h"

#include <stddef.h>

struct rl_trace_file {
	struct rl_trace_header h; /* the clock's name is terminated */
	struct rl_trace_record *record;
	size_t n; /* written - lost */
};

/**
 * rl_trace_parse - read a trace; free with rl_trace_free().
 * @file: names it in errors.
 * Records come in order of time, clock_offset added; those of one time keep their order.
 * Returns: 0; -EINVAL with the offset of the byte (truncated, another magic or version, counts
 *          that do not fit the size, a stage that is none or not of this side); -ENOMEM.
 */
int rl_trace_parse(const char *bytes, size_t size, const char *file, struct rl_trace_file *out,
	struct rl_err *err);
void rl_trace_free(struct rl_trace_file *t);

/** rl_trace_count - records of a stage. */
size_t rl_trace_count(const struct rl_trace_file *t, enum rl_trace_stage stage);

#endif
