/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of points: a histogram of times, one point a line as the option of a device has them.
 *
 *	# reads of 4 KiB, measured on a Tuesday
 *	80us*900
 *	100us..200us*90
 *	1ms..2ms*10
 */
#ifndef RL_DATA_FORMAT_POINTS_H
#define RL_DATA_FORMAT_POINTS_H

#include "model/base/draw.h"
#include "model/base/err.h"

/**
 * rl_points_parse - read a file of points.
 * @file: name for errors.
 * @line: out, the points as an option has them: "80us*900+100us..200us*90".
 * @size: of @line.
 * Returns: 0; -EINVAL with @err; -EFBIG more than RL_POINTS_MAX, or more than fits @line.
 */
int rl_points_parse(const char *text, size_t bytes, const char *file, struct rl_points *out,
	char *line, size_t size, struct rl_err *err);

/**
 * rl_points_expand - a specification whose "=@FILE" is replaced by the points of the file.
 * @from: the file that names it: the name is one beside it, unless it begins with a slash.
 * Returns: 0, also when there is nothing to replace; -errno with @err.
 */
int rl_points_expand(
	const char *spec, const char *from, char *out, size_t size, struct rl_err *err);

#endif
