/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kern/ share among themselves; drivers include waiter.h only. */
#ifndef RLK_INTERNAL_H
#define RLK_INTERNAL_H

#include <linux/timekeeping.h>

#include "kern/waiter.h"

enum rlk_charge { RLK_NOBODY, RLK_THREAD, RLK_IRQ };

/* Reasons to look up from waiting: bit numbers of rlk_waiter.attn. */
enum {
	RLK_ATTN_STOP,
	RLK_ATTN_POLICY,
	RLK_ATTN_EVENT,
	RLK_ATTN_KICK,
};

/* An episode that ended without a result: stop, or another policy. */
#define RLK_INTERRUPTED (-1)

static inline u64 rlk_now_ns(void)
{
	return ktime_get_ns();
}

/*
 * Time since the episode began, by the clock that it began with. A policy that neither keeps
 * state nor hears results is a function of what it is told; while such a one arms and blocks
 * or polls its port, nothing depends on the time, and where Xen emulates the TSC a look at the
 * clock is a trap, three of them a request several percent of it. Then the clock of the last tick
 * does: an episode counts as nothing or as a tick, in proportion to its length, and sums stay
 * right.
 */
static inline u64 rlk_elapsed_ns(const struct rlk_waiter *w)
{
	return (w->coarse ? ktime_get_coarse_ns() : rlk_now_ns()) - w->start_ns;
}

/* carry.c: carry out w->plan in the thread; enum rl_result or RLK_INTERRUPTED, and how many looks.
 */
int rlk_carry(struct rlk_waiter *w, u64 *polls);
bool rlk_take_event(struct rlk_waiter *w);
void rlk_acknowledge(struct rlk_waiter *w, bool found);
bool rlk_arm(struct rlk_waiter *w);

/* log.c: the record of decisions; all but the first two are called by who is in charge. */
int rlk_log_enable(struct rlk_waiter *w, bool on);
void rlk_log_free(struct rlk_waiter *w);
void rlk_log_restart(struct rlk_waiter *w);
void rlk_log_idle(struct rlk_log *log, const struct rl_idle *in, const struct rl_plan *plan);
void rlk_log_result(struct rlk_log *log, enum rl_result how, u64 polls, u64 elapsed_ns);
int rlk_log_show(struct rlk_waiter *w, struct seq_file *m);

/* trace.c: the buffers of stage timestamps; create after the debugfs folder, destroy after it. */
int rlk_trace_init(void);
void rlk_trace_create(struct rlk_waiter *w);
void rlk_trace_destroy(struct rlk_waiter *w);

/* conf.c: a file of the waiter's queue in debugfs: NAME, of all but the first NAME-QUEUE. */
void rlk_file(
	struct rlk_waiter *w, const char *name, umode_t mode, const struct file_operations *fops);

/* waiter.c: select the device's spec (checked), at once when running; conf_mutex held. */
int rlk_policy_apply(struct rlk_waiter *w);

#endif
