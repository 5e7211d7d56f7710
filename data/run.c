/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's files: read them, and say what they describe and measured. */
#include "data/run.h"

#include "core/policy.h"
#include "data/format/cell.h"
#include "data/format/fio_job.h"
#include "data/format/fio_json.h"
#include "data/format/json.h"
#include "data/format/stats.h"
#include "data/format/text.h"
#include "data/latency.h"
#include "data/schedule.h"
#include "data/stages.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A domain's pCPU as the rig pinned it; -1 where it did not. */
static int pinned(const json_t *pinning, const char *domain, const char *file, int32_t *pcpu,
	struct rl_err *err)
{
	const json_t *cpu = json_object_get(pinning, domain);
	json_int_t n = json_integer_value(cpu);

	*pcpu = -1;
	if (!cpu || json_is_null(cpu))
		return 0;
	if (!json_is_integer(cpu) || n < 0 || n >= RL_MAX_PCPUS)
		return rl_err_set(err, -EINVAL, file, 0, 0,
			"pinning.%s: no pCPU (expected its number from 0, or null)", domain);
	*pcpu = (int32_t)n;
	return 0;
}

static bool says(const json_t *root, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(root, key));

	return text && strcmp(text, value) == 0;
}

/* The hosted pair: as many persistent grants as slots can name, all mapped at the start. */
static void describe_processes(struct rl_scenario *s)
{
	s->machine.hosted = true;
	strcpy(s->machine.scheduler, "eevdf");
	s->disk.persistent_grants = RL_MAX_PERSISTENT_GRANTS;
}

/* A job of fio is a process with a ring of its own, which a thread of the backend serves. */
static void describe_clones(struct rl_scenario *s)
{
	if (s->machine.hosted)
		s->guest.vcpus = s->driver.vcpus = s->disk.queues = s->job.numjobs;
}

/* What the rig says of the machine. */
static int describe_machine(struct rl_run *run, const char *at, struct rl_err *err)
{
	const char *text = run->manifest ? run->manifest : "{}", *scheduler;
	struct rl_scenario *s = &run->scenario;
	const json_t *cpus, *pinning;
	char file[512];
	json_t *root;
	int rc = 0;

	snprintf(file, sizeof(file), "manifest.json of %s", at);
	root = rl_json_only(text, strlen(text), file, err);
	if (!root)
		return -EINVAL;
	scheduler = json_string_value(json_object_get(root, "scheduler"));
	if (says(root, "platform", "hosted") || says(root, "platform", "hosted-awake"))
		describe_processes(s);
	if (scheduler)
		memccpy(s->machine.scheduler, scheduler, '\0', sizeof(s->machine.scheduler) - 1);
	cpus = json_object_get(root, "cpus");
	pinning = json_object_get(root, "pinning");
	if (cpus && (!json_is_integer(cpus) || json_integer_value(cpus) < 1 ||
			    json_integer_value(cpus) > UINT32_MAX)) {
		json_decref(root);
		return rl_err_set(
			err, -EINVAL, file, 0, 0, "cpus: no number of CPUs (expected 1 or more)");
	}
	if (cpus)
		s->machine.pcpus = (uint32_t)json_integer_value(cpus);
	if (json_is_object(pinning))
		rc = pinned(pinning, "guest", file, &s->guest.pcpu, err)
			     ?: pinned(pinning, "driver", file, &s->driver.pcpu, err);
	json_decref(root);
	return rc;
}

static void describe_cell(struct rl_scenario *s, const struct rl_cell *c)
{
	/* The stock drivers are what the policy of the classic event channel is made after. */
	strcpy(s->front_policy, *c->front ? c->front : RL_POLICY_DEFAULT);
	strcpy(s->back_policy, *c->back ? c->back : RL_POLICY_DEFAULT);
	snprintf(s->disk.device, sizeof(s->disk.device), "%s", c->device);
	s->disk.grants = c->persistent ? RL_GRANTS_PERSISTENT : RL_GRANTS_MAP;
	s->disk.ring_pages = c->ring_pages;
	if (c->load_weight) { /* the rig pins its one vCPU to the first pCPU, where the guest runs
			       */
		s->load.vcpus = 1;
		s->load.pcpu = 0;
		s->load.weight = c->load_weight;
		s->load.cap = c->load_cap;
		s->load.idle_ns = 0;
	}
}

/* Without a job file: what fio repeats of it. */
static int describe_job(struct rl_run *run, const char *file, struct rl_err *err)
{
	const struct rl_document *doc = rl_run_document(run, "fio.json");
	struct rl_fio_result fio;
	int rc;

	if (!doc)
		return 0;
	rc = rl_fio_json_parse(doc->bytes, doc->size, file, &fio, err);
	if (!rc && fio.has_job)
		run->scenario.job = fio.job;
	return rc;
}

/* A run's directory, or the name that it has in the store. */
static void where(const struct rl_run *run, const char *dir, char *out, size_t size)
{
	if (dir)
		snprintf(out, size, "%s", dir);
	else
		snprintf(out, size, "%s/%s", run->platform, run->cell);
}

