/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of fio with their logs, as fio wrote them: data/tests/logged. */
#ifndef RL_DATA_FORMAT_TESTS_FIO_FIXTURE_H
#define RL_DATA_FORMAT_TESTS_FIO_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/fio_json.h"
#include "data/format/fio_log.h"
#include "data/format/text.h"

#define LOGGED "data/tests/logged/"

/* A run's JSON; free() what is returned. */
static inline struct rl_fio_hists *fixture_fio(const char *run, struct rl_fio_result *r)
{
	struct rl_fio_hists *hists = NULL;
	struct rl_err err = {0};
	char path[128], *text;
	size_t n;

	snprintf(path, sizeof(path), LOGGED "%s/fio.json", run);
	if (rl_text_read(path, &text, &n, &err) || rl_fio_json_read(text, n, path, r, &hists, &err))
		fail_msg("%s: %s", path, err.what);
	free(text);
	return hists;
}

/* Reads all logs of a run whose kind is @kind, -1: every kind, but @but. */
static inline void fixture_logs(
	const char *run, int kind, const char *but, struct rl_fio_logs *logs)
{
	char pattern[128], *text;
	struct rl_err err = {0};
	glob_t g;
	size_t n;

	snprintf(pattern, sizeof(pattern), LOGGED "%s/*.log", run);
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		int k = rl_fio_log_kind(g.gl_pathv[i]);

		assert_true(k >= 0);
		if ((kind >= 0 && k != kind) || (but && strstr(g.gl_pathv[i], but)))
			continue;
		assert_int_equal(rl_text_read(g.gl_pathv[i], &text, &n, &err), 0);
		if (rl_fio_log_add(text, n, g.gl_pathv[i], k, logs, &err))
			fail_msg("%s:%d: %s", err.file, err.line, err.what);
		free(text);
	}
	globfree(&g);
}

#endif
