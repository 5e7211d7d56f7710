/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of one job among several; see the header. */
#include "sim/core/section.h"

#include <math.h>
#include <string.h>

#include "sim/core/mark.h"

void rl_section_begin(struct rl_section *s, const struct rl_job *j, rl_ps now)
{
	if (s->begun)
		return;
	s->begun = true;
	s->from = now + j->ramp_ns * RL_PS_PER_NS;
}

void rl_section_end(struct rl_section *s, rl_ps now, rl_ps begin, rl_ps issued, uint32_t bytes,
	enum rl_class class)
{
	struct rl_tally_class *c = &s->c[class];

	if (now < s->from) {
		s->left_out++;
		return;
	}
	c->n++;
	c->bytes += bytes;
	c->slat += issued - begin;
	c->clat += now - issued;
	rl_hist_add(&s->clat_ns[class], (now - issued) / RL_PS_PER_NS);
}

void rl_section_sync(struct rl_section *s, rl_ps now, rl_ps begin)
{
	if (now < s->from)
		return;
	s->syncs++;
	s->sync_ps += now - begin;
}

void rl_sections_measure(struct rl_world *w)
{
	for (uint32_t i = 0; i < w->nsections; i++) {
		struct rl_section *s = &w->section[i];
		struct rl_section kept = {.begun = s->begun, .from = s->from, .end = s->end};

		*s = kept;
		if (s->begun && s->from < w->now)
			s->from = w->now;
	}
}

void rl_section_bring_home(struct rl_section *s, struct rl_section_rep *out, struct rl_hist *hist)
{
	rl_ps time = s->end > s->from ? s->end - s->from : 0;

	for (int i = 0; i < RL_METRIC_COUNT; i++)
		out->m[i] = NAN;
	out->left_out = s->left_out;
	out->requests = s->c[RL_CLASS_READ].n + s->c[RL_CLASS_WRITE].n;
	out->runtime_ns = (double)time / RL_PS_PER_NS;
	for (int i = 0; i < RL_CLASSES; i++)
		rl_hist_merge(&hist[i], &s->clat_ns[i]);
	if (!time || !out->requests)
		return;
	rl_mark_ios(out->m, s->c, s->clat_ns, (double)time / RL_PS_PER_S);
	rl_mark_syncs(out->m, s->syncs, s->sync_ps, (double)time / RL_PS_PER_S);
}
