/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main(): verb -> cli/cmd_<verb>.c; nothing else. */
#include "cli/cli.h"
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>

static const struct rl_verb *find(const char *name)
{
	for (const struct rl_verb *const *v = rl_verb_table; *v; v++)
		if (strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

static void usage(FILE *f)
{
	fprintf(f, "usage: ringlab VERB [OPTION]...\n\n"
		   "Should a driver domain's block driver be woken by events or spin, and what "
		   "does it cost?\n\n");
	for (const struct rl_verb *const *v = rl_verb_table; *v; v++)
		fprintf(f, "  %-11s %s\n", (*v)->name, (*v)->summary);
	fprintf(f, "\n`ringlab help VERB` or `ringlab VERB --help` tells more.\n");
}

static int run(const struct rl_verb *v, int argc, char **argv)
{
	static char name[64];

	snprintf(name, sizeof(name), "ringlab %s", v->name);
	argv[0] = name;
	return v->run(argc, argv);
}

int main(int argc, char **argv)
{
	const struct rl_verb *v;
	int help = argc > 1 && strcmp(argv[1], "help") == 0;

	rl_progress_listen();
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		printf("ringlab %s\n", RL_VERSION);
		return RL_EXIT_OK;
	}
	if (argc == 1 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0 ||
		(help && argc == 2)) {
		usage(argc == 1 ? stderr : stdout);
		return argc == 1 ? RL_EXIT_USAGE : RL_EXIT_OK;
	}
	v = find(argv[help ? 2 : 1]);
	if (!v) {
		fprintf(stderr, "ringlab: error: unknown verb '%s' (`ringlab help` lists them)\n",
			argv[help ? 2 : 1]);
		return RL_EXIT_USAGE;
	}
	if (help) {
		char *args[] = {NULL, "--help", NULL};

		return run(v, 2, args);
	}
	return run(v, argc - 1, argv + 1);
}
