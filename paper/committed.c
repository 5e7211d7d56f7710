/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See committed.h. */
#include "paper/committed.h"

#include "data/store_ask.h"

#include <string.h>

static const char sql[] =
	"WITH made AS (SELECT platform, role, json_extract(manifest, '$.commit') IS NOT NULL"
	"  AND json_extract(manifest, '$.commit_dirty') = 0 AS clean,"
	" coalesce(json_extract(manifest, '$.modules_sha256'),"
	"  json_extract(manifest, '$.programs_sha256')) AS code FROM run)"
	" SELECT platform, count(*), sum(NOT (clean IS TRUE OR"
	" code IN (SELECT code FROM made WHERE clean AND code IS NOT NULL) IS TRUE))"
	" FROM made WHERE role <> 'none' GROUP BY platform ORDER BY platform";

int rl_committed_load(struct rl_store *store, json_t **out, struct rl_err *err)
{
	json_t *answer;
	int code = rl_store_ask(store, sql, &answer, err);

	if (code)
		return code;
	*out = json_incref(json_object_get(answer, "rows"));
	json_decref(answer);
	return 0;
}

bool rl_committed(const json_t *table, const char *platform)
{
	size_t i;
	json_t *row;

	json_array_foreach(table, i, row)
	{
		const char *name = json_string_value(json_array_get(row, 0));

		if (name && strcmp(name, platform) == 0)
			return json_integer_value(json_array_get(row, 2)) == 0;
	}
	return false;
}
