/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only reader of tolerances.csv. */
#include "data/format/tolerance.h"

#include "data/format/text.h"
#include "model/base/units.h"
#include "model/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 4
#define HEADER "platform,metric,statistic,tolerance"

static const char *const statistic_names[RL_STATISTICS] = {"mean_abs_error", "max_abs_error",
	"mean_error_or_spread", "winner_threshold", "winner_share", "coverage", "coverage_off",
	"median_width"};

const char *rl_statistic_name(enum rl_statistic s)
{
	return statistic_names[s];
}

/* A row cut at its commas, with the column of each field for messages. */
struct row {
	char text[256];
	char *field[FIELDS];
	int col[FIELDS];
};

static int cut(const struct rl_lines *l, const char *path, struct row *row, struct rl_err *err)
{
	size_t n = 0;

	if (l->size >= sizeof(row->text))
		return rl_err_set(err, -EINVAL, path, l->line, 1, "line too long");
	memcpy(row->text, l->at, l->size);
	row->text[l->size] = '\0';
	for (char *p = row->text; p; n++) {
		char *comma = strchr(p, ',');

		if (comma)
			*comma = '\0';
		if (n < FIELDS) {
			row->field[n] = p;
			row->col[n] = (int)(p - row->text) + 1;
		}
		p = comma ? comma + 1 : NULL;
	}
	if (n != FIELDS)
		return rl_err_set(err, -EINVAL, path, l->line, 1,
			"%zu fields (expected %d: " HEADER ")", n, FIELDS);
	return 0;
}

static int parse(const struct rl_lines *l, const char *path, struct row *r,
	struct rl_tolerance *out, struct rl_err *err)
{
	const char *what;
	int s;

	if (!r->field[0][0] || strlen(r->field[0]) >= sizeof(out->platform))
		return rl_err_set(err, -EINVAL, path, l->line, 1, "bad platform name");
	strcpy(out->platform, r->field[0]);
	out->metric = rl_metric_find(r->field[1]);
	if (out->metric < 0)
		return rl_err_set(err, -EINVAL, path, l->line, r->col[1],
			"unknown metric '%s' (`ringlab list metrics` names them)", r->field[1]);
	for (s = 0; s < (int)RL_STATISTICS && strcmp(r->field[2], statistic_names[s]) != 0; s++)
		;
	if (s == (int)RL_STATISTICS)
		return rl_err_set(err, -EINVAL, path, l->line, r->col[2],
			"unknown statistic '%s' (expected mean_abs_error, max_abs_error, "
			"mean_error_or_spread, winner_threshold, winner_share, coverage, "
			"coverage_off or median_width)",
			r->field[2]);
	out->statistic = (enum rl_statistic)s;
	if (rl_units_real(r->field[3], &out->tolerance, &what))
		return rl_err_set(err, -EINVAL, path, l->line, r->col[3], "'%s' (expected %s)",
			r->field[3], what);
	if (out->tolerance <= 0 || out->tolerance > 1)
		return rl_err_set(err, -EINVAL, path, l->line, r->col[3],
			"tolerance %s out of range (expected above 0, at most 1)", r->field[3]);
	return 0;
}

static int check_twice(
	const struct rl_tolerance *t, size_t n, const char *path, int line, struct rl_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].metric == t[n].metric && t[i].statistic == t[n].statistic &&
			strcmp(t[i].platform, t[n].platform) == 0)
			return rl_err_set(err, -EINVAL, path, line, 1,
				"platform, metric and statistic were given before");
	return 0;
}

static int parse_all(const char *path, struct rl_lines *l, struct rl_tolerance *out, size_t *n,
	struct rl_err *err)
{
	struct row row;
	int code;

	if (!rl_lines_next(l) || l->size != strlen(HEADER) || memcmp(l->at, HEADER, l->size) != 0)
		return rl_err_set(err, -EINVAL, path, 1, 1, "bad header (expected " HEADER ")");
	while (rl_lines_next(l)) {
		if (l->size == 0)
			continue;
		code = cut(l, path, &row, err);
		if (!code)
			code = parse(l, path, &row, &out[*n], err);
		if (!code)
			code = check_twice(out, *n, path, l->line, err);
		if (code)
			return code;
		++*n;
	}
	return 0;
}

int rl_tolerance_read(const char *path, struct rl_tolerance **out, size_t *n, struct rl_err *err)
{
	struct rl_lines l;
	char *text;
	size_t size;
	int code = rl_text_read(path, &text, &size, err);

	*out = NULL;
	*n = 0;
	if (code)
		return code;
	rl_lines_init(&l, text, size);
	/* No row is shorter than its commas and newline. */
	*out = calloc(size / FIELDS + 1, sizeof(**out));
	code = *out ? parse_all(path, &l, *out, n, err)
		    : rl_err_set(err, -ENOMEM, path, 0, 0, "out of memory");
	free(text);
	if (code) {
		free(*out);
		*out = NULL;
		*n = 0;
	}
	return code;
}
