/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run as the rig brings it home: a directory of files, read into struct rl_run.
 *
 *	PLATFORM/manifest.json          the machine, of all runs below
 *	PLATFORM/CELL[.rN]/cell.txt     which drivers, policies, device
 *	                  /job.fio      the workload; read back by fio and by the model
 *	                  /fio.json     what fio measured
 *	                  /front.stats  counters after the run, .before: at its start
 *	                  /back.stats
 *	                  /cpu.json     CPU time by domain
 *	                  /front.trace  stage timestamps of each side, where they were asked for
 *	                  /back.trace
 *	                  /trace.txt    Xen's scheduling records by xenalyze
 *	                  /perf.txt     or perf.csv: what perf stat counted
 *	                  /P_clat.1.log   fio's logs, where the job has them written
 *	split.csv beside the platforms says which cells calibrate and which validate.
 */
#ifndef RL_DATA_RUN_H
#define RL_DATA_RUN_H

#include "data/store.h"

/**
 * rl_run_read_dir - read a run's directory.
 * @run:      out; free with rl_run_fini().
 * @platform: null: the manifest's, else the name of the directory above.
 * Returns: 0; -EINVAL with the file and place in @err.
 */
int rl_run_read_dir(struct rl_run *run, const char *dir, const char *platform, struct rl_err *err);

/**
 * rl_run_read_fio - a run of which only fio's JSON is there: workload and metrics, no policies.
 * @path: the file; "-" for stdin.  @platform: must be given.
 * @beside: further files of the run, for which rl_run_is_beside() is true.
 * Its cell is the name of fio's job.
 */
int rl_run_read_fio(struct rl_run *run, const char *path, char *const *beside, size_t nbeside,
	const char *platform, struct rl_err *err);

/** rl_run_is_beside - by its name: is it a file that only makes sense beside a fio.json? */
bool rl_run_is_beside(const char *path);

/**
 * rl_run_describe - fill @run->scenario from its documents and manifest.
 * @dir: where they lie, for errors; null: PLATFORM/CELL.
 */
int rl_run_describe(struct rl_run *run, const char *dir, struct rl_err *err);

/** rl_run_measure - fill metrics and stats from the documents. */
int rl_run_measure(struct rl_run *run, const char *dir, struct rl_err *err);

/** rl_run_cell_name - split "CELL.r3" into cell and repeat (0 when there is none). */
void rl_run_cell_name(const char *name, char *cell, size_t size, int *repeat);

struct rl_split;

/** rl_split_read - read a split.csv (platform,cell,role); free with rl_split_free(). */
int rl_split_read(struct rl_split **out, const char *path, struct rl_err *err);

/** rl_split_parse - the same of a text, which is copied. */
int rl_split_parse(
	const char *text, size_t size, const char *file, struct rl_split **out, struct rl_err *err);
void rl_split_free(struct rl_split *split);

/** rl_split_sha256 - of the file's bytes, as hex: the seal of the roles that it gave. */
const char *rl_split_sha256(const struct rl_split *split);

/** rl_split_text - the file's bytes. */
const char *rl_split_text(const struct rl_split *split, size_t *size);

/**
 * rl_split_role - the role of a cell; RL_ROLE_NONE when it is not listed or @split is null.
 * @listed: out, may be null: whether the split names the cell.
 */
enum rl_role rl_split_role(
	const struct rl_split *split, const char *platform, const char *cell, bool *listed);

#endif
