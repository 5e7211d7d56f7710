/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab import`: runs and deaths as the rig brought them home, all or none, into the store. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/import_counts.h"
#include "cli/progress.h"
#include "data/deaths.h"
#include "data/format/text.h"
#include "data/run.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
	struct rl_args args;
	const char *platform, *split;
	char **paths;
	int npaths;
};

struct importer {
	const struct input *in;
	struct rl_store *store;
	struct rl_split *split;
	char split_path[PATH_MAX + 64]; /* where it came from; "" when there is none */
	struct rl_import_counts counts;
	bool counting;	    /* a first walk that only counts */
	size_t seen, total; /* runs */
	struct rl_progress progress;
	struct rl_err err;
};

static bool exists(const char *dir, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

/* Reads a split and keeps it: its hash seals the roles. */
static int take_split(struct importer *im, const char *path)
{
	int rc = rl_split_read(&im->split, path, &im->err);
	const char *text;
	size_t size;

	if (rc)
		return rc;
	text = rl_split_text(im->split, &size);
	return rl_store_put_split(im->store, rl_split_sha256(im->split), text, size, &im->err);
}

/* The split of a run: what --split says, else split.csv beside its platform. */
static int find_split(struct importer *im, const char *dir)
{
	char full[PATH_MAX], path[PATH_MAX + 64];

	if (im->in->split) {
		snprintf(path, sizeof(path), "%s", im->in->split);
	} else {
		if (!realpath(dir, full))
			return -errno;
		for (int up = 0; up < 2 && strrchr(full, '/'); up++)
			*strrchr(full, '/') = '\0';
		snprintf(path, sizeof(path), "%s/split.csv", full);
		if (access(path, F_OK) != 0)
			path[0] = '\0';
	}
	if (strcmp(path, im->split_path) == 0)
		return 0;
	rl_split_free(im->split);
	im->split = NULL;
	strcpy(im->split_path, path);
	return *path ? take_split(im, path) : 0;
}

static int put(struct importer *im, struct rl_run *run)
{
	struct rl_import_count *c = rl_import_count(&im->counts, run->platform, false);
	bool is_new = false;
	int rc;

	if (!c)
		return -ENOMEM;
	rc = rl_store_put_run(im->store, run, &is_new, &im->err);
	c->added += is_new;
	c->known += !is_new;
	c->roles[run->role]++;
	rl_progress_count(&im->progress, im->seen, im->total);
	return rc;
}

static int import_run(struct importer *im, const char *dir)
{
	struct rl_run run;
	bool listed = false;
	int rc = find_split(im, dir);

	rc = rc ? rc : rl_run_read_dir(&run, dir, im->in->platform, &im->err);
	if (rc)
		return rc;
	run.role = rl_split_role(im->split, run.platform, run.cell, &listed);
	if (listed)
		strcpy(run.split, rl_split_sha256(im->split));
	rc = put(im, &run);
	rl_run_fini(&run);
	return rc;
}

/* Campaigns of deaths; a death counts, not a seed. */
static int import_deaths(struct importer *im, const char *dir)
{
	struct rl_campaign *all;
	size_t n;
	int rc = rl_campaigns_read_dir(dir, &all, &n, &im->err);

	for (size_t i = 0; i < n && !rc; i++) {
		struct rl_import_count *c = rl_import_count(&im->counts, all[i].platform, true);
		bool is_new = false;

		rc = c ? rl_store_put_campaign(im->store, &all[i], &is_new, &im->err) : -ENOMEM;
		if (!rc)
			*(is_new ? &c->added : &c->known) += (int64_t)all[i].deaths.n;
	}
	rl_campaigns_free(all, n);
	return rc;
}

/* fio's JSON with the logs that are named behind it. */
static int import_file(struct importer *im, const char *path, char *const *beside, size_t n)
{
	struct rl_run run;
	int rc;

	if (strcmp(path, "-") != 0 && access(path, F_OK) != 0)
		return rl_err_set(&im->err, -errno, path, 0, 0, "cannot open: %s", strerror(errno));
	if (rl_run_is_beside(path))
		return rl_err_set(&im->err, -EINVAL, path, 0, 0,
			"a log without what it belongs to (expected it behind its fio.json)");
	rc = rl_run_read_fio(&run, path, beside, n, im->in->platform, &im->err);

	if (rc)
		return rc;
	rc = put(im, &run);
	rl_run_fini(&run);
	return rc;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int import_dir(struct importer *im, const char *path, int depth);

/* The runs of a platform, or the platforms of a directory, in order of names. */
static int import_below(struct importer *im, const char *dir, int depth)
{
	struct dirent **list;
	int n = scandir(dir, &list, visible, alphasort), rc = 0;

	if (n < 0)
		return rl_err_set(&im->err, -errno, dir, 0, 0, "cannot read: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX + 64];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		if (!rc && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			rc = import_dir(im, path, depth + 1);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* @depth 0: what the user named; runs may lie two directories below it. */
static int import_dir(struct importer *im, const char *path, int depth)
{
	if (exists(path, "cell.txt")) {
		im->seen++;
		return im->counting ? 0 : import_run(im, path);
	}
	if (exists(path, RL_DEATHS_FILE)) {
		im->seen++;
		return im->counting ? 0 : import_deaths(im, path);
	}
	return depth < 2 ? import_below(im, path, depth) : 0;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The i-th of what the user named. Returns: how many of them it took; negative on error. */
static int import_arg(struct importer *im, int i)
{
	char *const *path = im->in->paths + i;
	int beside = 0, rc;

	if (is_dir(*path)) {
		rc = import_dir(im, *path, 0);
		return rc ? rc : 1;
	}
	while (i + 1 + beside < im->in->npaths && rl_run_is_beside(path[1 + beside]))
		beside++;
	im->seen++;
	rc = im->counting ? 0 : import_file(im, *path, path + 1, (size_t)beside);
	return rc ? rc : 1 + beside;
}

/* All that was named. */
static int import_args(struct importer *im)
{
	int rc = 0;

	im->seen = 0;
	for (int i = 0; rc >= 0 && i < im->in->npaths; i += rc) {
		size_t before = im->seen;

		rc = import_arg(im, i);
		if (rc > 0 && im->seen == before)
			rc = rl_err_set(&im->err, -EINVAL, im->in->paths[i], 0, 0,
				"no run found (expected a directory with cell.txt "
				"or " RL_DEATHS_FILE ", or one of such)");
	}
	return rc < 0 ? rc : 0;
}

/* How many runs there are, for who looks on. */
static int count_runs(struct importer *im)
{
	int rc;

	im->counting = true;
	rc = import_args(im);
	im->counting = false;
	im->total = im->seen;
	return rc;
}

/* All paths in one transaction. */
static int import_all(struct importer *im)
{
	int rc = count_runs(im);

	rl_progress_begin(&im->progress, "importing", false);
	rc = rc ? rc : rl_store_begin(im->store, &im->err);
	rc = rc ? rc : import_args(im);
	rl_progress_end(&im->progress);
	return rc ? rc : rl_store_commit(im->store, &im->err);
}

static int run_import(const struct input *in)
{
	struct importer im = {.in = in};
	int rc = rl_store_open(&im.store, in->args.db, true, &im.err);

	rc = rc ? rc : import_all(&im);
	rl_store_close(im.store);
	if (rc) {
		rl_err_set(&im.err, rc, in->args.db, 0, 0, "%s", strerror(-rc));
		rl_err_print(&im.err);
	}
	if (rc)
		rc = RL_EXIT_INPUT;
	else
		rc = rl_import_counts_print(&im.counts, in->args.format) ? RL_EXIT_RUN : RL_EXIT_OK;
	rl_split_free(im.split);
	free(im.counts.v);
	return rc;
}

static const struct argp_option options[] = {
	{"platform", 'p', "NAME", 0, "Where the runs were made (default: what their manifest says)",
		0},
	{"split", 's', "FILE", 0,
		"CSV platform,cell,role (default: split.csv beside the platform's directory)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->args;
		return 0;
	case 'p':
		if (!*arg)
			argp_error(state, "--platform needs a name");
		in->platform = arg;
		return 0;
	case 's':
		in->split = arg;
		return 0;
	case ARGP_KEY_ARGS:
		in->paths = state->argv + state->next;
		in->npaths = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "nothing to import (expected FILE or DIR)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_import(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "DIR|FILE...",
		"Stores measured runs, all or none, each once.\v"
		"DIR is a run (cell.txt, job.fio, fio.json, ...), a platform's directory of runs "
		"with "
		"its manifest.json, or a directory of platforms. FILE is fio's JSON alone, `-` for "
		"stdin; it needs --platform. Logs of fio (*_clat.1.log, *_clat_hist.1.log, ...) "
		"that are named behind it belong to it, as do those in a run's directory: they "
		"must agree with it. A directory with kills.csv holds deaths of driver domains, "
		"and "
		"a manifest-SEED.json for each seed.",
		children, NULL, NULL};
	struct input in = {0};

	rl_args_parse(&argp, argc, argv, &in);
	return run_import(&in);
}

RL_VERB(import, "store measured runs, each once", cmd_import);
