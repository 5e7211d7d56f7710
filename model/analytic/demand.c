/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of an I/O, summed up; see the header. */
#include "model/analytic/demand.h"

#include "core/blkif.h"
#include "core/ring.h"
#include "model/job.h"

#include <math.h>

#define LIST_SEGMENTS 512 /* that a page of an indirect request lists */

static double cost(const struct rl_scenario *s, enum rl_param p)
{
	return s->costs.v[p];
}

/* A cost that differs between types of guests. */
static double typed(const struct rl_scenario *s, enum rl_domain_type type, enum rl_param p,
	enum rl_param pvh, enum rl_param hvm)
{
	double ratio = type == RL_PVH ? cost(s, pvh) : type == RL_HVM ? cost(s, hvm) : 1;

	return cost(s, p) * ratio;
}

#define TYPED(s, type, name, ratio)                                                                \
	typed(s, type, RL_PARAM_##name, RL_PARAM_pvh_##ratio, RL_PARAM_hvm_##ratio)

/* ---- the steps ----------------------------------------------------------------------------- */

static double segments_of(double bytes)
{
	double data = ceil(bytes / RL_PAGE_BYTES);

	return data <= RL_BLKIF_MAX_SEGMENTS ? data : data + ceil(data / LIST_SEGMENTS);
}

/* Requests that an I/O becomes, and the pages that they name. */
static double requests_of(const struct rl_scenario *s, double bytes, double *segments)
{
	uint32_t most = s->disk.indirect_segments > RL_BLKIF_MAX_SEGMENTS
				? s->disk.indirect_segments
				: RL_BLKIF_MAX_SEGMENTS;
	double part = (double)most * RL_PAGE_BYTES, whole = floor(bytes / part);
	double rest = bytes - whole * part;

	*segments = whole * segments_of(part) + (rest > 0 ? segments_of(rest) : 0);
	return whole + (rest > 0);
}

/* Lines that the other side wrote; none on the same pCPU. */
static double line(const struct rl_scenario *s)
{
	if (s->guest.pcpu >= 0 && s->guest.pcpu == s->driver.pcpu && s->guest.pcpus <= 1 &&
		s->driver.pcpus <= 1)
		return 0;
	return cost(s, RL_PARAM_line_ns);
}

/* pCPUs beside its own that a driver domain's unmapping must ask. */
static double others(const struct rl_scenario *s)
{
	double vcpus = s->driver.vcpus;

	if (s->driver.pcpu >= 0 && s->driver.pcpus < s->driver.vcpus)
		vcpus = s->driver.pcpus;
	return fmin(vcpus, s->machine.pcpus) - 1;
}

/* Mapping and unmapping, or Xen's copying: into r->back, r->call and r->flush. */
static void grants(const struct rl_scenario *s, double bytes, double segments, struct rl_steps *r)
{
	enum rl_domain_type type = s->driver.type;
	double op = TYPED(s, type, grant_op_ns, hypercall_ratio), calls = 0;

	if (s->disk.grants == RL_GRANTS_COPY) {
		calls = 1;
		r->back += segments * cost(s, RL_PARAM_grant_copy_ns) +
			   bytes * cost(s, RL_PARAM_copy_ns_per_byte);
	}
	if (s->disk.grants == RL_GRANTS_MAP) {
		double n = others(s);

		calls = 2;
		r->back += segments * (TYPED(s, type, grant_map_ns, grant_ratio) +
					      TYPED(s, type, grant_unmap_ns, grant_ratio));
		if (n > 0 && cost(s, RL_PARAM_tlb_send_ns) > 0)
			r->flush = n * cost(s, RL_PARAM_tlb_send_ns) + cost(s, RL_PARAM_ipi_ns) +
				   cost(s, RL_PARAM_tlb_flush_ns);
		r->flush *= r->requests;
	}
	r->call = calls * op * r->requests + r->flush;
	r->back += r->call;
}

struct rl_steps rl_steps_of(
	const struct rl_scenario *s, const struct rl_spec *device, double bytes, bool write)
{
	double segments, pages = ceil(bytes / RL_PAGE_BYTES), copy = 0;
	struct rl_steps r = {.requests = requests_of(s, bytes, &segments)};

	if (s->disk.grants == RL_GRANTS_PERSISTENT)
		copy = bytes * cost(s, RL_PARAM_copy_ns_per_byte);
	r.fio = cost(s, RL_PARAM_fio_ns);
	r.submit = cost(s, RL_PARAM_submit_ns) + pages * cost(s, RL_PARAM_page_ns);
	r.make = r.requests * cost(s, RL_PARAM_front_request_ns) +
		 segments * cost(s, RL_PARAM_front_segment_ns) + (write ? copy : 0);
	if (s->guest.vcpus > s->disk.queues)
		r.lock = r.make * cost(s, RL_PARAM_front_lock_frac);
	r.ret = cost(s, RL_PARAM_submit_return_ns);
	r.reap = cost(s, RL_PARAM_reap_ns);
	r.complete = r.requests * (cost(s, RL_PARAM_front_response_ns) + line(s)) +
		     segments * cost(s, RL_PARAM_front_segment_ns) + (write ? 0 : copy);
	r.back = r.requests * (cost(s, RL_PARAM_back_request_ns) + line(s)) +
		 segments * cost(s, RL_PARAM_back_segment_ns);
	grants(s, bytes, segments, &r);
	if (device->type->service)
		device->type->service(device, bytes, write, r.device);
	return r;
}

/* ---- waking up ----------------------------------------------------------------------------- */

struct rl_wakeup rl_wakeup_of(
	const struct rl_scenario *s, const struct rl_wait *w, enum rl_side side)
{
	const struct rl_domain *from = side == RL_SIDE_BACK ? &s->guest : &s->driver;
	enum rl_domain_type type = side == RL_SIDE_BACK ? s->driver.type : s->guest.type;
	double clock = cost(s, RL_PARAM_clock_ns);
	struct rl_wakeup u = {.send = TYPED(s, from->type, evtchn_send_ns, hypercall_ratio),
		.travel = cost(s, RL_PARAM_ipi_ns) + cost(s, RL_PARAM_halt_wake_ns),
		.handle = w->clocks_end * clock};

	switch (w->kind) {
	case RL_WAIT_POLL:
	case RL_WAIT_TIMER:
	case RL_WAIT_YIELD:
	case RL_WAIT_SLEEP_POLL:
		return (struct rl_wakeup){.travel = line(s), .handle = u.handle};
	case RL_WAIT_MONITOR:
		u.travel = line(s) + (s->machine.mwait ? cost(s, RL_PARAM_mwait_wake_ns) : 0);
		u.send = 0;
		return u;
	case RL_WAIT_PORT:
		return u;
	case RL_WAIT_BATCH: /* its timer is taken back */
		u.handle += TYPED(s, type, hypercall_ns, hypercall_ratio) + 2 * clock;
		break;
	default:
		break;
	}
	u.handle += TYPED(s, type, upcall_ns, upcall_ratio);
	if (side == RL_SIDE_BACK) /* a frontend's handler drains by itself */
		u.handle += TYPED(s, type, thread_switch_ns, switch_ratio);
	return u;
}

double rl_guest_switch_ns(const struct rl_scenario *s)
{
	return TYPED(s, s->guest.type, thread_switch_ns, switch_ratio);
}

double rl_driver_hypercall_ns(const struct rl_scenario *s)
{
	return TYPED(s, s->driver.type, hypercall_ns, hypercall_ratio);
}

/* ---- the machine --------------------------------------------------------------------------- */

static bool overlap(int64_t a, int64_t na, int64_t b, int64_t nb)
{
	return a < b + nb && b < a + na;
}

static int64_t spread(const struct rl_domain *d)
{
	return d->pcpus ? d->pcpus : 1;
}

bool rl_demand_apart(const struct rl_scenario *s)
{
	const struct rl_domain *g = &s->guest, *b = &s->driver;
	double guests = (double)g->count * g->vcpus, drivers = (double)b->count * b->vcpus;

	if (g->pcpu < 0 && b->pcpu < 0)
		return guests + drivers + s->load.vcpus <= s->machine.pcpus;
	if (g->pcpu < 0 || b->pcpu < 0)
		return false;
	return !overlap(g->pcpu, spread(g), b->pcpu, spread(b)) && guests <= (double)spread(g) &&
	       drivers <= (double)spread(b);
}

double rl_demand_slots(const struct rl_scenario *s)
{
	return (double)s->guest.count * s->disk.queues *
	       rl_ring_slots(s->disk.ring_pages * RL_PAGE_BYTES, RL_BLKIF_SLOT_BYTES);
}

/* pCPUs that a role's vCPUs may be on, and vCPUs that may be busy at a time. */
static double width(const struct rl_scenario *s, const struct rl_domain *d, double vcpus)
{
	double cpus = d->pcpu >= 0 ? (double)spread(d) : s->machine.pcpus;
	double cap = d->cap ? d->cap / 100.0 * d->count : INFINITY;

	return fmin(fmin(vcpus, cap), fmin(cpus, s->machine.pcpus));
}

/* All pCPUs that guests or driver domains may be on. */
static double all_pcpus(const struct rl_scenario *s)
{
	const struct rl_domain *g = &s->guest, *b = &s->driver;
	int64_t lo, hi;

	if (g->pcpu < 0 || b->pcpu < 0)
		return s->machine.pcpus;
	if (!overlap(g->pcpu, spread(g), b->pcpu, spread(b)))
		return (double)(spread(g) + spread(b));
	lo = g->pcpu < b->pcpu ? g->pcpu : b->pcpu;
	hi = g->pcpu + spread(g) > b->pcpu + spread(b) ? g->pcpu + spread(g) : b->pcpu + spread(b);
	return (double)(hi - lo);
}

/* ---- sums ---------------------------------------------------------------------------------- */

static double share_of(const struct rl_job *j, enum rl_dir dir)
{
	double rate[RL_DIRS];

	if (!rl_job_does(j, RL_DIR_READ) || !rl_job_does(j, RL_DIR_WRITE))
		return rl_job_does(j, dir);
	for (int d = 0; d < RL_DIRS; d++)
		rate[d] = j->rate_iops[d] ? (double)j->rate_iops[d]
					  : (double)j->rate_bytes_per_s[d] /
						    rl_job_mean_bytes(j, (enum rl_dir)d);
	if (rate[0] + rate[1] > 0)
		return rate[dir] / (rate[0] + rate[1]);
	return dir == RL_DIR_READ ? j->rwmixread / 100.0 : 1 - j->rwmixread / 100.0;
}

double rl_demand_mean(const struct rl_scenario *s, const struct rl_spec *device,
	double (*of)(const struct rl_steps *, const void *), const void *arg)
{
	const struct rl_job *j = &s->job;
	double sum = 0;

	for (int d = 0; d < RL_DIRS; d++) {
		double share = share_of(j, (enum rl_dir)d);
		struct rl_job_split whole = {(uint32_t)j->bs_bytes, 100};
		const struct rl_job_split *split = j->nsplit[d] ? j->split[d] : &whole;

		for (uint32_t i = 0; share > 0 && i < (j->nsplit[d] ? j->nsplit[d] : 1); i++) {
			struct rl_steps r =
				rl_steps_of(s, device, split[i].bytes, d == RL_DIR_WRITE);

			sum += share * split[i].percent / 100 * of(&r, arg);
		}
	}
	return sum;
}

enum part { GUEST, BACK, CALL, LOCK, FLUSH, CHAIN, RING, REQUESTS, DEVICE };

static double pick(const struct rl_steps *r, const void *arg)
{
	int what = *(const int *)arg;

	switch (what) {
	case GUEST:
		return r->fio + r->submit + r->make + r->ret + r->reap + r->complete;
	case BACK:
		return r->back - r->call;
	case CALL:
		return r->call;
	case LOCK:
		return r->lock;
	case FLUSH:
		return r->flush;
	case CHAIN:
		return r->fio + r->submit + r->make + r->complete + r->back - r->call;
	case RING:
		return r->complete + r->back - r->call;
	case REQUESTS:
		return r->requests;
	default:
		return r->device[what - DEVICE];
	}
}

static void add(
	struct rl_demand *d, enum rl_place place, const char *name, double ns, double servers)
{
	if (ns > 0)
		d->st[d->n++] = (struct rl_station){place, name, ns, servers};
}

/* I/Os a second that are asked for, of all guests. */
static double offered(const struct rl_scenario *s)
{
	const struct rl_job *j = &s->job;
	double sum = 0;

	for (int d = 0; d < RL_DIRS; d++) {
		if (!rl_job_does(j, (enum rl_dir)d))
			continue;
		if (!j->rate_iops[d] && !j->rate_bytes_per_s[d])
			return INFINITY;
		sum += j->rate_iops[d] ? (double)j->rate_iops[d]
				       : (double)j->rate_bytes_per_s[d] /
						 rl_job_mean_bytes(j, (enum rl_dir)d);
	}
	return sum * j->numjobs * s->guest.count;
}

/* Threads of all backends, as many as there are vCPUs for them. */
static double server_vcpus(const struct rl_scenario *s)
{
	double rings = (double)s->guest.count * s->disk.queues, vcpus = s->driver.vcpus;

	if (s->driver.threads)
		vcpus = fmin(vcpus, s->driver.threads);
	return fmin(rings, vcpus * s->driver.count);
}

/* What a lone request waits for the device; service() spreads it over servers. */
static double alone(const struct rl_scenario *s, const struct rl_spec *device)
{
	struct rl_spec_station st = {0};

	if (device->type->station)
		device->type->station(device, &st);
	return device->type->service ? st.mean_ns : cost(s, RL_PARAM_device_ns);
}

/* Of an I/O in the mean, at the least: one that thinks by the clock may do any number between. */
static double think_of(const struct rl_job *j)
{
	if (j->thinktime_iotime_ns)
		return 0;
	return (double)j->thinktime_ns / (j->thinktime_blocks > 1 ? j->thinktime_blocks : 1);
}

void rl_demand_of(const struct rl_scenario *s, const struct rl_spec *device,
	const struct rl_told *told, struct rl_demand *d)
{
	const struct rl_job *j = &s->job;
	double m[DEVICE + RL_DEVICE_PARTS_MAX], guest, driver, device_ns = 0;
	double jobs = fmin(j->numjobs, s->guest.vcpus) * s->guest.count;

	*d = (struct rl_demand){.slots = rl_demand_slots(s), .offered_per_s = offered(s)};
	for (int i = 0; i < DEVICE + RL_DEVICE_PARTS_MAX; i++)
		m[i] = rl_demand_mean(s, device, pick, &i);
	guest = m[GUEST] + told->back * told->to_back.send + told->front * told->to_front.handle;
	driver = m[BACK] + told->calls * m[CALL] + told->back * told->to_back.handle +
		 told->front * told->to_front.send;
	add(d, RL_PLACE_GUEST, "guest vCPUs", guest, width(s, &s->guest, jobs));
	add(d, RL_PLACE_DRIVER, "driver vCPUs", driver, width(s, &s->driver, server_vcpus(s)));
	add(d, RL_PLACE_PCPUS, "pCPUs", guest + driver, all_pcpus(s));
	add(d, RL_PLACE_LOCK, "ring locks", m[LOCK], (double)s->guest.count * s->disk.queues);
	add(d, RL_PLACE_LOCK, "TLB flush lock", told->calls * m[FLUSH], 1);
	for (int i = 0; i < RL_DEVICE_PARTS_MAX; i++) {
		static const char *const names[] = {"device", "device's link", "device's cache"};

		add(d, RL_PLACE_DEVICE, names[i], m[DEVICE + i], s->guest.count);
		device_ns = fmax(device_ns, m[DEVICE + i]);
	}
	d->think_ns = think_of(j);
	d->in_flight = (double)j->numjobs * j->iodepth * s->guest.count;
	device_ns = fmax(device_ns, alone(s, device));
	d->chain_ns = m[CHAIN] + device_ns + d->think_ns;
	d->ring_ns = (m[RING] + device_ns) / m[REQUESTS];
	d->slots /= m[REQUESTS];
}

const struct rl_station *rl_demand_max(const struct rl_demand *d)
{
	const struct rl_station *max = NULL;

	for (uint32_t i = 0; i < d->n; i++)
		if (!max || d->st[i].ns / d->st[i].servers > max->ns / max->servers)
			max = &d->st[i];
	return max;
}
