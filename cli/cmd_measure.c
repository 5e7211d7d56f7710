/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ringlab measure: runs the real pair of drivers under fio and stores the run.
 *
 * Everything that can be wrong with the request is found before anything is built or
 * booted. The platform does the measuring (measure.c); what it brings home is read by the same
 * code as `ringlab import`.
 */
#include "cli/args.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/measure.h"
#include "core/policy.h"
#include "data/format/fio_job.h"
#include "data/run.h"
#include "model/metrics.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum key { PLATFORM = 256, MODE, JOB, BACK, FRONT, DEVICE, GRANTS, CPUS, OUT };

static const struct argp_option options[] = {
	{"platform", PLATFORM, "NAME", 0,
		"hosted: two processes on these CPUs (default); hosted-awake: which do not "
		"halt; xen-qemu: Xen in QEMU (a real Xen "
		"machine: realdrv/xenhost/run in its dom0, then ringlab import)",
		0},
	{"mode", MODE, "MODE", 0,
		"of xen-qemu. counted: one CPU, time is instructions (default); parallel: two CPUs",
		0},
	{"job", JOB, "FILE.fio", 0, "the workload, a fio job file", 0},
	{"back-policy", BACK, "POLICY", 0, "how the backend waits (event)", 0},
	{"front-policy", FRONT, "POLICY", 0, "how the frontend waits (event)", 0},
	{"device", DEVICE, "DEVICE", 0,
		"null (default); brd or nvme on xen-qemu; ram or file on hosted", 0},
	{"grants", GRANTS, "HOW", 0, "persistent or map (persistent)", 0},
	{"cpus", CPUS, "FRONT,BACK", 0, "of hosted: the CPUs of the two sides (the first two)", 0},
	{"out", OUT, "DIR", 0, "where the raw files go (out/measure/TIME)", 0},
	{0},
};

struct args {
	struct rl_args common;
	const char *job, *out;
	struct rl_measure m;
};

/* What was asked for, checked and put in order. */
struct plan {
	struct args a;
	struct rl_job job;
	char *job_text;
	size_t job_size;
	char cell[96], tree[PATH_MAX], dir[PATH_MAX];
};

/* One of the names in @choices, separated by '|'. */
static bool one_of(const char *value, const char *choices)
{
	size_t n = strlen(value), len;

	for (const char *c = choices; *c; c += len + (c[len] == '|')) {
		len = strcspn(c, "|");
		if (len == n && memcmp(c, value, n) == 0)
			return true;
	}
	return false;
}

static void choose(struct argp_state *st, const char **to, const char *what, const char *value,
	const char *choices)
{
	if (!one_of(value, choices))
		argp_error(st, "%s '%s' (expected %s)", what, value, choices);
	*to = value;
}

/* What only the whole request tells. */
static void finish(struct argp_state *st, struct args *a)
{
	const struct rl_platform *p = a->m.platform ? a->m.platform : &rl_platforms[0];

	a->m.platform = p;
	if (!a->job)
		argp_error(st, "no --job (expected a fio job file)");
	if (!one_of(a->m.device, p->devices))
		argp_error(st, "device '%s' (expected %s on %s)", a->m.device, p->devices, p->name);
	if (a->m.mode && !p->modes)
		argp_error(st, "--mode is for xen-qemu (expected none on %s)", p->name);
	if (a->m.cpus && !p->cpus)
		argp_error(st, "--cpus is for hosted (expected none on %s)", p->name);
	if (!a->m.mode && p->modes)
		a->m.mode = "counted";
}

static void choose_platform(struct argp_state *st, struct args *a, const char *value)
{
	for (const struct rl_platform *p = rl_platforms; p->name; p++)
		if (strcmp(p->name, value) == 0)
			a->m.platform = p;
	if (strcmp(value, "xen-host") == 0)
		argp_error(st,
			"platform '%s' is measured in the dom0 of that machine: run "
			"realdrv/xenhost/run there, then `ringlab import` what it packs; "
			"realdrv/xenhost/README.md says how (expected "
			"hosted|hosted-awake|xen-qemu)",
			value);
	if (!a->m.platform || strcmp(a->m.platform->name, value) != 0)
		argp_error(st, "platform '%s' (expected hosted|hosted-awake|xen-qemu)", value);
}

