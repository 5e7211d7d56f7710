/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fio writes values in a job file, read strictly: the whole text is understood or refused. */
#ifndef RL_DATA_FORMAT_FIO_VALUE_H
#define RL_DATA_FORMAT_FIO_VALUE_H

#include "model/job.h"

/*
 * All return 0; -EINVAL or -ERANGE with @what saying what was expected.
 */

/** rl_fio_size - bytes; k is 1024, and ki is refused, which fio takes as 1000. */
int rl_fio_size(const char *text, uint64_t *n, const char **what);

/** rl_fio_time - a time; a bare number is of @unit ns, the option's own. */
int rl_fio_time(const char *text, uint64_t unit, uint64_t *ns, const char **what);

/** rl_fio_pair - "read,write[,trim]": one value counts for both, an empty one for none (0). */
int rl_fio_pair(const char *text, bool size, uint64_t n[RL_DIRS], const char **what);

/** rl_fio_split - bssplit: "4k/60:8k/40" or with a second list for writes. */
int rl_fio_split(const char *text, struct rl_job *job, const char **what);

/** rl_fio_spread - random_distribution. */
int rl_fio_spread(const char *text, struct rl_job *job, const char **what);

#endif
