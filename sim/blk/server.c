/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread of the backend over its rings. It serves the ring where it found something until that is
 * empty, then looks at the others in turn, and waits when one round found nothing: an
 * exhaustive polling server, whose switch-over is a look at a ring.
 */
#include "sim/core/world.h"

static struct rl_server *of(const struct rl_waiter *wt)
{
	return (struct rl_server *)(uintptr_t)wt;
}

static bool pending(const struct rl_waiter *wt)
{
	const struct rl_server *s = of(wt);

	for (uint32_t i = 0; i < s->n; i++)
		if (rl_back_waits(s->ring[i]))
			return true;
	return false;
}

static bool arm(struct rl_waiter *wt, uint32_t offset)
{
	struct rl_server *s = of(wt);
	bool work = false;

	for (uint32_t i = 0; i < s->n; i++)
		work |= rl_back_arm(&s->ring[i]->back, offset);
	return work;
}

static uint32_t in_flight(const struct rl_waiter *wt)
{
	const struct rl_server *s = of(wt);
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		n += s->ring[i]->back.req_cons - s->ring[i]->back.rsp_prod_pvt;
	return n;
}

/* A look goes through @lines rings from the one at s->at on. */
static void look_at(struct rl_server *s, struct rl_spin *spin, uint32_t lines)
{
	spin->of = s->n;
	spin->lines = lines;
	spin->first = s->at;
	spin->line_ps = rl_cost(s->wt.w, poll_ns);
	spin->visible = RL_PS_NEVER;
	for (uint32_t i = 0; i < lines && spin->visible == RL_PS_NEVER; i++) {
		uint32_t line = (s->at + i) % s->n;

		if (rl_back_waits(s->ring[line]))
			rl_spin_published(spin, line, s->wt.w->now);
	}
}

static void look(struct rl_waiter *wt, struct rl_spin *spin)
{
	look_at(of(wt), spin, of(wt)->n);
}

static void seen(struct rl_waiter *wt, uint32_t line)
{
	of(wt)->at = line;
}

/* What came to a ring after the look at it is left to the next round, or to arming. */
static void scanned(struct rl_ctx *c)
{
	struct rl_server *s = of(c->arg);
	const struct rl_spin *scan = &s->scan;
	rl_ps now = s->wt.w->now;

	if (scan->visible <= now && (!scan->tail || now < scan->from + scan->look_ps)) {
		s->at = scan->line;
		rl_back_serve(s->ring[s->at], c);
	} else {
		/* It waits from where it came to: nobody is passed over. */
		s->at = (s->at + scan->lines) % s->n;
		rl_waiter_drained(&s->wt, c);
	}
}

static void scan(struct rl_server *s, struct rl_ctx *c, uint32_t lines)
{
	s->scan = (struct rl_spin){
		.look_ps = lines * rl_cost(s->wt.w, poll_ns), .deadline = s->wt.w->now};
	look_at(s, &s->scan, lines);
	rl_ctx_spin(c, &s->scan, scanned);
}

void rl_server_next(struct rl_server *s, struct rl_ctx *c)
{
	if (s->n == 1) {
		rl_waiter_drained(&s->wt, c);
		return;
	}
	s->at = (s->at + 1) % s->n;
	scan(s, c, s->n - 1);
}

static void drain(struct rl_waiter *wt, struct rl_ctx *c)
{
	struct rl_server *s = of(wt);

	if (s->n == 1 || rl_back_waits(s->ring[s->at]))
		rl_back_serve(s->ring[s->at], c);
	else
		scan(s, c, s->n);
}

const struct rl_waiter_ops rl_server_waiter_ops = {
	.drain = drain,
	.pending = pending,
	.arm = arm,
	.in_flight = in_flight,
	.look = look,
	.seen = seen,
};
