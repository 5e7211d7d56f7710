/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seals of a sweep's configurations: a hash over what one is when it is put in, held against it
 * later. Thousands are sealed in a row, so the statements are kept.
 */
#ifndef RL_DATA_STORE_SWEEP_SEAL_H
#define RL_DATA_STORE_SWEEP_SEAL_H

#include "data/store_private.h"

struct rl_sweep_seals {
	struct rl_store *store;
	sqlite3_stmt *rows[4], *put, *get;
};

enum rl_sweep_sealed { RL_SWEEP_UNSEALED, RL_SWEEP_SOUND, RL_SWEEP_BROKEN };

/** rl_sweep_seals_open - prepare; close on error, too.  Returns: 0; -EIO. */
int rl_sweep_seals_open(struct rl_sweep_seals *s, struct rl_store *store, struct rl_err *err);
void rl_sweep_seals_close(struct rl_sweep_seals *s);

/** rl_sweep_seals_put - seal a configuration as it is now.  Returns: 0; -EIO. */
int rl_sweep_seals_put(struct rl_sweep_seals *s, int64_t sweep, int64_t config, struct rl_err *err);

/** rl_sweep_seals_check - is it as it was?  Returns: enum rl_sweep_sealed; -EIO. */
int rl_sweep_seals_check(
	struct rl_sweep_seals *s, int64_t sweep, int64_t config, struct rl_err *err);

/**
 * rl_sweep_audit - hold every sweep against its hash, and its configurations against their seals.
 * Returns: 0; -EINVAL what has changed; -EIO.
 */
int rl_sweep_audit(struct rl_store *store, struct rl_store_audited *count, struct rl_err *err);

#endif
