/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fio in the guest: each clone of each job is a thread of its own that issues I/Os and reaps them.
 *
 * As fio's loop does it: an I/O is picked, queued until iodepth_batch of them are, and issued by an
 * io_submit down to the driver, whose publication and notification happen inside. When iodepth
 * are in flight, io_getevents waits for iodepth_batch_complete_min and takes up to _max, and the
 * loop goes on. Before it sleeps, for a rate or to think, fio waits for all that is in
 * flight: with io_submit_mode=inline a rate is a ceiling, not a stream of arrivals. With offload
 * the issuing threads are others, so I/Os are issued when they are due, up to iodepth of them,
 * and wait in the block layer when the ring is full; here one thread stands for all of them.
 *
 * Latencies are fio's: slat from picking the I/O to the return of io_submit, clat from there to the
 * return of the io_getevents that took it.
 *
 *	fio.c      the loop              next.c  what the next I/O is, and when it is due
 *	offload.c  its open variant      part.c  between a clone and the driver
 *	jobs.c     all clones            rest.c  sleeping until a time
 *	sync.c     fsync and fdatasync	       watch.c  other threads
 */
#ifndef RL_SIM_WORKLOAD_FIO_H
#define RL_SIM_WORKLOAD_FIO_H

#include "model/replay.h"
#include "sim/core/stage.h"
#include "sim/workload/spread.h"
#include "sim/xen/xen.h"

struct rl_blk;

struct rl_io {
	rl_ps start, issued;
	rl_ps asked;		 /* the driver, for its next request; 0: not yet */
	struct rl_stamps stamps; /* of its last request to complete */
	uint64_t sector;
	uint32_t bytes, left; /* left: not yet handed to the driver */
	uint32_t parts;	      /* requests of it not yet complete */
	bool write;
	bool flush; /* no bytes: all that the device holds goes to its medium */
};

/* A queue of indices of I/Os, in memory that holds iodepth of them. */
struct rl_io_queue {
	uint32_t *at, head, n;
};

/* A clone of a job: one running instance of it. */
struct rl_fio {
	struct rl_world *w;
	struct rl_ctx *ctx;
	struct rl_jobs *jobs; /* of its guest */
	struct rl_vcpu *v;    /* where it runs */
	struct rl_blk *blk;   /* the ring of its vCPU */
	const struct rl_job *job;
	const struct rl_replay *replay;
	uint32_t section, clone;

	/* I/Os: free, picked but not issued, complete but not reaped; the rest is in flight. One
	 * more, number depth, is its flush. */
	struct rl_io *io;
	struct rl_io_queue free, queued, done;
	struct rl_io_queue held; /* issued, but with the frontend: the ring is full */
	uint32_t depth, in_flight;
	uint32_t part_bytes; /* the most that a request carries */
	uint32_t issuing;    /* of the batch under way: so many are with the driver */
	bool unpublished;    /* requests on the ring that the backend was not told of yet */
	bool syncs;	     /* it calls fsync at all */

	/* what comes next */
	struct rl_spreader spread[RL_DIRS];
	struct rl_rng mix_rng, gap_rng, size_rng, place_rng;
	rl_ps epoch, end;     /* of the clone's time; end: RL_PS_NEVER */
	uint64_t total_bytes; /* after so many it ends; ~0: never */
	uint64_t bytes_issued[RL_DIRS], ios_issued[RL_DIRS], ios_done[RL_DIRS];
	int dir; /* of the next I/O, drawn when it was first asked for */
	bool has_dir;
	rl_ps due[RL_DIRS];    /* of a rate */
	uint64_t pos[RL_DIRS]; /* of a sequential stream */
	uint64_t begin, range; /* bytes of the disk that it uses */
	size_t replayed;
	uint64_t thought_ios; /* when it last thought */
	rl_ps thought_at;

	/* the request being made */
	uint32_t cur;
	bool last; /* none follows at once: publish */
	rl_ps slot_at, published_at;
	void (*parted)(struct rl_ctx *);

	/* what the thread waits for */
	uint32_t want; /* completions */
	bool waits_done, waits_tag, waits_time;
	bool touched, in_tag; /* in the lists below */
	bool stalled;	      /* its next request has no slot of the ring */
	struct rl_fio *next_touched, *next_tag, *next_kick;
	rl_ps rest_until;
	rl_ps rest; /* how long until the next one of a rate is due, before what is in flight was
		       waited for */
	struct rl_timer alarm;
	struct rl_spin spin;
	void (*reaped)(struct rl_ctx *), (*quiet)(struct rl_ctx *), (*rested)(struct rl_ctx *);
	bool started, over;

	/* fsync */
	bool flushes, flushed; /* the disk has a cache; its flush came */
	uint64_t synced_at;    /* writes issued at the last one */
	rl_ps sync_from;
	void (*synced)(struct rl_ctx *);
};

/* Who waits at a ring: in struct rl_blk. */
struct rl_fio_gate {
	struct rl_fio *touched;		/* something of theirs completed in this batch */
	struct rl_fio *first, *last;	/* wait for a tag, in this order */
	uint32_t stalled;		/* clones */
	rl_ps stalled_from, stalled_ps; /* since when any is, and how long before that */
	struct rl_fio *kick;		/* woken on other vCPUs, which are not told yet */
	bool asleep; /* who asked for completions; where the frontend is called */
};

/* All clones of a guest's jobs. */
struct rl_jobs {
	struct rl_world *w;
	uint32_t n, running;
	uint32_t started; /* clones; the next stonewall is after them */
	bool sampled;	  /* jobs go on for ever, their steady state is sampled */
	struct rl_fio *fio;
};

/** rl_jobs_clones - how many clones a guest has of all its jobs. */
uint32_t rl_jobs_clones(const struct rl_scenario *s);

/** rl_jobs_slots - timers that the jobs of a guest need. */
uint32_t rl_jobs_slots(const struct rl_scenario *s);

/** rl_jobs_init - the jobs of a scenario on every guest, dealt to its rings in turn, about to issue
 *                their first I/Os. Random streams are named by @seed, @rep and @entity. */
void rl_jobs_init(struct rl_world *w, const struct rl_scenario *s, uint64_t seed, uint32_t rep,
	uint32_t entity);

/** rl_jobs_over - have all jobs ended? Never when they are sampled. */
bool rl_jobs_over(const struct rl_world *w);

/** rl_jobs_ramp_end - when the first job's ramp_time ends: what is measured begins then. */
rl_ps rl_jobs_ramp_end(const struct rl_world *w);

/** rl_jobs_longest_rest - how long no I/O may complete although all is well. */
rl_ps rl_jobs_longest_rest(const struct rl_scenario *s);

/** rl_fio_completed - a request of I/O @io is complete; when it passed its stages. rl_fio_wake()
 * follows. */
void rl_fio_completed(struct rl_fio *f, uint32_t io, const struct rl_stamps *s);

/** rl_fio_stalled - how long requests have waited for a slot of a ring. */
rl_ps rl_fio_stalled(const struct rl_blk *b);

/**
 * rl_fio_wake - after a batch of completions on a ring, on @v: wake who waits for what came.
 * The vCPUs of those at b->gate.kick are to be sent an event.
 */
void rl_fio_wake(struct rl_blk *b, const struct rl_vcpu *v);

#endif
