/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between xenalyze.c, which reads summaries, and xenalyze_dump.c. */
#ifndef RL_DATA_FORMAT_XENALYZE_PRIVATE_H
#define RL_DATA_FORMAT_XENALYZE_PRIVATE_H

#include "data/format/text.h"
#include "data/format/xenalyze.h"

#include <stdbool.h>

/* What stands at a place of a line; each skips what it read. */
struct rl_scan {
	const char *at, *end;
};

bool rl_scan_word(struct rl_scan *s, const char *word);
bool rl_scan_count(struct rl_scan *s, uint64_t max, uint64_t *n);
void rl_scan_space(struct rl_scan *s);
/* d1v0 */
bool rl_scan_vcpu(struct rl_scan *s, uint16_t *domid, uint16_t *vcpu);

/* A state more; null when out of memory. */
struct rl_vcpu_state *rl_xenalyze_add(struct rl_xenalyze *x);

int rl_xenalyze_dump(const char *text, size_t size, const char *file, double hz,
	struct rl_xenalyze *out, struct rl_err *err);

#endif
