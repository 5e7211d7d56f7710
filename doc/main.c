/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rl-doc: a part of the build that writes manual pages and completion; see doc.h. */
#include "doc/doc.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct rl_verb *find(const char *name)
{
	for (const struct rl_verb *const *v = rl_verb_table; *v; v++)
		if (strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

static bool write_one(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "man") == 0 && argc == 3 && find(argv[2]))
		return rl_doc_man(find(argv[2]));
	if (strcmp(what, "fill") == 0 && argc == 3)
		return rl_doc_fill(argv[2]);
	if (strcmp(what, "bash") == 0 && argc == 2)
		return rl_doc_bash();
	fprintf(stderr, "usage: rl-doc man VERB | fill FILE | bash\n");
	return false;
}

int main(int argc, char **argv)
{
	if (!write_one(argc, argv) || fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "rl-doc: error: nothing whole was written\n");
		return RL_EXIT_RUN;
	}
	return RL_EXIT_OK;
}
