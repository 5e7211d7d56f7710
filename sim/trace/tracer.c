/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: when it opens and closes, and what is looked at after each event. */
#include "sim/trace/private.h"

#include <errno.h>

/* For I/Os under way at the end of the window: longer than any policy's timer. */
#define LATE_PS	    RL_PS_PER_S
#define LATE_EVENTS 20000000u

int rl_tracer_begin(struct rl_tracer *t, struct rl_world *w)
{
	t->w = w;
	t->pcpu = rl_world_alloc(w, w->npcpus * sizeof(*t->pcpu));
	t->vcpu = rl_world_alloc(w, w->nvcpus * sizeof(*t->vcpu));
	t->ring = rl_world_alloc(w, w->nblk * sizeof(*t->ring));
	if (rl_tracer_name_threads(t))
		return -ENOMEM;
	rl_tracer_name(t);
	rl_tracer_rings_begin(t);
	return 0;
}

/* Before the rings are looked at: as they were, they were at the edges that have passed. */
static void rings(struct rl_tracer *t)
{
	if (!t->rings_begun && t->from <= t->w->now) {
		rl_tracer_rings_show(t, t->from);
		t->rings_begun = true;
	}
	if (t->rings_begun && !t->rings_ended && t->to < t->w->now) {
		rl_tracer_rings_show(t, t->to);
		t->rings_ended = true;
	}
}

static void open_window(struct rl_tracer *t)
{
	t->from = t->w->now;
	if (t->o.window == RL_TRACER_WARM)
		t->to = t->from + (t->o.to_ns - t->o.from_ns) * RL_PS_PER_NS;
	rings(t);
}

void rl_tracer_mark(struct rl_tracer *t, uint64_t n)
{
	rl_tracer_cpu_mark(t);
	if (t->o.window == RL_TRACER_FIXED)
		return;
	if (n == t->at_from && t->from == RL_PS_NEVER)
		open_window(t);
	if (n == t->at_to && t->o.window == RL_TRACER_MEASURED)
		t->to = t->w->now;
}

void rl_tracer_send(struct rl_tracer *t, const struct rl_vcpu *from, struct rl_port *to)
{
	bool within = t->from != RL_PS_NEVER && t->w->now > t->from && t->w->now <= t->to;

	if (to->pending && !within)
		return;
	t->sender = from;
	t->sent = to->pending || !within ? 0 : ++t->flows;
	if (!to->pending)
		to->flow = t->sent;
}

/* Is all shown that there is? */
static bool all_shown(struct rl_tracer *t)
{
	rl_ps now = t->w->now;

	if (now <= t->to) {
		t->in_flight = t->w->tally.in_flight;
		return false;
	}
	return t->late >= t->in_flight || now - t->to > LATE_PS || ++t->events > LATE_EVENTS;
}

bool rl_tracer_step(struct rl_tracer *t)
{
	if (t->over || !rl_world_step(t->w))
		return false;
	rings(t);
	rl_tracer_cpu_look(t);
	rl_tracer_rings_look(t);
	t->over = all_shown(t);
	return true;
}
