// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a person sets and reads: module parameters, sysfs attributes, debugfs files.
 *
 *	sysfs    policy        name:opt=value,... (write to change it at once)
 *	         cpu           the threads' CPU, -1 for any; several, by commas: a thread each
 *	debugfs  <module>/<device>/stats         `key value` lines, sums over the device's queues
 *	         <module>/<device>/decisions     the log of log.c
 *	         <module>/<device>/decisions_on  1: record; starts the policy afresh
 *	         <module>/<device>/trace         stage timestamps, see trace.c
 *
 * `decisions` and `trace` are of the first queue; those of the others are decisions-1, trace-1, ..
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "kern/internal.h"

static char *policy = "event";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(
	policy, "notification policy of every device, as name:opt=value,... (default event)");

static bool log_decisions;
module_param(log_decisions, bool, 0444);
MODULE_PARM_DESC(log_decisions, "record the policies' decisions from the start (default 0)");

static struct dentry *rlk_root;

/* Returns 0, or -EINVAL after saying what is wrong and at which character. */
static int rlk_check_spec(const char *name, const char *spec)
{
	struct rl_policy_inst made;
	struct rl_policy_err err = {.what = "specification too long"};

	if (strlen(spec) < RLK_SPEC_BYTES && !rl_policy_select(&made, spec, &err))
		return 0;
	pr_warn(RLK_MODULE ": %s: policy '%.*s': %s at character %u\n", name,
		(int)strcspn(spec, "\n"), spec, err.what, err.at + 1);
	return -EINVAL;
}

int rlk_init(void)
{
	int rc = rlk_check_spec("parameter", policy) ?: rlk_trace_init();

	if (rc)
		return rc;
	rlk_root = debugfs_create_dir(RLK_MODULE, NULL);
	return 0;
}

void rlk_exit(void)
{
	debugfs_remove_recursive(rlk_root);
}

int rlk_policy_set(struct rlk_device *d, const char *spec)
{
	int rc = rlk_check_spec(d->name, spec);
	u32 q;

	if (rc)
		return rc;
	mutex_lock(&d->conf_mutex);
	strscpy(d->spec, spec, sizeof(d->spec));
	d->spec[strcspn(d->spec, "\n")] = '\0';
	for (q = 0; !rc && q < d->nwaiters; q++)
		rc = rlk_policy_apply(d->waiter[q]);
	mutex_unlock(&d->conf_mutex);
	return rc;
}

/* ---- sysfs --------------------------------------------------------------------------------- */

static ssize_t policy_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct rlk_device *d = rlk_device_of(dev);
	ssize_t n;

	mutex_lock(&d->conf_mutex);
	n = sysfs_emit(buf, "%s\n", d->spec);
	mutex_unlock(&d->conf_mutex);
	return n;
}

static ssize_t policy_store(
	struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	return rlk_policy_set(rlk_device_of(dev), buf) ?: count;
}

static ssize_t cpu_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct rlk_device *d = rlk_device_of(dev);
	ssize_t n = 0;
	u32 i;

	mutex_lock(&d->conf_mutex);
	for (i = 0; i < d->ncpus; i++)
		n += sysfs_emit_at(buf, n, "%s%d", i ? "," : "", d->cpu[i]);
	mutex_unlock(&d->conf_mutex);
	return n + sysfs_emit_at(buf, n, "\n");
}

/* One CPU, or several divided by commas. Returns: how many, or -EINVAL. */
static int rlk_parse_cpus(const char *text, int *cpu)
{
	char words[RLK_QUEUES * sizeof("65535,")], *rest = words, *word;
	int n = 0;

	if (strscpy(words, text, sizeof(words)) < 0)
		return -EINVAL;
	for (; (word = strsep(&rest, ",")); n++)
		if (n == RLK_QUEUES || kstrtoint(word, 10, &cpu[n]) || cpu[n] < -1 ||
			cpu[n] >= (int)nr_cpu_ids || (cpu[n] >= 0 && !cpu_online(cpu[n])))
			return -EINVAL;
	return n;
}

static int rlk_pin(struct rlk_waiter *w, int cpu)
{
	if (!w->thread)
		return 0;
	return set_cpus_allowed_ptr(w->thread, cpu < 0 ? cpu_possible_mask : cpumask_of(cpu));
}

static ssize_t cpu_store(
	struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct rlk_device *d = rlk_device_of(dev);
	int cpu[RLK_QUEUES], n = rlk_parse_cpus(buf, cpu), rc = 0;
	u32 q;

	if (n < 0)
		return n;
	mutex_lock(&d->conf_mutex);
	for (q = 0; !rc && q < d->nwaiters; q++)
		rc = rlk_pin(d->waiter[q], cpu[q % n]);
	if (!rc) {
		memcpy(d->cpu, cpu, n * sizeof(cpu[0]));
		d->ncpus = n;
	}
	mutex_unlock(&d->conf_mutex);
	return rc ?: count;
}

static DEVICE_ATTR_RW(policy);
static DEVICE_ATTR_RW(cpu);

static struct attribute *rlk_attrs[] = {&dev_attr_policy.attr, &dev_attr_cpu.attr, NULL};
static const struct attribute_group rlk_group = {.attrs = rlk_attrs};
const struct attribute_group *rlk_groups[] = {&rlk_group, NULL};

/* ---- debugfs ------------------------------------------------------------------------------- */

