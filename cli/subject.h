/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `explain` and `compare` are asked about: a measured run, a cell's repeats, or a scenario. */
#ifndef RL_CLI_SUBJECT_H
#define RL_CLI_SUBJECT_H

#include "calibrate/cells.h"
#include "cli/account.h"
#include "cli/configure.h"

struct rl_subject {
	char name[160];		    /* "xen-qemu-counted/event-spin-randread-4k-qd8", or the file */
	bool measured;		    /* else simulated */
	struct rl_account *account; /* measured: one a repeat */
	size_t repeats;
	bool modelled;	 /* scenario is what to simulate: that of the file, or with fitted costs */
	char params[64]; /* the set that these are of; "" none */
	struct rl_scenario scenario;
	struct rl_measured_cell *cell; /* measured: for runs as long as it was */
};

/**
 * rl_subject_read - find what @conf->scenario names.
 * A number is the id of a stored run, as `ringlab list runs` shows it; a file that is there, or
 * "-", a scenario, which --params, --job and --set change; else it is PLATFORM/CELL or CELL of
 * stored runs, all repeats of it, or with ".rN" behind it one.
 * @out: free with rl_subject_fini(), on error too.
 * A measured cell is modelled where the database has parameters of --params, or else of its
 * platform's name.
 * Returns: 0; -ENOENT no such run; -EINVAL; what the store says; -ENOMEM.
 */
int rl_subject_read(const struct rl_configure *conf, const char *db, struct rl_subject *out,
	struct rl_err *err);
void rl_subject_fini(struct rl_subject *s);

/**
 * rl_subject_options - how to simulate it: as `ringlab validate` would where it was measured, but
 * what @o says holds.
 */
struct rl_sim_options rl_subject_options(
	const struct rl_subject *s, const struct rl_sim_options *o);

#endif
