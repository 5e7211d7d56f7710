/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters into metrics, and what must be conserved whatever is simulated. */
#include "sim/core/mark.h"

#include <math.h>
#include <string.h>

/* Of each vCPU what its purposes add up to is what it ran. */
static bool purposes_add_up(const struct rl_world *w)
{
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		const struct rl_vcpu_stats *st = &w->vcpu[i].st;
		rl_ps sum = 0;

		for (int k = 0; k < RL_CPU_COUNT; k++)
			sum += st->cpu[k];
		if (sum != st->run_ps)
			return false;
	}
	return true;
}

static const char *not_conserved(struct rl_world *w)
{
	rl_ps cpu = 0;

	if (!rl_tally_little(&w->tally, w->now))
		return "Little's law: the integral of the I/Os in flight is not the sum of their "
		       "times";
	if (!rl_tally_staged(&w->tally))
		return "the stages of the I/Os do not add up to their latencies";
	for (uint32_t i = 0; i < w->nblk; i++) {
		const struct rl_blk *b = &w->blk[i];

		if (b->requests - b->responses != b->front.size - b->nfree)
			return "requests are not responses plus those in flight";
	}
	for (uint32_t i = 0; i < w->npcpus; i++)
		cpu += w->pcpu[i].idle_ps;
	for (uint32_t i = 0; i < w->nvcpus; i++)
		cpu += w->vcpu[i].st.run_ps;
	if (cpu != w->npcpus * w->now)
		return "CPU time is not pCPUs times time";
	return purposes_add_up(w) ? NULL : "CPU time by purpose is not that of the vCPUs";
}

static void add(struct rl_vcpu_stats *to, const struct rl_vcpu_stats *from)
{
	to->run_ps += from->run_ps;
	for (int k = 0; k < RL_CPU_COUNT; k++)
		to->cpu[k] += from->cpu[k];
	to->sends += from->sends;
	to->upcalls += from->upcalls;
	to->hypercalls += from->hypercalls;
}

static rl_ps worked(const struct rl_vcpu_stats *st)
{
	return st->run_ps - st->cpu[RL_CPU_SPIN] - st->cpu[RL_CPU_LOCK];
}

/* @most of @n that have @all together. */
static double peak(rl_ps most, rl_ps_sum all, uint32_t n)
{
	return all ? (double)most / (double)all * n : 1;
}

/* Slots in use, integrated over time until now. */
static rl_ps slot_time(const struct rl_blk *b)
{
	return b->slot_sum + (b->requests - b->responses) * b->w->now;
}

/* Who is busiest of its kind is known for the whole run: per stretch it would be too much to note.
 */
static void find_peaks(const struct rl_world *w, struct rl_mark *m)
{
	rl_ps most[RL_ROLES] = {0}, pcpu = 0, device = 0, slots = 0, lock = 0;

	for (uint32_t i = 0; i < w->nvcpus; i++) {
		const struct rl_vcpu *v = &w->vcpu[i];

		if (worked(&v->st) > most[v->dom->role])
			most[v->dom->role] = worked(&v->st);
	}
	for (uint32_t i = 0; i < w->npcpus; i++)
		if (w->now - w->pcpu[i].idle_ps > pcpu)
			pcpu = w->now - w->pcpu[i].idle_ps;
	for (uint32_t i = 0; i < w->nvbds; i++)
		if (rl_device_busy(&w->vbd[i].device) > device)
			device = rl_device_busy(&w->vbd[i].device);
	for (int i = 0; i < RL_ROLES; i++)
		m->peak[i] = peak(most[i], worked(&m->v[i]), m->vcpus[i]);
	m->peak_pcpu = peak(pcpu, w->npcpus * w->now - m->idle, w->npcpus);
	m->peak_device = peak(device, m->device_busy, w->nvbds);
	for (uint32_t i = 0; i < w->nblk; i++) {
		if (slot_time(&w->blk[i]) > slots)
			slots = slot_time(&w->blk[i]);
		if (w->blk[i].lock.held > lock)
			lock = w->blk[i].lock.held;
	}
	m->peak_ring = peak(slots, m->slots, w->nblk);
	m->peak_lock = peak(lock, m->ring_lock, w->nblk);
}

