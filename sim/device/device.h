/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A device under the backend: one file a model, found by its name.
 *
 * What all have in common is in common/device.c: the limit of what is in service at a time, a
 * heap of what happens when, and the interrupts that say that requests are complete. A model
 * says how long things take:
 *
 *	submit -> (waits for a place) -> begin() -> time passes -> step() -> ... -> complete
 *
 * A disk has a state of its own and no other: there may be any number of them.
 */
#ifndef RL_SIM_DEVICE_DEVICE_H
#define RL_SIM_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/rng.h"
#include "model/base/units.h"
#include "model/device.h"

#define RL_DEVICE_NONE	      UINT32_MAX
#define RL_DEVICE_TELL	      0x80000000u /* and more: interrupts */
#define RL_DEVICE_MODEL_BYTES 1280u
#define RL_DEVICE_PARTS	      RL_DEVICE_PARTS_MAX

struct rl_world;
struct rl_port;

/* A block request as the disk sees it. */
struct rl_device_request {
	uint64_t id;	 /* comes back when it is complete */
	uint64_t sector; /* of 512 bytes: where it begins */
	uint32_t bytes;
	uint32_t queue; /* of the disk's rings, that which it came from */
	bool write;
	bool flush; /* complete when all that was written before is on the medium */
};

/* A request inside the device. */
struct rl_device_item {
	struct rl_device_request r;
	uint32_t stage; /* the model's own */
	uint32_t next;	/* in the list that holds it */
};

/* When something happens to an item; equal times in the order in which they were scheduled. */
struct rl_device_due {
	rl_ps at;
	uint64_t seq;
	uint32_t item; /* RL_DEVICE_TELL + n: interrupt n is due */
};

struct rl_device_list {
	uint32_t head, tail;
};

/* Completions of some of the rings, which have an interrupt of their own. */
struct rl_device_vector {
	struct rl_port *irq; /* raised when a request is complete */
	struct rl_device_list ready;
	uint32_t untold; /* completions that no interrupt has told of yet */
	rl_ps first_untold;
	bool tell_due; /* such an event is in the heap */
};

struct rl_device_state {
	struct rl_world *w;
	const struct rl_device *ops;
	struct rl_device_vector *vector;
	uint32_t nvectors;
	struct rl_rng rng;
	uint32_t slot;
	bool firing; /* the slot is armed when the event is over */
	struct rl_device_item *item;
	struct rl_device_due *due; /* a heap */
	uint32_t ndue, capacity;
	struct rl_device_list unused, waiting;
	uint32_t active, limit; /* in service; at most */
	uint32_t tell_at;	/* an interrupt tells of so many, */
	rl_ps tell_ps;		/* or so long after the first */
	uint64_t interrupts;
	rl_ps busy_ps[RL_DEVICE_PARTS]; /* how long a part was busy, as a share of its servers */
	struct rl_spec spec;
	uint64_t model[RL_DEVICE_MODEL_BYTES / sizeof(uint64_t)];
};

/* Memory for a device that may hold so many requests at a time, of so many rings. */
#define RL_DEVICE_BYTES(requests, rings)                                                           \
	((requests) * (sizeof(struct rl_device_item) + sizeof(struct rl_device_due)) +             \
		(rings) * sizeof(struct rl_device_due))

struct rl_device {
	struct rl_spec_type type; /* name and options */
	/** init - the model's state, zeroed, is d->model; d->spec holds the options. May be null.
	 */
	void (*init)(struct rl_device_state *d);
	/**
	 * begin - the device takes up a request.
	 * Returns: how long until something happens to it; 0: complete at once; RL_PS_NEVER: it
	 *          waits inside until the model calls rl_device_schedule().
	 */
	rl_ps (*begin)(struct rl_device_state *d, uint32_t item);
	/** step - that time is over. Returns: as begin. May be null: it is complete. */
	rl_ps (*step)(struct rl_device_state *d, uint32_t item);
};

/* Ends a device's file; the registry is generated from the names of the files. */
#define RL_DEVICE(id) const struct rl_device rl_device_##id

/* Generated; ends with a null pointer. */
extern const struct rl_device *const rl_devices[];

struct rl_device_setup {
	const char *spec; /* "name:option=value,..."; was checked */
	struct rl_rng rng;
	struct rl_device_vector *vector; /* with their irq; not all need be used */
	uint32_t nvectors;		 /* one a ring */
	void *mem;			 /* RL_DEVICE_BYTES(capacity, nvectors) */
	uint32_t capacity;		 /* no more than these are inside at a time */
};

/** rl_device_init - ready for a replication. */
void rl_device_init(
	struct rl_device_state *d, struct rl_world *w, const struct rl_device_setup *setup);

/**
 * rl_device_submit - the backend hands a request over.
 * Returns: true when it is complete already; else an RL_IRQ_DEVICE comes when it is.
 */
bool rl_device_submit(struct rl_device_state *d, const struct rl_device_request *r);

/** rl_device_completed - take a request of the vector that completed by now. Returns: false when
 * none is left. */
bool rl_device_completed(struct rl_device_state *d, uint32_t vector, uint64_t *id);

/** rl_device_flushes - has it a volatile cache, so that its frontend may send flushes? */
static inline bool rl_device_flushes(const struct rl_device_state *d)
{
	return d->spec.type->flush_ns && d->spec.type->flush_ns(&d->spec) > 0;
}

/** rl_device_busy - how long the part of it was busy that was busy longest. */
rl_ps rl_device_busy(const struct rl_device_state *d);

/* For models. */

/** rl_device_schedule - something happens to the item after @delay. */
void rl_device_schedule(struct rl_device_state *d, uint32_t item, rl_ps delay);

/** rl_device_put, rl_device_get - a queue of items, first in, first out; RL_DEVICE_NONE: empty. */
void rl_device_put(struct rl_device_state *d, struct rl_device_list *l, uint32_t item);
uint32_t rl_device_get(struct rl_device_state *d, struct rl_device_list *l);

/** rl_device_ps - a time option, or a drawn time, in ns: at least 1 ps, for 0 is "at once". */
static inline rl_ps rl_device_ps(double ns)
{
	return ns * (double)RL_PS_PER_NS > 1 ? (rl_ps)(ns * (double)RL_PS_PER_NS + 0.5) : 1;
}

#endif
