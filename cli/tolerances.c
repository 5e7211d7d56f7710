/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See tolerances.h. */
#include "cli/tolerances.h"

#include "cli/share.h"

int rl_tolerances_load(const char *path, struct rl_tolerance **out, size_t *n, struct rl_err *err)
{
	char buf[1200];

	return rl_tolerance_read(
		path ? path : rl_share_path(RL_TOLERANCES, buf, sizeof(buf)), out, n, err);
}
