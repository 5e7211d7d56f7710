/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an I/O asks of each place that it passes: the steps of its way with what a scenario's costs
 * make of them, and their sums by station. The one place where closed forms learn what a request
 * costs; the simulator charges the same steps one by one (sim/workload, sim/blk, sim/device).
 */
#ifndef RL_MODEL_ANALYTIC_DEMAND_H
#define RL_MODEL_ANALYTIC_DEMAND_H

#include "model/analytic/wait.h"
#include "model/scenario.h"
#include "model/spec.h"

/* The steps of an I/O, in ns of whose CPU it is, waiting and waking up left out. */
struct rl_steps {
	double requests; /* that it becomes */
	double fio;	 /* guest: between reaping one and issuing the next */
	double submit;	 /* guest: io_submit, down to the driver */
	double make;	 /* guest: the frontend makes its requests and puts them on the ring */
	double ret;	 /* guest: the way back to fio, while the backend may be at work */
	double reap;	 /* guest: io_getevents */
	double complete; /* guest: the frontend takes the responses */
	double back;	 /* driver: takes, checks, maps or copies, answers */
	double lock;	 /* guest: of `make`, under the ring's lock */
	double flush;	 /* driver: of `back`, under the machine's lock of TLB flushes */
	double call;	 /* driver: of `back`, hypercalls that a batch would share */
	double device[RL_DEVICE_PARTS_MAX]; /* of a part that serves 10^9 ns a second */
};

/** rl_steps_of - of an I/O of @bytes. @device: the scenario's. */
struct rl_steps rl_steps_of(
	const struct rl_scenario *s, const struct rl_spec *device, double bytes, bool write);

/* What telling a side that waits takes, in ns. */
struct rl_wakeup {
	double send;   /* of the sender's CPU */
	double travel; /* until the sleeping pCPU runs the vCPU: nobody's */
	double handle; /* of the receiver's CPU, until it looks at the ring */
};

enum rl_side { RL_SIDE_FRONT, RL_SIDE_BACK };

/** rl_wakeup_of - of a side that waits like @w, on a pCPU of its own and asleep. */
struct rl_wakeup rl_wakeup_of(
	const struct rl_scenario *s, const struct rl_wait *w, enum rl_side side);

/** rl_guest_switch_ns - switching to fio's thread in the guest. */
double rl_guest_switch_ns(const struct rl_scenario *s);

/** rl_driver_hypercall_ns - of the driver domain, setting its timer or yielding. */
double rl_driver_hypercall_ns(const struct rl_scenario *s);

/** rl_demand_apart - has each domain's every vCPU a pCPU that no other domain's vCPU is put on? */
bool rl_demand_apart(const struct rl_scenario *s);

/** rl_demand_slots - requests that all rings hold. */
double rl_demand_slots(const struct rl_scenario *s);

#define RL_STATIONS 10

enum rl_place {
	RL_PLACE_GUEST,
	RL_PLACE_DRIVER,
	RL_PLACE_PCPUS, /* the work of both */
	RL_PLACE_LOCK,	/* held within the work of one of them */
	RL_PLACE_DEVICE,
};

/* A place of the whole machine where I/Os queue. */
struct rl_station {
	enum rl_place place;
	const char *name;
	double ns; /* an I/O keeps one server busy for so long */
	double servers;
};

struct rl_demand {
	uint32_t n;
	struct rl_station st[RL_STATIONS];
	double think_ns;  /* neither a pCPU nor a device: fio's rest */
	double chain_ns;  /* the least time from one issue of an I/O to its next */
	double ring_ns;	  /* the part of that in which it holds a slot */
	double in_flight; /* I/Os at most: jobs times depth */
	double slots;
	double offered_per_s; /* at most: a rate; infinite when none is asked for */
};

/* How many times in the mean an I/O pays for what many may share. */
struct rl_told {
	double back, front;		    /* telling that side, */
	struct rl_wakeup to_back, to_front; /* which takes so much */
	double calls;			    /* hypercalls for its pages, and flushes of TLBs */
};

/* The least that any way of waiting, and any batch, can come to. */
#define RL_TOLD_LEAST ((struct rl_told){0})

/** rl_demand_of - of a mean I/O of the scenario's first job. */
void rl_demand_of(const struct rl_scenario *s, const struct rl_spec *device,
	const struct rl_told *told, struct rl_demand *d);

/** rl_demand_mean - the mean of @of over the job's directions and block sizes, by I/Os. */
double rl_demand_mean(const struct rl_scenario *s, const struct rl_spec *device,
	double (*of)(const struct rl_steps *, const void *), const void *arg);

/** rl_demand_max - the most that one server's share of a station is, in ns. */
const struct rl_station *rl_demand_max(const struct rl_demand *d);

#endif