int rl_run_describe(struct rl_run *run, const char *dir, struct rl_err *err)
{
	const struct rl_document *cell = rl_run_document(run, "cell.txt");
	const struct rl_document *job = rl_run_document(run, "job.fio");
	struct rl_cell c;
	char at[256], file[512];
	int rc;

	where(run, dir, at, sizeof(at));
	rl_scenario_default(&run->scenario);
	/* A label; a long cell's name is cut. */
	memccpy(run->scenario.name, run->cell, '\0', sizeof(run->scenario.name) - 1);
	rc = describe_machine(run, at, err);
	if (!rc && cell) {
		snprintf(file, sizeof(file), "%s/cell.txt", at);
		rc = rl_cell_parse(cell->bytes, cell->size, file, &c, err);
		if (!rc)
			describe_cell(&run->scenario, &c);
	}
	if (!rc && !job)
		return describe_job(run, at, err);
	if (rc)
		return rc;
	snprintf(file, sizeof(file), "%s/job.fio", at);
	rc = rl_fio_job_parse(job->bytes, job->size, file, &run->scenario.job, NULL, NULL, err);
	if (!rc)
		describe_clones(&run->scenario);
	return rc;
}

/* fio repeats its options: they must be those of the job file that lies beside. */
static int check_job(const struct rl_run *run, const struct rl_fio_result *fio, const char *file,
	struct rl_err *err)
{
	const struct rl_job *a = &run->scenario.job, *b = &fio->job;

	if (!fio->has_job || !rl_run_document(run, "job.fio"))
		return 0;
	if (a->bs_bytes == b->bs_bytes && a->rw == b->rw && a->iodepth == b->iodepth &&
		a->numjobs == b->numjobs)
		return 0;
	return rl_err_set(err, -EINVAL, file, 0, 0,
		"job options: bs=%llu rw=%s iodepth=%u numjobs=%u (expected those of job.fio: "
		"bs=%llu rw=%s iodepth=%u numjobs=%u)",
		(unsigned long long)b->bs_bytes, rl_fio_rw_name(b->rw), b->iodepth, b->numjobs,
		(unsigned long long)a->bs_bytes, rl_fio_rw_name(a->rw), a->iodepth, a->numjobs);
}

/* What fio says: metrics, and distributions of latency. */
static int measure_fio(
	struct rl_run *run, const struct rl_document *doc, const char *dir, struct rl_err *err)
{
	struct rl_fio_hists *hists;
	struct rl_fio_result fio;
	char name[512];
	int rc;

	snprintf(name, sizeof(name), "%s/fio.json", dir);
	rc = rl_fio_json_read(doc->bytes, doc->size, name, &fio, &hists, err);
	rc = rc ? rc : check_job(run, &fio, name, err);
	rc = rc ? rc : rl_latency_read(run, hists, dir, err);
	free(hists);
	if (rc)
		return rc;
	run->metrics = fio.metrics;
	memcpy(run->started, fio.started, sizeof(run->started));
	return 0;
}

/* A stage's mean over all requests, those that passed it in no time among them. */
static void put_stages(struct rl_run *run)
{
	double requests = 0;

	for (size_t i = 0; i < run->nstages; i++)
		if (strcmp(run->stages[i].name, "total") == 0)
			requests = (double)run->stages[i].n;
	for (size_t i = 0; i < run->nstages && requests > 0; i++) {
		const struct rl_stage *s = &run->stages[i];
		char name[48];
		int m;

		snprintf(name, sizeof(name), "stage_%s_ns", s->name);
		m = rl_metric_find(name);
		if (m >= 0)
			run->metrics.m[m].value = s->mean_ns * (double)s->n / requests;
	}
}

static int measure(struct rl_run *run, const char *dir, struct rl_err *err)
{
	static const char *const sides[] = {"front", "back"};
	const struct rl_document *doc = rl_run_document(run, "fio.json"), *before;
	char name[512];
	int rc = doc ? measure_fio(run, doc, dir, err) : 0;

	for (int s = 0; !rc && s < 2; s++) {
		snprintf(name, sizeof(name), "%s.stats", sides[s]);
		doc = rl_run_document(run, name);
		snprintf(name, sizeof(name), "%s.stats.before", sides[s]);
		before = rl_run_document(run, name);
		if (doc)
			rc = rl_stats_parse(run, sides[s], doc, before, dir, err);
	}
	doc = rl_run_document(run, "cpu.json");
	if (!rc && doc)
		rc = rl_stats_cpu(run, doc, dir, err);
	if (!rc)
		rl_stats_metrics(run);
	rc = rc ? rc : rl_stages_read(run, dir, err);
	if (!rc)
		put_stages(run);
	rc = rc ? rc : rl_schedule_read(run, dir, err);
	return rc ? rc : rl_schedule_perf(run, dir, err);
}

int rl_run_measure(struct rl_run *run, const char *dir, struct rl_err *err)
{
	char at[256];

	where(run, dir, at, sizeof(at));
	rl_metrics_clear(&run->metrics);
	free(run->stats);
	free(run->bins);
	free(run->logs);
	free(run->schedule);
	run->schedule = NULL;
	run->nschedule = 0;
	run->stats = NULL;
	run->bins = NULL;
	run->logs = NULL;
	run->nstats = run->nbins = run->nlogs = 0;
	return measure(run, at, err);
}
