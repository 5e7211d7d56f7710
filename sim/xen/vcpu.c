/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a vCPU runs: interrupts before threads, threads before idling, and what each is charged. */
#include "sim/xen/segment.h"
#include "sim/xen/tick.h"

static void push(struct rl_ctxq *q, struct rl_ctx *c)
{
	c->next = NULL;
	if (q->tail)
		q->tail->next = c;
	else
		q->head = c;
	q->tail = c;
}

static struct rl_ctx *pop(struct rl_ctxq *q)
{
	struct rl_ctx *c = q->head;

	q->head = c->next;
	if (!q->head)
		q->tail = NULL;
	return c;
}

/* One upcall serves all event channels that are pending; the same one again is the next upcall. */
static rl_ps upcall_cost(struct rl_vcpu *v, struct rl_port *p)
{
	bool goes_on = v->upcall_of && v->upcall_of != p && p->irq == RL_IRQ_EVTCHN;

	v->upcall_of = p->irq == RL_IRQ_EVTCHN ? p : NULL;
	if (goes_on)
		return rl_vcost(v, port_ns);
	v->st.upcalls += p->irq == RL_IRQ_EVTCHN;
	return rl_vcost(v, upcall_ns);
}

static void tick_done(struct rl_ctx *c)
{
	c->v->resched = true; /* threads that are ready take turns */
	rl_irq_end(c->v);
}

static void resched_done(struct rl_ctx *c)
{
	c->v->resched = true;
	rl_irq_end(c->v);
}

static void take_irq(struct rl_vcpu *v)
{
	uint32_t irq = (uint32_t)__builtin_ctz(v->pending);
	struct rl_ctx *c = v->irq = &v->irqs[irq];

	v->idle.left = 0; /* it left the idle loop */
	c->purpose = irq == RL_IRQ_TICK ? RL_CPU_TICK : RL_CPU_UPCALL;
	if (irq == RL_IRQ_TICK) {
		v->pending &= ~(1u << irq);
		rl_tick_next(v);
		v->upcall_of = NULL;
		c->left = rl_cost(v->w, tick_ns);
		c->done = tick_done;
	} else {
		struct rl_port *p = rl_port_take(v, irq);
		c->left = upcall_cost(v, p);
		if (irq == RL_IRQ_TIMER)
			rl_tick_reset(v, v->w->now + c->left);
		c->done = p->handler;
		c->arg = p->arg;
	}
}

static void add_switch(struct rl_ctx *c)
{
	rl_ps cost = rl_vcost(c->v, thread_switch_ns);

	c->left += cost;
	c->switch_left += cost;
}

static struct rl_ctx *take_thread(struct rl_vcpu *v)
{
	struct rl_ctx *cur = v->thread, *next = cur;

	v->upcall_of = NULL;
	if (!cur || !cur->ready || v->resched) {
		next = v->ready.head ? pop(&v->ready) : NULL;
		if (!next && cur && cur->ready)
			next = cur;
		else if (next && cur && cur->ready)
			push(&v->ready, cur);
	}
	v->resched = false;
	if (next && next != cur)
		add_switch(next);
	v->thread = next;
	if (next) {
		v->idle.left = 0;
		v->idle_ticks = (uint32_t)(rl_cost(v->w, idle_ticks) / RL_PS_PER_NS);
		return next;
	}
	if (!v->idle.left) /* else it was preempted on its way there */
		v->idle.left = rl_cost(v->w, block_ns);
	return &v->idle;
}

void rl_vcpu_go(struct rl_vcpu *v)
{
	if (!v->irq && v->pending)
		take_irq(v);
	rl_seg_begin(v, v->irq ? v->irq : take_thread(v));
}

void rl_vcpu_stop(struct rl_vcpu *v)
{
	rl_seg_leave(v);
	v->active = NULL;
	rl_world_cancel(v->w, v->slot);
}

