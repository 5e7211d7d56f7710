/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a vCPU's time is spent on. Each picosecond of a pCPU belongs to one purpose of one domain,
 * or is idle: the sum is pCPUs times time, to the picosecond, in every run.
 */
#ifndef RL_SIM_XEN_PURPOSE_H
#define RL_SIM_XEN_PURPOSE_H

#define RL_CPU_PURPOSES(X)                                                                         \
	X(FIO, fio)			/* the job and the block layer above the driver */         \
	X(FRONTEND, frontend)		/* requests made, responses taken */                       \
	X(BACKEND, backend)		/* requests taken and answered */                          \
	X(COPY, copy)			/* memcpy to and from persistent grants */                 \
	X(GRANT, grant)			/* map and unmap, TLB flush included */                    \
	X(LOCK, lock)			/* spinning for a lock that another vCPU holds */          \
	X(NOTIFY, notify)		/* sending events */                                       \
	X(UPCALL, upcall)		/* taking interrupts */                                    \
	X(THREAD_SWITCH, thread_switch) /* waking threads and switching to them */                 \
	X(IDLE_ENTRY, idle_entry)	/* going to block */                                       \
	X(SPIN, spin)			/* looking without finding, pauses included */             \
	X(MONITOR, monitor)		/* in MWAIT: nobody else has the pCPU */                   \
	X(WAIT, wait)			/* what a policy costs beside: clocks, timers, blocking */ \
	X(TICK, tick)			/* the kernel's timer tick */                              \
	X(VCPU_SWITCH, vcpu_switch)	/* Xen switches to the vCPU */                             \
	X(WORK, work)			/* what other domains do */

#define RL_CPU_ENUM(id, name) RL_CPU_##id,
enum rl_purpose { RL_CPU_PURPOSES(RL_CPU_ENUM) RL_CPU_COUNT };
#undef RL_CPU_ENUM

/* By enum rl_purpose. */
extern const char *const rl_purpose_name[RL_CPU_COUNT];

#endif
