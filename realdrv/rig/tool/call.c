// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * dom0's side of the agents: commands, files, and noticing at once that a domain is gone.
 */
#include "rigtool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xenctrl.h>

#define NS_PER_S 1000000000LL

bool rl_rig_alive(unsigned int domid)
{
	xc_interface *xc = xc_interface_open(NULL, NULL, 0);
	xc_dominfo_t info;
	bool alive;

	if (!xc)
		return false;
	alive = xc_domain_getinfo(xc, domid, 1, &info) == 1 && info.domid == domid && !info.dying &&
		!info.shutdown && !info.crashed;
	xc_interface_close(xc);
	return alive;
}

static unsigned int next_sequence(struct rl_xs *xs, const char *dir)
{
	char *last = rl_rig_read(xs, dir, "cmd");
	unsigned int sequence = last ? strtoul(last, NULL, 10) + 1 : 1;

	free(last);
	return sequence;
}

/* The reply to this command, if it has come: its status, or -1. */
static int take_reply(struct rl_xs *xs, const char *dir, unsigned int sequence, FILE *output)
{
	char *reply = rl_rig_read(xs, dir, "reply");
	unsigned int of;
	int status = -1, chunks;
	char out[96];
	FILE *to = output ? output : fopen("/dev/null", "w");

	if (reply && sscanf(reply, "%u %d %d", &of, &status, &chunks) == 3 && of == sequence) {
		snprintf(out, sizeof(out), "%s/out", dir);
		if (!rl_rig_receive(xs, out, chunks, to))
			status = RL_RIG_BROKEN;
	} else {
		status = -1;
	}
	if (!output)
		fclose(to);
	free(reply);
	return status;
}

static bool watch(struct rl_xs *xs, const char *dir, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), *dir ? "%s/%s" : "%s@%s", dir, name);
	if (rl_xs_watch(xs, path, name))
		return true;
	fprintf(stderr, "rigtool: cannot watch %s: %m\n", path);
	return false;
}

static int await_reply(struct rl_xs *xs, const char *dir, unsigned int domid, unsigned int driver,
	unsigned int sequence, long long deadline_ns, FILE *output, struct rl_rig_window *window,
	const char *cpu_json)
{
	for (;;) {
		char *token = rl_rig_wait(xs, deadline_ns);
		int status = -1;

		if (!token)
			return RL_RIG_TIMEOUT;
		if (strcmp(token, "reply") == 0)
			status = take_reply(xs, dir, sequence, output);
		else if (strcmp(token, "window") == 0)
			rl_rig_window_serve(window, xs, dir, cpu_json);
		else if (!rl_rig_alive(domid) || (driver && !rl_rig_alive(driver)))
			status = RL_RIG_DIED;
		free(token);
		if (status >= 0)
			return status;
	}
}

int rl_rig_call(unsigned int domid, int timeout_s, const char *command, FILE *output,
	unsigned int driver, const char *cpu_json)
{
	struct rl_xs *xs = rl_xs_open();
	struct rl_rig_window *window = NULL;
	char dir[64], *text;
	unsigned int sequence;
	int status = RL_RIG_BROKEN;

	if (!xs)
		return RL_RIG_BROKEN;
	snprintf(dir, sizeof(dir), "/local/domain/%u/rig", domid);
	if (cpu_json) {
		rl_xs_remove(xs, RL_XS_NO_TX, strcat(strcpy((char[80]){0}, dir), "/window"));
		window = rl_rig_window_create(domid, driver);
	}
	sequence = next_sequence(xs, dir);
	if (asprintf(&text, "%u %s", sequence, command) < 0)
		return RL_RIG_BROKEN;
	if (watch(xs, dir, "reply") && watch(xs, "", "releaseDomain") &&
		(!window || watch(xs, dir, "window")) && rl_rig_write(xs, dir, "cmd", text))
		status = await_reply(xs, dir, domid, driver, sequence,
			rl_rig_now_ns() + timeout_s * NS_PER_S, output, window, cpu_json);
	if (window)
		rl_rig_window_destroy(window);
	free(text);
	rl_xs_close(xs);
	return status;
}

int rl_rig_cmd_call(int argc, char **argv)
{
	const char *cpu_json = NULL;
	unsigned int driver = 0;
	char *command;
	int option;

	while ((option = getopt(argc, argv, "+w:b:")) != -1) {
		if (option == 'w')
			cpu_json = optarg;
		else if (option == 'b')
			driver = atoi(optarg);
		else
			return RL_RIG_USAGE;
	}
	if (argc - optind != 3 || asprintf(&command, "x %s", argv[optind + 2]) < 0)
		return RL_RIG_USAGE;
	return rl_rig_call(
		atoi(argv[optind]), atoi(argv[optind + 1]), command, stdout, driver, cpu_json);
}

int rl_rig_cmd_push(int argc, char **argv)
{
	struct rl_xs *xs = rl_xs_open();
	char dir[64], *command;
	int chunks;
	FILE *file;

	if (argc != 6 || !xs)
		return RL_RIG_USAGE;
	file = fopen(argv[3], "r");
	if (!file) {
		fprintf(stderr, "rigtool: %s: %m\n", argv[3]);
		return RL_RIG_BROKEN;
	}
	snprintf(dir, sizeof(dir), "/local/domain/%s/rig/in", argv[1]);
	chunks = rl_rig_send(xs, dir, file);
	fclose(file);
	if (chunks < 0 || asprintf(&command, "p %s %d %s", argv[5], chunks, argv[4]) < 0)
		return RL_RIG_BROKEN;
	return rl_rig_call(atoi(argv[1]), atoi(argv[2]), command, stdout, 0, NULL);
}

int rl_rig_cmd_ready(int argc, char **argv)
{
	struct rl_xs *xs = rl_xs_open();
	long long deadline_ns;
	char dir[64];

	if (argc != 3 || !xs)
		return RL_RIG_USAGE;
	deadline_ns = rl_rig_now_ns() + atoi(argv[2]) * NS_PER_S;
	snprintf(dir, sizeof(dir), "/local/domain/%s/rig", argv[1]);
	if (!watch(xs, dir, "ready") || !watch(xs, "", "releaseDomain"))
		return RL_RIG_BROKEN;
	for (;;) {
		char *token = rl_rig_wait(xs, deadline_ns);
		char *ready = rl_rig_read(xs, dir, "ready");

		if (ready)
			return RL_RIG_OK;
		if (!token)
			return RL_RIG_TIMEOUT;
		if (!rl_rig_alive(atoi(argv[1])))
			return RL_RIG_DIED;
		free(token);
	}
}
