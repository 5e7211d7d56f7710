/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See import_counts.h. */
#include "cli/import_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rl_import_count *rl_import_count(
	struct rl_import_counts *c, const char *platform, bool deaths)
{
	struct rl_import_count *more;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].deaths == deaths && strcmp(c->v[i].platform, platform) == 0)
			return &c->v[i];
	more = realloc(c->v, (c->n + 1) * sizeof(*more));
	if (!more)
		return NULL;
	c->v = more;
	more += c->n++;
	memset(more, 0, sizeof(*more));
	snprintf(more->platform, sizeof(more->platform), "%s", platform);
	more->deaths = deaths;
	return more;
}

int rl_import_counts_print(const struct rl_import_counts *c, enum rl_out_format format)
{
	static const char *const columns[] = {
		"platform", "new", "known", "calibrate", "validate", "what", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	if (!o)
		return -ENOMEM;
	for (size_t i = 0; i < c->n; i++) {
		const struct rl_import_count *row = &c->v[i];

		rl_out_text(o, row->platform);
		rl_out_count(o, row->added);
		rl_out_count(o, row->known);
		rl_out_count(o, row->roles[RL_ROLE_CALIBRATE]);
		rl_out_count(o, row->roles[RL_ROLE_VALIDATE]);
		rl_out_text(o, row->deaths ? "deaths" : "runs");
		rl_out_end_row(o);
	}
	return rl_out_finish(o);
}