/* Start over with what matters most now. */
static void interrupt(struct rl_vcpu *v)
{
	rl_vcpu_stop(v);
	rl_vcpu_go(v);
}

void rl_vcpu_contended(struct rl_vcpu *v)
{
	if (v->on && !v->in_done && v->active->spin && v->active->spin->yield)
		interrupt(v);
}

static bool polled_pending(const struct rl_vcpu *v)
{
	for (uint32_t i = 0; i < v->npolled; i++)
		if (v->polled[i].pending)
			return true;
	return false;
}

static void after_done(struct rl_vcpu *v, bool leaves)
{
	struct rl_pcpu *p = &v->w->pcpu[v->cpu];

	if (v->yielding) {
		v->yielding = false;
		rl_pcpu_schedule(p, true);
	} else if (v->blocking) {
		v->blocking = false;
		v->port_wait = v->polled && !v->pending && !polled_pending(v);
		if (v->pending || (v->polled && !v->port_wait)) {
			v->polled = NULL;
			rl_vcpu_go(v);
			return;
		}
		v->state = RL_V_BLOCKED;
		v->idling = !v->port_wait;
		v->idle_from = v->w->now;
		v->st.blocks++;
		rl_pcpu_schedule(p, false);
	} else if (leaves) {
		rl_pcpu_schedule(p, false);
	} else {
		rl_vcpu_go(v);
	}
}

/* Polling goes on, but somebody waits for the pCPU. */
static bool only_yields(struct rl_vcpu *v, struct rl_ctx *c)
{
	const struct rl_spin *s = c->spin;

	return s && s->yield && s->visible > v->w->now && s->deadline > v->w->now;
}

void rl_vcpu_segment_end(void *pcpu)
{
	struct rl_vcpu *v = ((struct rl_pcpu *)pcpu)->cur;
	struct rl_ctx *c = v->active;
	bool leaves = v->leaves;

	rl_seg_leave(v);
	v->active = NULL;
	v->in_done = true;
	if (only_yields(v, c)) {
		v->yielding = true;
	} else {
		c->spin = NULL;
		c->done(c);
	}
	v->in_done = false;
	after_done(v, leaves);
}

static void idle_done(struct rl_ctx *c)
{
	c->v->blocking = true;
}

void rl_ctx_sleep(struct rl_ctx *c, void (*done)(struct rl_ctx *))
{
	c->ready = false;
	rl_ctx_run(c, RL_CPU_WAIT, 0, done);
}

void rl_ctx_wake(struct rl_ctx *c)
{
	struct rl_vcpu *v = c->v;

	if (c->ready)
		return;
	c->ready = true;
	if (v->thread == c) {
		add_switch(c); /* it had given the CPU to idle */
		return;
	}
	push(&v->ready, c);
	if (v->thread && v->thread->spin)
		v->resched = true; /* a poller gives way when the kernel asks */
}

bool rl_ctx_wake_from(struct rl_ctx *c, const struct rl_vcpu *by)
{
	struct rl_vcpu *v = c->v;
	/* A thread that works is followed by this one without being told. */
	bool works = v->thread && v->thread->ready && !v->thread->spin;

	rl_ctx_wake(c);
	return v != by && !works;
}

void rl_ctx_spin(struct rl_ctx *c, struct rl_spin *s, void (*done)(struct rl_ctx *))
{
	c->spin = s;
	rl_ctx_run(c, s->clock ? RL_CPU_FIO : s->watch ? RL_CPU_MONITOR : RL_CPU_SPIN, 0, done);
}

void rl_ctx_published(struct rl_ctx *c, int32_t cpu, uint32_t line)
{
	struct rl_vcpu *v = c->v;

	if (!c->spin)
		return;
	if (!rl_spin_published(c->spin, line, v->w->now + rl_line(v->w, cpu, v->cpu)))
		return;
	if (v->on && !v->in_done && v->active == c)
		rl_seg_arm_spin(v, c->spin);
}

