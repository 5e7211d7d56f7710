/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a side waits, as a closed form sees it: what its policy answers in one idle episode after
 * another. A policy is known by its plans, never by its name, so a form applies to a new policy
 * that plans alike without an edit.
 */
#ifndef RL_MODEL_ANALYTIC_WAIT_H
#define RL_MODEL_ANALYTIC_WAIT_H

#include <stdbool.h>
#include <stdint.h>

enum rl_wait_kind {
	RL_WAIT_POLL,	    /* looks for ever, without a pause */
	RL_WAIT_BLOCK,	    /* arms and blocks at once */
	RL_WAIT_POLL_BLOCK, /* looks for tau, then arms and blocks */
	RL_WAIT_BATCH,	    /* blocks until n messages are there, or a timer ends */
	RL_WAIT_TIMER,	    /* looks for ever, always the same pause apart */
	RL_WAIT_SLEEP_POLL, /* sleeps once, then looks for ever */
	RL_WAIT_YIELD,	    /* looks for ever, offering the pCPU between two looks */
	RL_WAIT_MONITOR,    /* watches the ring's line */
	RL_WAIT_PORT,	    /* blocks in the hypervisor, woken without an upcall */
	RL_WAIT_OTHER,	    /* what it does depends on what it met: no form knows it */
};

struct rl_wait {
	enum rl_wait_kind kind;
	uint64_t for_ns; /* tau, the timer, the pause or the sleep */
	uint32_t n;	 /* messages of a batch */
	/* Looks at the clock when an episode ends, and before the policy is asked. */
	uint32_t clocks_end, clocks_ask;
};

/** rl_wait_words - of a kind, as in "the backend ...". */
const char *rl_wait_words(enum rl_wait_kind kind);

/**
 * rl_wait_of - ask a policy through some episodes.
 * @spec:   one that a checked scenario holds.
 * @flies:  may requests be in flight while the side is idle? Then plans must not depend on it.
 */
struct rl_wait rl_wait_of(const char *spec, bool flies);

#endif
