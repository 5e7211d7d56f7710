/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages by MPI; see link.h. A rank that is lost ends the job: that is mpirun's default. */
#include "cli/mpi/link.h"

#include <mpi.h>
#include <time.h>

#define SHORT_NS 50000	 /* between two looks, at first */
#define LONG_NS	 2000000 /* and when nothing has come for a while */

rl_mpi_join_fn rl_mpi_join;

static void send_to(int to, int tag, const void *bytes, size_t size)
{
	MPI_Send(bytes, (int)size, MPI_BYTE, to, tag, MPI_COMM_WORLD);
}

static int recv_from(int from, int *tag, void *bytes, size_t size)
{
	struct timespec pause = {.tv_nsec = SHORT_NS};
	MPI_Status status;
	int there = 0;

	from = from < 0 ? MPI_ANY_SOURCE : from;
	for (;;) {
		MPI_Iprobe(from, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
		if (there)
			break;
		nanosleep(&pause, NULL);
		pause.tv_nsec = pause.tv_nsec < LONG_NS ? 2 * pause.tv_nsec : LONG_NS;
	}
	MPI_Recv(bytes, (int)size, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD,
		&status);
	*tag = status.MPI_TAG;
	return status.MPI_SOURCE;
}

static void end(void)
{
	MPI_Finalize();
}

const struct rl_mpi *rl_mpi_join(void)
{
	static struct rl_mpi link = {.send = send_to, .recv = recv_from, .end = end};
	int level;

	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level) != MPI_SUCCESS ||
		level < MPI_THREAD_SERIALIZED)
		return NULL;
	MPI_Comm_rank(MPI_COMM_WORLD, &link.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &link.size);
	return &link;
}
