/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures a build, reads what came home, prints the judgement; see driver.h. */
#include "cli/driver.h"

#include "calibrate/driver.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/measure.h"
#include "cli/share.h"
#include "data/run.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CAMPAIGN "realdrv/rig/campaign"

struct runs {
	struct rl_run *v;
	size_t n;
};

static void free_runs(struct runs *r)
{
	for (size_t i = 0; i < r->n; i++)
		rl_run_fini(&r->v[i]);
	free(r->v);
}

static int is_cell(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "console") != 0;
}

static int read_one(struct runs *r, const char *path, const char *platform, struct rl_err *err)
{
	struct rl_run *more;
	char file[PATH_MAX + 16];
	int code;

	snprintf(file, sizeof(file), "%s/cell.txt", path);
	if (access(file, F_OK) != 0)
		return 0; /* the manifest, the console */
	more = realloc(r->v, (r->n + 1) * sizeof(*more));
	if (!more)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	r->v = more;
	code = rl_run_read_dir(&more[r->n], path, platform, err);
	if (!code)
		r->n++;
	return code;
}

static int read_runs(struct runs *r, const char *dir, const char *platform, struct rl_err *err)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_cell, alphasort), code = 0;

	if (n < 0)
		return rl_err_set(err, -errno, dir, 0, 0, "cannot read: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (!code)
			code = read_one(r, path, platform, err);
		free(names[i]);
	}
	free(names);
	if (!code && !r->n)
		code = rl_err_set(err, -EINVAL, dir, 0, 0,
			"no run in there (expected what realdrv/rig/run brings home)");
	return code;
}

/* Builds the modules and runs the campaign's cells; an exit code. */
static int measure(char dir[PATH_MAX], struct rl_err *err)
{
	const struct rl_platform *p = rl_platforms;
	char tree[PATH_MAX], campaign[PATH_MAX + 64], relative[64];
	time_t now = time(NULL);

	while (p->name && strcmp(p->name, "xen-qemu") != 0)
		p++;
	if (rl_child_tree(p->program, tree, sizeof(tree), err))
		return rl_share_fail(-EINVAL, err);
	strftime(relative, sizeof(relative), "out/driver/%Y%m%dT%H%M%SZ", gmtime(&now));
	mkdir("out", 0777);
	mkdir("out/driver", 0777);
	if (mkdir(relative, 0777) || !realpath(relative, dir)) {
		rl_err_set(err, -errno, relative, 0, 0, "cannot create: %s", strerror(errno));
		return rl_share_fail(-EINVAL, err);
	}
	snprintf(campaign, sizeof(campaign), "%s/" CAMPAIGN, tree);
	if (rl_child_run((char *[]){campaign, "driver", dir, NULL}))
		return RL_EXIT_RUN;
	return p->run(&(struct rl_measure){.platform = p, .mode = "counted"}, tree, dir);
}

static int print(const struct rl_driver_check *c, enum rl_out_format format)
{
	static const char *const columns[] = {
		"cell", "stage", "metric", "measured", "expected", "tolerance", "pass", NULL};
	struct rl_out *o = rl_out_create(format, stdout, columns);

	for (size_t i = 0; i < c->nrows && o; i++) {
		const struct rl_driver_row *r = &c->rows[i];

		rl_out_text(o, c->cells.v[r->cell].name);
		rl_out_text(o, r->stage);
		rl_out_text(o, rl_quantity_name(r->quantity));
		rl_out_real(o, r->measured, 5);
		rl_out_real(o, r->expected, 5);
		rl_out_real(o, r->tolerance, 3);
		rl_out_bool(o, r->pass);
		rl_out_end_row(o);
	}
	return o ? rl_out_finish(o) : -1;
}

static int conclude(const struct rl_driver_check *c, enum rl_out_format format)
{
	if (print(c, format))
		return RL_EXIT_RUN;
	if (c->pass)
		fputs("ringlab validate: the driver does what the model says\n", stderr);
	else
		fprintf(stderr,
			"ringlab validate: the driver is not what the model says: stage %s\n",
			c->stage);
	return c->pass ? RL_EXIT_OK : RL_EXIT_INVALID;
}

static int judge(struct rl_store *store, const struct rl_param_set *set, const char *dir,
	enum rl_out_format format, struct rl_err *err)
{
	struct rl_forward_options forward;
	struct rl_run *reference = NULL;
	struct rl_driver_check check;
	struct runs runs = {0};
	size_t nreference = 0;
	int code = read_runs(&runs, dir, set->platform, err);

	rl_forward_precise(&forward);
	if (!code)
		code = rl_store_runs(
			store, set->platform, RL_ROLE_NONE, &reference, &nreference, err);
	if (!code)
		code = rl_driver_judge(
			set, runs.v, runs.n, reference, nreference, &forward, &check, err);
	if (code) {
		code = rl_share_fail(code, err);
	} else {
		code = conclude(&check, format);
		rl_driver_fini(&check);
	}
	rl_store_free_runs(reference, nreference);
	free_runs(&runs);
	return code;
}

int rl_driver_validate(struct rl_store *store, const char *platform, const char *measured,
	const char *params, enum rl_out_format format)
{
	struct rl_param_set set = {0};
	struct rl_err err = {0};
	char dir[PATH_MAX];
	int code = rl_store_load_params(store, params, &set, &err);

	if (code)
		return rl_share_fail(code, &err);
	if (!measured && strcmp(platform, "xen-qemu-counted") != 0) {
		rl_err_set(&err, -EINVAL, NULL, 0, 0,
			"a driver is measured on xen-qemu-counted alone, where runs repeat "
			"(expected "
			"that platform, or --measured DIR)");
		code = rl_share_fail(-EINVAL, &err);
	} else if (measured) {
		code = judge(store, &set, measured, format, &err);
	} else {
		code = measure(dir, &err);
		if (!code)
			code = judge(store, &set, dir, format, &err);
	}
	rl_param_set_fini(&set);
	return code;
}
