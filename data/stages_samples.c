/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stages request by request, for who wants more than their percentiles; see stages.h. */
#include "data/stages_private.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rl_stages_find(const char *name)
{
	for (int p = RL_AT_PUBLISH; p < RL_STAGES_POINTS; p++)
		if (strcmp(rl_stages_name(p), name) == 0)
			return p;
	return -1;
}

static int parse_side(const struct rl_run *run, const char *name, const char *dir,
	struct rl_trace_file *t, struct rl_err *err)
{
	const struct rl_document *doc = rl_run_document(run, name);
	char file[512];

	if (!doc)
		return 0;
	snprintf(file, sizeof(file), "%s/%s", dir, name);
	return rl_trace_parse(doc->bytes, doc->size, file, t, err);
}

static int sample(const struct rl_trace_file *front, const struct rl_trace_file *back,
	struct rl_stage_samples *out, struct rl_err *err)
{
	struct rl_stages s;
	int rc = rl_stages_fill(&s, front, back);

	out->ns = rc ? NULL : calloc(s.n ? s.n : 1, sizeof(*out->ns));
	if (!out->ns)
		rc = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t i = 0; i < s.n && !rc; i++)
		for (int p = 0; p < RL_STAGES_POINTS; p++) {
			rl_u64 ticks = rl_stages_ticks(&s.r[i], p);

			out->ns[i][p] = p == RL_AT_SUBMIT || ticks == RL_NEVER
						? NAN
						: (double)ticks * 1e9 / s.hz;
		}
	out->n = rc ? 0 : s.n;
	rl_stages_fini(&s);
	return rc;
}

int rl_stages_samples(
	const struct rl_run *run, const char *dir, struct rl_stage_samples *out, struct rl_err *err)
{
	struct rl_trace_file front = {.record = NULL}, back = {.record = NULL};
	int rc = parse_side(run, "front.trace", dir, &front, err);

	memset(out, 0, sizeof(*out));
	rc = rc ? rc : parse_side(run, "back.trace", dir, &back, err);
	if (!rc && (!front.record || !back.record))
		rc = rl_err_set(err, -ENOENT, dir, 0, 0,
			"no trace (expected front.trace and back.trace: cells with "
			"front_args=trace=N back_args=trace=N)");
	rc = rc ? rc : sample(&front, &back, out, err);
	rl_trace_free(&front);
	rl_trace_free(&back);
	return rc;
}

void rl_stages_samples_fini(struct rl_stage_samples *s)
{
	free(s->ns);
	s->ns = NULL;
	s->n = 0;
}
