// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision log: what the policy was asked and answered since it was selected.
 *
 * A log starts with the selection of a policy, so that whoever replays it starts
 * from the same state; it keeps the first RLK_LOG_ENTRIES entries and says when
 * there were more. Off, it costs one test a decision.
 *
 * One writer (who is in charge); the reader takes what was complete when it came
 * and refuses to mix two logs.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "kern/internal.h"

#define RLK_LOG_ENTRIES 2048

struct rlk_log_entry {
	bool is_result;
	union {
		struct {
			struct rl_idle in;
			struct rl_plan plan;
		};
		struct {
			u64 polls, elapsed_ns;
			u32 how;
		};
	};
};

struct rlk_log {
	u32 n; /* complete entries; released by the writer */
	u32 generation;
	bool truncated;
	const struct rl_policy *ops;
	u64 opts[RL_POLICY_MAX_OPTS];
	struct rlk_log_entry entries[RLK_LOG_ENTRIES];
};

/* The place for the next entry, or null when the log is full. */
static struct rlk_log_entry *rlk_log_next(struct rlk_log *log)
{
	if (log->n < RLK_LOG_ENTRIES)
		return &log->entries[log->n];
	log->truncated = true;
	return NULL;
}

void rlk_log_idle(struct rlk_log *log, const struct rl_idle *in, const struct rl_plan *plan)
{
	struct rlk_log_entry *e = rlk_log_next(log);

	if (!e)
		return;
	e->is_result = false;
	e->in = *in;
	e->plan = *plan;
	smp_store_release(&log->n, log->n + 1); /* the entry is whole */
}

void rlk_log_result(struct rlk_log *log, enum rl_result how, u64 polls, u64 elapsed_ns)
{
	struct rlk_log_entry *e = rlk_log_next(log);

	if (!e)
		return;
	e->is_result = true;
	e->how = how;
	e->polls = polls;
	e->elapsed_ns = elapsed_ns;
	smp_store_release(&log->n, log->n + 1); /* the entry is whole */
}

/* The policy was selected. Also where a log asked for or no longer wanted comes and goes. */
void rlk_log_restart(struct rlk_waiter *w)
{
	struct rlk_log *log = w->log;

	if (!log)
		return;
	smp_store_release(&log->n, 0); /* no reader takes an entry for whole while it changes */
	WRITE_ONCE(log->generation, log->generation + 1);
	smp_wmb(); /* a reader that sees new contents sees the new generation */
	log->truncated = false;
	log->ops = w->inst.ops;
	memcpy(log->opts, w->inst.opts, sizeof(log->opts));
}

int rlk_log_enable(struct rlk_waiter *w, bool on)
{
	struct rlk_log *log = w->log;

	lockdep_assert_held(&w->device->conf_mutex);
	if (on && !log) {
		log = kvzalloc(sizeof(*log), GFP_KERNEL);
		if (!log)
			return -ENOMEM;
		w->log = log;
	}
	w->want_log = on;
	return 0;
}

void rlk_log_free(struct rlk_waiter *w)
{
	kvfree(w->log);
	w->log = NULL;
}

static void rlk_log_show_policy(struct rlk_log *log, struct seq_file *m)
{
	u32 i;

	seq_printf(m, "policy %s", log->ops->name);
	for (i = 0; i < log->ops->nopts; i++)
		seq_printf(m, "%c%s=%llu%s", i ? ',' : ':', log->ops->opts[i].name, log->opts[i],
			log->ops->opts[i].unit);
	seq_putc(m, '\n');
}

static void rlk_log_show_entry(const struct rlk_log_entry *e, struct seq_file *m)
{
	if (e->is_result) {
		seq_printf(m, "result %u %llu %llu\n", e->how, e->polls, e->elapsed_ns);
		return;
	}
	seq_printf(m, "idle %lu %u %u %lu %u %lu %lu %u %u %u %u %u\n", e->in.now_ns,
		e->in.in_flight, e->in.cpu_idle_permille, e->in.mean_completion_ns, e->plan.action,
		e->plan.deadline_ns, e->plan.timer_ns, e->plan.gap_ns, e->plan.gap_growth,
		e->plan.gap_max_ns, e->plan.event_offset, e->plan.no_arm);
}

int rlk_log_show(struct rlk_waiter *w, struct seq_file *m)
{
	struct rlk_log *log = w->log;
	u32 n, i, generation;

	lockdep_assert_held(&w->device->conf_mutex);
	seq_puts(m, "# ringlab decisions 1\n");
	if (!log || !log->ops)
		return 0;
	generation = READ_ONCE(log->generation);
	smp_rmb();		       /* the generation before anything of it */
	n = smp_load_acquire(&log->n); /* entries are whole up to here */
	rlk_log_show_policy(log, m);
	for (i = 0; i < n; i++)
		rlk_log_show_entry(&log->entries[i], m);
	if (READ_ONCE(log->truncated))
		seq_puts(m, "truncated\n");
	smp_rmb(); /* all of it before the generation is looked at again */
	return generation == READ_ONCE(log->generation) ? 0 : -EAGAIN;
}
