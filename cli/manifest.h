/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a result was made with: goes beside every result that a machine may read. */
#ifndef RL_CLI_MANIFEST_H
#define RL_CLI_MANIFEST_H

#include <jansson.h>

/**
 * rl_manifest_create - program, compiler, CPU, kernel; what is not known is null.
 * Returns: a new object, to be freed with json_decref(); null when out of memory.
 */
json_t *rl_manifest_create(void);

/**
 * rl_manifest_input - note an input file by its name and SHA-256.
 * Returns: 0; -ENOMEM; -errno when it cannot be read. "-" is noted without a hash.
 */
int rl_manifest_input(json_t *manifest, const char *path);

#endif
