/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far long work is: one line on stderr that is written over, when that is a terminal; and a
 * line of its own whenever somebody sends SIGUSR1, terminal or not, as fio has it.
 */
#ifndef RL_CLI_PROGRESS_H
#define RL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct rl_progress {
	const char *doing; /* "sweeping" */
	bool shown;
	struct timespec begun, last;
};

/**
 * rl_progress_listen - from now on SIGUSR1 asks for a line instead of ending the process.
 * Context: once, before any thread.
 */
void rl_progress_listen(void);

/**
 * rl_progress_begin - the clock starts.
 * @doing: kept, not copied.
 * @quiet: show nothing unless asked.
 */
void rl_progress_begin(struct rl_progress *p, const char *doing, bool quiet);

/**
 * rl_progress_tell - "doing: DETAIL, 12 s left", ten times a second at most.
 * @done: share of the work, 0 to 1, from which the time left follows; NaN: nobody knows. At 1 the
 *        line goes.
 * Context: one thread at a time.
 */
__attribute__((format(printf, 3, 4))) void rl_progress_tell(
	struct rl_progress *p, double done, const char *detail, ...);

/** rl_progress_count - the same of @done things out of @of: "sweeping: 3 of 12, 7 s left". */
void rl_progress_count(struct rl_progress *p, uint64_t done, uint64_t of);

/** rl_progress_end - take the line away, of work that broke off too. */
void rl_progress_end(const struct rl_progress *p);

#endif
