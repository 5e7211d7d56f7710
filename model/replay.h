/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recorded I/O that a job replays. A record is large and a scenario is copied about, so a job
 * names it by a number; the records themselves are kept here, each content once, and never change.
 */
#ifndef RL_MODEL_REPLAY_H
#define RL_MODEL_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rl_replay_io {
	uint64_t at_ns; /* from the begin of the record; never less than the one before */
	uint64_t offset_bytes;
	uint32_t bytes;
	bool write;
};

struct rl_replay {
	size_t n;
	const struct rl_replay_io *io;
};

/**
 * rl_replay_keep - keep a record for the rest of the process.
 * @io: malloc'ed; taken over in any case.
 * Returns: its number from 1, that of an equal record if there is one; 0 when out of memory.
 * Context: any thread.
 */
uint32_t rl_replay_keep(struct rl_replay_io *io, size_t n);

/** rl_replay_get - a record by its number, null when there is none. */
const struct rl_replay *rl_replay_get(uint32_t number);

#endif
