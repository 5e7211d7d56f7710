/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, to name content: a run is the hash of its documents. */
#ifndef RL_DATA_SHA256_H
#define RL_DATA_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define RL_SHA256_HEX 65 /* 64 digits and the terminator */

struct rl_sha256 {
	uint32_t h[8];
	uint64_t bytes;
	uint8_t block[64];
};

void rl_sha256_init(struct rl_sha256 *s);
void rl_sha256_add(struct rl_sha256 *s, const void *bytes, size_t size);

/** rl_sha256_hex - end the message; lower-case digits into @hex. */
void rl_sha256_hex(struct rl_sha256 *s, char hex[RL_SHA256_HEX]);

#endif
