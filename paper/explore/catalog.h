/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page may set and read: metrics, costs, policies with their options. */
#ifndef RL_PAPER_EXPLORE_CATALOG_H
#define RL_PAPER_EXPLORE_CATALOG_H

#include "paper/explore/json.h"

/** rl_catalog_put - as rl_face_catalog() answers. */
void rl_catalog_put(struct rl_json *j);

#endif