const char *rl_mark_take(struct rl_world *w, struct rl_mark *m)
{
	rl_xen_settle(w);
	m->now = w->now;
	m->npcpus = w->npcpus;
	m->nvbds = w->nvbds;
	m->nblk = w->nblk;
	memset(m->v, 0, sizeof(m->v));
	memset(m->vcpus, 0, sizeof(m->vcpus));
	memset(m->wait, 0, sizeof(m->wait));
	m->stalled = m->device_busy = 0;
	m->hyp = m->idle = 0;
	m->switches = m->copy_bytes = m->batches = 0;
	for (uint32_t i = 0; i < w->nvcpus; i++) {
		m->vcpus[w->vcpu[i].dom->role]++;
		m->wait[w->vcpu[i].dom->role] += w->vcpu[i].st.wait_ps;
		add(&m->v[w->vcpu[i].dom->role], &w->vcpu[i].st);
	}
	for (uint32_t i = 0; i < w->npcpus; i++) {
		m->hyp += w->pcpu[i].hyp_ps;
		m->idle += w->pcpu[i].idle_ps;
		m->switches += w->pcpu[i].switches;
	}
	for (uint32_t i = 0; i < w->nvbds; i++)
		m->device_busy += rl_device_busy(&w->vbd[i].device);
	m->slots = m->ring_lock = 0;
	m->flush_lock = w->flush.held;
	m->nslots = w->blk[0].front.size;
	for (uint32_t i = 0; i < w->nblk; i++) {
		m->copy_bytes += w->blk[i].copy_bytes;
		m->batches += w->blk[i].batches;
		m->stalled += rl_fio_stalled(&w->blk[i]);
		m->slots += slot_time(&w->blk[i]);
		m->ring_lock += w->blk[i].lock.held;
	}
	find_peaks(w, m);
	m->tally = w->tally;
	return not_conserved(w);
}

/* ---- metrics ------------------------------------------------------------------------------- */

static const double percent[] = {50, 90, 99, 99.9, 99.99};

static struct rl_tally_class between(const struct rl_tally_class *a, const struct rl_tally_class *b)
{
	return (struct rl_tally_class){
		b->n - a->n, b->bytes - a->bytes, b->slat - a->slat, b->clat - a->clat};
}

/* The ten metrics of a class of I/Os, in the order of metrics.def. */
static void fill_class(
	double *m, const struct rl_tally_class *c, const struct rl_hist *h, double seconds)
{
	double n = (double)c->n;

	m[RL_METRIC_iops] = n / seconds;
	m[RL_METRIC_bw_bytes_per_s] = (double)c->bytes / seconds;
	m[RL_METRIC_slat_mean_ns] = (double)c->slat / RL_PS_PER_NS / n;
	m[RL_METRIC_clat_mean_ns] = (double)c->clat / RL_PS_PER_NS / n;
	m[RL_METRIC_lat_mean_ns] = (double)(c->slat + c->clat) / RL_PS_PER_NS / n;
	for (int i = 0; i < 5; i++)
		m[RL_METRIC_clat_p50_ns + i] = rl_hist_between(h, percent[i]);
}

_Static_assert(RL_METRIC_iops == 0 && RL_METRIC_lat_mean_ns == 9 &&
		       RL_METRIC_read_lat_mean_ns == RL_METRIC_read_iops + 9 &&
		       RL_METRIC_write_lat_mean_ns == RL_METRIC_write_iops + 9,
	"classes have the same ten metrics in one order");

