/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The platforms of ringlab measure: see measure.h. */
#include "cli/measure.h"

#include "cli/child.h"
#include "cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES (PATH_MAX + 64)

static int run_step(const char *what, char *const *argv)
{
	int rc;

	fprintf(stderr, "ringlab measure: %s\n", what);
	rc = rl_child_run(argv);
	if (rc == 0)
		return RL_EXIT_OK;
	fprintf(stderr, "ringlab measure: error: %s: %s ended with %d\n", what, argv[0], rc);
	return rc == RL_EXIT_INPUT ? RL_EXIT_INPUT : RL_EXIT_RUN;
}

static void join(char *out, const char *dir, const char *name)
{
	snprintf(out, PATH_BYTES, "%s/%s", dir, name);
}

static int run_xen_qemu(const struct rl_measure *m, const char *tree, const char *dir)
{
	char kmod[PATH_BYTES], out[PATH_BYTES], rig[PATH_BYTES], cells[PATH_BYTES];
	char front[PATH_BYTES], back[PATH_BYTES];
	int rc;

	join(kmod, tree, "realdrv/kmod/build");
	join(out, tree, "build/kmod");
	join(rig, tree, m->platform->program);
	join(cells, dir, "cells");
	join(front, tree, "build/kmod/rlfront.ko");
	join(back, tree, "build/kmod/rlback.ko");
	rc = run_step("building the modules", (char *[]){kmod, out, NULL});
	if (rc)
		return rc;
	return run_step("booting Xen and running fio",
		(char *[]){rig, "--mode", (char *)m->mode, "--cells", cells, "--out", (char *)dir,
			"--rlfront", front, "--rlback", back, NULL});
}

/* The backend was built with this program, and lies beside it. */
static int find_backend(char *path)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash) {
		*slash = '\0';
		join(path, self, "rl-backend");
		if (access(path, X_OK) == 0)
			return 0;
	}
	fprintf(stderr,
		"ringlab measure: error: no rl-backend beside this program (expected it in %s; "
		"cmake builds both)\n",
		self);
	return RL_EXIT_INPUT;
}

static int run_hosted(const struct rl_measure *m, const char *tree, const char *dir)
{
	char build[PATH_BYTES], out[PATH_BYTES], run[PATH_BYTES], cells[PATH_BYTES];
	char engine[PATH_BYTES], backend[PATH_BYTES];
	int rc = find_backend(backend);

	if (rc)
		return rc;
	join(build, tree, "realdrv/hosted/fio/build");
	join(out, tree, "build/fio");
	join(engine, tree, "build/fio/ringlab.so");
	join(run, tree, m->platform->program);
	join(cells, dir, "cells");
	rc = run_step("building fio's engine", (char *[]){build, out, NULL});
	rc = rc ? rc
		: run_step("running fio on the hosted pair",
			  (char *[]){run, "--cells", cells, "--out", (char *)dir, "--engine",
				  engine, "--backend", backend, NULL});
	if (rc == 0)
		fprintf(stderr, "ringlab measure: what an event costs here is what eventfd costs; "
				"an answer for Xen takes runs on Xen\n");
	return rc;
}

const struct rl_platform rl_platforms[] = {
	{.name = "hosted",
		.program = "realdrv/hosted/run",
		.devices = "null|ram|file",
		.cell = "",
		.cpus = true,
		.run = run_hosted},
	{.name = "hosted-awake",
		.program = "realdrv/hosted/run",
		.devices = "null|ram|file",
		.cell = " awake=1",
		.cpus = true,
		.run = run_hosted},
	{.name = "xen-qemu",
		.program = "realdrv/rig/run",
		.devices = "null|brd|nvme",
		.cell = "",
		.modes = true,
		.run = run_xen_qemu},
	{.name = NULL},
};
