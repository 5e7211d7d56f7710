/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's directory into memory. */
#include "data/run.h"

#include "data/format/fio_json.h"
#include "data/format/fio_log.h"
#include "data/format/json.h"
#include "data/format/text.h"
#include "data/schedule.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The documents of a run, and whether it is one without them. */
static const struct {
	const char *name;
	bool required;
} files[] = {{"fio.json", true}, {"cell.txt", true}, {"job.fio", true}, {"front.stats", false},
	{"front.stats.before", false}, {"back.stats", false}, {"back.stats.before", false},
	{"cpu.json", false}, {"front.decisions", false}, {"back.decisions", false},
	{"front.interrupts", false}, {"front.interrupts.before", false}, {"back.interrupts", false},
	{"back.interrupts.before", false}, {"front.trace", false}, {"back.trace", false},
	{"fio.log", false}, {"status", false}, {"trace.txt", false}, {"xenalyze.txt", false},
	{"perf.txt", false}, {"perf.csv", false}};

void rl_run_cell_name(const char *name, char *cell, size_t size, int *repeat)
{
	const char *dot = strrchr(name, '.');
	size_t n = strlen(name), digits;

	*repeat = 0;
	if (dot && dot[1] == 'r') {
		digits = strspn(dot + 2, "0123456789");
		if (digits > 0 && digits < 6 && dot[2 + digits] == '\0') {
			*repeat = atoi(dot + 2);
			n = (size_t)(dot - name);
		}
	}
	snprintf(cell, size, "%.*s", (int)n, name);
}

static int add_document(struct rl_run *run, const char *path, const char *name, struct rl_err *err)
{
	struct rl_document *more, *d;
	int rc;

	if (strlen(name) >= sizeof(d->name))
		return rl_err_set(err, -EINVAL, path, 0, 0,
			"name of %zu characters (expected fewer than %zu)", strlen(name),
			sizeof(d->name));
	more = realloc(run->documents, (run->ndocuments + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	run->documents = more;
	d = &more[run->ndocuments];
	rc = rl_text_read(path, &d->bytes, &d->size, err);
	if (rc)
		return rc;
	snprintf(d->name, sizeof(d->name), "%s", name);
	run->ndocuments++;
	return 0;
}

static int is_log(const struct dirent *e)
{
	return rl_fio_log_kind(e->d_name) >= 0;
}

/* fio's logs, whatever the prefix that they were given. */
static int read_logs(struct rl_run *run, const char *dir, struct rl_err *err)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_log, alphasort), rc = 0;

	if (n < 0)
		return rl_err_set(err, -errno, dir, 0, 0, "cannot read: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX + 300];

		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		rc = rc ? rc : add_document(run, path, list[i]->d_name, err);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* All documents that are there; a missing one that must be there is an error. */
static int read_documents(struct rl_run *run, const char *dir, struct rl_err *err)
{
	char path[PATH_MAX + 64];
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].name);
		if (files[i].required || access(path, F_OK) == 0)
			rc = add_document(run, path, files[i].name, err);
	}
	return rc ? rc : read_logs(run, dir, err);
}

/* The manifest of the platform, or of the run alone. */
static int read_manifest(struct rl_run *run, const char *dir, const char *above, struct rl_err *err)
{
	char path[PATH_MAX + 64];
	const char *name;
	size_t size;
	json_t *root;
	int rc;

	snprintf(path, sizeof(path), "%s/manifest.json", dir);
	if (access(path, F_OK) != 0)
		snprintf(path, sizeof(path), "%s/manifest.json", above);
	rc = rl_text_read(path, &run->manifest, &size, err);
	root = rc ? NULL : rl_json_only(run->manifest, size, path, err);
	if (!root)
		return rc ? rc : -EINVAL;
	if (!json_is_object(root))
		rc = rl_err_set(err, -EINVAL, path, 1, 1, "not an object (expected {...})");
	else if (!json_object_get(root, "cpus"))
		/* The rig writes it when the boot has ended; without it the machine is a guess. */
		rc = rl_err_set(err, -EINVAL, path, 0, 0,
			"cpus: missing (expected the manifest of a boot that has ended)");
	name = json_string_value(json_object_get(root, "platform"));
	if (name && !*run->platform)
		snprintf(run->platform, sizeof(run->platform), "%s", name);
	json_decref(root);
	return rc;
}

