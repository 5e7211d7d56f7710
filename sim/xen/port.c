/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What interrupts a vCPU: ports of event channels and devices, timers; each class in its order. */
#include "sim/core/world.h"
#include "sim/trace/trace.h"

struct rl_port *rl_port_take(struct rl_vcpu *v, uint32_t irq)
{
	struct rl_port *p = v->ports[irq].head;

	v->ports[irq].head = p->next;
	p->pending = false;
	if (p->next)
		return p;
	v->ports[irq].tail = NULL;
	v->pending &= ~(1u << irq);
	return p;
}

static void enqueue(struct rl_port *p)
{
	struct rl_portq *q = &p->v->ports[p->irq];

	p->next = NULL;
	if (q->tail)
		q->tail->next = p;
	else
		q->head = p;
	q->tail = p;
	p->v->pending |= 1u << p->irq;
}

void rl_port_raise(struct rl_port *p, int32_t cpu)
{
	if (p->pending)
		return;
	p->pending = true;
	if (!p->masked)
		enqueue(p);
	rl_vcpu_notice(p->v, cpu);
}

static void timer(void *arg)
{
	rl_port_raise(arg, -1);
}

void rl_timer_init(
	struct rl_timer *t, struct rl_vcpu *v, void (*handler)(struct rl_ctx *), void *arg)
{
	rl_port_init(&t->port, v, RL_IRQ_TIMER, handler, arg);
	t->slot = rl_world_slot(v->w, timer, &t->port);
}

void rl_timer_set(struct rl_timer *t, rl_ps at)
{
	t->port.v->st.hypercalls++;
	rl_world_arm(t->port.v->w, t->slot, at);
}

bool rl_timer_cancel(struct rl_timer *t)
{
	struct rl_vcpu *v = t->port.v;
	bool armed = rl_world_armed(v->w, t->slot);

	v->st.hypercalls += armed;
	rl_world_cancel(v->w, t->slot);
	return armed;
}

void rl_port_init(struct rl_port *p, struct rl_vcpu *v, enum rl_irq irq,
	void (*handler)(struct rl_ctx *), void *arg)
{
	*p = (struct rl_port){.v = v, .irq = irq, .handler = handler, .arg = arg};
}

/* It came, but the interrupt has not been taken yet: an IPI is under way. */
static void take_out(struct rl_port *p)
{
	struct rl_portq *q = &p->v->ports[p->irq];
	struct rl_port **at = &q->head, *before = NULL;

	while (*at != p) {
		before = *at;
		at = &before->next;
	}
	*at = p->next;
	if (q->tail == p)
		q->tail = before;
	if (!q->head)
		p->v->pending &= ~(1u << p->irq);
}

void rl_port_clear(struct rl_port *p)
{
	if (p->pending && !p->masked)
		take_out(p);
	p->pending = false;
}

void rl_port_unmask(struct rl_port *p)
{
	if (!p->masked)
		return;
	p->masked = false;
	if (p->pending)
		enqueue(p);
}

void rl_evtchn_send(struct rl_vcpu *from, struct rl_port *to)
{
	from->st.sends++;
	from->st.hypercalls++;
	if (from->w->tracer)
		rl_tracer_send(from->w->tracer, from, to);
	rl_port_raise(to, from->cpu);
}
