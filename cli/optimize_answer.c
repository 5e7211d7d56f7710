/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer in words, with all that it is sure of and nothing more. */
#include "cli/optimize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *rl_optimize_point(const struct rl_sweep *w, uint32_t point)
{
	char buf[RL_SWEEP_VALUE], *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (uint32_t k = 0; f && k < w->naxes; k++)
		fprintf(f, "%s%s=%s", k ? " " : "", w->axis[k].path,
			rl_sweep_value(w, point, k, buf));
	if (f && fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static void say_point(FILE *f, const struct rl_sweep *w, uint32_t point)
{
	char *text = rl_optimize_point(w, point);

	fputs(text ? text : "", f);
	free(text);
}

/* "clat_p99_ns < 200us and iops > 1000" */
static void say_bounds(FILE *f, const struct rl_optimize_input *in)
{
	for (uint32_t i = 0; i < in->rule.nbounds; i++)
		fprintf(f, "%s%s", i ? " and " : "", in->bound[i].text);
}

static uint32_t count(const struct rl_select *s, enum rl_select_state state)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->k; i++)
		n += s->system[i].state == state;
	return n;
}

static void say_selected(FILE *f, const struct rl_optimize_input *in, const struct rl_select *s)
{
	uint32_t others = s->k - 1 - count(s, RL_SELECT_FAILED);

	fprintf(f, "%s %s: ", in->rule.maximize ? "Most" : "Least",
		rl_metric_info[in->metric].name);
	say_point(f, &in->w, s->best);
	fprintf(f, " (configuration %u): %.6g", s->best, rl_select_mean(s, s->best, 0));
	if (strcmp(rl_metric_info[in->metric].unit, "1") != 0)
		fprintf(f, " %s", rl_metric_info[in->metric].unit);
	fputs(".\n", f);
	if (!others && !in->rule.nbounds) {
		fputs("There was no other to compare it with.", f);
		return;
	}
	fprintf(f, "With a probability of at least %.10g %%", 100 * in->rule.confidence);
	if (in->rule.nbounds) {
		fputs(" it keeps ", f);
		say_bounds(f, in);
	}
	if (others)
		fprintf(f, "%s is no more than %.10g %% %s than the best of %u",
			in->rule.nbounds ? " and" : " it", 100 * in->rule.indifference,
			in->rule.maximize ? "lower" : "higher", s->k);
	if (others && in->rule.nbounds)
		fprintf(f, " that keeps %s with %.10g %% to spare",
			in->rule.nbounds == 1 ? "it" : "them", 100 * in->rule.indifference);
	fputc('.', f);
}

static void say_none(FILE *f, const struct rl_optimize_input *in, const struct rl_select *s)
{
	if (count(s, RL_SELECT_FAILED) == s->k) {
		fputs("Infeasible: every configuration stands still.", f);
		return;
	}
	fprintf(f,
		"Infeasible: with a probability of at least %.10g %% none of %u configurations "
		"keeps ",
		100 * in->rule.confidence, s->k);
	say_bounds(f, in);
	fprintf(f, " with %.10g %% to spare.", 100 * in->rule.indifference);
}

static void say_broke(FILE *f, const struct rl_optimize_input *in, const struct rl_select *s)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < s->k; i++)
		left += i != s->best && s->system[i].state <= RL_SELECT_MEETS && !s->settled[i];
	fprintf(f, "Undecided: another look would take more than the replications that are allowed "
		   "(--budget). ");
	if (s->best == s->k) {
		fprintf(f, "Of no configuration is it known that it keeps ");
		say_bounds(f, in);
		fprintf(f, "; %u may.", left);
		return;
	}
	fputs("Up to now ", f);
	say_point(f, &in->w, s->best);
	fprintf(f, " (configuration %u) leads; %u others may be better by more than %.10g %%.",
		s->best, left, 100 * in->rule.indifference);
}

char *rl_optimize_answer(const struct rl_optimize_input *in, struct rl_optimize *o)
{
	const struct rl_select *s = &o->select;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	if (s->end == RL_SELECT_CHOSEN)
		say_selected(f, in, s);
	else if (s->end == RL_SELECT_NONE)
		say_none(f, in, s);
	else
		say_broke(f, in, s);
	fprintf(f, "\nIt took %llu replications, %llu requests.", (unsigned long long)o->reps,
		(unsigned long long)o->requests);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}
