/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recorded I/O: fio's iologs of version 2 and 3, and the text that blkparse writes.
 *
 * Of an iolog, reads and writes of one file. Version 2 has waits in microseconds, each kept as it
 * is (fio drops those under 100); version 3 has a time a line, in microseconds.
 * Of blkparse's default format, Q events of one device, or D events when there is no Q: the
 * arrivals at the block layer, else at the driver. What carries no data (flush, discard, trim) is
 * left out and warned of once. Time begins with the first I/O.
 *
 * Source: fio(1), TRACE FILE FORMAT; blkparse(1), OUTPUT DESCRIPTION AND FORMATTING.
 */
#ifndef RL_DATA_FORMAT_IOLOG_H
#define RL_DATA_FORMAT_IOLOG_H

#include "data/format/text.h"

#include <stdint.h>

/**
 * rl_iolog_parse - read a record's text and keep it.
 * @number: out, for rl_replay_get().  @warn: may be null.
 * Returns: 0; -EINVAL with file, line and column; -ENOMEM.
 */
int rl_iolog_parse(const char *text, size_t size, const char *file, uint32_t *number,
	rl_warn_fn *warn, void *arg, struct rl_err *err);

/** rl_iolog_read - the same for a file. */
int rl_iolog_read(
	const char *path, uint32_t *number, rl_warn_fn *warn, void *arg, struct rl_err *err);

#endif
