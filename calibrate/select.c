/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The race; see the header. */
#include "calibrate/select.h"

#include "calibrate/anytime.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int rl_select_init(struct rl_select *s, const struct rl_select_rule *rule, uint32_t k)
{
	*s = (struct rl_select){.rule = *rule, .k = k, .best = k};
	s->alpha = (1 - rule->confidence) / rl_select_tests(s);
	s->system = calloc(k, sizeof(*s->system));
	s->wants = calloc(k, sizeof(*s->wants));
	s->settled = calloc(k, sizeof(*s->settled));
	for (uint32_t i = 0; s->system && !rule->nbounds && i < k; i++)
		s->system[i].state = RL_SELECT_MEETS;
	return s->system && s->wants && s->settled ? 0 : -ENOMEM;
}

void rl_select_fini(struct rl_select *s)
{
	for (uint32_t i = 0; s->system && i < s->k; i++)
		free(s->system[i].x);
	free(s->system);
	free(s->wants);
	free(s->settled);
	free(s->bound);
	free(s->scratch);
	memset(s, 0, sizeof(*s));
}

uint32_t rl_select_tests(const struct rl_select *s)
{
	uint32_t n = s->rule.nbounds + s->k - 1;

	return n ? n : 1;
}

/* ---- what comes ---------------------------------------------------------------------------- */

