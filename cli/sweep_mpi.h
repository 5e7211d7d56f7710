/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sweep on many machines under mpirun. Rank 0 alone has the database: it hands out
 * configurations, a few at a time to whoever asks, and takes their rows. A rank that is lost takes
 * its configurations with it and ends the job; begun again, the sweep goes on.
 */
#ifndef RL_CLI_SWEEP_MPI_H
#define RL_CLI_SWEEP_MPI_H

#include "cli/mpi/link.h"
#include "cli/sweep.h"

/**
 * rl_sweep_mpi_join - become a rank, if mpirun started this program.
 * @out: null: it did not.
 * Returns: 0; -ENOTSUP with @err when this build has no MPI.
 */
int rl_sweep_mpi_join(const struct rl_mpi **out, struct rl_err *err);

/**
 * rl_sweep_mpi_agree - do all ranks have the same sweep, and has none an error?
 * @rc, @err: how this rank's preparation ended.  @hash: of its sweep.
 * Returns: 0 on every rank, or an error on every rank; rank 0's @err tells the first of them.
 */
int rl_sweep_mpi_agree(const struct rl_mpi *mpi, int rc, const char *hash, struct rl_err *err);

/** rl_sweep_mpi_work - what every rank but 0 does. Returns: 0; what went wrong, also told to 0. */
int rl_sweep_mpi_work(
	const struct rl_mpi *mpi, const struct rl_sweep_input *in, struct rl_err *err);

/* What rank 0 does with what the others say; called by one thread. */
struct rl_sweep_hub {
	/** take - up to @n configurations for another rank. Returns: how many; 0: no more. */
	uint32_t (*take)(void *arg, uint32_t *ids, uint32_t n);
	void (*give)(void *arg, const struct rl_sweep_row *row);
	void (*fail)(void *arg, int rc, const struct rl_err *err);
	void *arg;
};

/** rl_sweep_mpi_serve - rank 0, until all others are through. */
void rl_sweep_mpi_serve(const struct rl_mpi *mpi, const struct rl_sweep_hub *hub);

#endif
