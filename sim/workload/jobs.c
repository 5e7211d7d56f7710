/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All clones of a scenario's jobs: their memory, their starts one after another, their ends. */
#include "model/bounds.h"
#include "model/device.h"
#include "sim/workload/private.h"

#define DEFAULT_RANGE_BYTES (1ull << 30) /* of the disk, when a job has no size */
#define STREAMS		    4u		 /* of a clone */

/* How long a flush may take, where one is sent. */
static uint64_t longest_flush_ns(const struct rl_scenario *s)
{
	struct rl_spec device;
	bool syncs = false;

	for (uint32_t i = 0; i < s->njobs; i++)
		syncs |= rl_job_syncs(&s->jobs[i]);
	if (!syncs || rl_spec_read(&rl_device_set, s->disk.device, &device, NULL) ||
		!device.type->flush_ns)
		return 0;
	return (uint64_t)device.type->flush_ns(&device);
}

rl_ps rl_jobs_longest_rest(const struct rl_scenario *s)
{
	uint64_t longest = 0, flush = longest_flush_ns(s);

	for (uint32_t i = 0; i < s->njobs; i++) {
		const struct rl_job *j = &s->jobs[i];
		const struct rl_replay *log = rl_replay_get(j->replay);
		uint64_t rest = j->thinktime_ns + j->startdelay_ns;

		if (log)
			rest += log->io[log->n - 1].at_ns / 100 * j->replay_time_scale;
		longest = rest > longest ? rest : longest;
	}
	/* Longer than the clock goes is no limit. */
	longest += flush < RL_MAX_HORIZON_NS ? flush : RL_MAX_HORIZON_NS;
	return longest * RL_PS_PER_NS;
}

/* ---- starts and ends ----------------------------------------------------------------------- */

static bool starts_a_group(const struct rl_jobs *l, uint32_t clone)
{
	const struct rl_fio *f = &l->fio[clone];

	return clone > 0 && f->clone == 0 && f->job->stonewall;
}

/* All up to the next stonewall. @begin: of the replication, whose threads are ready by themselves.
 */
static void start_group(struct rl_jobs *l, bool begin)
{
	do {
		struct rl_fio *f = &l->fio[l->started++];
		rl_ps at = f->job->startdelay_ns * RL_PS_PER_NS; /* counted from the begin */

		l->running++;
		if (begin && !at) {
			f->started = true;
		} else {
			rl_world_arm(l->w, f->alarm.slot, at);
		}
	} while (l->started < l->n && !starts_a_group(l, l->started));
}

static void gone(struct rl_ctx *c)
{
	rl_ctx_sleep(c, gone);
}

void rl_fio_finish(struct rl_ctx *c)
{
	struct rl_fio *f = c->arg;
	struct rl_jobs *l = f->jobs;

	f->over = true;
	if (l->w->section)
		l->w->section[f->section].end = l->w->now;
	if (--l->running == 0 && l->started < l->n)
		start_group(l, false);
	l->w->busy_guests -= !l->running;
	gone(c);
}

bool rl_jobs_over(const struct rl_world *w)
{
	return !w->busy_guests;
}

/* ---- the begin ----------------------------------------------------------------------------- */

static void give_memory(struct rl_fio *f)
{
	uint32_t *at = rl_world_alloc(f->w, 4 * f->depth * sizeof(*at));

	f->io = rl_world_alloc(f->w, (f->depth + f->syncs) * sizeof(*f->io));
	f->free.at = at;
	f->queued.at = at + f->depth;
	f->done.at = at + 2 * f->depth;
	f->held.at = at + 3 * f->depth;
	for (uint32_t i = 0; i < f->depth; i++)
		rl_io_push(f, &f->free, i);
}

static void give_work(struct rl_fio *f, const struct rl_job *j, bool sampled)
{
	uint64_t size = j->size_bytes ? j->size_bytes : DEFAULT_RANGE_BYTES;

	f->job = j;
	f->syncs = rl_job_syncs(j);
	f->replay = rl_replay_get(j->replay);
	f->depth = j->iodepth;
	f->end = RL_PS_NEVER;
	f->total_bytes = UINT64_MAX;
	if (!sampled && !j->time_based)
		f->total_bytes = j->io_size_bytes ? j->io_size_bytes
				 : j->size_bytes  ? j->size_bytes
						  : UINT64_MAX;
	f->begin = j->offset_bytes + f->clone * j->offset_increment_bytes;
	f->range = size;
	rl_fio_place_init(f);
}

