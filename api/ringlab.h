/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libringlab: the simulator of ringlab for programs: load a scenario, change it, simulate it, read
 * metrics. Its answers are those of `ringlab simulate`, to the last bit.
 *
 * All calls that can fail return 0 or a negative errno; ringlab_error() says why in the one line
 * that `ringlab` prints. The manual pages of section 3 are made of the comments below.
 */
#ifndef RINGLAB_H
#define RINGLAB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A scenario, its last result, its last error. */
struct ringlab;

/* How to simulate. Zeroed: as `ringlab simulate` without options. */
struct ringlab_options {
	uint64_t seed;	    /* of all random streams, at most INT64_MAX */
	uint64_t requests;  /* I/Os a replication, about, at most 10^12; 0: 5000 */
	double precision;   /* half width of the intervals, as a share; 0: as reps says */
	uint32_t reps;	    /* replications, at most 10000; 0: 5, with a precision 10 */
	uint32_t max_reps;  /* where a precision gives up, at most 10000; 0: 1000 */
	uint32_t threads;   /* at most 64; 0: 1. Results do not depend on it */
	uint32_t reserved_; /* 0 */
};

/* A metric; strings are constant and never go away. */
struct ringlab_metric {
	const char *name, *unit, *what;
	double value, lo, hi; /* lo, hi: 95 % interval. NaN: not known */
};

/**
 * ringlab_create - make a handle
 *
 * A handle holds one scenario, at first the default: one guest, one driver domain, two pinned
 * pCPUs, a null device, policy event on both sides. It is freed with ringlab_free().
 *
 * Returns: the handle; a null pointer when out of memory.
 * Limits: some 80 KiB each; as many as there is memory for.
 * Threads: any thread. A handle serves one thread at a time, different handles do not know of each
 * other.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (!lab)
 *		return 1;
 *	ringlab_free(lab);
 */
struct ringlab *ringlab_create(void);

/**
 * ringlab_free - free a handle, its result and its texts
 * @lab: may be null
 *
 * What ringlab_error() and ringlab_warnings() returned is gone with it. The I/O records that a job
 * replays (read_iolog) are kept once for the rest of the process.
 *
 * Returns: nothing.
 * Limits: none.
 * Threads: no other thread may use the handle.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *
 *	ringlab_free(lab);
 *	ringlab_free(NULL);
 */
void ringlab_free(struct ringlab *lab);

/**
 * ringlab_load_file - load a scenario's file
 * @lab: the handle
 * @path: a YAML file, ringlab-scenario(5); "-" is the standard input
 *
 * Takes the place of the scenario that was there; the result of an earlier simulation goes. A job
 * file that it names is looked for beside it. When it fails the handle is as it was.
 *
 * Returns: 0; -EINVAL: the file is no scenario, ringlab_error() names line and column; -ENOENT and
 * what else open(2) and read(2) say; -EFBIG; -ENOMEM.
 * Limits: 128 MiB.
 * Threads: one thread at a time a handle.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (!lab || ringlab_load_file(lab, "two-cores.yaml"))
 *		fprintf(stderr, "%s\n", ringlab_error(lab));
 *	ringlab_free(lab);
 */
int ringlab_load_file(struct ringlab *lab, const char *path);

/**
 * ringlab_load_text - load a scenario from memory
 * @lab: the handle
 * @text: YAML, ringlab-scenario(5); need not end with a zero byte
 * @size: its bytes
 * @name: what errors call it; a job file is looked for as if beside a file of this name
 *
 * As ringlab_load_file() otherwise.
 *
 * Returns: 0; -EINVAL: it is no scenario, ringlab_error() names line and column; -ENOMEM.
 * Limits: 128 MiB.
 * Threads: one thread at a time a handle.
 * Example:
 *	static const char text[] = "back_policy: spin\njob: {rw: randread, bs: 4k, iodepth: 8}\n";
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (!lab || ringlab_load_text(lab, text, strlen(text), "built in"))
 *		fprintf(stderr, "%s\n", ringlab_error(lab));
 *	ringlab_free(lab);
 */
int ringlab_load_text(struct ringlab *lab, const char *text, size_t size, const char *name);

/**
 * ringlab_set - set a field of the scenario
 * @lab: the handle
 * @path: a field as ringlab-scenario(5) names it: machine.pcpus, back_policy, job.bs, costs.poll_ns
 * @value: as in a file: 8, 4k, 20us, spin_block:tau=5us; of job: the name of a job file
 *
 * What `ringlab simulate --set path=value` does. Whether fields suit each other is looked at by
 * ringlab_simulate(), since a change may need several calls. The result of an earlier simulation
 * goes. When it fails the scenario is as it was.
 *
 * Returns: 0; -EINVAL: no such field, or no such value; -ENOENT and the like: a file that a value
 * names; -ENOMEM.
 * Limits: a value has fewer than 2048 characters.
 * Threads: one thread at a time a handle.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (!lab || ringlab_set(lab, "back_policy", "spin") || ringlab_set(lab, "job.iodepth", "8"))
 *		fprintf(stderr, "%s\n", ringlab_error(lab));
 *	ringlab_free(lab);
 */
