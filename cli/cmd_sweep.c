/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab sweep`: a scenario over a space of configurations, into the database. */
#include "cli/cli.h"
#include "cli/share.h"
#include "cli/sim_args.h"
#include "cli/sweep_mpi.h"
#include "model/base/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the run ------------------------------------------------------------------------------- */

static int say_end(const struct rl_sweep_id *id, const struct rl_sweep_count *n)
{
	fprintf(stderr, "%s: %u configurations simulated", id->name, n->ran);
	if (n->before)
		fprintf(stderr, ", %u were there", n->before);
	fputs("\n", stderr);
	if (!n->failed)
		return RL_EXIT_OK;
	fprintf(stderr, "ringlab sweep: error: %u configurations stand still (column failed)\n",
		n->failed);
	return RL_EXIT_RUN;
}

/* The sweep in its database. */
struct open {
	struct rl_store *store;
	struct rl_sweep_log *log;
	bool *done;
};

static int open_all(const struct rl_sweep_input *in, const struct rl_sweep_id *id, struct open *o,
	struct rl_err *err)
{
	int rc;

	o->done = calloc(in->w.npoints, sizeof(*o->done));
	if (!o->done)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	rc = rl_store_open(&o->store, in->args.db, true, err);
	return rc ? rc : rl_sweep_log_open(&o->log, o->store, &in->w, id, o->done, err);
}

static void close_all(struct open *o)
{
	rl_sweep_log_close(o->log);
	rl_store_close(o->store);
	free(o->done);
}

static int run(const struct rl_sweep_input *in, const struct rl_sweep_id *id, struct open *o)
{
	struct rl_sweep_count count;
	struct rl_err err = {0};
	int rc = rl_sweep_run(in, o->log, o->done, &count, &err), code;

	code = rc ? rl_share_fail(rc, &err) : say_end(id, &count);
	if (!rc && !in->quiet && rl_sweep_print(in, o->log, &err))
		code = rl_share_fail(-EIO, &err);
	return code;
}

/* Every configuration is looked at before the first is simulated. */
static int prepare(struct rl_sweep_input *in, struct rl_err *err)
{
	int rc = rl_configure_read(&in->conf, in->args.db, &in->w.base, err);

	for (uint32_t i = 0; !rc && i < in->nover; i++)
		rc = rl_sweep_add(&in->w, in->over[i], RL_SWEEP_OVER, err);
	rc = rc ? rc
		: rl_sweep_design(&in->w, in->design, in->points, in->sim.seed, RL_SWEEP_OVER, err);
	return rc ? rc : rl_sweep_check(&in->w, RL_SWEEP_OVER, err);
}

static int work(const struct rl_sweep_input *in)
{
	struct rl_err err = {0};

	return rl_sweep_mpi_work(in->mpi, in, &err) ? RL_EXIT_RUN : RL_EXIT_OK;
}

/* Rank 0 alone has the database, and tells what went wrong, whoever it was. */
static int sweep_as(struct rl_sweep_input *in)
{
	bool other = in->mpi && in->mpi->rank;
	struct rl_sweep_id id = {0};
	struct rl_err err = {0};
	struct open o = {0};
	int rc = prepare(in, &err), code;

	rc = rc ? rc : rl_sweep_identify(in, &id, &err);
	if (!rc && !other)
		rc = open_all(in, &id, &o, &err);
	if (in->mpi)
		rc = rl_sweep_mpi_agree(in->mpi, rc, id.hash, &err);
	if (rc && !other)
		code = rl_share_fail(rc, &err);
	else if (rc)
		code = RL_EXIT_INPUT;
	else
		code = other ? work(in) : run(in, &id, &o);
	close_all(&o);
	free(id.spec);
	return code;
}

static int sweep(struct rl_sweep_input *in)
{
	struct rl_err err = {0};
	int rc = rl_sweep_mpi_join(&in->mpi, &err), code;

	if (rc)
		return rl_share_fail(rc, &err);
	code = sweep_as(in);
	if (in->mpi)
		in->mpi->end();
	rl_sweep_fini(&in->w);
	return code;
}

/* ---- the command line ---------------------------------------------------------------------- */

enum { KEY_DESIGN = 300, KEY_POINTS, KEY_NAME, KEY_SHARD };

static const struct argp_option options[] = {
	{"over", 'o', "PATH=VALUES", 0,
		"Vary a field: a,b,c or LOW:HIGH:STEP or LOW:HIGH:*FACTOR; may be repeated", -2},
	{"design", KEY_DESIGN, "grid|lhs|sobol", 0,
		"Every combination (default), a Latin hypercube, or Sobol's sequence", -2},
	{"points", KEY_POINTS, "N", 0, "Configurations of lhs and sobol", -2},
	{"name", KEY_NAME, "NAME", 0,
		"What the database calls it (default: made of what it is, so that the same command "
		"goes on)",
		-2},
	{"shard", KEY_SHARD, "I/N", 0, "Only each N-th configuration, from the I-th on", -2},
	{"quiet", 'q', NULL, 0, "No progress, and no rows at the end: they are in the database",
		-2},
	{0},
};

static void add_over(struct argp_state *state, struct rl_sweep_input *in, const char *arg)
{
	if (in->nover == RL_SWEEP_AXES)
		argp_error(state, "too many --over (at most %u)", RL_SWEEP_AXES);
	in->over[in->nover++] = arg;
}

static void shard(struct argp_state *state, struct rl_sweep_input *in, char *arg)
{
	char *slash = strchr(arg, '/');
	uint64_t i = 0, n = 0;

	if (slash)
		*slash = '\0';
	if (!slash || rl_units_count(arg, &i, NULL) || rl_units_count(slash + 1, &n, NULL) ||
		i < 1 || i > n || n > RL_SWEEP_POINTS)
		argp_error(state, "--shard %s%s%s (expected I/N, 1/N to N/N)", arg,
			slash ? "/" : "", slash ? slash + 1 : "");
	in->shard = (uint32_t)i;
	in->shards = (uint32_t)n;
}

static void name(struct argp_state *state, struct rl_sweep_input *in, const char *arg)
{
	if (!*arg || strlen(arg) >= RL_SWEEP_NAME)
		argp_error(
			state, "--name '%s' (expected 1 to %d characters)", arg, RL_SWEEP_NAME - 1);
	in->name = arg;
}

static void check(struct argp_state *state, const struct rl_sweep_input *in)
{
	if (!in->nover)
		argp_error(state, "nothing to vary (expected --over PATH=VALUES)");
	if (in->design == RL_DESIGN_GRID && in->points)
		argp_error(state, "--points without a design that samples (expected --design lhs "
				  "or sobol)");
	if (in->design != RL_DESIGN_GRID && !in->points)
		argp_error(state, "--design %s without --points N", rl_design_name[in->design]);
}

static void begin(struct argp_state *state, struct rl_sweep_input *in)
{
	state->child_inputs[0] = &in->conf;
	state->child_inputs[1] = &in->sim;
	state->child_inputs[2] = &in->args;
	in->shard = in->shards = 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rl_sweep_input *in = state->input;
	int design;

	switch (key) {
	case ARGP_KEY_INIT:
		begin(state, in);
		return 0;
	case 'o':
		add_over(state, in, arg);
		return 0;
	case KEY_DESIGN:
		design = rl_design_find(arg);
		if (design < 0)
			argp_error(state, "--design %s (expected grid, lhs or sobol)", arg);
		in->design = (enum rl_design)design;
		return 0;
	case KEY_POINTS:
		in->points = (uint32_t)rl_args_count(state, "points", arg, RL_SWEEP_POINTS);
		return 0;
	case KEY_NAME:
		name(state, in, arg);
		return 0;
	case KEY_SHARD:
		shard(state, in, arg);
		return 0;
	case 'q':
		in->quiet = true;
		return 0;
	case ARGP_KEY_END:
		check(state, in);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int cmd_sweep(int argc, char **argv)
{
	static const struct argp_child children[] = {{&rl_configure_argp, 0, NULL, 0},
		{&rl_sim_argp, 0, NULL, 0}, {&rl_args_common, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse, "SCENARIO",
		"Simulates a scenario over a space of configurations, with the same random numbers "
		"for each, and stores what comes out as it comes. A sweep that was stopped goes on "
		"where it was when it is asked for again.\v"
		"VALUES are a list, a range with a step (its end included), or several of either: "
		"job.iodepth=1:32:*2, load.idle=1ms:5ms:1ms,20ms. Options of a value may be ranges "
		"as well: back_policy=event,spin_block:tau=1us:64us:*2. LOW:HIGH and LOW:HIGH:log "
		"are for designs that sample: any value between. -j: configurations at a time. "
		"On many machines: `mpirun ringlab sweep ...`, where each rank does so, with about "
		"21 MB and a third of a second to begin, and rank 0 alone writes; a rank that is "
		"lost ends the job, and the same command goes on. Or --shard in a job array, 11 MB "
		"a task, then `ringlab merge` (data/scenarios/sweep.sbatch, for Slurm). "
		"The database's views sweep_results, sweep_pareto and sweep_crossover answer "
		"questions about it (data/schema/README.md).",
		children, NULL, NULL};
	struct rl_sweep_input *in = calloc(1, sizeof(*in));
	int code;

	if (!in)
		return RL_EXIT_RUN;
	rl_args_parse(&argp, argc, argv, in);
	code = sweep(in);
	free(in);
	return code;
}

RL_VERB(sweep, "what-if over a space of configurations, into the database", cmd_sweep);
