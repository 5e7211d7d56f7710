/* SPDX-License-Identifier: MIT */
/*
 * The search over the states of explore.h: depth first, each state once (by a 128-bit
 * hash of its bytes), with the path at hand when something is wrong.
 */
#ifndef RL_CORE_TESTS_EXPLORE_SEARCH_H
#define RL_CORE_TESTS_EXPLORE_SEARCH_H

#include "explore.h"

struct xs_result {
	uint64_t states, transitions, ends; /* ends: states with all requests answered */
	const char *broken;		    /* null: sound */
	char path[2048];		    /* the last steps before it */
	bool too_many;
};

/* What can happen next: a side's store reaches memory, an event wakes a halted side, an
 * operation goes on, or one starts. Deadlines come last, see xs_next(). */
enum {
	XS_FLUSH,
	XS_WAKE,
	XS_GO_ON,
	XS_START_SUBMIT,
	XS_START_PUBLISH,
	XS_START_CONSUME,
	XS_START_LOOK,
	XS_START_COMPLETE,
	XS_EACH = XS_START_COMPLETE + XP_MAX_MESSAGES,
	XS_EXPIRE = 2 * XS_EACH, /* and of the other side */
	XS_CHOICES = XS_EXPIRE + 2,
};

struct xs_frame {
	struct xp_state state;
	int next;   /* choice to try */
	int via;    /* choice that led here */
	bool moved; /* some choice led to another state */
};

struct xs_set {
	unsigned __int128 *at;
	uint64_t size, used;
};

static unsigned __int128 xs_hash(const struct xp_state *st)
{
	const unsigned char *p = (const unsigned char *)st;
	uint64_t a = 0x9e3779b97f4a7c15ull, b = 0xc2b2ae3d27d4eb4full, w;

	for (size_t i = 0; i + sizeof(w) <= sizeof(*st); i += sizeof(w)) {
		memcpy(&w, p + i, sizeof(w));
		a = (a ^ w) * 0xff51afd7ed558ccdull;
		a ^= a >> 32;
		b = (b + w) * 0xc4ceb9fe1a85ec53ull;
		b ^= b >> 29;
	}
	return ((unsigned __int128)a << 64 | b) | 1;
}

static void xs_grow(struct xs_set *set)
{
	struct xs_set bigger = {.size = set->size ? 2 * set->size : 1u << 16};

	bigger.at = calloc(bigger.size, sizeof(*bigger.at));
	if (!bigger.at)
		xb_impossible("out of memory");
	for (uint64_t i = 0; i < set->size; i++)
		if (set->at[i]) {
			uint64_t k = (uint64_t)(set->at[i] >> 64) & (bigger.size - 1);

			while (bigger.at[k])
				k = (k + 1) & (bigger.size - 1);
			bigger.at[k] = set->at[i];
		}
	bigger.used = set->used;
	free(set->at);
	*set = bigger;
}

/* True when the state was not there before. */
static bool xs_add(struct xs_set *set, const struct xp_state *st)
{
	unsigned __int128 h = xs_hash(st);
	uint64_t k;

	if (2 * set->used >= set->size)
		xs_grow(set);
	for (k = (uint64_t)(h >> 64) & (set->size - 1); set->at[k]; k = (k + 1) & (set->size - 1))
		if (set->at[k] == h)
			return false;
	set->at[k] = h;
	set->used++;
	return true;
}

/* Goes on with the operation of a side by one access; false when it has to wait. */
static bool xs_step(const struct xp_state *from, struct xp_state *to, int side)
{
	static struct xp_state work;
	enum xb_end end;

	work = *from;
	xp = &work;
	end = xb_run(&work.bus, side, xp_ops[from->op[side]], from->arg[side]);
	if (end == XB_BLOCKED)
		return false;
	if (end == XB_DONE) {
		*to = work;
		to->op[side] = XP_IDLE;
		to->arg[side] = 0;
		xp_check(to);
	} else {
		*to = *from;
		to->bus = work.bus;
	}
	return true;
}

static bool xs_begin(
	const struct xp_state *from, struct xp_state *to, int side, enum xp_op op, int arg)
{
	static struct xp_state begun;

	begun = *from;
	begun.op[side] = (uint8_t)op;
	begun.arg[side] = (uint8_t)arg;
	return xs_step(&begun, to, side);
}

static bool xs_unpublished(const struct xp_state *st, int side)
{
	return side == XP_FRONT ? st->front.req_prod_pvt != st->front.req_prod_pub
				: st->back.rsp_prod_pvt != st->back.rsp_prod_pub;
}

static bool xs_may_submit(const struct xp_state *st, int side)
{
	return side == XP_FRONT && st->side[side].sent < xp_cfg->messages &&
	       rl_front_free(&st->front) > 0;
}

/* A deadline passes: some times freely, then only when nothing else can happen. */
static bool xs_expire(const struct xs_frame *f, struct xp_state *to, int side)
{
	const struct xp_side *s = &f->state.side[side];
	int limit = f->moved ? XP_EXPIRIES : XP_FORCED;

	if (f->state.op[side] != XP_IDLE || s->mode == XP_RUN || s->mode == XP_UNARMED ||
		s->until_ns == RL_NEVER || s->expiries >= limit || xp_finished(&f->state))
		return false;
	return xs_begin(&f->state, to, side, XP_EXPIRE, 0);
}

