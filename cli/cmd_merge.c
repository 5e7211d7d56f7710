/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab merge`: shards of sweeps, made on many machines, into one database. */
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/share.h"
#include "data/store_sweep.h"

#include <stdlib.h>
#include <string.h>

struct input {
	struct rl_args args;
	char **paths;
	int npaths;
};

static int merge_one(
	struct rl_store *to, const char *path, struct rl_sweep_merged *n, struct rl_err *err)
{
	struct rl_store *from;
	int rc = rl_store_open(&from, path, false, err);

	if (rc)
		return rc;
	rc = rl_sweep_merge(to, from, n, err);
	rl_store_close(from);
	return rc;
}

static int merge_all(const struct input *in, struct rl_store *to)
{
	static const char *const columns[] = {"file", "sweeps", "copied", "known", NULL};
	struct rl_out *out = rl_out_create(in->args.format, stdout, columns);
	struct rl_err err = {0};
	int rc = out ? 0 : -1;

	for (int i = 0; !rc && i < in->npaths; i++) {
		struct rl_sweep_merged n;

		rc = merge_one(to, in->paths[i], &n, &err);
		if (rc)
			break;
		rl_out_text(out, in->paths[i]);
		rl_out_count(out, (int64_t)n.sweeps);
		rl_out_count(out, (int64_t)n.copied);
		rl_out_count(out, (int64_t)n.known);
		rl_out_end_row(out);
	}
	if (out && rl_out_finish(out) && !rc)
		return RL_EXIT_RUN;
	return rc ? rl_share_fail(rc, &err) : RL_EXIT_OK;
}

/* Opened together, one file would wait for itself. */
static bool is_target(const struct input *in, struct rl_err *err)
{
	char *to = realpath(in->args.db, NULL);
	bool same = false;

	for (int i = 0; to && !same && i < in->npaths; i++) {
		char *from = realpath(in->paths[i], NULL);

		same = from && strcmp(from, to) == 0;
		free(from);
		if (same)
			rl_err_set(err, -1, in->paths[i], 0, 0,
				"is what is merged into (expected other databases)");
	}
	free(to);
	return same;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &in->args;
		return 0;
	case ARGP_KEY_ARGS:
		in->paths = state->argv + state->next;
		in->npaths = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "nothing to merge (expected DB...)");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_merge(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {NULL, parse, "DB...",
		"Puts the sweeps of databases into one (--db), which is made if it is not there.\v"
		"Each DB is one transaction. What is there already must be the same to the last "
		"bit; merging again changes nothing. data/scenarios/sweep.sbatch makes shards as a "
		"job array.",
		children, NULL, NULL};
	struct input in = {0};
	struct rl_store *to;
	struct rl_err err = {0};
	int code;

	rl_args_parse(&argp, argc, argv, &in);
	if (is_target(&in, &err) || rl_store_open(&to, in.args.db, true, &err)) {
		rl_err_print(&err);
		return RL_EXIT_INPUT;
	}
	code = merge_all(&in, to);
	rl_store_close(to);
	return code;
}

RL_VERB(merge, "sweeps of several databases into one", cmd_merge);
