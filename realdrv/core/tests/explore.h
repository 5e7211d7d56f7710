/* SPDX-License-Identifier: MIT */
/*
 * Two drivers on a small ring, abstract but for what matters: they call the real
 * functions of core/ring.h and carry out the real plans of a policy. Every
 * interleaving of their shared accesses is visited (explore_bus.h), every order of
 * device completions, every moment at which a deadline may pass.
 *
 * A state in which nothing can move although requests are unanswered is a lost
 * wake-up. In every state requests = responses + in flight, and every message carries
 * what was put into it.
 *
 * What is abstract: one look consumes one message; time stands still but for deadlines,
 * which pass when the search wants, at most XP_EXPIRIES times in an idle episode unless
 * nothing else can happen; a driver's submission and completion exclude each other (a lock).
 */
#ifndef RL_CORE_TESTS_EXPLORE_H
#define RL_CORE_TESTS_EXPLORE_H

#include "explore_bus.h"
#include "core/policy.h"

enum { XP_FRONT, XP_BACK };
enum {
	XP_MAX_MESSAGES = 6,
	XP_EXPIRIES = 2,
	XP_FORCED = 8,
	XP_STEP_NS = 100,
	XP_BASE_NS = 1000000000
};

/* How the consumer of a side waits. */
enum xp_mode { XP_RUN, XP_LOOKING, XP_ASLEEP, XP_HALTED, XP_UNARMED };

/* What a side may start; order matters: the search tries deadlines last. */
enum xp_op { XP_IDLE, XP_SUBMIT, XP_COMPLETE, XP_PUBLISH, XP_CONSUME, XP_LOOK, XP_EXPIRE };

/* One driver. Changes only when an operation of it ends. */
struct xp_side {
	struct rl_policy_inst policy;
	uint64_t now_ns, until_ns; /* until: deadline or timer of the plan */
	uint8_t mode, expiries;
	uint8_t sent, got; /* messages queued, messages taken */
	uint8_t set;	   /* frontend: ids in flight; backend: ids at the device */
};

struct xp_state {
	struct rl_ring_front front;
	struct rl_ring_back back;
	struct xp_side side[2];
	struct xb bus;
	uint8_t op[2], arg[2];
};

struct xp_config {
	uint32_t slots, messages, start; /* start: index of the first message */
	struct rl_policy_inst policy[2];
	uint32_t cpu_idle_permille;
};

static struct xp_state *xp; /* the state that operations change */
static const struct xp_config *xp_cfg;
static const char *xp_broken;  /* an invariant that did not hold */
static bool xp_remembers_time; /* a policy keeps a moment, not only durations */

static void xp_expect(bool ok, const char *what)
{
	if (!ok && !xp_broken)
		xp_broken = what;
}

static uint32_t xp_pending(int side)
{
	uint32_t n = 0;
	int rc = side == XP_FRONT ? rl_front_pending(&xp->front, &n)
				  : rl_back_pending(&xp->back, &n);

	xp_expect(rc == 0, "a sound peer was taken for a hostile one");
	return n;
}

static bool xp_arm(int side, uint32_t offset)
{
	bool work;

	if (xb_mutant == XB_ARM_BEHIND)
		offset = 0;
	work = side == XP_FRONT ? rl_front_arm(&xp->front, offset) : rl_back_arm(&xp->back, offset);
	return work && xb_mutant != XB_NO_RECHECK;
}

static uint8_t xp_count(uint8_t set)
{
	return (uint8_t)__builtin_popcount(set);
}

static void xp_submit(int side, int arg)
{
	struct xp_side *s = &xp->side[side];

	(void)arg;
	xb_store(rl_front_slot(&xp->front), s->sent);
	s->set |= (uint8_t)(1u << s->sent++);
	rl_front_queue(&xp->front);
}

/* The device answers request `arg`. */
static void xp_complete(int side, int arg)
{
	struct xp_side *s = &xp->side[side];

	xb_store(rl_back_slot(&xp->back), 0x100u + (uint32_t)arg);
	s->set &= (uint8_t) ~(1u << arg);
	s->sent++;
	rl_back_queue(&xp->back);
	if (s->mode == XP_UNARMED) {
		rl_policy_result(&s->policy, RL_TIMER, 0, XP_STEP_NS);
		s->mode = XP_RUN;
	}
}

static void xp_publish(int side, int arg)
{
	uint32_t n = side == XP_FRONT ? xp->front.req_prod_pvt - xp->front.req_prod_pub
				      : xp->back.rsp_prod_pvt - xp->back.rsp_prod_pub;
	bool notify = side == XP_FRONT ? rl_front_publish(&xp->front) : rl_back_publish(&xp->back);

	(void)arg;
	if (notify && !(xb_mutant == XB_NO_BATCH_NOTIFY && n > 1))
		xb_notify(!side);
}

static void xp_take(int side)
{
	struct xp_side *s = &xp->side[side];
	uint32_t id;

	if (side == XP_BACK) {
		rl_back_take(&xp->back, &id, sizeof(id));
		xp_expect(id == s->got, "the backend took what was not the next request");
		s->set |= (uint8_t)(1u << id);
	} else {
		rl_front_take(&xp->front, &id, sizeof(id));
		id -= 0x100;
		xp_expect(id < XP_MAX_MESSAGES && (s->set >> id & 1), "a response to no request");
		s->set &= (uint8_t) ~(1u << id);
	}
	s->got++;
}

static void xp_wake(struct xp_side *s, enum rl_result how)
{
	s->now_ns += XP_STEP_NS;
	if (how == RL_EXPIRED || how == RL_TIMER) {
		s->now_ns = s->until_ns;
		s->expiries++;
	}
	rl_policy_result(&s->policy, how, 1, XP_STEP_NS);
	if (!xp_remembers_time)
		s->now_ns = XP_BASE_NS; /* the same state again */
	s->mode = XP_RUN;
	s->until_ns = 0;
}

