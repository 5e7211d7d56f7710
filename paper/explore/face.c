/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator as a page drives it; see the header. */
#include "paper/explore/face.h"

#include "data/format/scenario.h"
#include "paper/explore/catalog.h"
#include "paper/explore/json.h"
#include "sim/trace/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rl_face {
	struct rl_scenario base, s, ran; /* loaded; with what was set since; of the last run */
	struct rl_sim_options o;
	struct rl_sim_result r;
	struct rl_hist latency;
	struct rl_json json;
	char error[512];
	bool wrong; /* error is the text, not json */
	uint32_t events;
	rl_ps from;
};

/* ---- in and out ---------------------------------------------------------------------------- */

struct rl_face *rl_face_create(void)
{
	struct rl_face *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	rl_scenario_default(&f->base);
	f->s = f->base;
	return f;
}

void rl_face_destroy(struct rl_face *f)
{
	if (f)
		rl_json_fini(&f->json);
	free(f);
}

static int fail(struct rl_face *f, int rc, const char *what)
{
	snprintf(f->error, sizeof(f->error), "%s", what);
	f->wrong = true;
	return rc;
}

static int answer(struct rl_face *f)
{
	f->wrong = false;
	return f->json.failed ? fail(f, -ENOMEM, "out of memory") : 0;
}

const char *rl_face_text(const struct rl_face *f)
{
	return f->wrong ? f->error : f->json.text ? f->json.text : "";
}

/* ---- the scenario -------------------------------------------------------------------------- */

static void mix(uint32_t *h, size_t n)
{
	*h = (*h ^ (uint32_t)n) * 16777619u;
}

double rl_face_layout(void)
{
	static const size_t at[] = {sizeof(struct rl_scenario), sizeof(struct rl_job),
		sizeof(struct rl_domain), offsetof(struct rl_scenario, guest),
		offsetof(struct rl_scenario, load), offsetof(struct rl_scenario, disk),
		offsetof(struct rl_scenario, back_policy), offsetof(struct rl_scenario, jobs),
		offsetof(struct rl_scenario, njobs), offsetof(struct rl_scenario, costs),
		offsetof(struct rl_job, iodepth), offsetof(struct rl_job, split),
		offsetof(struct rl_job, replay)};
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		mix(&h, at[i]);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		for (const char *c = rl_param_info[i].name; *c; c++)
			mix(&h, (unsigned char)*c);
	return h;
}

int rl_face_load(struct rl_face *f, const void *bytes, uint32_t size)
{
	if (size != sizeof(f->base))
		return fail(f, -EINVAL, "the scenario is of another build");
	memcpy(&f->base, bytes, size);
	f->s = f->base;
	return 0;
}

void rl_face_reset(struct rl_face *f)
{
	f->s = f->base;
}

int rl_face_set(struct rl_face *f, const char *path, const char *value)
{
	struct rl_err err = {0};
	int rc = rl_scenario_set(&f->s, path, value, NULL, 0, 0, NULL, NULL, &err);

	return rc ? fail(f, rc, err.what) : 0;
}

/* ---- the result ---------------------------------------------------------------------------- */

static void put_estimate(struct rl_json *j, const struct rl_estimate *e)
{
	rl_json_open(j, '[');
	rl_json_real(j, e->value);
	rl_json_real(j, e->lo);
	rl_json_real(j, e->hi);
	rl_json_close(j, ']');
}

static void put_counts(struct rl_json *j, const struct rl_sim_result *r)
{
	char digest[17];

	snprintf(digest, sizeof(digest), "%016" PRIx64, rl_sim_digest(r));
	rl_json_key(j, "digest");
	rl_json_text(j, digest);
	rl_json_key(j, "reps");
	rl_json_int(j, r->reps);
	rl_json_key(j, "requests");
	rl_json_int(j, (int64_t)r->requests);
	rl_json_key(j, "events");
	rl_json_int(j, (int64_t)r->events);
	rl_json_key(j, "warmup");
	rl_json_int(j, (int64_t)r->warmup);
	rl_json_key(j, "warm");
	rl_json_int(j, r->warm);
}

static void put_metrics(struct rl_json *j, const struct rl_sim_result *r)
{
	rl_json_key(j, "metrics");
	rl_json_open(j, '{');
	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		rl_json_key(j, rl_metric_info[i].name);
		put_estimate(j, &r->metrics.m[i]);
	}
	rl_json_close(j, '}');
}

static void put_limits(struct rl_json *j, const struct rl_sim_result *r)
{
	rl_json_key(j, "limits");
	rl_json_open(j, '[');
	for (uint32_t i = 0; i < r->nlimits; i++) {
		rl_json_open(j, '[');
		rl_json_text(j, r->limit[i].what);
		rl_json_real(j, r->limit[i].busy_frac);
		rl_json_close(j, ']');
	}
	rl_json_close(j, ']');
}

