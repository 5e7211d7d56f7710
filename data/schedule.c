/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenalyze and perf stat as parts of a run; see schedule.h. */
#include "data/schedule.h"

#include "data/format/perf.h"
#include "data/format/xenalyze.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const traces[] = {"trace.txt", "xenalyze.txt"};
static const char *const counts[] = {"perf.txt", "perf.csv"};

bool rl_schedule_is(const char *name)
{
	for (int i = 0; i < 2; i++)
		if (strcmp(name, traces[i]) == 0 || strcmp(name, counts[i]) == 0)
			return true;
	return false;
}

double rl_schedule_hz(const char *manifest)
{
	json_t *root = json_loads(manifest ? manifest : "{}", 0, NULL);
	const json_t *facts = json_object_get(root, "facts");
	double mhz = 0;

	for (size_t i = 0; i < json_array_size(facts); i++) {
		const char *fact = json_string_value(json_array_get(facts, i));

		if (fact && strncmp(fact, "cpu_mhz=", 8) == 0)
			mhz = strtod(fact + 8, NULL);
	}
	json_decref(root);
	return mhz >= 1 && mhz <= 1e5 ? mhz * 1e6 : 0;
}

static int add_states(struct rl_run *run, const struct rl_xenalyze *x)
{
	run->schedule = calloc(x->nstate, sizeof(*run->schedule));
	if (!run->schedule)
		return -ENOMEM;
	for (size_t i = 0; i < x->nstate; i++) {
		const struct rl_vcpu_state *s = &x->state[i];
		struct rl_schedule *to = &run->schedule[run->nschedule++];

		*to = (struct rl_schedule){.domid = s->domid,
			.vcpu = s->vcpu,
			.n = (int64_t)s->n,
			.total_ns = s->total_ns,
			.p5_ns = s->p5_ns,
			.p50_ns = s->p50_ns,
			.p95_ns = s->p95_ns};
		memcpy(to->state, s->state, sizeof(to->state));
	}
	return 0;
}

static int add_waits(struct rl_run *run, const struct rl_xenalyze *x)
{
	struct rl_bin *more = realloc(run->bins, (run->nbins + x->nwait + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	run->bins = more;
	for (size_t i = 0; i < x->nwait; i++) {
		const struct rl_vcpu_wait *w = &x->wait[i];

		more = &run->bins[run->nbins++];
		*more = (struct rl_bin){.what = "wake_to_run",
			.value_ns = (int64_t)w->value_ns,
			.n = (int64_t)w->n};
		snprintf(more->way, sizeof(more->way), "d%uv%u", w->domid, w->vcpu);
	}
	return 0;
}

int rl_schedule_read(struct rl_run *run, const char *dir, struct rl_err *err)
{
	const struct rl_document *d = rl_run_document(run, traces[0]);
	struct rl_xenalyze x;
	char file[512];
	int rc;

	d = d ? d : rl_run_document(run, traces[1]);
	if (!d)
		return 0;
	snprintf(file, sizeof(file), "%s/%s", dir, d->name);
	rc = rl_xenalyze_parse(d->bytes, d->size, file, rl_schedule_hz(run->manifest), &x, err);
	if (rc)
		return rc;
	rc = add_states(run, &x);
	rc = rc ? rc : add_waits(run, &x);
	rl_xenalyze_free(&x);
	return rc;
}

static int add_counters(struct rl_run *run, const struct rl_perf *p)
{
	struct rl_stat *more = realloc(run->stats, (run->nstats + p->n + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	run->stats = more;
	for (size_t i = 0; i < p->n; i++) {
		more = &run->stats[run->nstats++];
		memset(more, 0, sizeof(*more));
		strcpy(more->side, "perf");
		memcpy(more->key, p->counter[i].name, sizeof(more->key));
		more->value = p->counter[i].value;
	}
	return 0;
}

int rl_schedule_perf(struct rl_run *run, const char *dir, struct rl_err *err)
{
	const struct rl_document *d = rl_run_document(run, counts[0]);
	struct rl_perf p;
	char file[512];
	int rc;

	d = d ? d : rl_run_document(run, counts[1]);
	if (!d)
		return 0;
	snprintf(file, sizeof(file), "%s/%s", dir, d->name);
	rc = rl_perf_parse(d->bytes, d->size, file, &p, err);
	if (rc)
		return rc;
	rc = add_counters(run, &p);
	rl_perf_free(&p);
	return rc;
}
