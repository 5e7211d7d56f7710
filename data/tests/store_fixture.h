/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the store share: a database of their own, and the sample run in it. */
#ifndef RL_DATA_TESTS_STORE_FIXTURE_H
#define RL_DATA_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/format/text.h"
#include "data/run.h"
#include "data/store.h"

#define SAMPLE "data/tests/sample/event-spin-randread-4k-qd8"

static char dir[64], db[96];

static inline int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "%.30s/ringlab-store-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(db, sizeof(db), "%s/t.db", dir);
	return 0;
}

static inline int teardown(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd);
}

/* The sqlite3 shell on the database, as somebody else would. */
static inline int shell(const char *path, const char *sql)
{
	char cmd[1024];

	snprintf(cmd, sizeof(cmd), "sqlite3 -bail '%s' \"%s\" >/dev/null 2>&1", path, sql);
	return system(cmd);
}

static inline struct rl_store *open_store(void)
{
	struct rl_store *s = NULL;
	struct rl_err err = {0};

	if (rl_store_open(&s, db, true, &err))
		fail_msg("%s", err.what);
	return s;
}

static inline void import(struct rl_store *s, enum rl_role role, bool *is_new)
{
	struct rl_err err = {0};
	struct rl_run run;

	if (rl_run_read_dir(&run, SAMPLE, NULL, &err))
		fail_msg("%s: %s", err.file, err.what);
	run.role = role;
	if (rl_store_put_run(s, &run, is_new, &err))
		fail_msg("%s", err.what);
	rl_run_fini(&run);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
