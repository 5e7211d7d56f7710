/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What devices have in common: requests inside, what happens to them and when, and the interrupts
 * that tell of those that are complete.
 *
 * However many requests a device serves at a time, it owns one timer: an inner heap is ordered by
 * (time, sequence), each sequence drawn from the pending set when the event was scheduled, and
 * its least element is what the timer shows. So ties with other actors break as if each request
 * had a timer of its own.
 */
#include <assert.h>
#include <string.h>

#include "sim/core/world.h"

enum { QUEUE, COALESCE, COALESCE_TIME, VECTORS };

static const struct rl_opt shared[] = {
	[QUEUE] = {"queue", RL_OPT_COUNT, 0, 0, 65536, NULL,
		"requests in service at a time, more wait outside, first come first served; 0: no "
		"limit",
		"Linux null_blk: hw_queue_depth; SATA NCQ: 32"},
	[COALESCE] = {"coalesce", RL_OPT_COUNT, 1, 1, 256, NULL,
		"one interrupt tells of so many completions",
		"NVMe 1.4 5.21.1.8: aggregation threshold"},
	[COALESCE_TIME] = {"coalesce_time", RL_OPT_TIME, 100e3, 0, 1e9, NULL,
		"or so long after the first of them",
		"NVMe 1.4 5.21.1.8: aggregation time, 100 us"},
	[VECTORS] = {"vectors", RL_OPT_COUNT, 0, 0, 64, NULL,
		"completion queues with an interrupt each, to which the rings are dealt; 0: one a "
		"ring",
		"NVMe: a queue a CPU; SATA: 1"},
};

static const struct rl_spec_type *device_at(uint32_t i)
{
	return rl_devices[i] ? &rl_devices[i]->type : NULL;
}

const struct rl_spec_set rl_device_set = {
	.what = "device",
	.at = device_at,
	.shared = shared,
	.nshared = sizeof(shared) / sizeof(shared[0]),
};

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

void rl_device_put(struct rl_device_state *d, struct rl_device_list *l, uint32_t item)
{
	d->item[item].next = RL_DEVICE_NONE;
	if (l->head == RL_DEVICE_NONE)
		l->head = item;
	else
		d->item[l->tail].next = item;
	l->tail = item;
}

uint32_t rl_device_get(struct rl_device_state *d, struct rl_device_list *l)
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

void rl_device_schedule(struct rl_device_state *d, uint32_t item, rl_ps delay)
{
	uint64_t seq = rl_world_draw(d->w);

	heap_push(d, (struct rl_device_due){d->w->now + delay, seq, item});
	if (d->due[0].seq == seq)
		show(d);
}

static void tell(struct rl_device_state *d, struct rl_device_vector *v)
{
	v->untold = 0;
	d->interrupts++;
	rl_port_raise(v->irq, -1);
}

static struct rl_device_vector *vector_of(struct rl_device_state *d, uint32_t item)
{
	return &d->vector[d->item[item].r.queue % d->nvectors];
}

static void complete(struct rl_device_state *d, uint32_t item)
{
	struct rl_device_vector *v = vector_of(d, item);

	d->active--;
	rl_device_put(d, &v->ready, item);
	if (!v->untold++)
		v->first_untold = d->w->now;
}

static void begin(struct rl_device_state *d, uint32_t item)
{
	rl_ps delay = d->ops->begin(d, item);

	if (!delay)
		complete(d, item);
	else if (delay != RL_PS_NEVER)
		rl_device_schedule(d, item, delay);
}

/*
 * The time of an interrupt that came early is not taken back: when it is over, it begins anew
 * for what completed since. So there is one such event at most.
 */
static void tell_or_wait(struct rl_device_state *d, struct rl_device_vector *v)
{
	rl_ps due = v->first_untold + d->tell_ps;

	if (!v->untold)
		return;
	if (v->untold >= d->tell_at || due <= d->w->now) {
		tell(d, v);
	} else if (!v->tell_due) {
		v->tell_due = true;
		rl_device_schedule(d, RL_DEVICE_TELL + (uint32_t)(v - d->vector), due - d->w->now);
	}
}

