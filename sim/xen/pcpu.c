/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pCPU: runs what the scheduler picks, pays for switches, sleeps when there is nothing.
 * Its one timer means, by its state: the switch is over; else: run the scheduler.
 */
#include "sim/core/world.h"

static void start(struct rl_pcpu *p)
{
	struct rl_vcpu *v = p->cur;

	v->on = true;
	v->on_from = p->w->now;
	if (v->idling)
		v->idle_ps += p->w->now - v->idle_from;
	v->idling = false;
	v->slot = p->segment_slot;
	rl_vcpu_go(v);
}

static void take_off(struct rl_pcpu *p)
{
	struct rl_vcpu *v = p->cur;

	if (!v || !v->on)
		return;
	v->st.run_ps += p->w->now - v->on_from;
	if (v->active)
		rl_vcpu_stop(v);
	v->on = false;
}

static void idle(struct rl_pcpu *p)
{
	p->cur = NULL;
	p->idle_from = p->w->now;
	rl_world_cancel(p->w, p->slot);
	if (p->w->threads > 1)
		rl_smt_changed(p, 0);
}

/*
 * What a vCPU finds evicted when it comes to a pCPU: all of its set, less what is left of it after
 * the sets of those that ran there since it left. Each turn counts, so that two turns of a third
 * evict twice its set: at most the cache is lost.
 */
static void refill(struct rl_pcpu *p, struct rl_vcpu *v)
{
	uint64_t cache = rl_cost(p->w, cache_bytes) / RL_PS_PER_NS, kept = 0, gone;
	uint64_t set = v->dom->set_bytes < cache ? v->dom->set_bytes : cache;

	if (v->warm == p) {
		gone = p->touched - v->left_touched;
		kept = gone < cache ? cache - gone : 0;
		kept = kept < set ? kept : set;
	}
	v->refill = (set - kept) * rl_cost(p->w, refill_ns_per_byte);
	p->touched += set;
	v->warm = p;
	v->left_touched = p->touched;
}

static void dispatch(struct rl_pcpu *p, struct rl_vcpu *v, rl_ps slice)
{
	struct rl_world *w = p->w;

	p->slice_end = slice == RL_PS_NEVER ? RL_PS_NEVER : w->now + slice;
	p->cur = v;
	rl_vcpu_count_wait(v);
	v->st.turns += v->state != RL_V_RUNNING;
	v->state = RL_V_RUNNING;
	v->cpu = p->id;
	if (p->last == v) {
		/* Its context is still loaded: nothing but a timer to set. */
		if (p->slice_end != RL_PS_NEVER)
			rl_world_arm(w, p->slot, p->slice_end);
		else
			rl_world_cancel(w, p->slot);
		start(p);
		return;
	}
	p->last = v;
	p->switches++;
	if (rl_cost(w, refill_ns_per_byte))
		refill(p, v);
	p->switching = true;
	p->switch_from = w->now;
	if (w->threads > 1)
		rl_smt_changed(p, 1000);
	rl_world_arm(w, p->slot, w->now + rl_cost(w, switch_ns));
}

void rl_pcpu_schedule(struct rl_pcpu *p, bool yield)
{
	struct rl_world *w = p->w;
	struct rl_vcpu *prev = p->cur, *next;
	rl_ps slice;

	p->tickled = p->resched = false;
	if (prev)
		prev->leaves = false;
	else
		p->idle_ps += w->now - p->idle_from;
	take_off(p);
	next = w->sched->pick(w, p, yield, &slice);
	if (next && !prev && w->now > p->idle_from + rl_cost(w, idle_entry_ns))
		next->owed += rl_cost(w, idle_exit_ns);
	if (prev && prev != next && prev->state == RL_V_RUNNING) {
		prev->state = RL_V_RUNNABLE;
		prev->wait_from = w->now;
	}
	if (next)
		dispatch(p, next, slice);
	else
		idle(p);
}

/* As in Xen, a switch is time of the vCPU that it leads to; it is known apart as well. */
static void account_switch(struct rl_pcpu *p)
{
	rl_ps spent = p->w->now - p->switch_from;

	p->hyp_ps += spent;
	p->cur->st.run_ps += spent;
	p->cur->st.cpu[RL_CPU_VCPU_SWITCH] += spent;
	p->switch_from = p->w->now;
}

