/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the store's views, for what shows their rows as they are. */
#ifndef RL_DATA_STORE_ASK_H
#define RL_DATA_STORE_ASK_H

#include "data/store.h"

#include <jansson.h>

/**
 * rl_store_ask - the rows of one SELECT over the views of data/schema/views.sql.
 * @sql: of this program's own, never of a user's.
 * @out: {"columns": [NAME...], "rows": [[VALUE...]...]}; free with json_decref(). Text that is no
 *       UTF-8 is null.
 * The views are this program's, as temporary ones of the connection: those of the file, which
 * anybody may have written, are never run.
 * Returns: 0; -EIO, -EINVAL what SQLite says; -ENOMEM.
 */
int rl_store_ask(struct rl_store *store, const char *sql, json_t **out, struct rl_err *err);

#endif
