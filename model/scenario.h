/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario: machine, domains, disk, policies, workload and costs, in one struct
 * without a pointer, so that it can be copied, hashed and compared. data/ reads it
 * from a file, sim/ runs it, calibrate/ changes its costs.
 */
#ifndef RL_MODEL_SCENARIO_H
#define RL_MODEL_SCENARIO_H

#include "model/base/err.h"
#include "model/base/units.h"
#include "model/job.h"

#include <stdbool.h>
#include <stdint.h>

enum rl_param {
#define RL_PARAM(name, unit, dflt, min, max, what, source) RL_PARAM_##name,
#include "model/params.def"
#undef RL_PARAM
	RL_PARAM_COUNT
};

struct rl_param_info {
	const char *name, *unit;
	double dflt, min, max;
	const char *what, *source;
};

/* Indexed by enum rl_param; and the set of values that a scenario carries. */
extern const struct rl_param_info rl_param_info[RL_PARAM_COUNT + 1];

struct rl_costs {
	double v[RL_PARAM_COUNT + 1];
};

/** rl_param_find - enum value of a name, -1 when there is none. */
int rl_param_find(const char *name);

/** rl_costs_default - every parameter at its prior. */
void rl_costs_default(struct rl_costs *c);

#define RL_SPEC_BYTES	     128  /* a name with options: "name:option=value" */
#define RL_DEVICE_SPEC_BYTES 2048 /* an option may hold a histogram */

/*
 * pCPU n is thread n % threads of core n / threads; cores of a socket follow each other. One
 * socket and one thread a core unless said otherwise; cores (of a socket) 0: as pcpus says.
 */
struct rl_machine {
	uint32_t pcpus, sockets, cores, threads;
	bool mwait; /* a domain may use MONITOR and MWAIT; Xen's PV domains may not */
	/* A vCPU is a process of Linux, an event channel an eventfd, and the frontend is in the
	 * thread that asks for completions: nothing interrupts it. */
	bool hosted;
	char scheduler[RL_NAME_BYTES]; /* "credit2", "credit", "null" */
};

/* How a domain is virtualized: what its hypercalls, upcalls and switches cost. */
enum rl_domain_type { RL_PV, RL_PVH, RL_HVM, RL_DOMAIN_TYPES };

/* By enum rl_domain_type: "pv", "pvh", "hvm". */
extern const char *const rl_domain_type_name[RL_DOMAIN_TYPES];

/* A role, and how many domains play it. All that play it are alike. */
struct rl_domain {
	uint32_t count;	      /* domains; guests are dealt to driver domains in turn */
	uint32_t vcpus;	      /* of each */
	int32_t pcpu;	      /* pinned from this pCPU on, or -1: wherever the scheduler puts it */
	uint32_t pcpus;	      /* so many of them, in turn; 1: all on that one */
	uint32_t weight, cap; /* cap: percent of one pCPU for each domain, 0: none */
	enum rl_domain_type type;
	uint32_t threads; /* of a driver domain's backend, dealt to its vCPUs; 0: one a ring */
};

/* The noisy neighbour: a domain whose vCPUs work for busy_ns, then rest for idle_ns in the mean. */
struct rl_load_domain {
	uint32_t vcpus; /* 0: there is none */
	int32_t pcpu;	/* of all of them, or -1 */
	uint32_t weight, cap;
	uint64_t busy_ns, idle_ns; /* idle_ns 0: they never rest */
};

/*
 * How the backend reaches a request's pages: they stay mapped and the frontend copies to and from
 * them; each is mapped and unmapped; or Xen copies, in the backend's time.
 */
enum rl_grants { RL_GRANTS_PERSISTENT, RL_GRANTS_MAP, RL_GRANTS_COPY, RL_GRANTS_COUNT };

/* By enum rl_grants: "persistent", "map", "copy". */
extern const char *const rl_grants_name[RL_GRANTS_COUNT];

struct rl_disk {
	char device[RL_DEVICE_SPEC_BYTES]; /* device model of sim/device with options */
	uint32_t queues; /* rings of a guest's disk, to which its vCPUs are dealt */
	uint32_t ring_pages;
	enum rl_grants grants;
	uint32_t persistent_grants; /* pages of a ring that stay mapped; what is more is mapped
				       and unmapped each time */
	uint32_t indirect_segments; /* pages of an indirect request; 0: there are none */
};

struct rl_scenario {
	char name[RL_NAME_BYTES];
	struct rl_machine machine;
	struct rl_domain guest, driver;
	struct rl_load_domain load;
	struct rl_disk disk;
	char front_policy[RL_SPEC_BYTES], back_policy[RL_SPEC_BYTES];
	union {
		struct rl_job job; /* the first, often the only one */
		struct rl_job jobs[RL_JOBS];
	};
	uint32_t njobs;
	struct rl_costs costs;
};

/* What the simulator can be asked for. */
#define RL_MAX_PCPUS		 4096u
#define RL_MAX_DOMAINS		 4096u
#define RL_MAX_VCPUS		 16384u
#define RL_MAX_QUEUES		 64u
#define RL_MAX_INDIRECT_SEGMENTS 4096u
#define RL_MAX_PERSISTENT_GRANTS 1048576u

/* What a field may be. */
#define RL_MAX_THREADS	  8u
#define RL_MAX_RING_PAGES 16u
#define RL_MAX_WEIGHT	  65535u
#define RL_MAX_CAP	  (RL_MAX_PCPUS * 100)
#define RL_MAX_LOAD_VCPUS 16u
#define RL_MIN_BUSY_NS	  1000u /* below it a neighbour would do nothing but wake up */
#define RL_MAX_HORIZON_NS (24ull * 3600 * 1000000000ull)

/** rl_scenario_default - one guest, one driver domain, two pinned pCPUs, null device, event. */
void rl_scenario_default(struct rl_scenario *s);

/**
 * rl_scenario_check - does it make sense: ranges, known policies, at least one request.
 * @err: out; names the field in its `what`.
 * Returns: 0; -EINVAL.
 */
int rl_scenario_check(const struct rl_scenario *s, struct rl_err *err);

#endif
