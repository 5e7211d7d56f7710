/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab explore`: a page that simulates a scenario by itself, with what may be moved. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/configure.h"
#include "cli/publish.h"
#include "cli/share.h"
#include "paper/explore/write.h"
#include "paper/html.h"

#include <errno.h>
#include <string.h>

#define COMMAND_BYTES 4096

struct args {
	struct rl_args common;
	struct rl_configure conf;
	const char *output, *against, *report;
};

enum { KEY_AGAINST = 256, KEY_REPORT };

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "the page; it needs no other file and no server", 0},
	{"against", KEY_AGAINST, "POLICY", 0,
		"the backend's policy on the other side (default: spin, or event where the "
		"scenario's is not event)",
		0},
	{"report", KEY_REPORT, "FILE", 0,
		"link a page of `ringlab report`; relative to this page, as report.html", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->conf;
		state->child_inputs[1] = &a->common;
		return 0;
	case 'o':
		a->output = arg;
		return 0;
	case KEY_AGAINST:
		a->against = arg;
		return 0;
	case KEY_REPORT:
		if (!rl_html_is_relative(arg))
			argp_error(state,
				"--report '%s' (expected a file's name relative to the page)", arg);
		a->report = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->output)
			argp_error(state, "-o FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What `ringlab simulate` takes for the same scenario, for a shell. */
static void add(char *command, const char *option, const char *text)
{
	size_t n = strlen(command);

	snprintf(
		command + n, COMMAND_BYTES - n, "%s%s%s", n ? " " : "", option, *option ? " " : "");
	n = strlen(command);
	if (strspn(text,
		    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:=/@+-") ==
		strlen(text)) {
		snprintf(command + n, COMMAND_BYTES - n, "%s", text);
		return;
	}
	for (snprintf(command + n, COMMAND_BYTES - n, "'"); *text; text++) {
		n = strlen(command);
		snprintf(command + n, COMMAND_BYTES - n, *text == '\'' ? "'\\''" : "%c", *text);
	}
	n = strlen(command);
	snprintf(command + n, COMMAND_BYTES - n, "'");
}

static void say_command(const struct rl_configure *c, char *command)
{
	command[0] = '\0';
	add(command, "", c->scenario);
	if (c->params)
		add(command, "--params", c->params);
	if (c->job)
		add(command, "--job", c->job);
	for (int i = 0; i < c->nset; i++)
		add(command, "--set", c->set[i]);
}

static int write_page(void *e, FILE *out, struct rl_err *err)
{
	return rl_explore_write(e, out, err);
}

static int cmd_explore(int argc, char **argv)
{
	static const struct argp_child children[] = {
		{&rl_configure_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"One HTML page that simulates SCENARIO under two policies of the backend, with "
		"what may "
		"be moved: cores, depth, block size, costs, policies.\v"
		"The page holds the simulator itself, compiled to WebAssembly, and its results are "
		"those "
		"of `ringlab simulate` to the last bit. It works from a file, without a server.",
		children, NULL, NULL};
	struct rl_scenario s;
	struct rl_err err = {0};
	struct args a = {0};
	char command[COMMAND_BYTES];
	struct rl_explore e = {.s = &s, .command = command};
	int rc;

	rl_args_parse(&argp, argc, argv, &a);
	memset(&s, 0, sizeof(s));
	rc = rl_configure_read(&a.conf, a.common.db, &s, &err);
	if (rc)
		return rl_share_fail(rc, &err);
	e.against = a.against ? a.against : strcmp(s.back_policy, "event") == 0 ? "spin" : "event";
	e.report = a.report;
	e.job = a.conf.job ? a.conf.job : a.conf.scenario;
	say_command(&a.conf, command);
	rc = rl_explore_check(&e, &err);
	if (!rc)
		rc = rl_publish_file(a.output, write_page, &e, &err);
	if (rc == -ENOSYS) {
		rl_err_print(&err);
		return RL_EXIT_RUN;
	}
	return rc ? rl_share_fail(rc, &err) : RL_EXIT_OK;
}

RL_VERB(explore, "a page that simulates by itself: move sliders, compare two policies",
	cmd_explore);
