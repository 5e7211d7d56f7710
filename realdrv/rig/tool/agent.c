// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The agent of the driver domain and of the guest: executes what dom0 asks for, one command at a
 * time, and the guest's side of fio's window. Paths are relative: xenstore takes them as below the
 * domain's own home.
 */
#include "rigtool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT "/tmp/agent.out"

static int run_shell(const char *text)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return RL_RIG_BROKEN;
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);
		int out = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);

		dup2(null, 0);
		dup2(out, 1);
		dup2(out, 2);
		execl("/bin/sh", "sh", "-c", text, (char *)NULL);
		_exit(RL_RIG_BROKEN);
	}
	if (waitpid(pid, &status, 0) != pid)
		return RL_RIG_BROKEN;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int put_file(struct rl_xs *xs, const char *text)
{
	unsigned int mode;
	int chunks, at;
	bool whole;
	FILE *file;

	if (sscanf(text, "%o %d %n", &mode, &chunks, &at) != 2)
		return RL_RIG_BROKEN;
	unlink(OUTPUT);
	file = fopen(text + at, "w");
	if (!file)
		return RL_RIG_BROKEN;
	whole = rl_rig_receive(xs, "rig/in", chunks, file);
	return fclose(file) == 0 && whole && chmod(text + at, mode) == 0 ? 0 : RL_RIG_BROKEN;
}

static int take_files(const char *patterns)
{
	FILE *to = fopen(OUTPUT, "w");
	int status = to ? rl_rig_take(patterns, to) : RL_RIG_BROKEN;

	if (to)
		fclose(to);
	return status;
}

static int run(struct rl_xs *xs, char kind, const char *text)
{
	if (kind == 'p')
		return put_file(xs, text);
	return kind == 't' ? take_files(text) : run_shell(text);
}

static void execute(struct rl_xs *xs, const char *command)
{
	unsigned int sequence;
	int at, status, chunks = 0;
	char kind, reply[64];
	FILE *output;

	if (sscanf(command, "%u %c %n", &sequence, &kind, &at) != 2)
		return;
	status = run(xs, kind, command + at);
	output = fopen(OUTPUT, "r");
	if (output) {
		chunks = rl_rig_send(xs, "rig/out", output);
		fclose(output);
	}
	if (chunks < 0) { /* the output is lost, and the caller must know */
		chunks = 0;
		status = RL_RIG_BROKEN;
	}
	snprintf(reply, sizeof(reply), "%u %d %d", sequence, status, chunks);
	rl_rig_write(xs, "rig", "reply", reply);
}

int rl_rig_cmd_agent(int argc, char **argv)
{
	struct rl_xs *xs = rl_xs_open();
	char *last = strdup("");

	(void)argc, (void)argv;
	if (!xs || !rl_xs_watch(xs, "rig/cmd", "cmd"))
		return RL_RIG_BROKEN;
	rl_rig_write(xs, "rig", "ready", "1");
	for (;;) {
		char *command, *token = rl_rig_wait(xs, 0);

		if (!token) /* connection lost: an agent that ends is a domain that dies, which dom0
			       sees */
			return RL_RIG_BROKEN;
		free(token);
		command = rl_rig_read(xs, "rig", "cmd");
		/* a watch fires once for nothing when it is set, and may fire twice for one write
		 */
		if (command && *command && strcmp(command, last) != 0) {
			execute(xs, command);
			free(last);
			last = command;
		} else {
			free(command);
		}
	}
}

static void first_line(const char *path, char *line, size_t bytes)
{
	FILE *file = fopen(path, "r");

	if (!file || !fgets(line, bytes, file))
		snprintf(line, bytes, "\n");
	if (file)
		fclose(file);
}

/* Only the first of several jobs opens the window; each one that ends moves its end. */
static bool is_first_start(const char *edge)
{
	if (strcmp(edge, "start") != 0)
		return true;
	return open("/tmp/window.open", O_CREAT | O_EXCL, 0600) >= 0;
}

int rl_rig_cmd_window(int argc, char **argv)
{
	char path[128], stat[512], cpu[256], message[900], id[16];
	struct rl_xs *xs;

	if (argc != 3)
		return RL_RIG_USAGE;
	if (!is_first_start(argv[1]))
		return 0;
	xs = rl_xs_open();
	if (!xs || !rl_xs_watch(xs, "rig/ack", "ack"))
		return RL_RIG_BROKEN;
	snprintf(path, sizeof(path), "/sys/class/block/%s/stat", argv[2]);
	first_line(path, stat, sizeof(stat));
	first_line("/proc/stat", cpu, sizeof(cpu));
	snprintf(id, sizeof(id), "%d", (int)getpid());
	snprintf(message, sizeof(message), "%s %s\n%s%s", id, argv[1], stat, cpu);
	rl_rig_write(xs, "rig", "window", message);
	for (;;) {
		char *token = rl_rig_wait(xs, rl_rig_now_ns() + 60000000000LL);
		char *ack = rl_rig_read(xs, "rig", "ack");
		bool done = ack && strcmp(ack, id) == 0;

		if (!token)
			return RL_RIG_TIMEOUT;
		free(token);
		free(ack);
		if (done)
			return 0;
	}
}
