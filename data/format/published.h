/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of measurements that others have published: a CSV file beside a scenario of the same name,
 * which holds, as priors with labels, what the source leaves unsaid.
 *
 *	#: source  who, where, when: the machine and the workload in the source's words
 *	#: unsaid  what the source leaves out; the scenario says what is taken for it
 *	#: judge   ratios: leave-one-out, within a tolerance; order: direction and order only
 *	#: fit     scale, copy_ns_per_byte, device.bandwidth: what is fitted; for ratios only
 *	# a comment
 *	row,iops,disk.queues,disk.grants
 *	single ring,690000,1,persistent
 *
 * The columns behind iops are fields of a scenario; an empty one leaves the scenario's own.
 */
#ifndef RL_DATA_FORMAT_PUBLISHED_H
#define RL_DATA_FORMAT_PUBLISHED_H

#include "data/format/text.h"
#include "model/scenario.h"

#define RL_PUBLISHED_ROWS 32
#define RL_PUBLISHED_FITS 4

/* What a fit may change. */
enum rl_published_kind {
	RL_PUBLISHED_SCALE,  /* a factor on every step of a CPU that is not fitted by itself */
	RL_PUBLISHED_COST,   /* a parameter */
	RL_PUBLISHED_DEVICE, /* an option of the device that is a number with "/s" or none */
};

struct rl_published_fit {
	char name[48];
	enum rl_published_kind kind;
	int param; /* RL_PUBLISHED_COST */
};

struct rl_published_row {
	char name[64];
	double iops;
	struct rl_scenario s;
};

struct rl_published {
	char source[1024], unsaid[1024];
	bool ratios;
	size_t nfits, nrows;
	struct rl_published_fit fit[RL_PUBLISHED_FITS];
	struct rl_published_row row[RL_PUBLISHED_ROWS];
};

/**
 * rl_published_read - a table and its scenario.
 * @path: of the table, ending in .csv; the scenario beside it ends in .yaml.
 * Returns: 0; -errno; -EINVAL with file, line and column.
 */
int rl_published_read(const char *path, struct rl_published *out, rl_warn_fn *warn, void *arg,
	struct rl_err *err);

/**
 * rl_published_value - what a fitted thing is in a scenario: 1 for the scale.
 * Returns: NaN when the device has no such option.
 */
double rl_published_value(const struct rl_published_fit *f, const struct rl_scenario *s);

#endif
