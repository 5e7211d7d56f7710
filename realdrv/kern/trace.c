// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace buffers of the module's queues, and the debugfs file that shows one.
 *
 *	debugfs  <module>/<device>/trace   header and records, as core/trace.h says; there only with
 *	                                   trace=N. Any write to it begins anew. trace-1, ..: of
 *	                                   the device's other queues, each a file by itself
 *
 * Reading takes a copy when the file is opened. Records that are stamped meanwhile may be missing
 * or, where a place was taken and is not yet filled, void: read it when the device is idle.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "kern/internal.h"
#include "kern/trace.h"

#define RLK_CLOCK_TOLERANCE_NS 1000

DEFINE_STATIC_KEY_FALSE(rlk_trace_key);

static unsigned int rlk_trace_wanted;
module_param_named(trace, rlk_trace_wanted, uint, 0444);
MODULE_PARM_DESC(trace, "stage timestamps kept of each device, 24 bytes each (default 0: none)");

struct rlk_trace {
	struct rl_trace buf;
	u64 start_offset_ns; /* of the clock, when the trace began */
	struct rl_trace_record record[];
};

int rlk_trace_init(void)
{
	if (rlk_trace_wanted > RL_TRACE_MAX_RECORDS) {
		pr_warn(RLK_MODULE ": parameter trace=%u (expected 0 to %u)\n", rlk_trace_wanted,
			RL_TRACE_MAX_RECORDS);
		return -EINVAL;
	}
	if (rlk_trace_wanted)
		static_branch_enable(&rlk_trace_key);
	return 0;
}

void rlk_trace_put(
	struct rlk_waiter *w, u64 time, enum rl_trace_stage stage, u32 id, u32 index, u32 count)
{
	if (likely(w->trace))
		rl_trace_put_shared(&w->trace->buf, time, stage, id, index, count);
}

/*
 * How far the clock of all domains is ahead of ours. What the clock source reads is Xen's raw
 * system time where that is the source; the snapshot gives both clocks at one reading.
 */
static u64 rlk_clock_offset_ns(void)
{
	struct system_time_snapshot now;

	ktime_get_snapshot(&now);
	return now.cycles - ktime_to_ns(now.raw);
}

/* ---- the file ------------------------------------------------------------------------------ */

struct rlk_trace_copy {
	size_t bytes;
	struct rl_trace_header head;
	struct rl_trace_record record[];
};

/* "vbd-51712", "vbd-2-51712": the disk's number is the same in both domains. */
static u64 rlk_trace_ring(const char *name)
{
	const char *last = strrchr(name, '-');
	u64 ring = 0;

	if (last && kstrtou64(last + 1, 10, &ring))
		ring = 0;
	return ring;
}

static void rlk_trace_describe(
	const struct rlk_waiter *w, struct rl_trace_header *h, u64 written, u64 lost)
{
	const struct rlk_trace *t = w->trace;
	u64 offset_ns = rlk_clock_offset_ns();
	s64 moved_ns = offset_ns - t->start_offset_ns;

	*h = (struct rl_trace_header){.version = RL_TRACE_VERSION,
		.record_bytes = sizeof(struct rl_trace_record),
		.side = t->buf.side,
		.queue = t->buf.queue,
		.ring = rlk_trace_ring(w->device->name),
		.clock_hz = NSEC_PER_SEC,
		.clock_offset = offset_ns,
		.written = written,
		.lost = lost};
	memcpy(h->magic, RL_TRACE_MAGIC, sizeof(h->magic));
	/* Another clock source, or one that is steered: what it counts is nobody else's. */
	if (abs(moved_ns) > RLK_CLOCK_TOLERANCE_NS) {
		h->clock_offset = 0;
		strscpy(h->clock, "own", sizeof(h->clock));
	} else {
		strscpy(h->clock, "xen", sizeof(h->clock));
	}
}

static void rlk_trace_copy_out(struct rlk_waiter *w, struct rlk_trace_copy *c)
{
	struct rl_trace *buf = &w->trace->buf;
	u64 head = READ_ONCE(buf->head), from = rl_trace_lost(buf, head), at, n;

	for (at = from; at < head; at++)
		c->record[at - from] = buf->record[at & buf->mask];
	/* What was overwritten during the copy is not what it was. */
	n = min(head, rl_trace_lost(buf, READ_ONCE(buf->head)));
	if (n > from) {
		memmove(c->record, c->record + (n - from), (head - n) * sizeof(c->record[0]));
		from = n;
	}
	rlk_trace_describe(w, &c->head, head, from);
	c->bytes = sizeof(c->head) + (head - from) * sizeof(c->record[0]);
}

static int rlk_trace_open(struct inode *inode, struct file *file)
{
	struct rlk_waiter *w = inode->i_private;
	struct rlk_trace_copy *c;

	if (!(file->f_mode & FMODE_READ)) {
		file->private_data = NULL;
		return 0;
	}
	c = kvmalloc(struct_size(c, record, w->trace->buf.mask + 1ul), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	mutex_lock(&w->device->conf_mutex);
	rlk_trace_copy_out(w, c);
	mutex_unlock(&w->device->conf_mutex);
	file->private_data = c;
	return 0;
}

static int rlk_trace_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static ssize_t rlk_trace_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct rlk_trace_copy *c = file->private_data;

	return simple_read_from_buffer(to, count, pos, &c->head, c->bytes);
}

static ssize_t rlk_trace_write(
	struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct rlk_waiter *w = file_inode(file)->i_private;

	mutex_lock(&w->device->conf_mutex);
	WRITE_ONCE(w->trace->buf.head, 0);
	w->trace->start_offset_ns = rlk_clock_offset_ns();
	mutex_unlock(&w->device->conf_mutex);
	return count;
}

static const struct file_operations rlk_trace_fops = {
	.owner = THIS_MODULE,
	.open = rlk_trace_open,
	.release = rlk_trace_release,
	.read = rlk_trace_read,
	.write = rlk_trace_write,
	.llseek = default_llseek,
};

void rlk_trace_create(struct rlk_waiter *w)
{
	u32 records = rl_trace_records(rlk_trace_wanted);
	struct rlk_trace *t;

	if (!rlk_trace_wanted)
		return;
	t = kvzalloc(struct_size(t, record, records), GFP_KERNEL);
	if (!t) {
		pr_warn(RLK_MODULE ": %s: no memory for a trace of %u records\n", w->device->name,
			records);
		return;
	}
	rl_trace_init(&t->buf, t->record, records, w->ops->side, w->queue);
	t->start_offset_ns = rlk_clock_offset_ns();
	w->trace = t;
	rlk_file(w, "trace", 0644, &rlk_trace_fops);
}

void rlk_trace_destroy(struct rlk_waiter *w)
{
	kvfree(w->trace);
	w->trace = NULL;
}
