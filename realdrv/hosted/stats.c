/* SPDX-License-Identifier: MIT */
/* Counters: adding up and printing; see stats.h. */
#include "hosted/stats.h"

void rl_hstats_add(struct rl_hstats *to, const struct rl_hstats *from)
{
#define ADD(name) to->name += from->name;
	RL_HSTATS(ADD)
#undef ADD
}

void rl_hstats_print(const struct rl_hstats *s, FILE *out)
{
#define PRINT(name) fprintf(out, #name " %llu\n", (unsigned long long)s->name);
	RL_HSTATS(PRINT)
#undef PRINT
}