static error_t parse(int key, char *value, struct argp_state *st)
{
	struct args *a = st->input;

	switch (key) {
	case ARGP_KEY_INIT:
		st->child_inputs[0] = &a->common;
		break;
	case PLATFORM:
		choose_platform(st, a, value);
		break;
	case MODE:
		choose(st, &a->m.mode, "mode", value, "counted|parallel");
		break;
	case DEVICE:
		a->m.device = value;
		break;
	case GRANTS:
		choose(st, &a->m.grants, "grants", value, "persistent|map");
		break;
	case CPUS:
		if (strspn(value, "0123456789,") != strlen(value) || !strchr(value, ','))
			argp_error(st, "--cpus '%s' (expected FRONT,BACK, e.g. 0,1)", value);
		a->m.cpus = value;
		break;
	case JOB:
		a->job = value;
		break;
	case BACK:
		a->m.back = value;
		break;
	case FRONT:
		a->m.front = value;
		break;
	case OUT:
		a->out = value;
		break;
	case ARGP_KEY_ARG:
		argp_error(st, "unexpected argument '%s'", value);
		break;
	case ARGP_KEY_END:
		finish(st, a);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The policy as the drivers will get it; the column is where in the option it is wrong. */
static int check_policy(const char *option, const char *spec, struct rl_err *err)
{
	struct rl_policy_err why = {0};
	struct rl_policy_inst inst;

	if (!strchr(spec, '\n') && rl_policy_select(&inst, spec, &why) == 0)
		return 0;
	return rl_err_set(err, -EINVAL, option, 1, 1 + (int)why.at,
		"'%s': %s (`ringlab list policies` shows them)", spec,
		why.what ? why.what : "more than one line");
}

static void name_cell(struct plan *p)
{
	uint64_t kib = p->job.bs_bytes / 1024;

	snprintf(p->cell, sizeof(p->cell), "%.24s-%.24s-%s-%llu%s-qd%u%s%.12s", p->a.m.front,
		p->a.m.back, rl_fio_rw_name(p->job.rw),
		(unsigned long long)(p->job.bs_bytes % 1024 ? p->job.bs_bytes : kib),
		p->job.bs_bytes % 1024 ? "" : "k", p->job.iodepth, p->a.m.cpus ? "-cpus" : "",
		p->a.m.cpus ? p->a.m.cpus : "");
	for (char *c = p->cell; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			*c = '.';
}

/* Reads and checks everything; nothing is written before it is all right. */
static int prepare(struct plan *p, struct rl_err *err)
{
	struct rl_store *store;
	int rc;

	rc = check_policy("--back-policy", p->a.m.back, err);
	rc = rc ? rc : check_policy("--front-policy", p->a.m.front, err);
	rc = rc ? rc : rl_text_read(p->a.job, &p->job_text, &p->job_size, err);
	rc = rc ? rc
		: rl_fio_job_parse(
			  p->job_text, p->job_size, p->a.job, &p->job, rl_warn_print, NULL, err);
	if (rc)
		return rc;
	/* A database of another program must not cost a run to be found out. */
	rc = rl_store_open(&store, p->a.common.db, false, err);
	if (rc == 0)
		rl_store_close(store);
	else if (rc != -ENOENT)
		return rc;
	else
		*err = (struct rl_err){0};
	name_cell(p);
	return rl_child_tree(p->a.m.platform->program, p->tree, sizeof(p->tree), err);
}

static int make_dirs(char *path, struct rl_err *err)
{
	for (char *c = path + 1;; c++) {
		char was = *c;

		if (was != '/' && was != '\0')
			continue;
		*c = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return rl_err_set(
				err, -errno, path, 0, 0, "cannot create: %s", strerror(errno));
		*c = was;
		if (!was)
			return 0;
	}
}

static int write_file(
	const char *dir, const char *name, const char *bytes, size_t size, struct rl_err *err)
{
	char path[PATH_MAX + 64];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	ok = f && fwrite(bytes, 1, size, f) == size;
	ok = f && fclose(f) == 0 && ok;
	return ok ? 0 : rl_err_set(err, -errno, path, 0, 0, "cannot write: %s", strerror(errno));
}

/* The folder of this run with what the rig reads: cells and the job. */
static int lay_out(struct plan *p, struct rl_err *err)
{
	const struct rl_measure *m = &p->a.m;
	char dir[PATH_MAX], line[1024];
	time_t now = time(NULL);
	int rc;

	if (p->a.out)
		snprintf(dir, sizeof(dir), "%s", p->a.out);
	else
		strftime(dir, sizeof(dir), "out/measure/%Y%m%dT%H%M%SZ", gmtime(&now));
	rc = make_dirs(dir, err);
	if (rc)
		return rc;
	if (!realpath(dir, p->dir))
		return rl_err_set(err, -errno, dir, 0, 0, "%s", strerror(errno));
	snprintf(line, sizeof(line),
		"%s front=rl:%s back=rl:%s device=%s grants=%s job=job.fio%s%s%s\n", p->cell,
		m->front, m->back, m->device, m->grants, m->cpus ? " cpus=" : "",
		m->cpus ? m->cpus : "", m->platform->cell);
	rc = write_file(p->dir, "cells", line, strlen(line), err);
	return rc ? rc : write_file(p->dir, "job.fio", p->job_text, p->job_size, err);
}

static int print_metrics(const struct rl_run *run, enum rl_out_format format)
{
	static const char *const columns[] = {"metric", "value", "unit", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	if (!o)
		return -ENOMEM;
	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		rl_out_text(o, rl_metric_info[i].name);
		rl_out_real(o, run->metrics.m[i].value, 6);
		rl_out_text(o, rl_metric_info[i].unit);
		rl_out_end_row(o);
	}
	return rl_out_finish(o);
}

static int store_run(struct plan *p, struct rl_run *run, struct rl_err *err)
{
	char dir[PATH_MAX + 128], platform[48];
	struct rl_store *store;
	int rc;

	snprintf(dir, sizeof(dir), "%s/%s", p->dir, p->cell);
	snprintf(platform, sizeof(platform), "%s%s%s", p->a.m.platform->name,
		p->a.m.mode ? "-" : "", p->a.m.mode ? p->a.m.mode : "");
	rc = rl_run_read_dir(run, dir, platform, err);
	if (rc)
		return rc;
	rc = rl_store_open(&store, p->a.common.db, true, err);
	if (rc)
		return rc;
	rc = rl_store_begin(store, err);
	rc = rc ? rc : rl_store_put_run(store, run, NULL, err);
	rc = rc ? rc : rl_store_commit(store, err);
	rl_store_close(store);
	return rc;
}

static int measure(struct plan *p, struct rl_err *err)
{
	struct rl_run run = {0};
	int rc = lay_out(p, err);

	if (rc)
		return RL_EXIT_INPUT;
	rc = p->a.m.platform->run(&p->a.m, p->tree, p->dir);
	if (rc)
		return rc;
	if (store_run(p, &run, err))
		rc = RL_EXIT_RUN; /* it ended well but did not bring home what it should */
	else if (print_metrics(&run, p->a.common.format))
		rc = RL_EXIT_RUN;
	else
		fprintf(stderr, "ringlab measure: run %lld in %s, raw files in %s/%s\n",
			(long long)run.id, p->a.common.db, p->dir, p->cell);
	rl_run_fini(&run);
	return rc;
}

static int cmd_measure(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {.options = options,
		.parser = parse,
		.doc = "Run the real pair of drivers under fio and store the run.",
		.children = children};
	struct plan p = {.a.m = {.back = RL_POLICY_DEFAULT,
				 .front = RL_POLICY_DEFAULT,
				 .device = "null",
				 .grants = "persistent"}};
	struct rl_err err = {0};
	int rc;

	rl_args_parse(&argp, argc, argv, &p.a);
	rc = prepare(&p, &err) ? RL_EXIT_INPUT : measure(&p, &err);
	if (err.what[0])
		rl_err_print(&err);
	free(p.job_text);
	return rc;
}

RL_VERB(measure, "run the real drivers under fio and store the run", cmd_measure);