void rl_mark_ios(double *m, const struct rl_tally_class *c, struct rl_hist *h, double seconds)
{
	struct rl_tally_class all;

	if (c[RL_CLASS_READ].n && c[RL_CLASS_WRITE].n) {
		fill_class(m + RL_METRIC_read_iops, &c[RL_CLASS_READ], &h[RL_CLASS_READ], seconds);
		fill_class(
			m + RL_METRIC_write_iops, &c[RL_CLASS_WRITE], &h[RL_CLASS_WRITE], seconds);
	}
	all = (struct rl_tally_class){c[0].n + c[1].n, c[0].bytes + c[1].bytes,
		c[0].slat + c[1].slat, c[0].clat + c[1].clat};
	rl_hist_merge(&h[0], &h[1]);
	fill_class(m, &all, &h[0], seconds);
}

static void fill_ios(struct rl_rep *r, const struct rl_mark *a, struct rl_mark *b, double seconds,
	struct rl_hist *hist)
{
	struct rl_tally_class c[RL_CLASSES];
	struct rl_hist *h = b->tally.clat_ns;

	for (int i = 0; i < RL_CLASSES; i++) {
		c[i] = between(&a->tally.c[i], &b->tally.c[i]);
		rl_hist_take(&h[i], &a->tally.clat_ns[i]);
		rl_hist_merge(&hist[i], &h[i]);
	}
	rl_mark_ios(r->m, c, h, seconds);
	r->requests = c[RL_CLASS_READ].n + c[RL_CLASS_WRITE].n;
}

static void fill_stages(struct rl_rep *r, const struct rl_mark *a, const struct rl_mark *b)
{
	for (int i = 0; i < RL_STAGE_COUNT; i++)
		r->m[RL_METRIC_stage_submit_ns + i] =
			(double)(b->tally.stage[i] - a->tally.stage[i]) / RL_PS_PER_NS /
			(double)r->requests;
}

_Static_assert(RL_METRIC_stage_reap_ns - RL_METRIC_stage_submit_ns == RL_STAGE_REAP,
	"stages are in one order");

void rl_mark_syncs(double *m, uint64_t n, rl_ps spent, double seconds)
{
	if (n == 0)
		return;
	m[RL_METRIC_sync_iops] = (double)n / seconds;
	m[RL_METRIC_sync_lat_mean_ns] = (double)spent / RL_PS_PER_NS / (double)n;
}

/* Of @n that spent it together: the share of @t of the one that spent @peak times the mean. */
static double share(rl_ps_sum spent, double t, uint32_t n, double peak)
{
	return n ? fmin((double)spent / t / n * peak, 1) : 0;
}

/* CPU fractions are of one pCPU: a role with many vCPUs may use more than one. */
static void fill_use(struct rl_rep *r, const struct rl_mark *a, const struct rl_mark *b)
{
	double t = (double)(b->now - a->now);
	const struct rl_vcpu_stats *fa = &a->v[RL_GUEST], *fb = &b->v[RL_GUEST];
	const struct rl_vcpu_stats *da = &a->v[RL_DRIVER], *db = &b->v[RL_DRIVER];

	r->m[RL_METRIC_front_cpu_frac] = (double)(fb->run_ps - fa->run_ps) / t;
	r->m[RL_METRIC_back_cpu_frac] = (double)(db->run_ps - da->run_ps) / t;
	r->m[RL_METRIC_front_stall_frac] = (double)(b->stalled - a->stalled) / t / b->nblk;
	r->m[RL_METRIC_front_steal_frac] = (double)(b->wait[RL_GUEST] - a->wait[RL_GUEST]) / t;
	r->m[RL_METRIC_back_steal_frac] = (double)(b->wait[RL_DRIVER] - a->wait[RL_DRIVER]) / t;
	r->m[RL_METRIC_hyp_cpu_frac] = (double)(b->hyp - a->hyp) / t;
	r->m[RL_METRIC_front_spin_frac] = (double)(fb->cpu[RL_CPU_SPIN] - fa->cpu[RL_CPU_SPIN]) / t;
	r->m[RL_METRIC_back_spin_frac] = (double)(db->cpu[RL_CPU_SPIN] - da->cpu[RL_CPU_SPIN]) / t;
	for (int i = 0; i < RL_ROLES; i++)
		r->busy[i] = share(worked(&b->v[i]) - worked(&a->v[i]), t, b->vcpus[i], b->peak[i]);
	r->pcpu = share(
		b->npcpus * (b->now - a->now) - (b->idle - a->idle), t, b->npcpus, b->peak_pcpu);
	r->device = (double)(b->device_busy - a->device_busy) / t / b->nvbds * b->peak_device;
	/* A slot that is free for a moment, because who waits for it must wake first, is not free.
	 */
	r->slots = fmax(share(b->slots - a->slots, t, b->nslots * b->nblk, b->peak_ring),
		r->m[RL_METRIC_front_stall_frac]);
	r->ring_lock = share(b->ring_lock - a->ring_lock, t, b->nblk, b->peak_lock);
	r->flush_lock = share(b->flush_lock - a->flush_lock, t, 1, 1);
	r->waited = share(b->wait[RL_GUEST] - a->wait[RL_GUEST], t, b->vcpus[RL_GUEST], 1) +
		    share(b->wait[RL_DRIVER] - a->wait[RL_DRIVER], t, b->vcpus[RL_DRIVER], 1);
}

