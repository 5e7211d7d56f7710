/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the setters of a scenario's fields share; others include scenario.h. */
#ifndef RL_DATA_FORMAT_SCENARIO_PRIVATE_H
#define RL_DATA_FORMAT_SCENARIO_PRIVATE_H

#include "data/format/scenario.h"

#include <stddef.h>

/* How a field is written; PCPUS: of a struct rl_domain. */
enum kind { TEXT, POLICY, DEVICE, COUNT, PCPU, PCPUS, BOOL, TIME, TYPE, GRANTS, SCHED };

/* A row of the table of fields, the rows of jobs and costs apart. */
struct rl_field {
	const char *group, *name; /* group "": top level */
	enum kind kind;
	size_t offset, size;
	uint64_t min, max; /* of a number; what else holds is rl_scenario_check()'s to say */
};

extern const struct rl_field rl_scenario_fields[];
extern const size_t rl_scenario_nfields;

/* Where a value stands and what it is called, for errors. */
struct rl_place {
	const char *path, *value, *file;
	int line, col;
	rl_warn_fn *warn;
	void *arg;
};

/** rl_place_bad - the value is not understood; says where it stands and what was expected. */
int rl_place_bad(const struct rl_place *at, struct rl_err *err, const char *expected);

/** rl_scenario_set_cost - one of the costs, by its name. */
int rl_scenario_set_cost(
	struct rl_scenario *s, const char *name, const struct rl_place *at, struct rl_err *err);

/** rl_scenario_set_job - an option of fio. */
int rl_scenario_set_job(
	struct rl_scenario *s, const char *name, const struct rl_place *at, struct rl_err *err);

/** rl_scenario_set_job_file - the whole job, from a file that is looked for beside @at->file. */
int rl_scenario_set_job_file(struct rl_scenario *s, const struct rl_place *at, struct rl_err *err);

#endif
