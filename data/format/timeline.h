/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A timeline (model/timeline.h) as a trace that Perfetto and chrome://tracing open: the JSON
 * object form of the trace event format, one event a line.
 *
 *	{"displayTimeUnit":"ns","traceEvents":[
 *	{"ph":"B","pid":2,"tid":10,"ts":12.345678,"cat":"cpu","name":"fio","args":{"in":"fio"}},
 *	...
 *	],"otherData":{...}}
 *
 * Times are microseconds with six decimals: exact to the picosecond. Groups are processes, tracks
 * threads. Spans are B and E, flows s and f (which bind to the span around them), async
 * b and e, counters C, names M. cat is cpu, evtchn, io or ring.
 *
 * The file is written beside its place and takes it when it is complete, so nobody ever sees half
 * of one. Memory does not grow with it.
 */
#ifndef RL_DATA_FORMAT_TIMELINE_H
#define RL_DATA_FORMAT_TIMELINE_H

#include <jansson.h>

#include "model/base/err.h"
#include "model/timeline.h"

struct rl_timeline_file;

/**
 * rl_timeline_file_create - begin a file that will be @path.
 * Returns: 0; -errno with @err: it could not be written there, or what is there is no file.
 */
int rl_timeline_file_create(const char *path, struct rl_timeline_file **out, struct rl_err *err);

/** rl_timeline_file_emit - write an event; a rl_timeline_fn. @arg: a struct rl_timeline_file. */
void rl_timeline_file_emit(void *arg, const struct rl_timeline_event *e);

/**
 * rl_timeline_file_finish - write the end and put the file into its place.
 * @other: an object that goes with it. May be null.
 * Returns: 0; -EIO, -ENOSPC ... with @err: there is no such file then. @f is freed in any case.
 */
int rl_timeline_file_finish(struct rl_timeline_file *f, const json_t *other, struct rl_err *err);

/** rl_timeline_file_drop - as if it had never been begun. @f may be null. */
void rl_timeline_file_drop(struct rl_timeline_file *f);

#endif