int ringlab_set(struct ringlab *lab, const char *path, const char *value);

/**
 * ringlab_simulate - simulate the scenario
 * @lab: the handle
 * @options: seed, replications, threads; may be null: the defaults of `ringlab simulate`
 *
 * The result is kept in the handle, for ringlab_metric(). Equal scenarios and options give equal
 * results to the last bit, whatever the number of threads, and the same as `ringlab simulate`.
 * What a reader of the figures should know is added to ringlab_warnings().
 *
 * Returns: 0; -EINVAL: fields that do not suit each other, or options out of range; -EDEADLK: the
 * model stands still, which ringlab_error() explains; -EPROTO: a fault of the simulator, to be
 * reported; -ENOMEM. After an error there is no result.
 * Limits: those of ringlab-scenario(5). It cannot be interrupted; its time goes with the I/Os that
 * are simulated, which options.requests and options.reps limit.
 * Threads: one thread at a time a handle; starts options.threads threads and waits for them.
 * Example:
 *	const struct ringlab_options options = {.seed = 7, .reps = 10, .threads = 2};
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (!lab || ringlab_simulate(lab, &options))
 *		fprintf(stderr, "%s\n", ringlab_error(lab));
 *	ringlab_free(lab);
 */
int ringlab_simulate(struct ringlab *lab, const struct ringlab_options *options);

/**
 * ringlab_metric - read a metric of the result
 * @lab: the handle
 * @name: as `ringlab list metrics` has it: iops, clat_mean_ns, back_cpu_frac
 * @out: its value, 95 % interval, unit; unchanged on an error
 *
 * What cannot be known is NaN, never 0: an interval of a single replication, a percentile of too
 * few I/Os, reads apart where there are only reads.
 *
 * Returns: 0; -ENOENT: no such metric; -ENODATA: nothing was simulated since the scenario was
 * changed last.
 * Limits: none.
 * Threads: one thread at a time a handle.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *	struct ringlab_metric iops;
 *
 *	if (!lab || ringlab_simulate(lab, NULL) || ringlab_metric(lab, "iops", &iops))
 *		fprintf(stderr, "%s\n", ringlab_error(lab));
 *	else
 *		printf("%g (%g to %g) %s\n", iops.value, iops.lo, iops.hi, iops.unit);
 *	ringlab_free(lab);
 */
int ringlab_metric(struct ringlab *lab, const char *name, struct ringlab_metric *out);

/**
 * ringlab_list_metrics - name the metrics that there are
 * @index: from 0
 * @out: name, unit and what it is; value and interval are NaN; unchanged on an error
 *
 * The order is that of `ringlab list metrics`. A later version may have more.
 *
 * Returns: 0; -ENOENT: there are fewer.
 * Limits: none.
 * Threads: any thread.
 * Example:
 *	struct ringlab_metric m;
 *
 *	for (size_t i = 0; ringlab_list_metrics(i, &m) == 0; i++)
 *		printf("%s [%s]: %s\n", m.name, m.unit, m.what);
 */
int ringlab_list_metrics(size_t index, struct ringlab_metric *out);

/**
 * ringlab_error - why the last call failed
 * @lab: the handle; a null pointer: that of ringlab_create(), which had no memory
 *
 * One line without its end, as `ringlab` prints it: file:line:col: error: what (expected what).
 * Of ringlab_set() the file is called ringlab_set and the column counts in the value.
 *
 * Returns: the text, never a null pointer; "" when the last call that can fail did not. It is valid
 * until the next such call or ringlab_free().
 * Limits: 900 bytes; what is longer is cut.
 * Threads: one thread at a time a handle.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (!lab || ringlab_set(lab, "back_policy", "spinn"))
 *		fprintf(stderr, "%s\n", ringlab_error(lab));
 *	ringlab_free(lab);
 */
const char *ringlab_error(const struct ringlab *lab);

/**
 * ringlab_warnings - what was said without refusing
 * @lab: the handle
 *
 * A line each: options of a job file that the model leaves out, a warm-up that does not end, a
 * precision that was not reached. Loading forgets all of them, setting and simulating those about
 * the last result.
 *
 * Returns: the text, never a null pointer; "" when there is nothing to say. It is valid until the
 * next call that can fail or ringlab_free().
 * Limits: 8191 bytes; lines that do not fit are left out.
 * Threads: one thread at a time a handle.
 * Example:
 *	struct ringlab *lab = ringlab_create();
 *
 *	if (lab && ringlab_load_file(lab, "two-cores.yaml") == 0)
 *		fputs(ringlab_warnings(lab), stderr);
 *	ringlab_free(lab);
 */
const char *ringlab_warnings(const struct ringlab *lab);

/**
 * ringlab_version - the version of the library
 *
 * Returns: "0.1.0" and the like: that of the library that runs, not of the header.
 * Limits: none.
 * Threads: any thread.
 * Example:
 *	puts(ringlab_version());
 */
const char *ringlab_version(void);

#ifdef __cplusplus
}
#endif

#endif
