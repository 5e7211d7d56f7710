/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions of stages, and whether traces and statistics tell the same. */
#include "data/stages_private.h"

#include "core/policy.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stage that ends at a stamp; a stamp that may be missing without a hole in the chain. */
static const struct {
	const char *name;
	bool optional;
} points[RL_STAGES_POINTS] = {
	[RL_AT_SUBMIT] = {"submit", false},
	[RL_AT_PUBLISH] = {"publish", false},
	[RL_AT_NOTIFY] = {"notify", true},
	[RL_AT_BACK_WAKE] = {"back_wake", true},
	[RL_AT_DEQUEUE] = {"dequeue", false},
	[RL_AT_DEVICE] = {"device", false},
	[RL_AT_RESPOND] = {"respond", false},
	[RL_AT_RSP_NOTIFY] = {"rsp_notify", true},
	[RL_AT_FRONT_WAKE] = {"front_wake", true},
	[RL_AT_COMPLETE] = {"complete", false},
};

#define TOTAL RL_STAGES_POINTS

const char *rl_stages_name(int point)
{
	return points[point].name;
}

/* The next stamp that must be there; RL_NEVER when it is not. */
static rl_u64 next_must(const struct rl_stages_request *r, int p)
{
	while (points[p].optional)
		p++;
	return r->at[p];
}

/* False when a stamp lies before one that must precede it. */
static bool forwards(const struct rl_stages_request *r)
{
	rl_u64 last = 0;

	for (int p = 0; p < RL_STAGES_POINTS; p++) {
		if (points[p].optional || r->at[p] == RL_NEVER)
			continue;
		if (r->at[p] < last)
			return false;
		last = r->at[p];
	}
	return true;
}

/*
 * Counts of stage @want of a request; RL_NEVER when it has none. A wake that came before the
 * message was published, or a notification that the peer did not wait for, is no step of its way.
 */
rl_u64 rl_stages_ticks(const struct rl_stages_request *r, int want)
{
	rl_u64 last = RL_NEVER;

	if (want == TOTAL)
		return r->at[RL_AT_SUBMIT] == RL_NEVER || r->at[RL_AT_COMPLETE] == RL_NEVER
			       ? RL_NEVER
			       : r->at[RL_AT_COMPLETE] - r->at[RL_AT_SUBMIT];
	for (int p = 0; p <= want; p++) {
		rl_u64 at = r->at[p];

		if (points[p].optional &&
			(at == RL_NEVER || last == RL_NEVER || at < last || at > next_must(r, p))) {
			if (p == want)
				return RL_NEVER;
			continue;
		}
		if (p == want)
			return at == RL_NEVER || last == RL_NEVER ? RL_NEVER : at - last;
		last = at;
	}
	return RL_NEVER;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The smallest value that @percent of all are not above. */
static double percentile(const double *sorted, size_t n, double percent)
{
	size_t at = (size_t)ceil(percent / 100 * (double)n);

	return sorted[at ? at - 1 : 0];
}

/* One stage of all requests; its n is 0 when nobody has it. */
static struct rl_stage sum_up(const struct rl_stages *s, int want, double *values)
{
	struct rl_stage row = {.n = 0};
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		rl_u64 ticks = rl_stages_ticks(&s->r[i], want);

		if (ticks != RL_NEVER)
			values[n++] = (double)ticks * 1e9 / s->hz;
	}
	if (n == 0)
		return row;
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	qsort(values, n, sizeof(*values), by_value);
	snprintf(row.name, sizeof(row.name), "%s", want == TOTAL ? "total" : points[want].name);
	row.n = (int64_t)n;
	row.mean_ns = sum / (double)n;
	row.p50_ns = percentile(values, n, 50);
	row.p90_ns = percentile(values, n, 90);
	row.p99_ns = percentile(values, n, 99);
	return row;
}

/* Both keep the newest: when no request is in both, they are not of one time. */
static bool apart(const struct rl_stages *s, const struct rl_trace_file *front,
	const struct rl_trace_file *back)
{
	if (!front || !back || !rl_trace_count(front, RL_TRACE_COMPLETE) ||
		!rl_trace_count(back, RL_TRACE_DEQUEUE))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->r[i].at[RL_AT_DEQUEUE] != RL_NEVER)
			return false;
	return true;
}

static int make_rows(const struct rl_stages *s, const char *dir, struct rl_stage **out, size_t *n,
	struct rl_err *err)
{
	double *values;
	size_t backwards = 0;

	for (size_t i = 0; i < s->n; i++)
		backwards += !forwards(&s->r[i]);
	if (backwards > 0)
		return rl_err_set(err, -EINVAL, dir, 0, 0,
			"traces: %zu of %zu requests were answered before they were asked "
			"(expected "
			"one clock: see clock_offset in core/trace.h)",
			backwards, s->n);
	values = malloc((s->n + 1) * sizeof(*values));
	*out = calloc(TOTAL + 1, sizeof(**out));
	for (int p = RL_AT_PUBLISH; values && *out && p <= TOTAL; p++) {
		(*out)[*n] = sum_up(s, p, values);
		*n += (*out)[*n].n > 0;
	}
	free(values);
	return values && *out ? 0 : -ENOMEM;
}

