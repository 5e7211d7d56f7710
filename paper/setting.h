/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells that may stand on one curve: equal in all but backend policy, block size and depth. */
#ifndef RL_PAPER_SETTING_H
#define RL_PAPER_SETTING_H

#include "calibrate/validate.h"

struct rl_setting {
	char label[160]; /* of its workload, and what is not as usual: "randread, 2 jobs" */
	unsigned pcpus;
	enum rl_rw rw;
	size_t ncells;
	size_t first; /* the first cell of it */
};

struct rl_settings {
	struct rl_setting *v; /* by pcpus, then the largest first */
	size_t n;
	size_t *of; /* by cell: index into v */
};

/**
 * rl_settings_make - sort the cells of a validation into settings.
 * @out: free with rl_settings_fini(). No two of equal pcpus have the same label.
 * Returns: 0; -ENOMEM.
 */
int rl_settings_make(const struct rl_cells *cells, struct rl_settings *out);
void rl_settings_fini(struct rl_settings *s);

#endif
