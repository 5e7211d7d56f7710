/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaves out defeats until nobody loses too often; see balance.h. */
#include "calibrate/balance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct set {
	const struct rl_cells *cells;
	const struct rl_duel *duels;
	size_t n;
	bool *in;
};

static const char *policy(const struct set *s, const struct rl_duel *d, int side)
{
	return s->cells->v[side < 0 ? d->a : d->b].scenario.back_policy;
}

/* The duel's side that the policy is on; 0: not in it. */
static int side_of(const struct set *s, const struct rl_duel *d, const char *name)
{
	return strcmp(policy(s, d, -1), name) == 0 ? -1 : strcmp(policy(s, d, 1), name) == 0;
}

static double share_of(const struct set *s, const char *name, size_t *wins)
{
	size_t duels = 0;

	*wins = 0;
	for (size_t i = 0; i < s->n; i++) {
		int side = s->in[i] ? side_of(s, &s->duels[i], name) : 0;

		duels += side != 0;
		*wins += side && s->duels[i].winner == side;
	}
	return (double)*wins / (double)duels;
}

/* The policy that wins least; null when there is no duel. */
static const char *least(const struct set *s, double *share, size_t *wins)
{
	const char *found = NULL;

	for (size_t i = 0; i < s->n; i++)
		for (int side = -1; side < 2 && s->in[i]; side += 2) {
			const char *name = policy(s, &s->duels[i], side);
			size_t w;
			double x = share_of(s, name, &w);

			if (found && (x > *share || (x == *share && strcmp(name, found) >= 0)))
				continue;
			found = name;
			*share = x;
			*wins = w;
		}
	return found;
}

static void drop_all(struct set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		s->in[i] = s->in[i] && !side_of(s, &s->duels[i], name);
}

static void drop_clearest_defeat(struct set *s, const char *name)
{
	double most = -1;
	size_t which = 0;

	for (size_t i = 0; i < s->n; i++) {
		int side = s->in[i] ? side_of(s, &s->duels[i], name) : 0;

		if (!side || s->duels[i].winner == side || fabs(log(s->duels[i].measured)) <= most)
			continue;
		most = fabs(log(s->duels[i].measured));
		which = i;
	}
	s->in[which] = false;
}

bool rl_balance_duels(const struct rl_cells *cells, const struct rl_duel *duels, size_t nduels,
	double share, size_t *n, size_t *right)
{
	struct set s = {cells, duels, nduels, calloc(nduels ? nduels : 1, sizeof(bool))};
	const char *name;
	double x = 0;
	size_t wins = 0;

	*n = *right = 0;
	for (size_t i = 0; i < nduels && s.in; i++)
		s.in[i] = duels[i].counts && duels[i].held_out;
	while (s.in && (name = least(&s, &x, &wins)) && x < share) {
		if (wins)
			drop_clearest_defeat(&s, name);
		else
			drop_all(&s, name);
	}
	for (size_t i = 0; i < nduels && s.in; i++) {
		*n += s.in[i];
		*right += s.in[i] && duels[i].right;
	}
	free(s.in);
	return *n > 0;
}
