/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A device under the backend: one file a model, found by its name.
 *
 * What all have in common is in common/device.c: requests inside the device, a heap of what
 * happens to them and when, and the interrupt that says that some are complete. A model says
 * how long things take:
 *
 *	submit -> begin() -> time passes -> step() -> time passes -> ... -> ready -> completed
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

#define RL_DEVICE_NONE UINT32_MAX

struct rl_world;
struct rl_vcpu;

/* A block request as the disk sees it. */
struct rl_device_request {
	uint64_t id;	 /* comes back when it is complete */
	uint64_t sector; /* of 512 bytes: where it begins */
	uint32_t bytes;
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
	uint32_t item;
};

struct rl_device_list {
	uint32_t head, tail;
};

struct rl_device_state {
	const struct rl_device *ops;
	struct rl_world *w;
	struct rl_vcpu *irq; /* who gets RL_IRQ_DEVICE */
	struct rl_rng rng;
	rl_ps busy_ps; /* servers that are busy, as a share of all, times time */
	uint32_t slot;
	bool firing; /* the slot is armed when the event is over */
	struct rl_device_item *item;
	struct rl_device_due *due; /* a heap */
	uint32_t ndue, capacity;
	struct rl_device_list unused, ready;
	rl_ps free_at; /* of a server that takes one at a time */
};

/* Memory for a device that may hold so many requests at a time. */
#define RL_DEVICE_BYTES(requests)                                                                  \
	((requests) * (sizeof(struct rl_device_item) + sizeof(struct rl_device_due)))

struct rl_device {
	const char *name, *summary;
	/**
	 * begin - the device takes up a request.
	 * Returns: how long until something happens to it; 0: complete at once.
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
	const struct rl_device *ops;
	struct rl_rng rng;
	struct rl_vcpu *irq; /* gets RL_IRQ_DEVICE when a request is complete */
	void *mem;	     /* RL_DEVICE_BYTES(capacity) */
	uint32_t capacity;   /* no more than these are inside at a time */
};

/** rl_device_init - ready for a replication. */
void rl_device_init(
	struct rl_device_state *d, struct rl_world *w, const struct rl_device_setup *setup);

/**
 * rl_device_submit - the backend hands a request over.
 * Returns: true when it is complete already; else an RL_IRQ_DEVICE comes when it is.
 */
bool rl_device_submit(struct rl_device_state *d, const struct rl_device_request *r);

/** rl_device_completed - take a request that completed by now. Returns: false when none is left. */
bool rl_device_completed(struct rl_device_state *d, uint64_t *id);

#endif