static void happen(struct rl_device_state *d, uint32_t item)
{
	rl_ps more = d->ops->step ? d->ops->step(d, item) : 0;

	if (more) {
		if (more != RL_PS_NEVER)
			rl_device_schedule(d, item, more);
		return;
	}
	complete(d, item);
	while (d->active < d->limit && d->waiting.head != RL_DEVICE_NONE) {
		d->active++;
		begin(d, rl_device_get(d, &d->waiting));
	}
}

static void fire(void *arg)
{
	struct rl_device_state *d = arg;
	uint32_t item = heap_pop(d).item;

	d->firing = true;
	if (item >= RL_DEVICE_TELL)
		d->vector[item - RL_DEVICE_TELL].tell_due = false;
	else
		happen(d, item);
	for (uint32_t i = 0; i < d->nvectors; i++)
		tell_or_wait(d, &d->vector[i]);
	d->firing = false;
	show(d);
}

static void set_options(struct rl_device_state *d, const char *spec)
{
	const struct rl_device *const *it = rl_devices;
	int rc = rl_spec_read(&rl_device_set, spec, &d->spec, NULL);

	assert(rc == 0);
	(void)rc;
	while (&(*it)->type != d->spec.type)
		it++;
	d->ops = *it;
	d->limit = (uint32_t)d->spec.shared[QUEUE];
	if (!d->limit)
		d->limit = UINT32_MAX;
	d->tell_at = (uint32_t)d->spec.shared[COALESCE];
	d->tell_ps = (rl_ps)(d->spec.shared[COALESCE_TIME] * (double)RL_PS_PER_NS);
	if (d->spec.shared[VECTORS] && d->spec.shared[VECTORS] < d->nvectors)
		d->nvectors = (uint32_t)d->spec.shared[VECTORS];
}

void rl_device_init(
	struct rl_device_state *d, struct rl_world *w, const struct rl_device_setup *setup)
{
	const struct rl_device_list none = {RL_DEVICE_NONE, RL_DEVICE_NONE};

	memset(d, 0, sizeof(*d));
	d->w = w;
	d->vector = setup->vector;
	d->nvectors = setup->nvectors;
	for (uint32_t i = 0; i < d->nvectors; i++)
		d->vector[i].ready = none;
	d->rng = setup->rng;
	d->item = setup->mem;
	d->capacity = setup->capacity;
	d->due = (struct rl_device_due *)(d->item + d->capacity);
	d->unused = d->waiting = none;
	for (uint32_t i = d->capacity; i;)
		leave(d, --i);
	d->slot = rl_world_slot(w, fire, d);
	set_options(d, setup->spec);
	if (d->ops->init)
		d->ops->init(d);
}

bool rl_device_submit(struct rl_device_state *d, const struct rl_device_request *r)
{
	uint32_t item = rl_device_get(d, &d->unused);
	rl_ps delay;

	assert(item != RL_DEVICE_NONE);
	d->item[item].r = *r;
	d->item[item].stage = 0;
	if (d->active >= d->limit) {
		rl_device_put(d, &d->waiting, item);
		return false;
	}
	delay = d->ops->begin(d, item);
	if (!delay) {
		leave(d, item);
		return true;
	}
	d->active++;
	if (delay != RL_PS_NEVER)
		rl_device_schedule(d, item, delay);
	return false;
}

rl_ps rl_device_busy(const struct rl_device_state *d)
{
	rl_ps most = 0;

	for (uint32_t i = 0; i < RL_DEVICE_PARTS; i++)
		if (d->busy_ps[i] > most)
			most = d->busy_ps[i];
	return most;
}

/* Who looks sees all that is complete: an interrupt for it would find nothing. */
bool rl_device_completed(struct rl_device_state *d, uint32_t vector, uint64_t *id)
{
	uint32_t item = rl_device_get(d, &d->vector[vector].ready);

	if (item == RL_DEVICE_NONE) {
		d->vector[vector].untold = 0;
		return false;
	}
	*id = d->item[item].r.id;
	leave(d, item);
	return true;
}
