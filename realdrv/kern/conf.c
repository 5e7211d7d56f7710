// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a person sets and reads: module parameters, sysfs attributes, debugfs files.
 *
 *	sysfs    policy        name:opt=value,... (write to change it at once)
 *	         cpu           the thread's CPU, -1 for any
 *	debugfs  <module>/<device>/stats         `key value` lines
 *	         <module>/<device>/decisions     the log of log.c
 *	         <module>/<device>/decisions_on  1: record; starts the policy afresh
 *	         <module>/<device>/trace         stage timestamps, see trace.c
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

int rlk_policy_set(struct rlk_waiter *w, const char *spec)
{
	int rc = rlk_check_spec(w->name, spec);

	if (rc)
		return rc;
	mutex_lock(&w->conf_mutex);
	strscpy(w->spec, spec, sizeof(w->spec));
	w->spec[strcspn(w->spec, "\n")] = '\0';
	rc = rlk_policy_apply(w);
	mutex_unlock(&w->conf_mutex);
	return rc;
}

/* ---- sysfs --------------------------------------------------------------------------------- */

static ssize_t policy_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct rlk_waiter *w = rlk_waiter_of(dev);
	ssize_t n;

	mutex_lock(&w->conf_mutex);
	n = sysfs_emit(buf, "%s\n", w->spec);
	mutex_unlock(&w->conf_mutex);
	return n;
}

static ssize_t policy_store(
	struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	return rlk_policy_set(rlk_waiter_of(dev), buf) ?: count;
}

static ssize_t cpu_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", rlk_waiter_of(dev)->cpu);
}

static ssize_t cpu_store(
	struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct rlk_waiter *w = rlk_waiter_of(dev);
	int cpu, rc = kstrtoint(buf, 10, &cpu);

	if (rc || cpu < -1 || cpu >= (int)nr_cpu_ids || (cpu >= 0 && !cpu_online(cpu)))
		return -EINVAL;
	mutex_lock(&w->conf_mutex);
	if (w->thread)
		rc = set_cpus_allowed_ptr(w->thread, cpu < 0 ? cpu_possible_mask : cpumask_of(cpu));
	if (!rc)
		w->cpu = cpu;
	mutex_unlock(&w->conf_mutex);
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

static int rlk_stats_show(struct seq_file *m, void *unused)
{
	struct rlk_waiter *w = m->private;
	struct rlk_stats s;

	mutex_lock(&w->conf_mutex);
	s = w->stats;
	s.spin_ns += rlk_spinning_ns(w);
#define RLK_STAT_PRINT(name) seq_printf(m, #name " %llu\n", s.name);
	RLK_STATS(RLK_STAT_PRINT)
#undef RLK_STAT_PRINT
	seq_printf(m, "now_ns %llu\n", rlk_now_ns());
	seq_printf(m, "mean_completion_ns %llu\n", READ_ONCE(w->mean_completion_ns));
	if (w->ops->show)
		w->ops->show(w, m);
	mutex_unlock(&w->conf_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rlk_stats);

static int rlk_decisions_show(struct seq_file *m, void *unused)
{
	struct rlk_waiter *w = m->private;
	int rc;

	mutex_lock(&w->conf_mutex);
	rc = rlk_log_show(w, m);
	mutex_unlock(&w->conf_mutex);
	return rc;
}
DEFINE_SHOW_ATTRIBUTE(rlk_decisions);

static int rlk_decisions_on_get(void *data, u64 *val)
{
	*val = ((struct rlk_waiter *)data)->want_log;
	return 0;
}

/* A log starts with a policy's first decision: so the policy is selected again. */
static int rlk_decisions_on_set(void *data, u64 val)
{
	struct rlk_waiter *w = data;
	int rc;

	mutex_lock(&w->conf_mutex);
	rc = rlk_log_enable(w, val) ?: rlk_policy_apply(w);
	mutex_unlock(&w->conf_mutex);
	return rc;
}
DEFINE_DEBUGFS_ATTRIBUTE(
	rlk_decisions_on_fops, rlk_decisions_on_get, rlk_decisions_on_set, "%llu\n");

void rlk_waiter_init(struct rlk_waiter *w, const struct rlk_ops *ops, const char *name)
{
	w->ops = ops;
	w->name = name;
	w->cpu = -1;
	w->charge = RLK_NOBODY;
	spin_lock_init(&w->lock);
	mutex_init(&w->conf_mutex);
	strscpy(w->spec, policy, sizeof(w->spec));
	if (log_decisions) {
		mutex_lock(&w->conf_mutex);
		rlk_log_enable(w, true); /* without memory: no log, as its file will show */
		mutex_unlock(&w->conf_mutex);
	}
	w->dir = debugfs_create_dir(name, rlk_root);
	rlk_trace_create(w);
	debugfs_create_file("stats", 0444, w->dir, w, &rlk_stats_fops);
	debugfs_create_file("decisions", 0444, w->dir, w, &rlk_decisions_fops);
	debugfs_create_file_unsafe("decisions_on", 0644, w->dir, w, &rlk_decisions_on_fops);
}

void rlk_waiter_fini(struct rlk_waiter *w)
{
	rlk_waiter_stop(w);
	debugfs_remove_recursive(w->dir);
	rlk_log_free(w);
	rlk_trace_destroy(w);
}
