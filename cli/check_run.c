/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a run, for `ringlab check`; see check.h. */
#include "cli/check.h"

#include "data/format/cell.h"
#include "data/format/decisions.h"
#include "data/format/fio_log.h"
#include "data/format/json.h"
#include "data/format/perf.h"
#include "data/format/stats.h"
#include "data/format/trace.h"
#include "data/format/xenalyze.h"
#include "data/store.h"
#include "sim/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The driver's decisions, and whether the simulator's build of the policy decides the same. */
int rl_check_decisions(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_err why = {0};
	struct rl_decisions log;
	size_t equal = 0;
	int rc = rl_decisions_parse(f->text, f->size, f->name, &log, err);

	if (rc)
		return rc;
	if (log.n > 0)
		rc = rl_sim_replay(log.policy, log.d, log.n, &equal, &why);
	if (rc)
		rl_err_set(err, rc, f->name, why.line, 0, "%s", why.what);
	else if (log.n == 0)
		printf("%s: ok: decision log without an entry\n", f->name);
	else
		printf("%s: ok: decision log of %s, %zu entries, %zu decisions equal in replay%s\n",
			f->name, log.policy, log.n, equal,
			log.truncated ? " (truncated by the driver)" : "");
	rl_decisions_free(&log);
	return rc;
}

int rl_check_trace(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_trace_file t;
	int rc = rl_trace_parse(f->text, f->size, f->name, &t, err);

	if (rc)
		return rc;
	printf("%s: ok: trace of the %s, clock %s, %zu records, %llu lost\n", f->name,
		t.h.side == RL_TRACE_FRONT ? "frontend" : "backend", t.h.clock, t.n,
		(unsigned long long)t.h.lost);
	rl_trace_free(&t);
	return 0;
}

/* A log alone: what it must add up to stands in the fio.json that it belongs to. */
int rl_check_log(const struct rl_check_file *f, struct rl_err *err)
{
	int kind = rl_fio_log_kind(f->path);
	struct rl_fio_logs *logs = calloc(1, sizeof(*logs));
	int rc = logs ? rl_fio_log_add(f->text, f->size, f->name, kind, logs, err) : -ENOMEM;

	if (!rc)
		printf("%s: ok: fio's %s log (import it with its fio.json to hold it against "
		       "that)\n",
			f->name, rl_fio_log_kind_name(kind));
	free(logs);
	return rc;
}

/* The clock of a trace is in its run's manifest: without one, take what a summary was made with. */
int rl_check_xenalyze(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_xenalyze x;
	int rc = rl_xenalyze_parse(f->text, f->size, f->name, RL_XENALYZE_HZ, &x, err);

	if (rc)
		return rc;
	printf("%s: ok: Xen's scheduling by xenalyze, %zu states of vCPUs, %zu bins of waits\n",
		f->name, x.nstate, x.nwait);
	rl_xenalyze_free(&x);
	return 0;
}

int rl_check_perf(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_perf p;
	int rc = rl_perf_parse(f->text, f->size, f->name, &p, err);

	if (rc)
		return rc;
	printf("%s: ok: perf stat, %zu counters\n", f->name, p.n);
	rl_perf_free(&p);
	return 0;
}

int rl_check_cell(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_cell c;
	int rc = rl_cell_parse(f->text, f->size, f->name, &c, err);

	if (!rc)
		printf("%s: ok: cell '%s', front %s, back %s\n", f->name, c.name,
			*c.front ? c.front : "stock", *c.back ? c.back : "stock");
	return rc;
}

/* Counters of a driver, CPU times of domains: read as those of a run that has nothing else. */
int rl_check_counters(const struct rl_check_file *f, struct rl_err *err)
{
	const char *slash = strrchr(f->path, '/');
	struct rl_document doc = {.bytes = f->text, .size = f->size};
	struct rl_run run = {0};
	char dir[512];
	int rc;

	snprintf(doc.name, sizeof(doc.name), "%.63s", slash ? slash + 1 : f->path);
	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - f->path) : 1,
		slash ? f->path : ".");
	if (strcmp(doc.name, "cpu.json") == 0)
		rc = rl_stats_cpu(&run, &doc, dir, err);
	else
		rc = rl_stats_parse(&run, "any", &doc, NULL, dir, err);
	if (!rc)
		printf("%s: ok: %zu counters\n", f->name, run.nstats);
	rl_run_fini(&run);
	return rc;
}

int rl_check_manifest(const struct rl_check_file *f, struct rl_err *err)
{
	json_t *root = rl_json_only(f->text, f->size, f->name, err);
	int rc = 0;

	if (!root)
		return -EINVAL;
	if (json_object_get(root, "cpus"))
		printf("%s: ok: manifest of platform '%s'\n", f->name,
			json_string_value(json_object_get(root, "platform")) ?: "");
	else
		rc = rl_err_set(err, -EINVAL, f->name, 0, 0,
			"cpus: missing (expected the manifest of a boot that has ended)");
	json_decref(root);
	return rc;
}
