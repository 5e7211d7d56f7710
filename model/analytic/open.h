/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open queue at the backend's thread: what the forms with Poisson arrivals share.
 *
 * The thread takes all that is on the ring at once, works on it, and publishes the answers
 * together. So a request waits for the batch before its own and for those before it in its batch,
 * and a batch holds as much work before a request as behind it in the mean. The wait until the own
 * service begins is theory's; the rest of the batch is added to it. How large are batches? The next
 * one, N', is what came during this one, N, unless nothing did; then it is K, the first of a busy
 * period. With C the time of a request and p the share of batches that nothing comes during:
 *
 *	E[N']  = rho E[N] + p E[K]
 *	E[N'^2] = rho E[N] + lambda^2 (E[N] Var C + E[C]^2 E[N^2]) + p E[K^2]
 *
 * so that a batch holds in the mean of requests
 *
 *	r = E[N^2] / E[N] = (rho + lambda^2 Var C + (1 - rho) E[K^2] / E[K]) / (1 - rho^2)
 */
#ifndef RL_MODEL_ANALYTIC_OPEN_H
#define RL_MODEL_ANALYTIC_OPEN_H

#include "model/analytic/analytic.h"

/* Assumptions of all of them. */
#define RL_OPEN_ASSUMES                                                                            \
	(RL_ASSUMES(TICKS) | RL_ASSUMES(DOM0) | RL_ASSUMES(DRAG) | RL_ASSUMES(JITTER) |            \
		RL_ASSUMES(CLOCK) | RL_ASSUMES(IDLE_ENTRY) | RL_ASSUMES(ANSWER) |                  \
		RL_ASSUMES(FRONT_WAKE) | RL_ASSUMES(GUEST) | RL_ASSUMES(GRANTS) |                  \
		RL_ASSUMES(HALT) | RL_ASSUMES(DEPTH))

struct rl_open {
	double lambda; /* a ns, of a ring */
	double c, c2;  /* moments of the time that a request takes of the server */
	double rho;
};

/* What a form finds beyond Pollaczek and Khinchine. */
struct rl_open_wait {
	double extra;	/* of the mean wait, ns */
	double k2_to_k; /* E[K^2] / E[K]: requests that begin a busy period */
	double send;	/* of the wake-up: before fio goes on, so it is in slat */
};

/**
 * rl_open_applies - Poisson arrivals at one backend thread with a pCPU of its own, which completes
 * them itself and is not overloaded.
 * @waits: bits of enum rl_wait_kind: what the backend may do when its ring is empty.
 * @rings: how many the thread may serve: 1, or 0 for several.
 * Returns: false: not, and @p says why.
 */
bool rl_open_applies(const struct rl_analytic *a, uint32_t waits, uint32_t rings, struct rl_open *q,
	struct rl_prediction *p);

/** rl_open_arrivals - do I/Os come by chance, whatever is in flight? Else @p says why not. */
bool rl_open_arrivals(const struct rl_analytic *a, struct rl_prediction *p);

/** rl_open_stable - is rho below 1? Else @p says so. */
bool rl_open_stable(const struct rl_open *q, struct rl_prediction *p);

/** rl_open_say - wait, batches and latencies. */
void rl_open_say(const struct rl_analytic *a, const struct rl_open *q, const struct rl_open_wait *w,
	struct rl_prediction *p);

/** rl_open_wakes_up - a busy period begins with a wake-up of these moments. Source: Welch 1964. */
struct rl_open_wait rl_open_wakes_up(const struct rl_open *q, double d, double d2);

/** rl_open_look - looks @gap ns apart since the ring was found empty, that see it @late ns later.
 */
struct rl_open_wait rl_open_look(const struct rl_open *q, double gap, double late);

/** rl_open_pk - Pollaczek and Khinchine: E[W] of M/G/1. */
double rl_open_pk(const struct rl_open *q);

#endif
