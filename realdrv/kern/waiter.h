/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy at work on one side of a ring, inside a kernel module.
 *
 * Both modules wait for their peer through this: the policy (core/policy.h) says
 * what to do when the ring is empty, the waiter does it and tells how it ended.
 * What differs between the sides is behind struct rlk_ops.
 *
 * A device has a waiter a ring. What a person sets and reads is the device's (struct
 * rlk_device): one policy, the sum of the statistics. Each waiter has the state of that policy
 * to itself, and its own record of decisions and trace.
 *
 * Somebody is always in charge of the ring's consuming side, and only they call
 * drain() and arm(), touch the policy and write the statistics:
 *
 *	thread  the waiter's kthread: polls, sleeps, or blocks armed
 *	irq     only with ops->in_irq, and only while armed without a timer: the
 *	        event's handler drains the ring, asks the policy and arms again by
 *	        itself; a plan of another kind puts the thread in charge
 *
 * Locks: conf_mutex of the device (process context: start, stop, sysfs) > lock of a
 * waiter (who is in charge, next policy; irqs off). drain() and arm() run under `lock`
 * when in irq; a driver's ring lock nests inside.
 *
 * Events are acknowledged late (XSA-332): after the drain that follows. An event is
 * called rogue, which makes Xen's Linux throttle it, only if nothing that we armed
 * for can have caused it: a spinner that drains the ring before its event arrives
 * has not been cheated.
 */
#ifndef RLK_WAITER_H
#define RLK_WAITER_H

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "core/policy.h"

#define RLK_SPEC_BYTES 192 /* of a policy's specification */
#define RLK_QUEUES     16u /* rings of a device, at most */

struct rlk_device;
struct rlk_waiter;
struct rlk_log;
struct rlk_trace;

struct rlk_ops {
	/*
	 * Take what the ring holds. Returns: messages taken, or a negative errno after which the
	 * ring is left alone until it is stopped.
	 */
	int (*drain)(struct rlk_waiter *w);
	bool (*pending)(struct rlk_waiter *w);
	/* As rl_back_arm(): true when messages came meanwhile. */
	bool (*arm)(struct rlk_waiter *w, u32 offset);
	u32 (*in_flight)(struct rlk_waiter *w);
	/* More `key value` lines for the stats file; may be null. Under conf_mutex. */
	void (*show)(struct rlk_device *d, struct seq_file *m);
	/* drain() and arm() never sleep, and the events' handler may call them. */
	bool in_irq;
	u8 side; /* enum rl_trace_side: whose stamps these are */
};

/* Counters of one side; written by who is in charge, read at any time by debugfs. */
#define RLK_STATS(X)                                                                               \
	X(requests)                                                                                \
	X(responses)                                                                               \
	X(notifications_sent)                                                                      \
	X(notifications_held_off)                                                                  \
	X(upcalls)                                                                                 \
	X(upcalls_spurious)                                                                        \
	X(upcalls_rogue)                                                                           \
	X(spin_ns)                                                                                 \
	X(block_ns)                                                                                \
	X(polls)                                                                                   \
	X(episodes)                                                                                \
	X(blocks)                                                                                  \
	X(recheck_hits)

struct rlk_stats {
#define RLK_STAT_FIELD(name) u64 name;
	RLK_STATS(RLK_STAT_FIELD)
#undef RLK_STAT_FIELD
};

struct rlk_waiter {
	/* Hot: who is in charge owns these. */
	const struct rlk_ops *ops;
	unsigned long attn; /* bits RLK_ATTN_*, set by anyone */
	int irq;
	bool eoi_owed;
	bool armed;
	u8 credit; /* events that may still come for arms that were passed */
	u32 since_arm, armed_offset;
	u64 start_ns;	/* of the episode */
	u64 elapsed_ns; /* of the episode that ended */
	bool coarse;	/* the episode is timed by the tick */
	u32 asked;	/* how often rlk_waiter_sample() was */
	u64 mean_completion_ns;
	struct rl_policy_inst inst;
	struct rl_plan plan;
	bool have_plan; /* asked by the handler, to be carried out by the thread */
	bool dead;	/* drain() failed */
	u8 charge;	/* enum rlk_charge; under lock */
	struct rlk_log *log;
	struct rlk_trace *trace; /* null: none */
	struct rlk_stats stats;

	spinlock_t lock;
	struct task_struct *thread;
	struct rl_policy_inst next; /* under lock, valid while RLK_ATTN_POLICY is set */

	bool want_log; /* as the device's */
	u16 queue;
	struct rlk_device *device;
	/* Idleness of the vCPU, refreshed every RLK_IDLE_WINDOW_NS. */
	u64 idle_at_ns, idle_us;
	u32 idle_permille;
};