static void give_streams(
	struct rl_fio *f, uint64_t seed, uint32_t rep, uint32_t entity, uint32_t number)
{
	struct rl_rng *streams[STREAMS] = {&f->mix_rng, &f->gap_rng, &f->size_rng, &f->place_rng};

	for (uint32_t i = 0; i < STREAMS; i++)
		rl_rng_init(streams[i], seed, rep, entity, number * STREAMS + i);
}

uint32_t rl_jobs_clones(const struct rl_scenario *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->njobs; i++)
		n += s->jobs[i].numjobs;
	return n;
}

/* Who never sleeps until a time needs no timer: the fewer there are, the faster is each. */
static bool has_timer(const struct rl_scenario *s, const struct rl_job *j)
{
	bool rate = j->rate_iops[0] || j->rate_iops[1] || j->rate_bytes_per_s[0] ||
		    j->rate_bytes_per_s[1];

	return !rl_bounds_sampled(s) || j->offload || rate || j->thinktime_ns;
}

uint32_t rl_jobs_slots(const struct rl_scenario *s)
{
	uint32_t n = rl_fio_watch_slots(s);

	for (uint32_t i = 0; i < s->njobs; i++)
		n += has_timer(s, &s->jobs[i]) ? s->jobs[i].numjobs : 0;
	return n;
}

/* Segments of a page: those that a slot names, or those of an indirect request. */
static uint32_t part_bytes(const struct rl_disk *d)
{
	uint32_t most = d->indirect_segments > RL_BLKIF_MAX_SEGMENTS ? d->indirect_segments
								     : RL_BLKIF_MAX_SEGMENTS;

	return most * RL_PAGE_BYTES;
}

/* A clone of section @i; @number: of the guest's. Its thread is ready when it begins at once. */
static void clone_init(
	struct rl_jobs *l, const struct rl_scenario *s, uint32_t guest, uint32_t i, uint32_t k)
{
	struct rl_fio *f = &l->fio[l->n];

	f->w = l->w;
	f->jobs = l;
	f->v = rl_world_guest(l->w, guest, l->n % s->guest.vcpus);
	f->blk = &l->w->blk[guest * s->disk.queues + l->n % s->guest.vcpus % s->disk.queues];
	f->section = i;
	f->clone = k;
	give_work(f, &s->jobs[i], l->sampled);
	f->part_bytes = part_bytes(&s->disk);
	give_memory(f);
	if (has_timer(s, f->job))
		rl_timer_init(&f->alarm, f->v, rl_fio_alarm, f);
	l->n++;
}

static void guest_init(struct rl_jobs *l, const struct rl_scenario *s, uint32_t guest)
{
	l->sampled = rl_bounds_sampled(s);
	l->fio = rl_world_alloc(l->w, rl_jobs_clones(s) * sizeof(*l->fio));
	for (uint32_t i = 0; i < s->njobs; i++)
		for (uint32_t k = 0; k < s->jobs[i].numjobs; k++)
			clone_init(l, s, guest, i, k);
	start_group(l, true);
	for (uint32_t i = 0; i < l->n; i++)
		l->fio[i].ctx = rl_vcpu_thread(
			l->fio[i].v, l->fio[i].started ? rl_fio_begin : NULL, &l->fio[i]);
}

void rl_jobs_init(struct rl_world *w, const struct rl_scenario *s, uint64_t seed, uint32_t rep,
	uint32_t entity)
{
	w->jobs = rl_world_alloc(w, w->nguests * sizeof(*w->jobs));
	w->busy_guests = w->nguests;
	if (s->njobs > 1) {
		w->nsections = s->njobs;
		w->section = rl_world_alloc(w, w->nsections * sizeof(*w->section));
	}
	for (uint32_t g = 0; g < w->nguests; g++) {
		struct rl_jobs *l = &w->jobs[g];
		struct rl_rng rng;

		l->w = w;
		guest_init(l, s, g);
		for (uint32_t i = 0; i < l->n; i++)
			give_streams(&l->fio[i], seed, rep, entity, g * l->n + i);
		rl_rng_init(&rng, seed, rep, entity, w->nguests * l->n * STREAMS + g);
		rl_fio_watch_init(rl_world_guest(w, g, 0), &rng);
	}
}

rl_ps rl_jobs_ramp_end(const struct rl_world *w)
{
	rl_ps first = RL_PS_NEVER;

	for (uint32_t i = 0; i < w->jobs[0].started; i++) {
		const struct rl_job *j = w->jobs[0].fio[i].job;
		rl_ps at = (j->startdelay_ns + j->ramp_ns) * RL_PS_PER_NS;

		first = at < first ? at : first;
	}
	return first;
}
