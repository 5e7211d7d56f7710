// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Files of another domain, many in one message and without starting a process there: what is read
 * around a cell should cost little beside the cell. A stream of "NAME BYTES\n" and the bytes.
 */
#include "rigtool.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* Files of debugfs and proc have no size before they are read. */
static char *read_whole(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	FILE *into;
	int c;

	*bytes = 0;
	if (!file)
		return NULL;
	into = open_memstream(&text, bytes);
	while (into && (c = getc(file)) != EOF)
		putc(c, into);
	if (into)
		fclose(into);
	fclose(file);
	return text;
}

int rl_rig_take(const char *patterns, FILE *to)
{
	char *words = strdup(patterns), *state = NULL;
	glob_t found = {0};
	int flags = 0;

	for (char *word = strtok_r(words, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
		glob(word, flags, NULL, &found);
		flags = GLOB_APPEND;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		size_t bytes;
		char *text = read_whole(found.gl_pathv[i], &bytes);

		if (text) {
			fprintf(to, "%s %zu\n", strrchr(found.gl_pathv[i], '/') + 1, bytes);
			fwrite(text, 1, bytes, to);
		}
		free(text);
	}
	globfree(&found);
	free(words);
	return fflush(to) == 0 ? 0 : RL_RIG_BROKEN;
}

/* One file of the stream into PREFIXnameSUFFIX. */
static bool write_one(FILE *from, const char *prefix, const char *suffix)
{
	char name[64], path[512];
	size_t left;
	FILE *to;

	if (fscanf(from, "%63[^ /] %zu", name, &left) != 2 || getc(from) != '\n')
		return false;
	snprintf(path, sizeof(path), "%s%s%s", prefix, name, suffix);
	to = fopen(path, "w");
	while (to && left > 0) {
		char piece[4096];
		size_t got = fread(piece, 1, left < sizeof(piece) ? left : sizeof(piece), from);

		if (!got || fwrite(piece, 1, got, to) != got)
			break;
		left -= got;
	}
	return to && fclose(to) == 0 && left == 0;
}

int rl_rig_cmd_take(int argc, char **argv)
{
	FILE *stream = tmpfile();
	char *command;
	int status, c;

	if (argc != 6 || !stream || asprintf(&command, "t %s", argv[5]) < 0)
		return RL_RIG_USAGE;
	status = rl_rig_call(atoi(argv[1]), atoi(argv[2]), command, stream, 0, NULL);
	rewind(stream);
	while (status == RL_RIG_OK && (c = getc(stream)) != EOF) {
		ungetc(c, stream);
		if (!write_one(stream, argv[3], argv[4]))
			status = RL_RIG_BROKEN;
	}
	return status;
}