/* What the waiters of a device have in common. */
struct rlk_device {
	const struct rlk_ops *ops;
	const char *name;
	struct dentry *dir;

	struct mutex conf_mutex;
	char spec[RLK_SPEC_BYTES]; /* what was asked for, in the words of the user */
	u32 ncpus;
	int cpu[RLK_QUEUES]; /* where the threads run, in turn; -1: anywhere */
	bool want_log;
	u32 nwaiters;
	struct rlk_waiter *waiter[RLK_QUEUES]; /* by queue */
};

/**
 * rlk_init - debugfs root of the module, and the check of the module parameters that come with
 * kern/: `policy` (of every device, default event), `log_decisions` and `trace`. rlk_exit undoes
 * it. Returns: 0; -EINVAL for a policy or a size that does not exist (said in the kernel's log).
 * Context: module init, before the driver is registered; module exit, after it is gone.
 */
int rlk_init(void);
void rlk_exit(void);

/**
 * rlk_device_init - prepare what the waiters of a device have in common: settings, files.
 * @d:    zeroed, owned by the caller.
 * @name: of the device, for debugfs and the threads; must outlive @d.
 * Context: process. Follow with rlk_device_fini(), which stops the waiters.
 */
void rlk_device_init(struct rlk_device *d, const struct rlk_ops *ops, const char *name);
void rlk_device_fini(struct rlk_device *d);

/**
 * rlk_waiter_init - prepare the waiter of the device's next queue; nothing runs yet.
 * @w: zeroed, owned by the caller; lives as long as the device, over many connections.
 * Context: process; not more than RLK_QUEUES of a device.
 */
void rlk_waiter_init(struct rlk_waiter *w, struct rlk_device *d);

/**
 * rlk_waiter_start - begin to wait: from now on the ops are called.
 * @irq: of the ring's event channel, bound late-EOI with rlk_waiter_irq and @w; the caller unbinds
 *       it after rlk_waiter_stop(). An event that came before is not lost.
 * Returns: 0 or a negative errno.
 * Context: process.
 */
int rlk_waiter_start(struct rlk_waiter *w, int irq);

/**
 * rlk_waiter_stop - no op is called after this returned; the irq is left disabled.
 * Context: process; may be called when not started.
 */
void rlk_waiter_stop(struct rlk_waiter *w);

/** rlk_waiter_irq - the handler to bind; @dev is the waiter. */
irqreturn_t rlk_waiter_irq(int irq, void *dev);

/**
 * rlk_waiter_kick - make the thread look at the ring again (a completion after a plan without
 * arming, a change outside the ring). Never ends an episode by itself as an upcall.
 * Context: any.
 */
void rlk_waiter_kick(struct rlk_waiter *w);

/**
 * rlk_waiter_wanted - a drain() that a peer can make endless ends when this says so.
 * Returns: true when the waiter is to be stopped or has another policy to begin with.
 */
bool rlk_waiter_wanted(const struct rlk_waiter *w);

/** rlk_waiter_is_thread - true when called by @w's own thread. */
static inline bool rlk_waiter_is_thread(const struct rlk_waiter *w)
{
	return current == w->thread;
}

/**
 * rlk_waiter_sample - whether the completion of a message should be timed.
 * Returns: true one time in 16; one in 256 while the policy cannot tell the difference.
 * Context: one caller at a time.
 */
static inline bool rlk_waiter_sample(struct rlk_waiter *w)
{
	return !(++w->asked & (w->coarse ? 255 : 15));
}

/** rlk_add - for lists of statistics: one more summand. */
static inline void rlk_add(u64 *sum, u64 n)
{
	*sum += n;
}

/** rlk_waiter_completed - a sample for mean_completion_ns (weight one eighth). */
static inline void rlk_waiter_completed(struct rlk_waiter *w, u64 ns)
{
	u64 mean = READ_ONCE(w->mean_completion_ns);

	WRITE_ONCE(w->mean_completion_ns, mean ? mean - mean / 8 + ns / 8 : ns);
}

/**
 * rlk_waiter_notify - send the notification that rl_*_publish() asked for, or count it held off.
 * Context: any; serialised by the caller's ring lock.
 */
void rlk_waiter_notify(struct rlk_waiter *w, bool due);

/**
 * rlk_policy_set - change the policy of all waiters, now when they run, else at the next start.
 * Returns: 0; -EINVAL, with what is wrong and where in the kernel's log.
 * Context: process.
 */
int rlk_policy_set(struct rlk_device *d, const char *spec);

/**
 * rlk_groups - sysfs attributes `policy` and `cpu`, for xenbus_driver.driver.dev_groups.
 * rlk_device_of - supplied by the module: what it keeps for a device that is bound to it.
 */
extern const struct attribute_group *rlk_groups[];
struct rlk_device *rlk_device_of(struct device *dev);

#endif