static void fill_cells(struct rl_rep *r, const struct rl_mark *a, const struct rl_mark *b)
{
	r->time = b->npcpus * (b->now - a->now);
	r->idle = b->idle - a->idle;
	for (int i = 0; i < RL_ROLES; i++)
		for (int k = 0; k < RL_CPU_COUNT; k++)
			r->cpu[i][k] = b->v[i].cpu[k] - a->v[i].cpu[k];
}

static void fill_counts(struct rl_rep *r, const struct rl_mark *a, const struct rl_mark *b)
{
	static const int sends_of[] = {[RL_GUEST] = RL_METRIC_front_notifications_per_request,
		[RL_DRIVER] = RL_METRIC_back_notifications_per_request};
	static const int upcalls_of[] = {[RL_GUEST] = RL_METRIC_front_upcalls_per_request,
		[RL_DRIVER] = RL_METRIC_back_upcalls_per_request};
	double n = (double)r->requests;
	double sends = 0, upcalls = 0, hypercalls = 0, cpu = 0;

	for (int i = RL_GUEST; i <= RL_DRIVER; i++) {
		double sent = (double)(b->v[i].sends - a->v[i].sends);
		double took = (double)(b->v[i].upcalls - a->v[i].upcalls);

		r->m[sends_of[i]] = sent / n;
		r->m[upcalls_of[i]] = took / n;
		sends += sent;
		upcalls += took;
		hypercalls += (double)(b->v[i].hypercalls - a->v[i].hypercalls);
		cpu += (double)(b->v[i].run_ps - a->v[i].run_ps) / RL_PS_PER_NS;
	}
	r->m[RL_METRIC_notifications_per_request] = sends / n;
	r->m[RL_METRIC_upcalls_per_request] = upcalls / n;
	r->m[RL_METRIC_hypercalls_per_request] = hypercalls / n;
	r->m[RL_METRIC_switches_per_request] = (double)(b->switches - a->switches) / n;
	r->m[RL_METRIC_copy_bytes_per_request] = (double)(b->copy_bytes - a->copy_bytes) / n;
	r->m[RL_METRIC_batches_per_request] = (double)(b->batches - a->batches) / n;
	r->m[RL_METRIC_cpu_ns_per_request] = cpu / n;
}

void rl_mark_fill(
	const struct rl_mark *a, struct rl_mark *b, struct rl_rep *out, struct rl_hist *hist)
{
	for (int i = 0; i < RL_METRIC_COUNT; i++)
		out->m[i] = NAN;
	fill_ios(out, a, b, (double)(b->now - a->now) / RL_PS_PER_S, hist);
	fill_stages(out, a, b);
	rl_mark_syncs(out->m, b->tally.syncs - a->tally.syncs, b->tally.sync_ps - a->tally.sync_ps,
		(double)(b->now - a->now) / RL_PS_PER_S);
	fill_use(out, a, b);
	fill_cells(out, a, b);
	fill_counts(out, a, b);
}
