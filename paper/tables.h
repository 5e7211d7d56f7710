/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report's tables; each is the numbers behind a figure or a claim. */
#ifndef RL_PAPER_TABLES_H
#define RL_PAPER_TABLES_H

#include "paper/report.h"

/** rl_tables_verdicts - each bound, the value against it, passed or not. */
void rl_tables_verdicts(FILE *out, const struct rl_validation *v);

/** rl_tables_slices - errors a slice, the simulator's beside the interpolation's. */
void rl_tables_slices(FILE *out, const struct rl_validation *v);

/** rl_tables_parameters - values, intervals, identifiability of a set. */
void rl_tables_parameters(FILE *out, const struct rl_param_set *set);

/** rl_tables_cells - every held-out cell: measured, predicted, error of IOPS and mean latency. */
void rl_tables_cells(FILE *out, const struct rl_validation *v);

/** rl_tables_duels - the pair of the answer, a setting a row: who won, who was predicted to. */
void rl_tables_duels(FILE *out, const struct rl_report *r, const struct rl_report_platform *p);

/** rl_tables_why - where the CPU went, measured and predicted, at the ends of the depth range. */
void rl_tables_why(FILE *out, const struct rl_validation *v);

/** rl_tables_provenance - manifests of runs and parameters. */
void rl_tables_provenance(FILE *out, const struct rl_report_platform *p);

#endif
