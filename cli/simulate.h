/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab simulate`: what it was asked, and how it tells the result. */
#ifndef RL_CLI_SIMULATE_H
#define RL_CLI_SIMULATE_H

#include "cli/args.h"
#include "cli/configure.h"
#include "model/base/err.h"
#include "sim/trace/trace.h"

#include <jansson.h>

#define RL_SIMULATE_TRACE_NS 10000000ull /* the window unless told */

struct rl_timeline_file;

struct rl_simulate_trace {
	const char *file, *text; /* text: the window as it was given; null: not given */
	enum rl_tracer_window window;
	uint64_t from_ns, to_ns;
};

struct rl_simulate {
	struct rl_args args;
	struct rl_configure conf;
	struct rl_sim_options sim;
	struct rl_simulate_trace trace;
};

/**
 * rl_simulate_print - the result on stdout as in->args.format says, warnings on stderr.
 * Returns: 0; -ENOMEM, -EIO.
 */
int rl_simulate_print(
	const struct rl_simulate *in, const struct rl_scenario *s, const struct rl_sim_result *r);

/** rl_simulate_manifest - what the result was made of and with; null when out of memory. */
json_t *rl_simulate_manifest(const struct rl_simulate *in, const struct rl_sim_result *r);

/** rl_simulate_window - read --trace-window. Returns: false: it is none. */
bool rl_simulate_window(struct rl_simulate_trace *t, const char *text);

/**
 * rl_simulate_trace - show the window of in->trace in @file, which is finished or dropped.
 * @r: of the run; after one that stood still what there is of it.
 * Returns: 0; -EINVAL: no such window; -EIO, -ENOSPC ...: no such file; with @err.
 */
int rl_simulate_trace(const struct rl_simulate *in, const struct rl_scenario *s,
	const struct rl_sim_result *r, struct rl_timeline_file *file, struct rl_err *err);

#endif
