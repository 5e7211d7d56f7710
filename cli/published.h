/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab validate --platform published-NAME`: a published table instead of held-out runs. */
#ifndef RL_CLI_PUBLISHED_H
#define RL_CLI_PUBLISHED_H

#include "cli/out.h"

/** rl_published_platform - the table's name in a platform's; null: it is another platform. */
const char *rl_published_platform(const char *platform);

/**
 * rl_published_validate - judge the table @name and print a row for each of its rows.
 * Returns: an enum rl_exit: RL_EXIT_INVALID when a row is outside its tolerance or order.
 */
int rl_published_validate(const char *name, enum rl_out_format format);

#endif
