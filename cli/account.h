/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where time, CPU and events of a result went: the same rows of a measured run and of a simulated
 * one, so that they can stand beside each other. What is not known of either is NaN.
 */
#ifndef RL_CLI_ACCOUNT_H
#define RL_CLI_ACCOUNT_H

#include "data/store.h"
#include "sim/sim.h"

#define RL_ACCOUNT_ROWS 512u

enum rl_account_section {
	RL_ACCOUNT_RESULT,  /* what fio says */
	RL_ACCOUNT_LATENCY, /* of a request, by stage */
	RL_ACCOUNT_CPU,	    /* of a request: by domain, and simulated by purpose too */
	RL_ACCOUNT_EVENTS,  /* of a request */
	RL_ACCOUNT_LIMIT,   /* how busy a resource is, the busiest first */
	RL_ACCOUNT_DRIVER,  /* the drivers' own statistics, of a request: measured only */
	RL_ACCOUNT_SECTIONS
};

/* The row of section cpu that is all of a request: cpu_ns_per_request. */
#define RL_ACCOUNT_CPU_ALL "guest and driver domain"

/* By enum rl_account_section: "result", ... */
extern const char *const rl_account_section_name[RL_ACCOUNT_SECTIONS];

struct rl_account_row {
	enum rl_account_section section;
	char what[80];
	const char *unit;
	struct rl_estimate e;
	double share; /* latency: of all stages; cpu: of the machine's pCPUs; else NaN */
};

struct rl_account {
	size_t n;
	struct rl_account_row row[RL_ACCOUNT_ROWS];
};

/** rl_account_simulated - of a simulation's result. */
void rl_account_simulated(
	const struct rl_scenario *s, const struct rl_sim_result *r, struct rl_account *out);

/** rl_account_measured - of one run: values without intervals. */
void rl_account_measured(const struct rl_run *run, struct rl_account *out);

/** rl_account_find - the row of a section and name; null when there is none. */
const struct rl_account_row *rl_account_find(
	const struct rl_account *a, enum rl_account_section section, const char *what);

/**
 * rl_account_pool - means over @n accounts of the same thing, with Student's 95 % interval where
 * there are two. The rows are those of the first; what another has not is NaN.
 */
void rl_account_pool(const struct rl_account *a, size_t n, struct rl_account *out);

#endif
