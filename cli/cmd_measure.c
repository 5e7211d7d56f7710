/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ringlab measure: runs the real pair of drivers under fio and stores the run.
 *
 * Everything that can be wrong with the request is found before anything is built or
 * booted. The rig does the measuring (realdrv/rig/run); what it brings home is read by
 * the same code as `ringlab import`.
 */
#include "cli/args.h"
#include "cli/child.h"
#include "cli/cli.h"
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

enum key { PLATFORM = 256, MODE, JOB, BACK, FRONT, DEVICE, GRANTS, OUT };

static const struct argp_option options[] = {
	{"platform", PLATFORM, "NAME", 0, "xen-qemu: Xen in QEMU (hosted and xen-host: not yet)",
		0},
	{"mode", MODE, "MODE", 0, "counted: one CPU, time is instructions; parallel: two CPUs", 0},
	{"job", JOB, "FILE.fio", 0, "the workload, a fio job file", 0},
	{"back-policy", BACK, "POLICY", 0, "how the backend waits (event)", 0},
	{"front-policy", FRONT, "POLICY", 0, "how the frontend waits (event)", 0},
	{"device", DEVICE, "DEVICE", 0, "null or brd (null)", 0},
	{"grants", GRANTS, "HOW", 0, "persistent or map (persistent)", 0},
	{"out", OUT, "DIR", 0, "where the raw files go (out/measure/TIME)", 0},
	{0},
};

struct args {
	struct rl_args common;
	const char *platform, *mode, *job, *back, *front, *device, *grants, *out;
};

/* What was asked for, checked and put in order. */
struct plan {
	struct args a;
	struct rl_job job;
	char *job_text;
	size_t job_size;
	char cell[96], dir[PATH_MAX], tree[PATH_MAX];
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

static void finish(struct argp_state *st, const struct args *a)
{
	if (!a->platform)
		argp_error(st, "no --platform (expected xen-qemu)");
	if (!a->job)
		argp_error(st, "no --job (expected a fio job file)");
}

static error_t parse(int key, char *value, struct argp_state *st)
{
	struct args *a = st->input;

	switch (key) {
	case ARGP_KEY_INIT:
		st->child_inputs[0] = &a->common;
		break;
	case PLATFORM:
		if (one_of(value, "hosted|xen-host"))
			argp_error(st, "platform '%s' is not there yet (expected xen-qemu)", value);
		choose(st, &a->platform, "platform", value, "xen-qemu");
		break;
	case MODE:
		choose(st, &a->mode, "mode", value, "counted|parallel");
		break;
	case DEVICE:
		choose(st, &a->device, "device", value, "null|brd");
		break;
	case GRANTS:
		choose(st, &a->grants, "grants", value, "persistent|map");
		break;
	case JOB:
		a->job = value;
		break;
	case BACK:
		a->back = value;
		break;
	case FRONT:
		a->front = value;
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

	snprintf(p->cell, sizeof(p->cell), "%.24s-%.24s-%s-%llu%s-qd%u", p->a.front, p->a.back,
		rl_fio_rw_name(p->job.rw),
		(unsigned long long)(p->job.bs_bytes % 1024 ? p->job.bs_bytes : kib),
		p->job.bs_bytes % 1024 ? "" : "k", p->job.iodepth);
	for (char *c = p->cell; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			*c = '.';
}

/* Reads and checks everything; nothing is written before it is all right. */
static int prepare(struct plan *p, struct rl_err *err)
{
	struct rl_store *store;
	int rc;

	rc = check_policy("--back-policy", p->a.back, err);
	rc = rc ? rc : check_policy("--front-policy", p->a.front, err);
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
	return rl_child_tree("realdrv/rig/run", p->tree, sizeof(p->tree), err);
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
	snprintf(line, sizeof(line), "%s front=rl:%s back=rl:%s device=%s grants=%s job=job.fio\n",
		p->cell, p->a.front, p->a.back, p->a.device, p->a.grants);
	rc = write_file(p->dir, "cells", line, strlen(line), err);
	return rc ? rc : write_file(p->dir, "job.fio", p->job_text, p->job_size, err);
}

static int run_step(const char *what, char *const *argv)
{
	int rc;

	fprintf(stderr, "ringlab measure: %s\n", what);
	rc = rl_child_run(argv);
	if (rc == 0)
		return RL_EXIT_OK;
	fprintf(stderr, "ringlab measure: error: %s: %s ended with %d\n", what, argv[0], rc);
	return RL_EXIT_RUN;
}

static int build_and_boot(struct plan *p)
{
	char kmod[PATH_MAX + 32], out[PATH_MAX + 32], rig[PATH_MAX + 32], cells[PATH_MAX + 32];
	char front[PATH_MAX + 64], back[PATH_MAX + 64];
	int rc;

	snprintf(kmod, sizeof(kmod), "%s/realdrv/kmod/build", p->tree);
	snprintf(out, sizeof(out), "%s/build/kmod", p->tree);
	snprintf(rig, sizeof(rig), "%s/realdrv/rig/run", p->tree);
	snprintf(cells, sizeof(cells), "%s/cells", p->dir);
	snprintf(front, sizeof(front), "%s/rlfront.ko", out);
	snprintf(back, sizeof(back), "%s/rlback.ko", out);
	rc = run_step("building the modules", (char *[]){kmod, out, NULL});
	if (rc)
		return rc;
	return run_step("booting Xen and running fio",
		(char *[]){rig, "--mode", (char *)p->a.mode, "--cells", cells, "--out", p->dir,
			"--rlfront", front, "--rlback", back, NULL});
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
	snprintf(platform, sizeof(platform), "%s-%s", p->a.platform, p->a.mode);
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
	rc = build_and_boot(p);
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
	struct plan p = {.a = {.mode = "counted",
				 .back = "event",
				 .front = "event",
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
