/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reads an axis and what makes values of it share. */
#ifndef RL_DATA_FORMAT_AXIS_PRIVATE_H
#define RL_DATA_FORMAT_AXIS_PRIVATE_H

#include "data/format/axis.h"

#include <stddef.h>

#define RL_AXIS_KINDS 4u

/* In the order in which a text is tried: "1" is a count before it is a number. */
extern const enum rl_axis_kind rl_axis_kinds[RL_AXIS_KINDS];

/** rl_axis_reads_as - does it read as a number of this kind? "1m" is a size and a time. */
bool rl_axis_reads_as(enum rl_axis_kind kind, const char *text, double *x);

/** rl_axis_is_number - of any kind. */
bool rl_axis_is_number(const char *text);

/** rl_axis_text - a number as it may be given to a scenario. Returns: @buf. */
const char *rl_axis_text(enum rl_axis_kind kind, double x, char *buf, size_t size);

#endif
