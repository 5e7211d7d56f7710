/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The option tables of verbs; see the header. */
#include "doc/doc.h"

#include "cli/args.h"
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* A verb's run() ends the process once its tables were seen: there is no other way to them. */
bool rl_doc_visit(const struct rl_verb *v, void (*fn)(const struct argp *argp))
{
	char *argv[] = {(char *)v->name, NULL};
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		rl_args_visit = fn;
		v->run(1, argv);
		_exit(1); /* it did not look at its options */
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

const char *rl_doc_args(const struct argp *argp)
{
	return argp->args_doc ? argp->args_doc : "";
}

/* -h of the shared tables says what --help does. */
static bool is_help(const struct argp_option *o)
{
	return o->key == 'h' && !o->name;
}

static void walk(
	const struct argp *argp, void (*fn)(void *arg, const struct rl_doc_option *o), void *arg)
{
	const struct argp_option *o = argp->options;

	for (; o && (o->name || o->key || o->doc || o->group); o++) {
		const struct rl_doc_option out = {
			.key = o->key > 0 && o->key < 128 && isprint(o->key) ? o->key : 0,
			.name = o->name,
			.arg = o->arg,
			.what = o->doc ? o->doc : ""};

		if (!(o->flags & (OPTION_HIDDEN | OPTION_DOC)) && !is_help(o) &&
			(out.key || out.name))
			fn(arg, &out);
	}
	for (const struct argp_child *c = argp->children; c && c->argp; c++)
		walk(c->argp, fn, arg);
}

void rl_doc_options(
	const struct argp *argp, void (*fn)(void *arg, const struct rl_doc_option *o), void *arg)
{
	static const struct rl_doc_option help = {'h', "help", NULL, "Give this help list"},
					  usage = {0, "usage", NULL, "Give a short usage message"};

	walk(argp, fn, arg);
	fn(arg, &help);
	fn(arg, &usage);
}
