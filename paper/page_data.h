/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page's script draws, as JSON. */
#ifndef RL_PAPER_PAGE_DATA_H
#define RL_PAPER_PAGE_DATA_H

#include "paper/report.h"

/* Rows of a view that a page takes; it says so when there are more. */
#define RL_PAGE_ROWS 4000

/** rl_page_views - what the page shows of the store's views. Returns: as rl_store_ask(). */
int rl_page_views(struct rl_store *store, json_t **out, struct rl_err *err);

/* clang-format off */
/**
 * rl_page_data - cells, predictions, rows and duels of the validation, and the views.
 * Shape: {"version", "pair": [POLICY, POLICY], "policies": [NAME], "metrics": [[NAME, UNIT, WHAT]],
 *   "uses": [[DOMAIN, PURPOSE]],
 *   "platforms": [{"name", "note", "predicted", "duel_metric", "threshold",
 *     "settings": [[LABEL, PCPUS]],
 *     "cells": [[NAME, SETTING, POLICY, BS_BYTES, IODEPTH, HELD_OUT, REPEATS, MEASURED, PREDICTED, USED]],
 *     "rows": [[CELL, METRIC, CI_LO, CI_HI, RELATIVE_ERROR, TOLERANCE, PASS]],
 *     "duels": [[A, B, RATIO, CI_LO, CI_HI, PREDICTED, WINNER, PREDICTED_WINNER, COUNTS, RIGHT]]}],
 *   "limit", "views": {NAME: {"columns", "rows"}}}
 *   MEASURED has, a metric, null, the value, or [value, lo, hi] of several repeats; PREDICTED has
 *   values; USED, a use, the predicted ns of a CPU that a request takes for it (idle: all the while).
 *   SETTING, POLICY, METRIC, CELL, A and B are indices. Winners are -1 (A), 0, 1 (B).
 * Units: those of `ringlab validate` (rows and duels) and `ringlab explain` (uses).
 * Returns: null when out of memory.
 */
/* clang-format on */
json_t *rl_page_data(const struct rl_report *r);

#endif
