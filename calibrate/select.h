/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The best of some systems under constraints, by means of replications, and how sure that is.
 *
 * All systems replicate; which of them goes on is decided by what has come. One that is shown to
 * meet the constraints leads when its mean is the best of these; the leader is chosen when it is
 * shown to be as good as every other that is not shown to break them. Who cannot win any more, and
 * who is worse than one that may yet win, does not replicate meanwhile.
 *
 * This is the way of the fully sequential procedures (Paulson 1964; with constraints Andradottir
 * and Kim 2010; dormancy, several constraints and common random numbers Healey, Andradottir and Kim
 * 2013, 2014). What judges a pair is an interval that holds at all times (calibrate/anytime.h)
 * in place of their triangular boundary: so no gap between the best and the others has to be
 * assumed; the indifference zone says what an answer may miss, and may be a share of a value
 * that is not known beforehand.
 *
 * Let d be the indifference. A system is comfortable when each mean that is bounded has at least
 * the share d of its bound to spare. What is guaranteed:
 *
 *   With a probability of at least the confidence: if a system is chosen, it meets all
 *   constraints, and it is no more than the share d worse than the best comfortable system; if
 *   none is said to meet the constraints, no system is comfortable.
 *
 * The answer is never softer than a constraint; d is taken from the other side, so that a system
 * that is on its bound does not go on for ever.
 *
 * Why: let b be the best comfortable system, k systems, s constraints. It goes wrong only if
 *   - one of s tests says that b has not d to spare of a constraint; or
 *   - of another system i that breaks a constraint, the test of that one says that it meets it; or
 *   - of another system i that meets them and is more than d worse than b, it is shown that it is
 *     not.
 * That is one test a system i: s + k - 1 at the most (Bonferroni), each with its share of
 * 1 - confidence. Whom the others replicate for, and when one looks, is free.
 *
 * Assumes: what a system brings home in each replication is independent of its other replications,
 *          with a normal distribution. Systems may depend on each other in a replication (common
 *          random numbers): pairs are judged by differences within replications, of any variance.
 *          Means are above 0.
 *
 * Source: E. Paulson, A sequential procedure for selecting the population with the largest mean
 *         from k normal populations, Annals of Mathematical Statistics 35(1), 1964;
 *         S. Andradottir, S.-H. Kim, Fully sequential procedures for comparing constrained systems
 *         via simulation, Naval Research Logistics 57(5), 2010;
 *         C. Healey, S. Andradottir, S.-H. Kim, Efficient comparison of constrained systems using
 *         dormancy, EJOR 224(2), 2013; Selection procedures for simulations with multiple
 *         constraints under independent and correlated sampling, ACM TOMACS 24(3), 2014.
 */
#ifndef RL_CALIBRATE_SELECT_H
#define RL_CALIBRATE_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#define RL_SELECT_BOUNDS 8u

struct rl_select_bound {
	double value; /* above 0 */
	bool least;   /* the mean must be above it, not below */
};

struct rl_select_rule {
	bool maximize;
	double confidence, indifference; /* each in (0, 1) */
	uint32_t nbounds;
	struct rl_select_bound bound[RL_SELECT_BOUNDS];
};

enum rl_select_state {
	RL_SELECT_OPEN,	      /* whether it meets the constraints is not known yet */
	RL_SELECT_MEETS,      /* it does */
	RL_SELECT_INFEASIBLE, /* out: it breaks constraint `by`, or has not d of it to spare */
	RL_SELECT_FAILED,     /* out: it brings nothing home */
};

/* What is known of a system. */
struct rl_select_system {
	enum rl_select_state state;
	uint32_t by;
	uint32_t n;    /* replications */
	uint32_t room; /* of x, for each response */
	double *x;     /* [1 + nbounds][room]: the objective, then what is bounded */
};

enum rl_select_end {
	RL_SELECT_GOES_ON,
	RL_SELECT_CHOSEN,
	RL_SELECT_NONE, /* all are out */
};

struct rl_select {
	struct rl_select_rule rule;
	double alpha; /* of a test */
	uint32_t k;
	struct rl_select_system *system;
	enum rl_select_end end;
	uint32_t best;	 /* who leads, or is chosen; k: nobody is known to meet the constraints */
	bool *wants;	 /* by system: does it need more replications? */
	bool *settled;	 /* by system: is it shown that who leads is as good? */
	double *bound;	 /* by number of replications; 0: not asked for yet */
	double *scratch; /* values of a pair */
	uint32_t room;	 /* of bound and scratch */
};

/**
 * rl_select_init - @k systems, at least 1, none of which has replicated.
 * Returns: 0; -ENOMEM. Free with rl_select_fini(), on error too.
 */
int rl_select_init(struct rl_select *s, const struct rl_select_rule *rule, uint32_t k);
void rl_select_fini(struct rl_select *s);

/**
 * rl_select_add - the next replication of a system: number n, the same for all systems.
 * @x: 1 + nbounds values, finite.
 * Returns: 0; -ENOMEM.
 */
int rl_select_add(struct rl_select *s, uint32_t i, const double *x);

/** rl_select_fail - a system cannot be simulated. */
void rl_select_fail(struct rl_select *s, uint32_t i);

/**
 * rl_select_look - judge what has come; may be called as often as one likes.
 * Sets end, best, wants, settled and the states. While it goes on at least one system wants more.
 */
enum rl_select_end rl_select_look(struct rl_select *s);

/** rl_select_mean - of a response: 0: the objective, then what is bounded; NaN: none yet. */
double rl_select_mean(const struct rl_select *s, uint32_t i, uint32_t response);

/** rl_select_tests - s + k - 1, at least 1: what 1 - confidence is divided by. */
uint32_t rl_select_tests(const struct rl_select *s);

/** rl_select_better - is the mean of @i shown to be better than that of @j? */
bool rl_select_better(struct rl_select *s, uint32_t i, uint32_t j);

#endif
