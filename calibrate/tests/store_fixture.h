/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store of synthetic runs: the simulator itself plays the machine, with costs that the test
 * knows. Nothing of it is a measurement, so it lives in tests only.
 */
#ifndef RL_CALIBRATE_TESTS_STORE_FIXTURE_H
#define RL_CALIBRATE_TESTS_STORE_FIXTURE_H

#include "calibrate/forward.h"
#include "calibrate/tests/cells_fixture.h"

#include <stdlib.h>

#define FIXTURE_PLATFORM "xen-qemu-counted"

/* 16 calibration cells, and 12 held out: a depth, a block size and a direction unseen. */
static inline size_t fixture_grid(struct rl_measured_cell *v)
{
	static const uint32_t depths[] = {1, 4, 16, 32};
	static const uint64_t sizes[] = {4096, 65536};
	size_t n = 0;

	for (int p = 0; p < 2; p++) {
		const char *back = p ? "spin" : "event";

		for (int d = 0; d < 4; d++)
			for (int b = 0; b < 2; b++)
				fixture_cell(&v[n++], back, RL_RW_RANDREAD, sizes[b], depths[d],
					RL_ROLE_CALIBRATE);
		fixture_cell(&v[n++], back, RL_RW_RANDREAD, 4096, 8, RL_ROLE_VALIDATE);
		fixture_cell(&v[n++], back, RL_RW_RANDREAD, 65536, 8, RL_ROLE_VALIDATE);
		fixture_cell(&v[n++], back, RL_RW_RANDREAD, 16384, 4, RL_ROLE_VALIDATE);
		fixture_cell(&v[n++], back, RL_RW_RANDREAD, 16384, 32, RL_ROLE_VALIDATE);
		fixture_cell(&v[n++], back, RL_RW_RANDWRITE, 4096, 1, RL_ROLE_VALIDATE);
		fixture_cell(&v[n++], back, RL_RW_RANDWRITE, 65536, 32, RL_ROLE_VALIDATE);
	}
	return n;
}

#define FIXTURE_CELLS 28

/* Simulates the cells with @costs; what comes out becomes their measurement. */
static inline int fixture_measure(
	struct rl_measured_cell *v, size_t n, const struct rl_costs *costs)
{
	struct rl_metrics *m = calloc(n, sizeof(*m));
	struct rl_forward_options o;
	double q[RL_QUANTITY_COUNT];
	int code;

	rl_forward_default(&o);
	o.sim.seed = 77; /* not the seed of the fit */
	code = rl_forward_run(v, n, costs, 1, &o, m, NULL);
	for (size_t i = 0; i < n && !code; i++) {
		rl_quantities(&m[i], q);
		for (int k = 0; k < RL_QUANTITY_COUNT; k++)
			fixture_measured(&v[i], k, q[k]);
	}
	free(m);
	return code;
}

static inline void fixture_document(struct rl_document *d, const char *name, const char *text)
{
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->bytes = strdup(text);
	d->size = strlen(text);
}

/* Stores a cell as one run, its metrics times @factor; repeats count from 0. */
static inline int fixture_put_repeat(struct rl_store *store, const struct rl_measured_cell *c,
	int repeat, double factor, struct rl_err *err)
{
	struct rl_run run = {0};
	char text[400];
	int code;

	snprintf(run.platform, sizeof(run.platform), FIXTURE_PLATFORM);
	memcpy(run.cell, c->name, sizeof(run.cell));
	run.role = c->role;
	run.repeat = repeat;
	run.scenario = c->scenario;
	rl_metrics_clear(&run.metrics);
	for (int k = 0; k < RL_METRIC_COUNT; k++)
		run.metrics.m[k].value = factor * c->m[k].value;
	run.manifest = strdup("{\"cpus\": 1, \"scheduler\": \"credit2\", \"pinning\": {}, "
			      "\"made by\": \"a test\"}");
	run.ndocuments = 2;
	run.documents = calloc(2, sizeof(*run.documents));
	snprintf(text, sizeof(text),
		"%.95s front=rl:event back=rl:%s device=null grants=persistent job=job.fio\n",
		c->name, c->scenario.back_policy);
	fixture_document(&run.documents[0], "cell.txt", text);
	snprintf(text, sizeof(text),
		"[global]\nioengine=libaio\ndirect=1\n[job]\nrw=%s\nbs=%llu\niodepth=%u\nsize="
		"64m\n# %d\n",
		c->scenario.job.rw == RL_RW_RANDREAD ? "randread" : "randwrite",
		(unsigned long long)c->scenario.job.bs_bytes, c->scenario.job.iodepth, repeat);
	fixture_document(&run.documents[1], "job.fio", text);
	code = rl_store_put_run(store, &run, NULL, err);
	rl_run_fini(&run);
	return code;
}

static inline int fixture_put(
	struct rl_store *store, const struct rl_measured_cell *c, double factor, struct rl_err *err)
{
	return fixture_put_repeat(store, c, 0, factor, err);
}

/* Parameters that the test knows: some other machine than the priors say. */
static inline void fixture_truth(struct rl_costs *c)
{
	rl_costs_default(c);
	c->v[RL_PARAM_copy_ns_per_byte] *= 2.2;
	c->v[RL_PARAM_back_request_ns] *= 0.6;
	c->v[RL_PARAM_submit_ns] *= 1.7;
}

#endif
