/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of points; see the header. */
#include "data/format/points.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/format/text.h"
#include "model/spec.h"

/* The point of a line without the space around it, terminated; "": nothing but a comment. */
static int point_of(const struct rl_lines *l, char *to, size_t size)
{
	size_t from = 0, end = l->size;

	while (from < end && isspace((unsigned char)l->at[from]))
		from++;
	while (end > from && isspace((unsigned char)l->at[end - 1]))
		end--;
	if (from < end && l->at[from] == '#')
		end = from;
	if (end - from >= size || memchr(l->at + from, '\0', end - from))
		return -EINVAL;
	memcpy(to, l->at + from, end - from);
	to[end - from] = '\0';
	return 0;
}

static int add(struct rl_points *out, const char *point, char *line, size_t size)
{
	size_t n = strlen(line);

	if (out->n == RL_POINTS_MAX || n + strlen(point) + 2 > size)
		return -EFBIG;
	if (rl_spec_point(point, &out->p[out->n]))
		return -EINVAL;
	snprintf(line + n, size - n, "%s%s", out->n++ ? "+" : "", point);
	return 0;
}

int rl_points_parse(const char *text, size_t bytes, const char *file, struct rl_points *out,
	char *line, size_t size, struct rl_err *err)
{
	double sum = 0;
	struct rl_lines l;
	char point[96];

	out->n = 0;
	*line = '\0';
	rl_lines_init(&l, text, bytes);
	while (rl_lines_next(&l)) {
		int rc = point_of(&l, point, sizeof(point));

		if (!rc && *point)
			rc = add(out, point, line, size);
		if (rc == -EFBIG)
			return rl_err_set(err, rc, file, l.line, 1,
				"too many points (expected at most %u)", RL_POINTS_MAX);
		if (rc)
			return rl_err_set(err, rc, file, l.line, 1,
				"malformed point (expected a time and a weight such as 80us*90 or "
				"1ms..2ms*10)");
	}
	for (uint32_t i = 0; i < out->n; i++)
		sum += out->p[i].weight;
	if (sum <= 0)
		return rl_err_set(err, -EINVAL, file, 1, 1,
			"no point with a weight (expected a line such as 80us*90)");
	return 0;
}

static int read_points(const char *path, char *line, size_t size, struct rl_err *err)
{
	struct rl_points points;
	size_t bytes;
	char *text;
	int rc = rl_text_read(path, &text, &bytes, err);

	if (rc)
		return rc;
	rc = rl_points_parse(text, bytes, path, &points, line, size, err);
	free(text);
	return rc;
}

static int too_long(struct rl_err *err, size_t size)
{
	return rl_err_set(
		err, -EFBIG, NULL, 0, 0, "too long (expected at most %zu characters)", size - 1);
}

int rl_points_expand(const char *spec, const char *from, char *out, size_t size, struct rl_err *err)
{
	const char *mark = strstr(spec, "=@"), *name = mark ? mark + 2 : NULL, *slash;
	char path[1024];
	size_t n, len;
	int rc;

	if (!mark)
		return (size_t)snprintf(out, size, "%s", spec) < size ? 0 : too_long(err, size);
	len = strcspn(name, ",");
	slash = from && *name != '/' ? strrchr(from, '/') : NULL;
	snprintf(path, sizeof(path), "%.*s%.*s", slash ? (int)(slash - from) + 1 : 0,
		slash ? from : "", (int)len, name);
	n = (size_t)snprintf(out, size, "%.*s=", (int)(mark - spec), spec);
	if (n >= size)
		return too_long(err, size);
	rc = read_points(path, out + n, size - n, err);
	if (rc)
		return rc;
	n = strlen(out);
	return n + (size_t)snprintf(out + n, size - n, "%s", name + len) < size
		       ? 0
		       : too_long(err, size);
}