/* What fio ended with in the guest: figures of a run that failed are none. */
static int check_status(const struct rl_run *run, const char *dir, struct rl_err *err)
{
	const struct rl_document *status = rl_run_document(run, "status");
	char path[PATH_MAX + 64];

	if (!status || strcmp(status->bytes, "0\n") == 0 || strcmp(status->bytes, "0") == 0)
		return 0;
	snprintf(path, sizeof(path), "%s/status", dir);
	return rl_err_set(err, -EINVAL, path, 1, 1, "fio ended with status %.*s (expected 0)",
		(int)strcspn(status->bytes, "\n"), status->bytes);
}

/* A machine that the model cannot have is found here, not in the middle of a fit. */
static int check_scenario(const struct rl_run *run, const char *dir, struct rl_err *err)
{
	struct rl_scenario machine = run->scenario;
	struct rl_err why = {0};
	int rc;

	/* A real disk (brd, a file) need not have a model: who simulates the run is told so. */
	strcpy(machine.disk.device, "null");
	rc = rl_scenario_check(&machine, &why);
	return rc ? rl_err_set(err, rc, dir, 0, 0, "%s", why.what) : 0;
}

int rl_run_read_dir(struct rl_run *run, const char *dir, const char *platform, struct rl_err *err)
{
	char full[PATH_MAX], *base, *above;
	int rc;

	memset(run, 0, sizeof(*run));
	if (!realpath(dir, full))
		return rl_err_set(err, -errno, dir, 0, 0, "cannot open: %s", strerror(errno));
	base = strrchr(full, '/');
	*base++ = '\0';
	rl_run_cell_name(base, run->cell, sizeof(run->cell), &run->repeat);
	snprintf(run->platform, sizeof(run->platform), "%s", platform ? platform : "");
	rc = read_manifest(run, dir, full[0] ? full : "/", err);
	above = strrchr(full, '/');
	if (!*run->platform && above)
		snprintf(run->platform, sizeof(run->platform), "%.*s",
			(int)sizeof(run->platform) - 1, above + 1);
	rc = rc ? rc : read_documents(run, dir, err);
	rc = rc ? rc : check_status(run, dir, err);
	rc = rc ? rc : rl_run_describe(run, dir, err);
	rc = rc ? rc : check_scenario(run, dir, err);
	rc = rc ? rc : rl_run_measure(run, dir, err);
	if (rc)
		rl_run_fini(run);
	return rc;
}

/* Files that belong to a run and that the user named beside its fio.json. */
static int add_beside(struct rl_run *run, char *const *beside, size_t n, struct rl_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++) {
		const char *slash = strrchr(beside[i], '/'), *name = slash ? slash + 1 : beside[i];

		if (rl_run_document(run, name))
			rc = rl_err_set(err, -EINVAL, beside[i], 0, 0,
				"a second file of this name (expected names that differ)");
		rc = rc ? rc : add_document(run, beside[i], name, err);
	}
	return rc;
}

bool rl_run_is_beside(const char *path)
{
	const char *slash = strrchr(path, '/');

	return rl_fio_log_kind(path) >= 0 || rl_schedule_is(slash ? slash + 1 : path);
}

int rl_run_read_fio(struct rl_run *run, const char *path, char *const *beside, size_t nbeside,
	const char *platform, struct rl_err *err)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	struct rl_fio_result fio;
	int rc;

	memset(run, 0, sizeof(*run));
	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	if (!platform)
		return rl_err_set(err, -EINVAL, path, 0, 0,
			"where was this measured? (expected --platform NAME)");
	snprintf(run->platform, sizeof(run->platform), "%s", platform);
	run->manifest = strdup("{}");
	rc = run->manifest ? add_document(run, path, "fio.json", err) : -ENOMEM;
	if (!rc)
		rc = rl_fio_json_parse(
			run->documents[0].bytes, run->documents[0].size, path, &fio, err);
	rc = rc ? rc : add_beside(run, beside, nbeside, err);
	if (!rc) {
		memccpy(run->cell, *fio.jobname ? fio.jobname : "job", '\0', sizeof(run->cell) - 1);
		rc = rl_run_describe(run, path, err);
	}
	rc = rc ? rc : rl_run_measure(run, dir, err);
	if (rc)
		rl_run_fini(run);
	return rc;
}