void rl_vcpu_stall(struct rl_vcpu *v, rl_ps time)
{
	if (!v->on || !v->active)
		return;
	rl_seg_leave(v);
	v->active->left += time;
	rl_seg_arm(v, v->active);
}

void rl_irq_end(struct rl_vcpu *v)
{
	v->irq = NULL;
}

static void unblock(struct rl_vcpu *v, int32_t cpu)
{
	v->state = RL_V_RUNNABLE;
	v->wait_from = v->w->now;
	v->w->waker = cpu;
	rl_tick_wake(v);
	v->w->sched->wake(v->w, v);
	/* Who offers its place between two looks has somebody to offer it to. */
	if (v->w->pcpu[v->cpu].cur)
		rl_vcpu_contended(v->w->pcpu[v->cpu].cur);
}

void rl_vcpu_notice(struct rl_vcpu *v, int32_t cpu)
{
	if (v->state == RL_V_BLOCKED) {
		v->port_wait = false;
		v->polled = NULL;
		unblock(v, cpu);
	} else if (v->on && !v->in_done && !v->irq && v->pending) {
		if (cpu < 0 || cpu == v->cpu)
			interrupt(v);
		else if (!rl_world_armed(v->w, v->kick_slot))
			rl_world_arm(v->w, v->kick_slot, v->w->now + rl_ipi(v->w, cpu, v->cpu));
	}
}

static void kick(void *arg)
{
	struct rl_vcpu *v = arg;

	if (v->on && !v->irq && v->pending)
		interrupt(v);
}

void rl_vcpu_poll_ports(
	struct rl_ctx *c, struct rl_port *p, uint32_t n, void (*done)(struct rl_ctx *))
{
	/* The whole vCPU will stand still: another thread that is ready comes first. */
	if (c->v->ready.head) {
		c->v->resched = true;
		rl_ctx_run(c, RL_CPU_WAIT, 0, done);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		p[i].masked = true;
	c->v->blocking = true;
	c->v->polled = p;
	c->v->npolled = n;
	c->v->st.hypercalls++;
	rl_ctx_run(c, RL_CPU_WAIT, rl_vcost(c->v, hypercall_ns), done);
}

void rl_vcpu_count_wait(struct rl_vcpu *v)
{
	if (v->state != RL_V_RUNNABLE)
		return;
	v->st.wait_ps += v->w->now - v->wait_from;
	v->wait_from = v->w->now;
}

void rl_vcpu_settle(struct rl_vcpu *v)
{
	rl_vcpu_count_wait(v);
	if (!v->on)
		return;
	v->st.run_ps += v->w->now - v->on_from;
	v->on_from = v->w->now;
	if (v->active)
		rl_seg_charge(v);
}

void rl_vcpu_init(
	struct rl_vcpu *v, struct rl_world *w, uint32_t id, struct rl_dom *dom, int32_t pin)
{
	v->w = w;
	v->id = id;
	v->dom = dom;
	v->pin = pin;
	v->cpu = pin < 0 ? 0 : pin;
	dom->nvcpus++;
	v->kick_slot = rl_world_slot(w, kick, v);
	rl_tick_init(v);
	v->idle = (struct rl_ctx){.v = v, .done = idle_done, .purpose = RL_CPU_IDLE_ENTRY};
	for (int i = 0; i < RL_IRQ_COUNT; i++)
		v->irqs[i].v = v;
	rl_port_init(&v->wake_port, v, RL_IRQ_EVTCHN, resched_done, NULL);
}

struct rl_ctx *rl_vcpu_thread(struct rl_vcpu *v, void (*done)(struct rl_ctx *), void *arg)
{
	struct rl_ctx *c = rl_world_alloc(v->w, sizeof(*c));

	*c = (struct rl_ctx){.v = v, .done = done, .arg = arg, .ready = done != NULL};
	if (c->ready)
		push(&v->ready, c);
	return c;
}

void rl_vcpu_start(struct rl_vcpu *v)
{
	unblock(v, -1);
}
