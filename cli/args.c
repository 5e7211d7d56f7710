/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared options. */
#include "cli/args.h"

#include "data/store.h"
#include "model/base/err.h"
#include "model/base/units.h"

#include <stdlib.h>

static const struct argp_option help_options[] = {
	{NULL, 'h', NULL, 0, "Give this help list", -1},
	{0},
};

static const struct argp_option common_options[] = {
	{"db", 'D', "FILE", 0, "The database (default: " RL_STORE_DEFAULT " here)", 20},
	{"format", 'F', RL_OUT_FORMATS, 0, "How to print (default: table)", 20},
	{NULL, 'h', NULL, 0, "Give this help list", -1},
	{0},
};

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != 'h')
		return ARGP_ERR_UNKNOWN;
	argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
	return 0;
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct rl_args *args = state->input;
	int format;

	switch (key) {
	case ARGP_KEY_INIT:
		args->db = RL_STORE_DEFAULT;
		args->format = RL_OUT_TABLE;
		return 0;
	case 'D':
		args->db = arg;
		return 0;
	case 'F':
		format = rl_out_format_find(arg);
		if (format < 0)
			argp_error(state, "--format %s (expected " RL_OUT_FORMATS ")", arg);
		args->format = (enum rl_out_format)format;
		return 0;
	default:
		return parse_help(key, arg, state);
	}
}

const struct argp rl_args_help = {help_options, parse_help, NULL, NULL, NULL, NULL, NULL};
const struct argp rl_args_common = {common_options, parse_common, NULL, NULL, NULL, NULL, NULL};

void (*rl_args_visit)(const struct argp *argp);

void rl_args_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	if (rl_args_visit) {
		rl_args_visit(argp);
		exit(RL_EXIT_OK);
	}
	argp_err_exit_status = RL_EXIT_USAGE;
	argp_parse(argp, argc, argv, 0, NULL, input);
}

uint64_t rl_args_count(struct argp_state *state, const char *option, const char *text, uint64_t max)
{
	const char *what = NULL;
	uint64_t n = 0;

	if (rl_units_count(text, &n, &what) || n > max)
		argp_error(state, "--%s %s (expected a whole number up to %llu)", option, text,
			(unsigned long long)max);
	return n;
}
