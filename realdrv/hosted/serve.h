/* SPDX-License-Identifier: MIT */
/*
 * A backend process: one frontend a connection, one thread a ring, one disk for all.
 */
#ifndef RL_HOSTED_SERVE_H
#define RL_HOSTED_SERVE_H

#include "hosted/device.h"
#include "hosted/stats.h"
#include "hosted/trace.h"

#define RL_HSERVE_MAX_CPUS 64u

struct rl_hserve_conf {
	const struct rl_hdevice *device;
	void *dev; /* opened */
	struct rl_hdisk disk;
	const char *policy;
	int cpus[RL_HSERVE_MAX_CPUS]; /* rings in turn are pinned there */
	rl_u32 ncpus;		      /* 0: anywhere */
	/* Called when a frontend has parted, with what its rings counted together and the CPU
	 * time of their threads; may be null. Any thread. */
	void (*parted)(void *arg, const struct rl_hstats *stats, rl_u64 cpu_ns);
	void *arg;
	rl_u32 trace_records; /* stamps that each ring keeps (core/trace.h); 0: none */
	/* Called for each ring that has stamps before @parted is; @ring: rl_htrace_ring(). */
	void (*traced)(void *arg, const struct rl_htrace *trace, rl_u64 ring);
};

/**
 * rl_hserve_listen - a socket at @path that frontends can connect to. What a backend left there
 * before is replaced; anything but a socket is not.
 * Returns: the descriptor; -EEXIST something else is there; or what the kernel said.
 */
int rl_hserve_listen(const char *path);

/**
 * rl_hserve_frontend - serve one frontend until it parts.
 * @sock: connected; closed before it returns.
 * Returns: 0; -EPROTO a frontend that is none or that broke the ring's rules; or what failed.
 * Context: blocks; may run in several threads at a time.
 */
int rl_hserve_frontend(const struct rl_hserve_conf *conf, int sock);

#endif
