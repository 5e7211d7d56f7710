/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Campaigns of deaths as realdrv/rig/kills --keep leaves them: a directory with kills.csv
 * (data/format/deaths.h) and a manifest-SEED.json for each seed that the lines name. A campaign is
 * one seed: "kills/4" is seed 4 of a directory kills.
 */
#ifndef RL_DATA_DEATHS_H
#define RL_DATA_DEATHS_H

#include "data/format/deaths.h"
#include "data/store.h"

#define RL_DEATHS_FILE "kills.csv"

struct rl_campaign {
	char hash[RL_SHA256_HEX]; /* over platform and lines; filled when it is stored */
	char name[96], platform[48], started[32];
	char *manifest; /* JSON text */
	char *csv;	/* header and lines of this seed, as they came */
	size_t csv_size;
	struct rl_deaths deaths;
};

/**
 * rl_campaigns_read_dir - all seeds of a directory, by their numbers.
 * @out, @n: one array; free with rl_campaigns_free().
 * Returns: 0; -EINVAL with the file and place in @err; -errno; -ENOMEM.
 */
int rl_campaigns_read_dir(const char *dir, struct rl_campaign **out, size_t *n, struct rl_err *err);
void rl_campaigns_free(struct rl_campaign *c, size_t n);

/**
 * rl_store_put_campaign - store a campaign unless its content is there already.
 * @is_new: out.
 * Context: inside rl_store_begin().
 * Returns: 0; -EINVAL when one of that name has other lines; -EIO.
 */
int rl_store_put_campaign(
	struct rl_store *store, struct rl_campaign *c, bool *is_new, struct rl_err *err);

#endif