static void xp_wait(struct xp_side *s, enum xp_mode mode, uint64_t until_ns)
{
	s->mode = (uint8_t)mode;
	s->until_ns = until_ns > s->now_ns || until_ns == 0 ? until_ns : s->now_ns;
}

/*
 * Asks the policy, and a copy of it an hour later. As long as both keep the same state the
 * policy cannot tell one moment from another, and the search need not either.
 */
static void xp_ask(struct rl_policy_inst *policy, const struct rl_idle *in, struct rl_plan *plan)
{
	struct rl_policy_inst twin = *policy;
	struct rl_idle later = *in;
	struct rl_plan other;

	later.now_ns += 3600000000000ull;
	rl_policy_idle(policy, in, plan);
	rl_policy_idle(&twin, &later, &other);
	xp_remembers_time |= memcmp(&twin, policy, sizeof(twin)) != 0;
}

/* The ring is empty: ask the policy and start to wait as it says. */
static void xp_idle(int side)
{
	struct xp_side *s = &xp->side[side];
	struct rl_idle in = {
		.now_ns = s->now_ns,
		.mean_completion_ns = s->got ? 200 * XP_STEP_NS : 0,
		.in_flight = xp_count(s->set),
		.cpu_idle_permille = xp_cfg->cpu_idle_permille,
	};
	struct rl_plan plan;

	xp_ask(&s->policy, &in, &plan);
	switch (plan.action) {
	case RL_POLL:
	case RL_YIELD:
	case RL_MONITOR:
		xp_wait(s, XP_LOOKING, plan.deadline_ns);
		return;
	case RL_SLEEP:
		xp_wait(s, XP_ASLEEP, plan.deadline_ns);
		return;
	case RL_POLL_PORT:
	case RL_ARM_HALT:
		break;
	default:
		xp_expect(false, "a plan without a known action");
		return;
	}
	/* A frontend's completions come from the peer: it always arms. */
	if (plan.no_arm && plan.action == RL_ARM_HALT && side == XP_BACK)
		xp_wait(s, XP_UNARMED, RL_NEVER);
	else if (xp_arm(side, plan.event_offset))
		xp_wake(s, RL_HIT);
	else
		xp_wait(s, XP_HALTED,
			plan.action == RL_ARM_HALT ? plan.timer_ns : plan.deadline_ns);
}

static void xp_consume(int side, int arg)
{
	(void)arg;
	xb_clear_event();
	if (xp_pending(side) == 0) {
		xp_idle(side);
		return;
	}
	xp->side[side].expiries = 0;
	xp_take(side);
}

/* One look of a poller: work ends the wait. */
static void xp_look(int side, int arg)
{
	(void)arg;
	if (xp_pending(side))
		xp_wake(&xp->side[side], RL_HIT);
}

static void xp_expire(int side, int arg)
{
	struct xp_side *s = &xp->side[side];

	(void)arg;
	if (s->mode == XP_HALTED)
		xp_wake(s, RL_TIMER);
	else
		xp_wake(s, xp_pending(side) ? RL_HIT : RL_EXPIRED);
}

static void (*const xp_ops[])(int side, int arg) = {
	[XP_SUBMIT] = xp_submit,
	[XP_COMPLETE] = xp_complete,
	[XP_PUBLISH] = xp_publish,
	[XP_CONSUME] = xp_consume,
	[XP_LOOK] = xp_look,
	[XP_EXPIRE] = xp_expire,
};

static void xp_start(struct xp_state *st, const struct xp_config *cfg)
{
	uint32_t bytes = RL_RING_HEADER_BYTES + cfg->slots * 4;
	struct rl_ring_shared *sh = (struct rl_ring_shared *)xb_page;

	memset(st, 0, sizeof(*st));
	memset(xb_page, 0, sizeof(xb_page));
	xp_cfg = cfg;
	xp_broken = NULL;
	xb_direct = true;
	rl_ring_init_shared(sh);
	rl_front_attach(&st->front, xb_page, bytes, 4);
	sh->req_prod = sh->rsp_prod = cfg->start;
	sh->req_event = sh->rsp_event = cfg->start + 1;
	st->front.req_prod_pvt = st->front.req_prod_pub = st->front.rsp_cons = cfg->start;
	rl_back_attach(&st->back, xb_page, bytes, 4);
	xb_direct = false;
	memcpy(st->bus.mem, xb_page, sizeof(xb_page));
	for (int i = 0; i < 2; i++) {
		st->side[i].policy = cfg->policy[i];
		st->side[i].now_ns = XP_BASE_NS;
		rl_policy_reset(&st->side[i].policy);
	}
}

static bool xp_finished(const struct xp_state *st)
{
	return st->side[XP_FRONT].got == xp_cfg->messages;
}

/* requests = responses + in flight, at the operations' ends. */
static void xp_check(const struct xp_state *st)
{
	const struct xp_side *f = &st->side[XP_FRONT], *b = &st->side[XP_BACK];
	uint32_t waiting = st->front.req_prod_pvt - st->back.req_cons;
	uint32_t answers = st->back.rsp_prod_pvt - st->front.rsp_cons;

	xp_expect(f->sent == f->got + xp_count(f->set), "frontend: sent != got + in flight");
	xp_expect(b->got == b->sent + xp_count(b->set), "backend: got != sent + at the device");
	xp_expect(waiting + xp_count(b->set) + answers == xp_count(f->set),
		"requests != responses + in flight");
	xp_expect(rl_front_free(&st->front) <= st->front.size, "more in flight than slots");
}

#endif