static void fire(void *arg)
{
	struct rl_pcpu *p = arg;

	if (!p->switching) {
		rl_pcpu_schedule(p, false);
		return;
	}
	p->switching = false;
	account_switch(p);
	if (p->slice_end != RL_PS_NEVER)
		rl_world_arm(p->w, p->slot, p->slice_end);
	start(p);
	if (p->resched)
		rl_pcpu_schedule(p, false);
}

static rl_ps halt_wake(const struct rl_pcpu *p)
{
	const struct rl_world *w = p->w;

	return w->now < p->idle_from + rl_cost(w, halt_poll_ns) ? rl_cost(w, halt_poll_wake_ns)
								: rl_cost(w, halt_wake_ns);
}

/*
 * What it takes to make @p look, from pCPU @cpu; who runs there pays its part of it where @p has to
 * be got out of a halt. One that runs sees for itself, on its way out of the kernel.
 */
static rl_ps interrupt(struct rl_pcpu *p, int32_t cpu)
{
	struct rl_world *w = p->w;
	rl_ps takes = p->cur ? 0 : halt_wake(p);

	if (cpu < 0 || cpu == p->id)
		return takes;
	if (w->pcpu[cpu].cur && !p->cur)
		w->pcpu[cpu].cur->owed += rl_cost(w, ipi_send_ns);
	return takes + rl_ipi(w, cpu, p->id);
}

/* When @p, which is on its way to idle, runs what pCPU @cpu woke. */
static rl_ps meets_entry(struct rl_pcpu *p, int32_t cpu)
{
	struct rl_world *w = p->w;
	rl_ps over = p->idle_from + rl_cost(w, idle_entry_ns), comes;

	if (cpu < 0 || cpu == p->id || !rl_cost(w, entry_wake_ns))
		return over;
	if (w->pcpu[cpu].cur)
		w->pcpu[cpu].cur->owed += rl_cost(w, entry_send_ns);
	comes = w->now + rl_cost(w, entry_wake_ns);
	return comes > over ? comes : over;
}

void rl_pcpu_tickle(struct rl_pcpu *p, int32_t cpu)
{
	struct rl_world *w = p->w;
	rl_ps at = w->now;

	p->tickled = true;
	if (p->switching) {
		p->resched = true;
		return;
	}
	if (cpu == p->id && p->cur && rl_cost(w, evtchn_return_ns)) {
		p->cur->leaves = true;
		return;
	}
	if (!p->cur && at < p->idle_from + rl_cost(w, idle_entry_ns))
		at = meets_entry(p, cpu);
	else
		at += interrupt(p, cpu);
	if (!rl_world_armed(w, p->slot) || rl_world_at(w, p->slot) > at)
		rl_world_arm(w, p->slot, at);
}

rl_ps rl_line(const struct rl_world *w, int32_t from, int32_t to)
{
	if (from == to)
		return 0;
	if (w->pcpu[from].socket != w->pcpu[to].socket)
		return rl_cost(w, line_socket_ns);
	if (w->pcpu[from].core == w->pcpu[to].core)
		return rl_cost(w, line_smt_ns);
	return rl_cost(w, line_ns);
}

rl_ps rl_ipi(const struct rl_world *w, int32_t from, int32_t to)
{
	return w->pcpu[from].socket == w->pcpu[to].socket ? rl_cost(w, ipi_ns)
							  : rl_cost(w, ipi_socket_ns);
}

bool rl_core_free(const struct rl_world *w, const struct rl_pcpu *p)
{
	const struct rl_pcpu *first = &w->pcpu[p->core * w->threads];

	for (uint32_t i = 0; i < w->threads; i++)
		if (!rl_pcpu_free(&first[i]))
			return false;
	return true;
}

void rl_pcpu_settle(struct rl_pcpu *p)
{
	rl_ps now = p->w->now;

	if (p->switching) {
		account_switch(p);
	} else if (!p->cur) {
		p->idle_ps += now - p->idle_from;
		p->idle_from = now;
	}
}

void rl_pcpu_init(struct rl_pcpu *p, struct rl_world *w, int32_t id)
{
	p->w = w;
	p->id = id;
	p->socket = (uint32_t)id / (w->npcpus / w->sockets);
	p->core = (uint32_t)id / w->threads;
	p->slot = rl_world_slot(w, fire, p);
	p->segment_slot = rl_world_slot(w, rl_vcpu_segment_end, p);
}
