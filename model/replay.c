/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records that jobs replay; see the header. */
#include "model/replay.h"

#include <pthread.h>
#include <stdlib.h>

#define MAX_RECORDS 4096u

/* Slots are filled in order and never change again: a reader needs the count alone. */
static struct rl_replay kept[MAX_RECORDS];
static uint32_t nkept;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Field by field: padding says nothing. */
static bool equal(const struct rl_replay *r, const struct rl_replay_io *io, size_t n)
{
	if (r->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (r->io[i].at_ns != io[i].at_ns || r->io[i].offset_bytes != io[i].offset_bytes ||
			r->io[i].bytes != io[i].bytes || r->io[i].write != io[i].write)
			return false;
	return true;
}

uint32_t rl_replay_keep(struct rl_replay_io *io, size_t n)
{
	uint32_t i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < nkept && !equal(&kept[i], io, n);)
		i++;
	if (i < nkept || i == MAX_RECORDS)
		free(io);
	if (i == nkept && i < MAX_RECORDS) {
		kept[i] = (struct rl_replay){.n = n, .io = io};
		__atomic_store_n(&nkept, i + 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&lock);
	return i < MAX_RECORDS ? i + 1 : 0;
}

const struct rl_replay *rl_replay_get(uint32_t number)
{
	if (number == 0 || number > __atomic_load_n(&nkept, __ATOMIC_ACQUIRE))
		return NULL;
	return &kept[number - 1];
}
