/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device under the backend: one file a model, found by its name. */
#ifndef RL_SIM_DEVICE_DEVICE_H
#define RL_SIM_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/base/rng.h"
#include "model/base/units.h"

#define RL_DEVICE_QUEUE 512u

struct rl_world;

/* Requests in service, by completion time, equal times in the order of submission. */
struct rl_device_state {
	const struct rl_device *ops;
	struct rl_rng rng;
	uint32_t slot, n;
	rl_ps free_at; /* of a server that takes one at a time */
	rl_ps busy_ps;
	struct {
		rl_ps at;
		uint64_t id;
	} q[RL_DEVICE_QUEUE];
};

struct rl_device {
	const char *name, *summary;
	/**
	 * service - when does a request complete that is submitted now?
	 * Returns: a duration; 0: at once, in the context that submits it.
	 */
	rl_ps (*service)(struct rl_world *w, struct rl_device_state *d, uint32_t bytes);
};

/* Ends a device's file; the registry is generated from the names of the files. */
#define RL_DEVICE(id) const struct rl_device rl_device_##id

/* Generated; ends with a null pointer. */
extern const struct rl_device *const rl_devices[];

/** rl_device_init - ready for a replication. */
void rl_device_init(struct rl_world *w, const struct rl_device *ops, struct rl_rng rng);

/**
 * rl_device_submit - the backend hands a request over.
 * Returns: true when it is complete already; else an RL_IRQ_DEVICE comes when it is.
 */
bool rl_device_submit(struct rl_world *w, uint64_t id, uint32_t bytes);

/** rl_device_completed - take a request that completed by now. Returns: false when none is left. */
bool rl_device_completed(struct rl_world *w, uint64_t *id);

#endif
