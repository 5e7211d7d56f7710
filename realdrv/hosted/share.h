/* SPDX-License-Identifier: MIT */
/*
 * Memory that both sides share: a memfd whose size is sealed. A backend that mapped memory
 * which its peer can shrink would die of SIGBUS.
 *
 * A connection has two of them. The rings live as long as the connection; the granted pages
 * live as long as the frontend, so that data of requests in flight outlives a backend. A grant
 * reference is the number of a granted page.
 */
#ifndef RL_HOSTED_SHARE_H
#define RL_HOSTED_SHARE_H

#include "core/types.h"

#include <stddef.h>

struct rl_share {
	int fd;
	rl_u8 *base; /* null: not mapped */
	size_t bytes;
};

/**
 * rl_share_create - make the memory, zeroed, sealed against any change of size, and map it.
 * @bytes: of pages.
 * Returns: 0; or what the kernel said.
 */
int rl_share_create(struct rl_share *s, size_t bytes);

/**
 * rl_share_attach - map what a peer made.
 * @fd: the peer's; taken over, closed on error.
 * Returns: 0; -EPROTO no sealed memory of just this size; or what the kernel said.
 */
int rl_share_attach(struct rl_share *s, int fd, size_t bytes);

/** rl_share_fini - unmap and close. Harmless when nothing is mapped. */
void rl_share_fini(struct rl_share *s);

#endif
