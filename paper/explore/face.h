/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator as a page drives it: fields are set by their paths, answers are JSON texts. The
 * same file is compiled into the program, where it is tested, and to WebAssembly, where these
 * functions are the module's exports (wasm/build). Numbers that JavaScript hands over are doubles.
 */
#ifndef RL_PAPER_EXPLORE_FACE_H
#define RL_PAPER_EXPLORE_FACE_H

#include <stdint.h>

#define RL_FACE_EVENTS 200000u /* of a timeline; what is more is left out, and it says so */

struct rl_face;

/** rl_face_create - with the default scenario. Returns: null when out of memory. */
struct rl_face *rl_face_create(void);
void rl_face_destroy(struct rl_face *f);

/**
 * rl_face_layout - a number that is the same where a struct rl_scenario has the same layout, and
 * the same tables behind it: two builds that agree may hand each other its bytes.
 */
double rl_face_layout(void);

/**
 * rl_face_load - begin with this scenario from now on.
 * @bytes: those of a struct rl_scenario of a build whose layout is the same.
 * Returns: 0; -EINVAL: not so many bytes.
 */
int rl_face_load(struct rl_face *f, const void *bytes, uint32_t size);

/** rl_face_reset - the scenario that was loaded, as it was. */
void rl_face_reset(struct rl_face *f);

/** rl_face_set - a field, as rl_scenario_set() has them. Returns: 0; -EINVAL with an error. */
int rl_face_set(struct rl_face *f, const char *path, const char *value);

/**
 * rl_face_run - simulate.
 * @reps, @requests: 0: the simulator's default.
 * Answer: {"digest", "reps", "requests", "events", "warmup", "warm", "metrics": {NAME: [value, lo,
 *         hi]}, "limits": [[what, busy]], "cells": [[domain, purpose, cores]],
 *         "latency": [[ns, I/Os]]}.
 * Returns: 0; as rl_sim_run() with an error.
 */
int rl_face_run(struct rl_face *f, double reps, double requests, double seed);

/**
 * rl_face_trace - show so much of the first replication of the last run, from the end of its
 * warm-up on.
 * Answer: {"events": [[kind, group, track, at, id, name, key, value...]], "from", "to", "ios",
 *         "unfinished", "cut"}: model/timeline.h; times in ps since the begin of the replication,
 *         cut: events were left out.
 * Returns: 0; -EINVAL: nothing was run, or it was over before, with an error.
 */
int rl_face_trace(struct rl_face *f, double length_ns);

/**
 * rl_face_catalog - what there is to set and to read.
 * Answer: {"version", "metrics": [[name, unit, what]], "costs": [[name, unit, default, min, max,
 *         what]], "policies": [{"name", "summary", "options": [[name, unit, default, min, max,
 *         help]]}]}.
 */
int rl_face_catalog(struct rl_face *f);

/** rl_face_text - the last answer, or the last error in a line. Valid until the next call. */
const char *rl_face_text(const struct rl_face *f);

#endif
