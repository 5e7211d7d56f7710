/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One form for every error that a person reads. */
#include "model/base/err.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

/* It quotes what somebody wrote: one line stays one line, and a terminal is told nothing. */
static void one_line(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = ' ';
}

int rl_err_set(
	struct rl_err *err, int code, const char *file, int line, int col, const char *fmt, ...)
{
	va_list ap;

	if (!err || err->what[0])
		return code;
	snprintf(err->file, sizeof(err->file), "%s", file ? file : "");
	err->line = line;
	err->col = col;
	va_start(ap, fmt);
	vsnprintf(err->what, sizeof(err->what), fmt, ap);
	va_end(ap);
	one_line(err->file);
	one_line(err->what);
	return code;
}

void rl_err_format(const struct rl_err *err, char *buf, size_t size)
{
	const char *file = err->file[0] ? err->file : "ringlab";

	if (err->line > 0 && err->col > 0)
		snprintf(buf, size, "%s:%d:%d: error: %s", file, err->line, err->col, err->what);
	else if (err->line > 0)
		snprintf(buf, size, "%s:%d: error: %s", file, err->line, err->what);
	else
		snprintf(buf, size, "%s: error: %s", file, err->what);
}

void rl_err_print(const struct rl_err *err)
{
	char line[sizeof(err->file) + sizeof(err->what) + 64];

	rl_err_format(err, line, sizeof(line));
	fprintf(stderr, "%s\n", line);
}
