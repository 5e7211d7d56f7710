/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device of a scenario as a text: checked where it stands, its files of points written out. */
#ifndef RL_DATA_FORMAT_DEVICE_H
#define RL_DATA_FORMAT_DEVICE_H

#include "model/base/err.h"

/**
 * rl_device_text - check a device and its options.
 * @to:    out, the text with "=@FILE" replaced by what the file holds; unchanged on error.
 * @path:  of the field, for errors.  @file, @line, @col: where @value stands; file may be null.
 * Returns: 0; -EINVAL with @err, which points at what is wrong in @value or in the file.
 */
int rl_device_text(char *to, size_t size, const char *path, const char *value, const char *file,
	int line, int col, struct rl_err *err);

#endif
