/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab sweep`: what it was asked, how it runs, and how it tells the result. */
#ifndef RL_CLI_SWEEP_H
#define RL_CLI_SWEEP_H

#include "cli/args.h"
#include "cli/configure.h"
#include "data/store_sweep.h"
#include "sim/sim.h"

struct rl_mpi;

#define RL_SWEEP_OVER "--over" /* what errors name */

struct rl_sweep_input {
	struct rl_args args;
	struct rl_configure conf;
	struct rl_sim_options sim; /* threads: of the sweep */
	const char *name;	   /* null: made of the hash */
	const char *over[RL_SWEEP_AXES];
	uint32_t nover;
	enum rl_design design;
	uint32_t points;
	uint32_t shard, shards; /* 1 of 1: all */
	bool quiet;
	const struct rl_mpi *mpi; /* null: alone */
	struct rl_sweep w;	  /* read from over */
};

/* SHA-256 over the simulator's sources, made at build: other sources, other results. */
extern const char rl_simulator[];

/**
 * rl_sweep_identify - name, hash and spec of what was asked.
 * @id: out; free(id->spec).
 * Returns: 0; -ENOMEM.
 */
int rl_sweep_identify(const struct rl_sweep_input *in, struct rl_sweep_id *id, struct rl_err *err);

/**
 * rl_sweep_row_fill - a row of what rl_sim_run() returned.
 * Returns: 0; @rc, when that says nothing of the model and is no row.
 */
int rl_sweep_row_fill(struct rl_sweep_row *row, uint32_t id, int rc,
	const struct rl_sim_result *result, const struct rl_err *err);

/* How a run went. */
struct rl_sweep_count {
	uint32_t ran, failed; /* configurations of this run; those that stood still among them */
	uint32_t before;      /* were done when it began */
};

/**
 * rl_sweep_run - simulate what is not done yet, and store it in batches as it comes.
 * @done: as rl_sweep_log_open() filled it.
 * Returns: 0; what rl_sim_run() or the store say, with @err.
 */
int rl_sweep_run(const struct rl_sweep_input *in, struct rl_sweep_log *log, const bool *done,
	struct rl_sweep_count *count, struct rl_err *err);

/**
 * rl_sweep_print - all rows of the sweep on stdout.
 * Returns: 0; -ENOMEM, -EIO, with @err where the store says it.
 */
int rl_sweep_print(const struct rl_sweep_input *in, struct rl_sweep_log *log, struct rl_err *err);

#endif