int rl_stages_join(const struct rl_trace_file *front, const struct rl_trace_file *back,
	const char *dir, struct rl_stage **out, size_t *n, struct rl_err *err)
{
	struct rl_stages s;
	int rc;

	*out = NULL;
	*n = 0;
	if (!front && !back)
		return 0;
	if (front && back && (front->h.ring != back->h.ring || front->h.queue != back->h.queue))
		return rl_err_set(err, -EINVAL, dir, 0, 0,
			"traces of ring %llu and of ring %llu (expected both sides of one)",
			(unsigned long long)front->h.ring, (unsigned long long)back->h.ring);
	if (front && back && strcmp(front->h.clock, back->h.clock) != 0)
		return rl_err_set(err, -EINVAL, dir, 0, 0,
			"traces by the clocks %s and %s (expected one)", front->h.clock,
			back->h.clock);
	rc = rl_stages_fill(&s, front, back);
	if (!rc && apart(&s, front, back))
		rc = rl_err_set(err, -EINVAL, dir, 0, 0,
			"traces: no request is in both (expected one clock: see clock_offset in "
			"core/trace.h)");
	rc = rc ? rc : make_rows(&s, dir, out, n, err);
	rl_stages_fini(&s);
	if (rc) {
		free(*out);
		*out = NULL;
		*n = 0;
	}
	return rc;
}

/* ---- against the statistics ---------------------------------------------------------------- */

/* What the statistics call `key`, counted in the trace. */
static double traced(const struct rl_trace_file *t, const char *key)
{
	bool front = t->h.side == RL_TRACE_FRONT;
	double n = 0;

	if (strcmp(key, "requests") == 0)
		return (double)rl_trace_count(t, front ? RL_TRACE_SUBMIT : RL_TRACE_DEQUEUE);
	if (strcmp(key, "notifications_sent") == 0)
		return (double)rl_trace_count(t, RL_TRACE_NOTIFY);
	if (strcmp(key, "responses") == 0 && front)
		return (double)rl_trace_count(t, RL_TRACE_COMPLETE);
	for (size_t i = 0; i < t->n; i++) {
		const struct rl_trace_record *r = &t->record[i];

		if (strcmp(key, "responses") == 0)
			n += r->stage == RL_TRACE_RESPOND ? r->count : 0;
		else
			n += r->stage == RL_TRACE_WAKE && r->count == RL_UPCALL;
	}
	return n;
}

static int agree(const struct rl_run *run, const struct rl_trace_file *t, const char *side,
	const char *dir, struct rl_err *err)
{
	static const char *const keys[] = {
		"requests", "responses", "notifications_sent", "upcalls"};
	double sent = rl_run_stat(run, side, "notifications_sent");
	double held_off = rl_run_stat(run, side, "notifications_held_off");
	double published = (double)rl_trace_count(
		t, t->h.side == RL_TRACE_FRONT ? RL_TRACE_PUBLISH : RL_TRACE_RESPOND);

	if (t->h.lost)
		return 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		double have = traced(t, keys[i]), want = rl_run_stat(run, side, keys[i]);

		if (!isnan(want) && have != want)
			return rl_err_set(err, -EINVAL, dir, 0, 0,
				"%s.trace: %.0f %s (expected %.0f as in %s.stats)", side, have,
				keys[i], want, side);
	}
	if (!isnan(sent) && !isnan(held_off) && published != sent + held_off)
		return rl_err_set(err, -EINVAL, dir, 0, 0,
			"%s.trace: %.0f publications (expected %.0f: notifications sent and held "
			"off in %s.stats)",
			side, published, sent + held_off, side);
	return 0;
}

static int read_side(struct rl_run *run, const char *side, enum rl_trace_side want, const char *dir,
	struct rl_trace_file *t, struct rl_err *err)
{
	const struct rl_document *doc;
	char name[512];
	int rc;

	snprintf(name, sizeof(name), "%s.trace", side);
	doc = rl_run_document(run, name);
	if (!doc)
		return 0;
	snprintf(name, sizeof(name), "%s/%s.trace", dir, side);
	rc = rl_trace_parse(doc->bytes, doc->size, name, t, err);
	if (!rc && t->h.side != want)
		rc = rl_err_set(err, -EINVAL, name, 0, 0, "a trace of the other side");
	return rc ? rc : agree(run, t, side, dir, err);
}

int rl_stages_read(struct rl_run *run, const char *dir, struct rl_err *err)
{
	struct rl_trace_file front = {.record = NULL}, back = {.record = NULL};
	int rc = read_side(run, "front", RL_TRACE_FRONT, dir, &front, err);

	rc = rc ? rc : read_side(run, "back", RL_TRACE_BACK, dir, &back, err);
	free(run->stages);
	run->stages = NULL;
	run->nstages = 0;
	rc = rc ? rc
		: rl_stages_join(front.record ? &front : NULL, back.record ? &back : NULL, dir,
			  &run->stages, &run->nstages, err);
	rl_trace_free(&front);
	rl_trace_free(&back);
	return rc;
}