/* What is asked of all systems together must have room for the longest. */
static int widen(struct rl_select *s, uint32_t room)
{
	double *bound = realloc(s->bound, (room + 1) * sizeof(*bound)), *scratch;

	if (!bound)
		return -ENOMEM;
	s->bound = bound;
	scratch = realloc(s->scratch, room * sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	s->scratch = scratch;
	for (uint32_t n = s->room ? s->room + 1 : 0; n <= room; n++)
		bound[n] = 0;
	s->room = room;
	return 0;
}

static int grow(struct rl_select *s, struct rl_select_system *y)
{
	uint32_t room = y->room ? 2 * y->room : 16, responses = 1 + s->rule.nbounds;
	double *x = malloc((size_t)responses * room * sizeof(*x));

	if (!x)
		return -ENOMEM;
	for (uint32_t r = 0; y->n && r < responses; r++)
		memcpy(x + (size_t)r * room, y->x + (size_t)r * y->room, y->n * sizeof(*x));
	free(y->x);
	y->x = x;
	y->room = room;
	return room > s->room ? widen(s, room) : 0;
}

int rl_select_add(struct rl_select *s, uint32_t i, const double *x)
{
	struct rl_select_system *y = &s->system[i];
	int rc = y->n == y->room ? grow(s, y) : 0;

	if (rc)
		return rc;
	for (uint32_t r = 0; r <= s->rule.nbounds; r++)
		y->x[(size_t)r * y->room + y->n] = x[r];
	y->n++;
	return 0;
}

void rl_select_fail(struct rl_select *s, uint32_t i)
{
	s->system[i].state = RL_SELECT_FAILED;
}

double rl_select_mean(const struct rl_select *s, uint32_t i, uint32_t response)
{
	const struct rl_select_system *y = &s->system[i];
	double sum = 0;

	for (uint32_t n = 0; n < y->n; n++)
		sum += y->x[(size_t)response * y->room + n];
	return y->n ? sum / y->n : NAN;
}

/* ---- what it says -------------------------------------------------------------------------- */

static int sign(struct rl_select *s, uint32_t n)
{
	if (n == 0)
		return 0;
	if (s->bound[n] == 0)
		s->bound[n] = rl_anytime_bound(n, s->alpha);
	return rl_anytime_sign(s->scratch, n, s->bound[n]);
}

/* Of the replications that both have: the values of a x_i - b x_j. Returns how many. */
static uint32_t pair(struct rl_select *s, uint32_t i, double a, uint32_t j, double b)
{
	const struct rl_select_system *x = &s->system[i], *y = &s->system[j];
	uint32_t n = x->n < y->n ? x->n : y->n;

	for (uint32_t r = 0; r < n; r++)
		s->scratch[r] = a * x->x[r] - b * y->x[r];
	return n;
}

bool rl_select_better(struct rl_select *s, uint32_t i, uint32_t j)
{
	double a = s->rule.maximize ? -1 : 1;

	return sign(s, pair(s, i, a, j, a)) < 0;
}

static bool all_zero(const double *x, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (x[i] != 0)
			return false;
	return n > 0;
}

/* Two that are 0 in all replications are equally good. */
static bool within(struct rl_select *s, uint32_t i, uint32_t j)
{
	double d = s->rule.indifference;
	uint32_t n = s->rule.maximize ? pair(s, i, -1, j, d - 1) : pair(s, i, 1, j, 1 + d);

	return sign(s, n) < 0 || (n > 1 && all_zero(s->scratch, n));
}

/* Returns: -1: it meets the constraint; 1: it breaks it, or has not d of it to spare; 0. */
static int judge(struct rl_select *s, uint32_t i, uint32_t c)
{
	const struct rl_select_bound *b = &s->rule.bound[c];
	const struct rl_select_system *y = &s->system[i];
	const double *x = y->x + (size_t)(1 + c) * y->room;
	double to = b->least ? -1 : 1, spare = b->value * (1 - to * s->rule.indifference);

	for (uint32_t n = 0; n < y->n; n++)
		s->scratch[n] = to * (x[n] - b->value);
	if (sign(s, y->n) < 0)
		return -1;
	for (uint32_t n = 0; n < y->n; n++)
		s->scratch[n] = to * (x[n] - spare);
	return sign(s, y->n) > 0;
}

static void check_constraints(struct rl_select *s, uint32_t i)
{
	struct rl_select_system *y = &s->system[i];
	bool all = y->n > 0;

	for (uint32_t c = 0; y->n && c < s->rule.nbounds; c++) {
		int verdict = judge(s, i, c);

		all &= verdict < 0;
		if (verdict > 0) {
			y->state = RL_SELECT_INFEASIBLE;
			y->by = c;
			return;
		}
	}
	if (all)
		y->state = RL_SELECT_MEETS;
}

static bool races(const struct rl_select *s, uint32_t i)
{
	return s->system[i].state <= RL_SELECT_MEETS;
}

/* The best mean of those in a state that are not settled; k: there is none. */
static uint32_t best_of(const struct rl_select *s, enum rl_select_state state)
{
	uint32_t best = s->k;
	double mean = 0;

	for (uint32_t i = 0; i < s->k; i++) {
		double m = rl_select_mean(s, i, 0) * (s->rule.maximize ? -1 : 1);

		if (s->system[i].state != state || s->settled[i] || !s->system[i].n)
			continue;
		if (best < s->k && m >= mean)
			continue;
		best = i;
		mean = m;
	}
	return best;
}

/* Returns: how many the leader is not shown to be as good as. */
static uint32_t settle(struct rl_select *s)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < s->k; i++) {
		s->settled[i] =
			s->best < s->k && i != s->best && races(s, i) && within(s, s->best, i);
		left += races(s, i) && i != s->best && !s->settled[i];
	}
	return left;
}

enum rl_select_end rl_select_look(struct rl_select *s)
{
	uint32_t hope, left;

	memset(s->settled, 0, s->k * sizeof(*s->settled));
	for (uint32_t i = 0; i < s->k; i++)
		if (s->system[i].state == RL_SELECT_OPEN)
			check_constraints(s, i);
	s->best = best_of(s, RL_SELECT_MEETS);
	left = settle(s);
	/* Who is worse than this one is needed only if it breaks the constraints. */
	hope = best_of(s, RL_SELECT_OPEN);
	for (uint32_t i = 0; i < s->k; i++)
		s->wants[i] = left && races(s, i) && !s->settled[i] &&
			      !(hope < s->k && hope != i && rl_select_better(s, hope, i));
	if (left)
		s->end = RL_SELECT_GOES_ON;
	else
		s->end = s->best < s->k ? RL_SELECT_CHOSEN : RL_SELECT_NONE;
	return s->end;
}
