// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Verb table, and what all verbs share: xenstore nodes as strings, waiting with a deadline, bytes
 * in pieces.
 */
#include "rigtool.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

long long rl_rig_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static bool write_bytes(
	struct rl_xs *xs, const char *dir, const char *name, const void *value, size_t bytes)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (rl_xs_write(xs, RL_XS_NO_TX, path, value, bytes))
		return true;
	fprintf(stderr, "rigtool: cannot write %s (%zu bytes): %m\n", path, bytes);
	return false;
}

bool rl_rig_write(struct rl_xs *xs, const char *dir, const char *name, const char *value)
{
	return write_bytes(xs, dir, name, value, strlen(value));
}

char *rl_rig_read(struct rl_xs *xs, const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return rl_xs_read(xs, RL_XS_NO_TX, path, NULL);
}

char *rl_rig_wait(struct rl_xs *xs, long long deadline_ns)
{
	long long left_ns = deadline_ns - rl_rig_now_ns();

	if (!deadline_ns)
		return rl_xs_wait(xs, -1);
	return left_ns > 0 ? rl_xs_wait(xs, left_ns / 1000000 + 1) : NULL;
}

int rl_rig_send(struct rl_xs *xs, const char *dir, FILE *from)
{
	char piece[RL_RIG_CHUNK_BYTES], name[16];
	size_t bytes;
	int chunks = 0;

	while ((bytes = fread(piece, 1, sizeof(piece), from)) > 0) {
		snprintf(name, sizeof(name), "%d", chunks++);
		if (!write_bytes(xs, dir, name, piece, bytes))
			return -1;
	}
	return chunks;
}

bool rl_rig_receive(struct rl_xs *xs, const char *dir, int chunks, FILE *to)
{
	for (int i = 0; i < chunks; i++) {
		char path[256];
		size_t bytes;
		void *piece;

		snprintf(path, sizeof(path), "%s/%d", dir, i);
		piece = rl_xs_read(xs, RL_XS_NO_TX, path, &bytes);
		if (!piece)
			return false;
		fwrite(piece, 1, bytes, to);
		free(piece);
		rl_xs_remove(xs, RL_XS_NO_TX, path);
	}
	return fflush(to) == 0;
}

static const struct {
	const char *name, *arguments;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"agent", "", rl_rig_cmd_agent},
	{"window", "start|end BLOCK-DEVICE", rl_rig_cmd_window},
	{"call", "[-w CPU.JSON -b DRIVER-DOMID] DOMID TIMEOUT_S SHELL-TEXT", rl_rig_cmd_call},
	{"push", "DOMID TIMEOUT_S FILE PATH MODE", rl_rig_cmd_push},
	{"take", "DOMID TIMEOUT_S PREFIX SUFFIX GLOBS", rl_rig_cmd_take},
	{"ready", "DOMID TIMEOUT_S", rl_rig_cmd_ready},
	{"attach", "BACK-DOMID FRONT-DOMID DEVID MAJOR:MINOR TIMEOUT_S", rl_rig_cmd_attach},
	{"detach", "BACK-DOMID FRONT-DOMID DEVID TIMEOUT_S", rl_rig_cmd_detach},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(stderr, "usage: rigtool %s %s\n", verbs[i].name, verbs[i].arguments);
	return RL_RIG_USAGE;
}
