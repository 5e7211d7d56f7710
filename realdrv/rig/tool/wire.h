/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A xenstore connection without threads: libxenstore starts one for the first watch and lost its
 * connection at the second watch in this program under emulation; and a process of one thread
 * starts faster.
 */
#ifndef RL_RIG_WIRE_H
#define RL_RIG_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rl_xs;

/* Outside any transaction. */
#define RL_XS_NO_TX 0u

/**
 * rl_xs_open - connect: to the daemon's socket in dom0, through the kernel elsewhere.
 * Returns: the connection, or NULL with errno set.
 */
struct rl_xs *rl_xs_open(void);
void rl_xs_close(struct rl_xs *xs);

/**
 * rl_xs_read - the value of a node.
 * @bytes: out, may be NULL.
 * Returns: the value with a NUL behind it, to be freed by the caller; NULL with errno set.
 */
char *rl_xs_read(struct rl_xs *xs, uint32_t tx, const char *path, size_t *bytes);

/* All of these: true, or false with errno set. */
bool rl_xs_write(struct rl_xs *xs, uint32_t tx, const char *path, const void *value, size_t bytes);
bool rl_xs_remove(struct rl_xs *xs, uint32_t tx, const char *path);
bool rl_xs_watch(struct rl_xs *xs, const char *path, const char *token);

/** rl_xs_give - a node belongs to owner and is readable by reader. */
bool rl_xs_give(
	struct rl_xs *xs, uint32_t tx, const char *path, unsigned int owner, unsigned int reader);

/** rl_xs_begin - start a transaction. Returns: its number, 0 with errno set. */
uint32_t rl_xs_begin(struct rl_xs *xs);

/** rl_xs_end - commit or abort. Returns: false with errno EAGAIN when it must be done again. */
bool rl_xs_end(struct rl_xs *xs, uint32_t tx, bool commit);

/**
 * rl_xs_wait - block until a watch fires.
 * @wait_ms: -1 for ever.
 * Returns: its token, to be freed by the caller; NULL when the time is over or the connection lost.
 */
char *rl_xs_wait(struct rl_xs *xs, int wait_ms);

#endif