/* The time of a spin episode that goes on; a pure spinner's first may never end. */
static u64 rlk_spinning_ns(struct rlk_waiter *w)
{
	u64 start_ns = READ_ONCE(w->start_ns), now_ns = rlk_now_ns();

	if (!w->thread || w->charge != RLK_THREAD || now_ns < start_ns)
		return 0;
	if (w->plan.action != RL_POLL && w->plan.action != RL_YIELD && w->plan.action != RL_MONITOR)
		return 0;
	return now_ns - start_ns;
}

/* What the queues of a device count, together. */
static void rlk_stats_add(struct rlk_stats *s, struct rlk_waiter *w)
{
#define RLK_STAT_ADD(name) rlk_add(&s->name, w->stats.name);
	RLK_STATS(RLK_STAT_ADD)
#undef RLK_STAT_ADD
	s->spin_ns += rlk_spinning_ns(w);
}

/* Of the queues that have one. */
static u64 rlk_mean_completion_ns(const struct rlk_device *d)
{
	u64 sum = 0, mean;
	u32 q, n = 0;

	for (q = 0; q < d->nwaiters; q++) {
		mean = READ_ONCE(d->waiter[q]->mean_completion_ns);
		sum += mean;
		n += mean > 0;
	}
	return n ? sum / n : 0;
}

static int rlk_stats_show(struct seq_file *m, void *unused)
{
	struct rlk_device *d = m->private;
	struct rlk_stats s = {0};
	u32 q;

	mutex_lock(&d->conf_mutex);
	for (q = 0; q < d->nwaiters; q++)
		rlk_stats_add(&s, d->waiter[q]);
#define RLK_STAT_PRINT(name) seq_printf(m, #name " %llu\n", s.name);
	RLK_STATS(RLK_STAT_PRINT)
#undef RLK_STAT_PRINT
	seq_printf(m, "now_ns %llu\n", rlk_now_ns());
	seq_printf(m, "mean_completion_ns %llu\n", rlk_mean_completion_ns(d));
	if (d->ops->show)
		d->ops->show(d, m);
	mutex_unlock(&d->conf_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rlk_stats);

static int rlk_decisions_show(struct seq_file *m, void *unused)
{
	struct rlk_waiter *w = m->private;
	int rc;

	mutex_lock(&w->device->conf_mutex);
	rc = rlk_log_show(w, m);
	mutex_unlock(&w->device->conf_mutex);
	return rc;
}
DEFINE_SHOW_ATTRIBUTE(rlk_decisions);

static int rlk_decisions_on_get(void *data, u64 *val)
{
	*val = ((struct rlk_device *)data)->want_log;
	return 0;
}

/* A log starts with a policy's first decision: so the policy is selected again. */
static int rlk_decisions_on_set(void *data, u64 val)
{
	struct rlk_device *d = data;
	int rc = 0;
	u32 q;

	mutex_lock(&d->conf_mutex);
	for (q = 0; !rc && q < d->nwaiters; q++)
		rc = rlk_log_enable(d->waiter[q], val) ?: rlk_policy_apply(d->waiter[q]);
	if (!rc)
		d->want_log = val;
	mutex_unlock(&d->conf_mutex);
	return rc;
}
DEFINE_DEBUGFS_ATTRIBUTE(
	rlk_decisions_on_fops, rlk_decisions_on_get, rlk_decisions_on_set, "%llu\n");

void rlk_device_init(struct rlk_device *d, const struct rlk_ops *ops, const char *name)
{
	d->ops = ops;
	d->name = name;
	d->cpu[0] = -1;
	d->ncpus = 1;
	d->want_log = log_decisions;
	mutex_init(&d->conf_mutex);
	strscpy(d->spec, policy, sizeof(d->spec));
	d->dir = debugfs_create_dir(name, rlk_root);
	debugfs_create_file("stats", 0444, d->dir, d, &rlk_stats_fops);
	debugfs_create_file_unsafe("decisions_on", 0644, d->dir, d, &rlk_decisions_on_fops);
}

void rlk_file(
	struct rlk_waiter *w, const char *name, umode_t mode, const struct file_operations *fops)
{
	char numbered[16];

	if (w->queue) {
		snprintf(numbered, sizeof(numbered), "%s-%u", name, w->queue);
		name = numbered;
	}
	debugfs_create_file(name, mode, w->device->dir, w, fops);
}

void rlk_waiter_init(struct rlk_waiter *w, struct rlk_device *d)
{
	w->device = d;
	w->ops = d->ops;
	w->charge = RLK_NOBODY;
	spin_lock_init(&w->lock);
	mutex_lock(&d->conf_mutex);
	w->queue = d->nwaiters;
	if (d->want_log)
		rlk_log_enable(w, true); /* without memory: no log, as its file will show */
	d->waiter[d->nwaiters++] = w;
	mutex_unlock(&d->conf_mutex);
	rlk_trace_create(w);
	rlk_file(w, "decisions", 0444, &rlk_decisions_fops);
}

void rlk_device_fini(struct rlk_device *d)
{
	u32 q;

	for (q = 0; q < d->nwaiters; q++)
		rlk_waiter_stop(d->waiter[q]);
	debugfs_remove_recursive(d->dir);
	for (q = 0; q < d->nwaiters; q++) {
		rlk_log_free(d->waiter[q]);
		rlk_trace_destroy(d->waiter[q]);
	}
}
