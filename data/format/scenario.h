/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scenario files: YAML, a mapping of what differs from the default.
 *
 *	name: one-core
 *	machine: {pcpus: 1, scheduler: credit2} # and sockets, cores of each, threads of each
 *	guest: {pcpu: 0, weight: 256}           # pcpu: any leaves it to the scheduler
 *	driver: {pcpu: 0, weight: 256, cap: 50, type: pvh} # cap: percent of a pCPU, 0: none
 *	driver: {pcpu: 0-3, vcpus: 4}           # a range: the vCPUs go round these pCPUs
 *	load: {vcpus: 1, pcpu: 0, weight: 256, cap: 0, busy: 10ms, idle: 30ms} # a neighbour
 *	disk: {device: "null", ring_pages: 1, grants: persistent}
 *	guest: {count: 8, vcpus: 2}             # eight guests alike, each with a disk of its own
 *	driver: {count: 2, vcpus: 4}            # guests are dealt to driver domains in turn
 *	disk: {queues: 2}                       # a ring for each of the guest's first vCPUs
 *	front_policy: event
 *	back_policy: spin
 *	job: {rw: randread, bs: 4k, iodepth: 8} # or the name of a fio job file
 *	costs: {evtchn_send_ns: 4000}           # `ringlab list parameters`
 *
 * An unknown key, a key given twice, a value that is not understood wholly: an error with its
 * line and column. The same fields are set from a command line by their path.
 */
#ifndef RL_DATA_FORMAT_SCENARIO_H
#define RL_DATA_FORMAT_SCENARIO_H

#include "data/format/text.h"
#include "model/scenario.h"

/**
 * rl_scenario_parse - read a scenario's text over the default and check it.
 * @file: names it in errors; a job file is looked for beside it.  @warn: may be null.
 * Returns: 0; -EINVAL.
 */
int rl_scenario_parse(const char *text, size_t size, const char *file, struct rl_scenario *out,
	rl_warn_fn *warn, void *arg, struct rl_err *err);

/** rl_scenario_read - the same for a file; "-" is stdin. */
int rl_scenario_read(
	const char *path, struct rl_scenario *out, rl_warn_fn *warn, void *arg, struct rl_err *err);

/**
 * rl_scenario_set - set one field by its path: "machine.pcpus", "back_policy", "job.bs",
 * "costs.poll_ns"; "job" takes the name of a job file.
 * @file, @line, @col: where @value stands, for errors.
 * The scenario is not checked as a whole: rl_scenario_check() does.
 * Returns: 0; -EINVAL.
 */
int rl_scenario_set(struct rl_scenario *s, const char *path, const char *value, const char *file,
	int line, int col, rl_warn_fn *warn, void *arg, struct rl_err *err);

/* A field that rl_scenario_set() knows, jobs and costs apart: those have tables of their own. */
struct rl_scenario_field_info {
	char path[64];
	bool number, name; /* a number between min and max; any name; neither: a choice */
	uint64_t min, max; /* in @unit */
	const char *unit;  /* "ns", "" */
};

/** rl_scenario_field_info - the @i-th of them. Returns: false after the last. */
bool rl_scenario_field_info(size_t i, struct rl_scenario_field_info *info);

/** rl_scenario_json - the whole scenario as one JSON object; free(), null when out of memory. */
char *rl_scenario_json(const struct rl_scenario *s);

#endif
