/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab check`: reads any input of the program and says what it is, or what is wrong with it. */
#include "cli/args.h"
#include "cli/check.h"
#include "cli/cli.h"
#include "data/deaths.h"
#include "data/format/fio_job.h"
#include "data/format/fio_json.h"
#include "data/format/fio_log.h"
#include "data/format/iolog.h"
#include "data/format/points.h"
#include "data/format/scenario.h"
#include "data/format/text.h"
#include "data/format/tolerance.h"
#include "data/format/trace.h"
#include "data/run.h"
#include "model/replay.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
	char **paths;
	int npaths;
};

static int check_scenario(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_scenario s;
	int rc = rl_scenario_parse(f->text, f->size, f->name, &s, rl_warn_print, NULL, err);

	if (!rc)
		printf("%s: ok: scenario '%s', %u pCPU, front %s, back %s\n", f->name, s.name,
			s.machine.pcpus, s.front_policy, s.back_policy);
	return rc;
}

static int check_job(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_job all[RL_JOBS];
	uint32_t n;
	int rc = rl_fio_jobs_parse(
		f->text, f->size, f->name, all, RL_JOBS, &n, rl_warn_print, NULL, err);

	for (uint32_t i = 0; !rc && i < n; i++)
		printf("%s: ok: fio job '%s', %s, bs %llu, iodepth %u\n", f->name, all[i].name,
			rl_fio_rw_name(all[i].rw), (unsigned long long)all[i].bs_bytes,
			all[i].iodepth);
	return rc;
}

static int check_iolog(const struct rl_check_file *f, struct rl_err *err)
{
	const struct rl_replay *log;
	uint32_t number;
	int rc = rl_iolog_parse(f->text, f->size, f->name, &number, rl_warn_print, NULL, err);

	if (rc)
		return rc;
	log = rl_replay_get(number);
	printf("%s: ok: %zu recorded I/Os in %.6f s\n", f->name, log->n,
		(double)log->io[log->n - 1].at_ns / 1e9);
	return 0;
}

static int check_fio_json(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_fio_result r;
	int rc = rl_fio_json_parse(f->text, f->size, f->name, &r, err);

	if (!rc)
		printf("%s: ok: output of %s, %.0f requests, %.6g IOPS\n", f->name,
			*r.version ? r.version : "fio", r.ios, r.metrics.m[RL_METRIC_iops].value);
	return rc;
}

static int check_points(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_points points;
	char line[RL_DEVICE_SPEC_BYTES];
	int rc = rl_points_parse(f->text, f->size, f->name, &points, line, sizeof(line), err);

	if (!rc)
		printf("%s: ok: histogram of %u points\n", f->name, points.n);
	return rc;
}

static int check_split(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_split *split;
	int rc = rl_split_read(&split, f->path, err);

	if (rc)
		return rc;
	printf("%s: ok: split of cells\n", f->name);
	rl_split_free(split);
	return 0;
}

static int check_tolerance(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_tolerance *rows;
	size_t n;
	int rc = rl_tolerance_read(f->path, &rows, &n, err);

	if (rc)
		return rc;
	printf("%s: ok: %zu tolerances of a validation\n", f->name, n);
	free(rows);
	return 0;
}

static int check_database(const char *path, struct rl_err *err)
{
	struct rl_store *store;
	struct rl_store_audited n;
	int rc = rl_store_open(&store, path, false, err);

	if (rc)
		return rc;
	rc = rl_store_audit(store, &n, err);
	rl_store_close(store);
	if (rc)
		return rc;
	printf("%s: ok: database, %zu runs, each as it was imported", path, n.runs);
	if (n.sweeps)
		printf("; %zu sweeps, %zu configurations, each as it was simulated", n.sweeps,
			n.configs);
	if (n.deaths)
		printf("; %zu deaths, each as it was told", n.deaths);
	putchar('\n');
	return 0;
}

static int check_deaths(const struct rl_check_file *f, struct rl_err *err)
{
	struct rl_deaths d;
	int rc = rl_deaths_parse(f->text, f->size, f->name, &d, err);

	if (!rc)
		printf("%s: ok: %zu %s of the %s pair's driver domain\n", f->name, d.n,
			d.faults ? "faults" : "deaths", d.stock ? "stock" : "own");
	rl_deaths_fini(&d);
	return rc;
}

/* A directory of deaths, with their manifests. */
static int check_campaigns(const char *path, struct rl_err *err)
{
	struct rl_campaign *c;
	size_t n, deaths = 0;
	int rc = rl_campaigns_read_dir(path, &c, &n, err);

	for (size_t i = 0; i < n; i++)
		deaths += c[i].deaths.n;
	if (!rc)
		printf("%s: ok: %zu deaths in %zu campaigns on %s\n", path, deaths, n,
			c[0].platform);
	rl_campaigns_free(c, n);
	return rc;
}

static int check_run(const char *path, struct rl_err *err)
{
	struct rl_run run;
	int rc = rl_run_read_dir(&run, path, NULL, err);

	if (rc)
		return rc;
	printf("%s: ok: run of %s, %s, repeat %d, %zu files\n", path, run.platform, run.cell,
		run.repeat, run.ndocuments);
	rl_run_fini(&run);
	return 0;
}

static bool ends(const char *path, const char *with)
{
	size_t n = strlen(path), m = strlen(with);

	return n >= m && strcmp(path + n - m, with) == 0;
}

static bool begins(const struct rl_check_file *f, const char *with)
{
	return f->size >= strlen(with) && memcmp(f->text, with, strlen(with)) == 0;
}

/* The first character that is neither space nor in a comment's line. */
static char first_of(const struct rl_check_file *f)
{
	struct rl_lines l;

	rl_lines_init(&l, f->text, f->size);
	while (rl_lines_next(&l)) {
		size_t i = 0;

		while (i < l.size && isspace((unsigned char)l.at[i]))
			i++;
		if (i < l.size && l.at[i] != '#' && l.at[i] != ';')
			return l.at[i];
	}
	return '\0';
}

/* By its name where that tells, else by how it begins. */
static int check_text(const struct rl_check_file *f, struct rl_err *err)
{
	if (begins(f, RL_TRACE_MAGIC) || ends(f->path, ".trace"))
		return rl_check_trace(f, err);
	if (begins(f, "# ringlab decisions"))
		return rl_check_decisions(f, err);
	if (ends(f->path, RL_DEATHS_FILE))
		return check_deaths(f, err);
	if (begins(f, "platform,cell,role"))
		return check_split(f, err);
	if (begins(f, "platform,metric,statistic"))
		return check_tolerance(f, err);
	if (begins(f, "fio version ") || ends(f->path, ".iolog") || ends(f->path, ".blkparse"))
		return check_iolog(f, err);
	if (rl_fio_log_kind(f->path) >= 0)
		return rl_check_log(f, err);
	if (ends(f->path, "trace.txt") || ends(f->path, "xenalyze.txt"))
		return rl_check_xenalyze(f, err);
	if (ends(f->path, "perf.txt") || ends(f->path, "perf.csv"))
		return rl_check_perf(f, err);
	if (ends(f->path, ".yaml") || ends(f->path, ".yml"))
		return check_scenario(f, err);
	if (ends(f->path, ".points"))
		return check_points(f, err);
	if (ends(f->path, ".fio"))
		return check_job(f, err);
	if (ends(f->path, ".stats") || ends(f->path, ".stats.before") || ends(f->path, "cpu.json"))
		return rl_check_counters(f, err);
	if (ends(f->path, "manifest.json"))
		return rl_check_manifest(f, err);
	if (ends(f->path, ".json"))
		return check_fio_json(f, err);
	if (ends(f->path, "cell.txt"))
		return rl_check_cell(f, err);
	switch (first_of(f)) {
	case '[':
		return check_job(f, err);
	case '{':
		return check_fio_json(f, err);
	default:
		return check_scenario(f, err);
	}
}

static int check_file(const char *path, struct rl_err *err)
{
	struct rl_check_file f = {.path = path, .name = strcmp(path, "-") == 0 ? "<stdin>" : path};
	int rc = rl_text_read(path, &f.text, &f.size, err);

	if (rc)
		return rc;
	if (f.size >= 16 && memcmp(f.text, "SQLite format 3", 16) == 0)
		rc = check_database(path, err);
	else
		rc = check_text(&f, err);
	free(f.text);
	return rc;
}

static int check_dir(const char *path, struct rl_err *err)
{
	char deaths[PATH_MAX + 64];

	snprintf(deaths, sizeof(deaths), "%s/" RL_DEATHS_FILE, path);
	return access(deaths, F_OK) == 0 ? check_campaigns(path, err) : check_run(path, err);
}

static int check_path(const char *path)
{
	struct rl_err err = {0};
	struct stat st;
	int rc;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		rc = check_dir(path, &err);
	else if (ends(path, ".db"))
		rc = check_database(path, &err);
	else
		rc = check_file(path, &err);
	if (!rc)
		return RL_EXIT_OK;
	rl_err_set(&err, rc, path, 0, 0, "%s", strerror(-rc));
	rl_err_print(&err);
	return RL_EXIT_INPUT;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		in->paths = state->argv + state->next;
		in->npaths = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "nothing to check (expected FILE)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_check(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_help, 0, NULL, 0}, {0}};
	static const struct argp argp = {NULL, parse, "FILE...",
		"Reads a file and says what is wrong with it.\v"
		"Scenario (.yaml), fio job (.fio), histogram of a device (.points), fio's JSON, "
		"cell.txt, a split of cells, a "
		"driver's "
		"trace, its decision log, which is replayed through the simulator's build of the "
		"policy, deaths of driver domains (kills.csv), a "
		"database, or the directory of a run or of such deaths. `-` is stdin. Exit 3 when "
		"one is wrong.",
		children, NULL, NULL};
	struct input in = {0};
	int rc = RL_EXIT_OK, one;

	rl_args_parse(&argp, argc, argv, &in);
	for (int i = 0; i < in.npaths; i++) {
		one = check_path(in.paths[i]);
		if (one > rc)
			rc = one;
	}
	if (fflush(stdout) || ferror(stdout))
		rc = RL_EXIT_RUN;
	return rc;
}

RL_VERB(check, "read any input file and say what is wrong with it", cmd_check);