/* An upcall runs when the side is between two operations. */
static bool xs_wake(const struct xp_state *from, struct xp_state *to, int side)
{
	if (from->side[side].mode != XP_HALTED || !from->bus.event[side])
		return false;
	*to = *from;
	xp_wake(&to->side[side], RL_UPCALL);
	return true;
}

/* The state that a choice leads to; false when it cannot be made. */
static bool xs_choose(const struct xs_frame *f, int choice, struct xp_state *to)
{
	const struct xp_state *st = &f->state;
	int side = choice / XS_EACH, what = choice % XS_EACH;
	const struct xp_side *s;

	if (choice >= XS_EXPIRE)
		return xs_expire(f, to, choice - XS_EXPIRE);
	s = &st->side[side];
	if (what == XS_FLUSH) {
		*to = *st;
		return xb_flush(&to->bus, side);
	}
	if ((what == XS_GO_ON) != (st->op[side] != XP_IDLE))
		return false;
	switch (what) {
	case XS_WAKE:
		return xs_wake(st, to, side);
	case XS_GO_ON:
		return xs_step(st, to, side);
	case XS_START_SUBMIT:
		return xs_may_submit(st, side) && xs_begin(st, to, side, XP_SUBMIT, 0);
	case XS_START_PUBLISH:
		return xs_unpublished(st, side) && xs_begin(st, to, side, XP_PUBLISH, 0);
	case XS_START_CONSUME:
		return s->mode == XP_RUN && xs_begin(st, to, side, XP_CONSUME, 0);
	case XS_START_LOOK:
		return s->mode == XP_LOOKING && xs_begin(st, to, side, XP_LOOK, 0);
	default:
		what -= XS_START_COMPLETE;
		return side == XP_BACK && (s->set >> what & 1) &&
		       xs_begin(st, to, side, XP_COMPLETE, what);
	}
}

static void xs_tell(struct xs_result *r, const struct xs_frame *stack, size_t depth)
{
	static const char *const names[] = {"store arrives", "upcall", "goes on", "submits",
		"publishes", "consumes", "looks", "completes"};
	size_t from = depth > 40 ? depth - 40 : 1, used = 0;

	for (size_t i = from; i <= depth && used < sizeof(r->path) - 64; i++) {
		int c = stack[i].via, side = c >= XS_EXPIRE ? c - XS_EXPIRE : c / XS_EACH;
		int what = c % XS_EACH;

		if (what > XS_START_COMPLETE)
			what = XS_START_COMPLETE;
		used += (size_t)snprintf(r->path + used, sizeof(r->path) - used, "%s%s %s",
			i > from ? ", " : "", side == XP_FRONT ? "front" : "back",
			c >= XS_EXPIRE ? "deadline passes" : names[what]);
	}
}

static const char *xs_stuck(const struct xp_state *st)
{
	if (st->side[XP_BACK].mode == XP_RUN || st->side[XP_FRONT].mode == XP_RUN)
		return "the protocol itself stands still";
	return st->bus.mem[0] != st->back.req_cons
		       ? "lost wake-up: requests wait, the backend sleeps"
		       : "lost wake-up: responses wait, the frontend sleeps";
}

/* Visits every state that a configuration can reach; stops at the first that is wrong. */
static void xs_visit(const struct xp_config *cfg, uint64_t max_states, struct xs_result *r)
{
	size_t depth = 0, room = 1024;
	struct xs_frame *stack = calloc(room, sizeof(*stack));
	struct xs_set seen = {0};

	memset(r, 0, sizeof(*r));
	xp_start(&stack[0].state, cfg);
	xs_add(&seen, &stack[0].state);
	for (;;) {
		struct xs_frame *f = &stack[depth];

		if (f->next == 0 && xp_finished(&f->state))
			r->ends++;
		if (depth + 1 == room) {
			room *= 2;
			stack = realloc(stack, room * sizeof(*stack));
			if (!stack)
				xb_impossible("out of memory");
			f = &stack[depth];
		}
		while (f->next < XS_CHOICES) {
			struct xs_frame *to = f + 1;
			int c = f->next++;

			if (!xs_choose(f, c, &to->state))
				continue;
			r->transitions++;
			if (memcmp(&to->state, &f->state, sizeof(f->state)) == 0)
				continue;
			f->moved = true;
			to->next = 0;
			to->via = c;
			to->moved = false;
			if (xp_broken || xs_add(&seen, &to->state)) {
				depth++;
				break;
			}
		}
		if (f != &stack[depth] && !xp_broken)
			continue;
		if (xp_broken || (!f->moved && !xp_finished(&f->state))) {
			r->broken = xp_broken ? xp_broken : xs_stuck(&f->state);
			xs_tell(r, stack, depth);
			break;
		}
		r->too_many = seen.used > max_states;
		if (depth-- == 0 || r->too_many)
			break;
	}
	r->states = seen.used;
	free(seen.at);
	free(stack);
}

/* The same; once more, with time told apart, when a policy turns out to remember moments. */
static void xs_explore(const struct xp_config *cfg, uint64_t max_states, struct xs_result *r)
{
	xp_remembers_time = false;
	xs_visit(cfg, max_states, r);
	if (xp_remembers_time)
		xs_visit(cfg, max_states, r);
}

#endif
