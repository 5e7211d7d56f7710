/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What devices have in common: requests inside, what happens to them and when, and the interrupt
 * when one is complete.
 *
 * However many requests a device serves at a time, it owns one timer: an inner heap is ordered by
 * (time, sequence), each sequence drawn from the pending set when the event was scheduled, and
 * its least element is what the timer shows. So ties with other actors break as if each request
 * had a timer of its own.
 */
#include "sim/core/world.h"

#include <assert.h>

static bool before(const struct rl_device_due *a, const struct rl_device_due *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void heap_push(struct rl_device_state *d, struct rl_device_due e)
{
	uint32_t i = d->ndue++;

	for (; i && before(&e, &d->due[(i - 1) / 2]); i = (i - 1) / 2)
		d->due[i] = d->due[(i - 1) / 2];
	d->due[i] = e;
}

static struct rl_device_due heap_pop(struct rl_device_state *d)
{
	struct rl_device_due least = d->due[0], last = d->due[--d->ndue];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < d->ndue) {
		if (child + 1 < d->ndue && before(&d->due[child + 1], &d->due[child]))
			child++;
		if (!before(&d->due[child], &last))
			break;
		d->due[i] = d->due[child];
		i = child;
	}
	d->due[i] = last;
	return least;
}

static void list_put(struct rl_device_state *d, struct rl_device_list *l, uint32_t item)
{
	d->item[item].next = RL_DEVICE_NONE;
	if (l->head == RL_DEVICE_NONE)
		l->head = item;
	else
		d->item[l->tail].next = item;
	l->tail = item;
}

static uint32_t list_get(struct rl_device_state *d, struct rl_device_list *l)
{
	uint32_t item = l->head;

	if (item != RL_DEVICE_NONE)
		l->head = d->item[item].next;
	return item;
}

/* Places are used again at once: the last one that was left is still in the cache. */
static void leave(struct rl_device_state *d, uint32_t item)
{
	d->item[item].next = d->unused.head;
	d->unused.head = item;
}

static void show(struct rl_device_state *d)
{
	if (d->ndue && !d->firing)
		rl_world_arm_seq(d->w, d->slot, d->due[0].at, d->due[0].seq);
}

static void schedule(struct rl_device_state *d, uint32_t item, rl_ps delay)
{
	uint64_t seq = rl_world_draw(d->w);

	heap_push(d, (struct rl_device_due){d->w->now + delay, seq, item});
	if (d->due[0].seq == seq)
		show(d);
}

static void fire(void *arg)
{
	struct rl_device_state *d = arg;
	uint32_t item = heap_pop(d).item;
	rl_ps more;

	d->firing = true;
	more = d->ops->step ? d->ops->step(d, item) : 0;
	if (more) {
		schedule(d, item, more);
	} else {
		list_put(d, &d->ready, item);
		rl_vcpu_raise(d->irq, RL_IRQ_DEVICE, -1);
	}
	d->firing = false;
	show(d);
}

void rl_device_init(
	struct rl_device_state *d, struct rl_world *w, const struct rl_device_setup *setup)
{
	*d = (struct rl_device_state){
		.ops = setup->ops,
		.w = w,
		.irq = setup->irq,
		.rng = setup->rng,
		.item = setup->mem,
		.capacity = setup->capacity,
		.unused = {RL_DEVICE_NONE, RL_DEVICE_NONE},
		.ready = {RL_DEVICE_NONE, RL_DEVICE_NONE},
	};
	d->due = (struct rl_device_due *)(d->item + d->capacity);
	for (uint32_t i = d->capacity; i;)
		leave(d, --i);
	d->slot = rl_world_slot(w, fire, d);
}

bool rl_device_submit(struct rl_device_state *d, const struct rl_device_request *r)
{
	uint32_t item = list_get(d, &d->unused);
	rl_ps delay;

	assert(item != RL_DEVICE_NONE);
	d->item[item].r = *r;
	d->item[item].stage = 0;
	delay = d->ops->begin(d, item);
	if (!delay) {
		leave(d, item);
		return true;
	}
	schedule(d, item, delay);
	return false;
}

bool rl_device_completed(struct rl_device_state *d, uint64_t *id)
{
	uint32_t item = list_get(d, &d->ready);

	if (item == RL_DEVICE_NONE)
		return false;
	*id = d->item[item].r.id;
	leave(d, item);
	return true;
}
