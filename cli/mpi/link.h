/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages between the processes of an MPI job, as a module of its own (librl-mpi.so beside the
 * program): who does not run under mpirun loads no MPI, and who builds without it loses this alone.
 */
#ifndef RL_CLI_MPI_LINK_H
#define RL_CLI_MPI_LINK_H

#include <stddef.h>

struct rl_mpi {
	int rank, size;
	/**
	 * send - to another rank; small messages do not wait for it.
	 * Context: send and recv by one thread at a time, any thread.
	 */
	void (*send)(int to, int tag, const void *bytes, size_t size);
	/**
	 * recv - the next message of rank @from, -1: of any.
	 * Waits with pauses, not by spinning: its CPU is wanted for simulating.
	 * Returns: the sender.
	 */
	int (*recv)(int from, int *tag, void *bytes, size_t size);
	/** end - when all ranks are through; nothing may be sent after it. */
	void (*end)(void);
};

/* What the module exports under this name: joins the job; null when it cannot. */
typedef const struct rl_mpi *rl_mpi_join_fn(void);
#define RL_MPI_JOIN   "rl_mpi_join"
#define RL_MPI_MODULE "librl-mpi.so"

#endif
