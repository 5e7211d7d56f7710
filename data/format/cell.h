/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell.txt: what was measured, in one line: NAME key=value... */
#ifndef RL_DATA_FORMAT_CELL_H
#define RL_DATA_FORMAT_CELL_H

#include "data/format/text.h"
#include "model/scenario.h"

struct rl_cell {
	char name[96];
	/* "" is the stock driver, else the policy of the own one. */
	char front[RL_SPEC_BYTES], back[RL_SPEC_BYTES];
	char device[RL_NAME_BYTES];
	bool persistent;
	uint32_t load_weight,
		load_cap;    /* of a third domain that computes; weight 0: there is none */
	uint32_t ring_pages; /* of front_args; 1 unless it says so */
	char job[256];
};

/**
 * rl_cell_parse - read a cell's line; empty lines and those that begin with # are passed over.
 * Returns: 0; -EINVAL with line and column: a key that is unknown, given twice or missing, a
 *          policy that this build does not have.
 */
int rl_cell_parse(
	const char *text, size_t size, const char *file, struct rl_cell *out, struct rl_err *err);

#endif
