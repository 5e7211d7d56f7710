/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fio's engine for the hosted pair: fio is the application, this is the way from its io_u to
 * a ring of the frontend library (hosted/front.h).
 *
 *	layout.c   refuses a fio that this was not built for, before anything of it is believed
 *	setup.c    options, the disk's size, what a job must not ask for
 *	engine.c   a job's connection and its I/O
 *
 * It is built against the headers of one version of fio and loaded by that one alone: ./build.
 */
#ifndef RL_HOSTED_FIO_ENGINE_H
#define RL_HOSTED_FIO_ENGINE_H

#include "core/trace.h"
#include "hosted/front.h"

#include "fio.h"
#include "optgroup.h"

/* fio writes a pointer of its own to the start. */
struct rlf_options {
	void *fio;
	char *socket, *front_policy, *front_stats, *front_trace;
	unsigned int ring_pages, mapping, retry_ms, trace_records, probe;
};

extern struct fio_option rlf_options[];
extern struct ioengine_ops ioengine;

/**
 * rlf_layout_check - compare the structures that this was compiled with to the fio that runs.
 * Returns: 0; -EINVAL after telling the user what differs and what to do.
 * Context: any hook of the engine but queue, commit, getevents and event: it may be slow.
 */
int rlf_layout_check(struct thread_data *td);

/** rlf_layout_check_running - the same for what fio makes when a job starts: in init only. */
int rlf_layout_check_running(const struct thread_data *td);

/** rlf_layout_check_io_u - the same for an io_u that fio has just made, the @index-th. */
int rlf_layout_check_io_u(const struct io_u *io_u, unsigned int index);

/** rlf_use_mapping - from now on fio asks this engine for its buffers, and not itself. */
void rlf_use_mapping(void);

/** rlf_setup - the hook: one file, the disk, whatever the job calls it. */
int rlf_setup(struct thread_data *td);

/** rlf_connect - connect as the options say, with memory for mapping; complains to the user. */
int rlf_connect(struct rl_hfront **f, const struct rlf_options *o, rl_u64 mem_bytes);

/** rlf_trace_name - the file of the frontend's stage timestamps, as the user names it; or null. */
const char *rlf_trace_name(const struct rlf_options *o);

/** rlf_complain - one line on stderr or in fio's output, and fio's own error. Returns 1. */
int rlf_complain(struct thread_data *td, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
