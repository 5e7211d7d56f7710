/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job as JSON, for the effective configuration that goes with a result. */
#ifndef RL_DATA_FORMAT_JOB_JSON_H
#define RL_DATA_FORMAT_JOB_JSON_H

#include "model/job.h"

#include <jansson.h>

/** rl_job_json - a new object; null when out of memory. */
json_t *rl_job_json(const struct rl_job *j);

#endif
