/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio job files: the same file drives fio in the guest and the model here.
 *
 * Stricter than fio, which takes bs=4q: a value must be understood wholly. An option that fio
 * knows and the model does not use is warned of once; one that fio does not know is an error.
 * Up to RL_JOBS [job] sections, each with what the [global] ones before it say.
 */
#ifndef RL_DATA_FORMAT_FIO_JOB_H
#define RL_DATA_FORMAT_FIO_JOB_H

#include "data/format/text.h"
#include "model/scenario.h"

/**
 * rl_fio_jobs_parse - read a job file.
 * @file: names it in errors; a log to replay is looked for beside it.  @warn: may be null.
 * @jobs: room for @max.  @n: out, how many there are, at least one.
 * Returns: 0; -EINVAL with file, line and column.
 */
int rl_fio_jobs_parse(const char *text, size_t size, const char *file, struct rl_job *jobs,
	uint32_t max, uint32_t *n, rl_warn_fn *warn, void *arg, struct rl_err *err);

/** rl_fio_job_parse - the same for a file that must have one job. */
int rl_fio_job_parse(const char *text, size_t size, const char *file, struct rl_job *job,
	rl_warn_fn *warn, void *arg, struct rl_err *err);

/**
 * rl_fio_job_load - read the log that job->read_iolog names.
 * @file, @line, @col: where it is named; the log is looked for beside @file.
 */
int rl_fio_job_load(struct rl_job *job, const char *file, int line, int col, rl_warn_fn *warn,
	void *arg, struct rl_err *err);

/* Where an option stands, and who hears of it. */
struct rl_fio_place {
	const char *file;
	int line, col, value_col;
	rl_warn_fn *warn;
	void *arg;
};

/**
 * rl_fio_job_option - apply one option.
 * @value: null when the option stands alone.
 * Returns: 0; -EINVAL.
 */
int rl_fio_job_option(struct rl_job *job, const char *key, const char *value,
	const struct rl_fio_place *at, struct rl_err *err);

/** rl_fio_engine - an ioengine: one that is not as libaio gives a warning. Returns: 0; -EINVAL. */
int rl_fio_engine(const char *value, const struct rl_fio_place *at, struct rl_err *err);

/** rl_fio_option_same - does the option @key, not terminated, set what the option @name sets? */
bool rl_fio_option_same(const char *name, const char *key, size_t size);

/* An option that the model takes. */
struct rl_fio_option_info {
	const char *name, *what;
	char value[64]; /* how it is written; "": it stands alone */
	bool number;	/* one number, from min to max: ns of a time */
	uint64_t min, max;
};

/** rl_fio_option_info - the @i-th of them. Returns: false after the last. */
bool rl_fio_option_info(size_t i, struct rl_fio_option_info *info);

/** rl_fio_rw_name - "randread", ... */
const char *rl_fio_rw_name(enum rl_rw rw);

#endif
