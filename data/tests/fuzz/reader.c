// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fuzz target: the readers of what people write. Compiled once for each, -DREADER_<name>.
 *
 * Whatever the bytes: the reader returns; an error says what is wrong in one line without a
 * control character; and what was taken is in range, by the check that the simulator makes, and
 * is told as JSON that is JSON.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/format/decisions.h"
#include "data/format/fio_job.h"
#include "data/format/fio_json.h"
#include "data/format/iolog.h"
#include "data/format/points.h"
#include "data/format/scenario.h"

static void broken(const char *what, const char *text)
{
	fprintf(stderr, "reader: %s: '%s'\n", what, text);
	abort();
}

static void holds_line(const struct rl_err *err)
{
	if (!*err->what)
		broken("refused without a word", "");
	for (const char *c = err->what; *c; c++)
		if (iscntrl((unsigned char)*c))
			broken("more than a line", err->what);
	if (err->line < 0 || err->col < 0)
		broken("a place before the begin", err->what);
}

static void holds_scenario(const struct rl_scenario *s)
{
	char *json = rl_scenario_json(s);
	json_t *doc = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	struct rl_err err = {0};

	if (!doc)
		broken("no JSON", json);
	json_decref(doc);
	free(json);
	if (rl_scenario_check(s, &err))
		broken("taken and wrong", err.what);
}

static int read_it(const char *text, size_t size, struct rl_err *err)
{
	int rc = -1;
#ifdef READER_scenario
	static struct rl_scenario s;

	rc = rl_scenario_parse(text, size, "it", &s, NULL, NULL, err);
	if (!rc)
		holds_scenario(&s);
#elif defined(READER_job)
	static struct rl_scenario s;

	rl_scenario_default(&s);
	rc = rl_fio_jobs_parse(text, size, "it", s.jobs, RL_JOBS, &s.njobs, NULL, NULL, err);
	if (!rc && rl_scenario_check(&s, err))
		return -1; /* too much in all, for example */
	if (!rc)
		holds_scenario(&s);
#elif defined(READER_fio_json)
	struct rl_fio_result r;

	rc = rl_fio_json_parse(text, size, "it", &r, err);
#elif defined(READER_decisions)
	struct rl_decisions d;

	rc = rl_decisions_parse(text, size, "it", &d, err);
	if (!rc)
		rl_decisions_free(&d);
#elif defined(READER_points)
	struct rl_points p;
	char line[RL_DEVICE_SPEC_BYTES];

	rc = rl_points_parse(text, size, "it", &p, line, sizeof(line), err);
#else
#error "which reader?"
#endif
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rl_err err = {0};
	/* Terminated, as a file's bytes are; and alone, so that a read past its end shows. */
	char *copy = malloc(size + 1);

	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	if (read_it(copy, size, &err))
		holds_line(&err);
	free(copy);
	return 0;
}
