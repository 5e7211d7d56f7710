// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The command line.
 */
#include "supervise.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static void usage(FILE *to)
{
	fputs("usage: rl-supervise [--config FILE] [--log FILE] [--once] [--check]\n"
	      "Replaces driver domains that died, in dom0 (man rl-supervise).\n"
	      "  --config FILE  what to supervise (default /etc/rl-supervise.conf)\n"
	      "  --log FILE     a line of JSON a step, appended (default standard output)\n"
	      "  --once         end when each domain was replaced once\n"
	      "  --check        read the configuration and end\n"
	      "exit: 0 done, 2 usage, 3 bad configuration, 4 Xen cannot be reached\n",
		to);
}

static bool read_conf(struct rl_supervise_conf *conf, const char *path)
{
	FILE *from = fopen(path, "r");
	bool good;

	if (!from) {
		fprintf(stderr, "%s:1:1: error: cannot read it: %s (expected a configuration)\n",
			path, strerror(errno));
		return false;
	}
	good = rl_supervise_conf_read(conf, from, path, stderr);
	fclose(from);
	return good;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"config", required_argument, NULL, 'c'},
		{"log", required_argument, NULL, 'l'}, {"once", no_argument, NULL, 'o'},
		{"check", no_argument, NULL, 'k'}, {"help", no_argument, NULL, 'h'}, {0}};
	const char *path = "/etc/rl-supervise.conf";
	struct rl_supervise_conf conf = {0};
	bool check = false, once = false, done;
	FILE *log = stdout;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			path = optarg;
		else if (option == 'l')
			log = fopen(optarg, "ae");
		else if (option == 'o')
			once = true;
		else if (option == 'k')
			check = true;
		else
			return usage(option == 'h' ? stdout : stderr), option == 'h' ? 0 : 2;
		if (!log) {
			fprintf(stderr, "rl-supervise: error: cannot write %s: %s\n", optarg,
				strerror(errno));
			return 4;
		}
	}
	if (optind != argc)
		return usage(stderr), 2;
	if (!read_conf(&conf, path)) {
		rl_supervise_conf_free(&conf);
		return 3;
	}
	done = check || rl_supervise_loop(&conf, log, once);
	rl_supervise_conf_free(&conf);
	if (done)
		return 0;
	fprintf(stderr, "rl-supervise: error: cannot reach Xen: %s (expected to run in dom0)\n",
		strerror(errno));
	return 4;
}