static void put_cells(struct rl_json *j, const struct rl_sim_result *r)
{
	rl_json_key(j, "cells");
	rl_json_open(j, '[');
	for (uint32_t i = 0; i < r->ncells; i++) {
		rl_json_open(j, '[');
		rl_json_text(j, r->cell[i].domain);
		rl_json_text(j, r->cell[i].purpose);
		rl_json_real(j, r->cell[i].cores.value);
		rl_json_close(j, ']');
	}
	rl_json_close(j, ']');
}

static void put_latency(struct rl_json *j, const struct rl_hist *h)
{
	rl_json_key(j, "latency");
	rl_json_open(j, '[');
	for (uint32_t i = 0; i < RL_HIST_BINS; i++) {
		if (!h->bin[i])
			continue;
		rl_json_open(j, '[');
		rl_json_real(j, rl_hist_value(i));
		rl_json_int(j, (int64_t)h->bin[i]);
		rl_json_close(j, ']');
	}
	rl_json_close(j, ']');
}

int rl_face_run(struct rl_face *f, double reps, double requests, double seed)
{
	struct rl_json *j = &f->json;
	struct rl_err err = {0};
	int rc;

	memset(&f->latency, 0, sizeof(f->latency));
	f->o = (struct rl_sim_options){.reps = (uint32_t)reps,
		.requests = (uint64_t)requests,
		.seed = (uint64_t)seed,
		.latency = &f->latency};
	f->ran = f->s;
	rc = rl_sim_run(&f->ran, &f->o, &f->r, &err);
	if (rc)
		return fail(f, rc, err.what);
	rl_json_reset(j);
	rl_json_open(j, '{');
	put_counts(j, &f->r);
	put_metrics(j, &f->r);
	put_limits(j, &f->r);
	put_cells(j, &f->r);
	put_latency(j, &f->latency);
	rl_json_close(j, '}');
	return answer(f);
}

/* ---- the timeline -------------------------------------------------------------------------- */

/* An event; times still since the begin of the replication. */
static void emit(void *arg, const struct rl_timeline_event *e)
{
	struct rl_face *f = arg;
	struct rl_json *j = &f->json;

	if (f->events++ >= RL_FACE_EVENTS)
		return;
	rl_json_open(j, '[');
	rl_json_int(j, e->kind);
	rl_json_int(j, e->group);
	rl_json_int(j, e->track);
	rl_json_int(j, (int64_t)e->at);
	rl_json_int(j, (int64_t)e->id);
	rl_json_text(j, e->name ? e->name : "");
	for (uint32_t i = 0; i < e->nargs; i++) {
		rl_json_text(j, e->arg[i].key);
		if (e->arg[i].text)
			rl_json_text(j, e->arg[i].text);
		else
			rl_json_int(j, (int64_t)e->arg[i].number);
	}
	rl_json_close(j, ']');
}

static void put_shown(struct rl_face *f, const struct rl_tracer_shown *shown)
{
	struct rl_json *j = &f->json;

	rl_json_key(j, "from");
	rl_json_int(j, (int64_t)shown->from);
	rl_json_key(j, "to");
	rl_json_int(j, (int64_t)shown->to);
	rl_json_key(j, "ios");
	rl_json_int(j, (int64_t)shown->ios);
	rl_json_key(j, "unfinished");
	rl_json_int(j, (int64_t)shown->unfinished);
	rl_json_key(j, "cut");
	rl_json_int(j, f->events > RL_FACE_EVENTS);
}

int rl_face_trace(struct rl_face *f, double length_ns)
{
	struct rl_tracer_options t = {
		.window = RL_TRACER_WARM, .to_ns = (uint64_t)length_ns, .emit = emit, .arg = f};
	struct rl_tracer_shown shown;
	struct rl_err err = {0};
	int rc;

	if (!f->r.reps)
		return fail(f, -EINVAL, "nothing was simulated yet");
	if (!t.to_ns)
		return fail(f, -EINVAL, "an empty window (expected at least 1 ns)");
	f->events = 0;
	rl_json_reset(&f->json);
	rl_json_open(&f->json, '{');
	rl_json_key(&f->json, "events");
	rl_json_open(&f->json, '[');
	rc = rl_sim_trace(&f->ran, &f->o, &f->r, &t, &shown, &err);
	if (rc)
		return fail(f, rc, err.what);
	rl_json_close(&f->json, ']');
	put_shown(f, &shown);
	rl_json_close(&f->json, '}');
	return answer(f);
}

int rl_face_catalog(struct rl_face *f)
{
	rl_json_reset(&f->json);
	rl_catalog_put(&f->json);
	return answer(f);
}
