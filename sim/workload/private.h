/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of sim/workload share; others include fio.h. */
#ifndef RL_SIM_WORKLOAD_PRIVATE_H
#define RL_SIM_WORKLOAD_PRIVATE_H

#include "sim/core/world.h"

static inline void rl_io_push(struct rl_fio *f, struct rl_io_queue *q, uint32_t io)
{
	uint32_t at = q->head + q->n++;

	q->at[at < f->depth ? at : at - f->depth] = io;
}

static inline uint32_t rl_io_pop(struct rl_fio *f, struct rl_io_queue *q)
{
	uint32_t io = q->at[q->head];

	q->head = q->head + 1 < f->depth ? q->head + 1 : 0;
	q->n--;
	return io;
}

static inline uint32_t rl_io_peek(const struct rl_fio *f, const struct rl_io_queue *q, uint32_t i)
{
	uint32_t at = q->head + i;

	return q->at[at < f->depth ? at : at - f->depth];
}

/* next.c */
/** rl_fio_next_due - when the next I/O may be issued; f->dir is its direction. */
rl_ps rl_fio_next_due(struct rl_fio *f);
/** rl_fio_take - pick that I/O, now, into f->queued. */
void rl_fio_take(struct rl_fio *f);
/** rl_fio_place_init - ready for random places. */
void rl_fio_place_init(struct rl_fio *f);
/** rl_fio_ended - nothing more is to be issued. */
bool rl_fio_ended(const struct rl_fio *f);

/* fio.c */
void rl_fio_begin(struct rl_ctx *c);

/* part.c: what both loops do with the driver */
/** rl_fio_get_tag - for the next request of I/O @io. Returns: false, and the clone waits in line
 * for one. */
bool rl_fio_get_tag(struct rl_fio *f, uint32_t io);
/** rl_fio_wait_tag - wait in line for one. */
void rl_fio_wait_tag(struct rl_fio *f);
/** rl_fio_await - sleep until what the clone waits for comes; who calls its frontend sees to it. */
void rl_fio_await(struct rl_ctx *c, void (*then)(struct rl_ctx *));
/** rl_fio_part - the next request of I/O @io, its tag taken; @then follows. @last: publish. */
void rl_fio_part(struct rl_ctx *c, uint32_t io, bool last, void (*then)(struct rl_ctx *));
/** rl_fio_flush - publish what waits for it; @then follows. */
void rl_fio_flush(struct rl_ctx *c, void (*then)(struct rl_ctx *));
/** rl_fio_submit_cost - of an io_submit, down to the driver. */
rl_ps rl_fio_submit_cost(const struct rl_fio *f, const struct rl_io *io);
/** rl_fio_account - an I/O that was reaped; its index is free again. */
void rl_fio_account(struct rl_fio *f, uint32_t io);

/* offload.c */
void rl_fio_offload(struct rl_ctx *c);

/* rest.c */
/** rl_fio_sleep - until @at; @then follows. */
void rl_fio_sleep(struct rl_ctx *c, rl_ps at, void (*then)(struct rl_ctx *));
/** rl_fio_doze - the same, or until something completes, or a tag is free for what is queued. */
void rl_fio_doze(struct rl_ctx *c, rl_ps at, void (*then)(struct rl_ctx *));
/** rl_fio_alarm - the handler of a clone's timer. c->arg: the clone. */
void rl_fio_alarm(struct rl_ctx *c);

/* watch.c */
/** rl_fio_watch_slots - timers that fio's other threads need, in each guest. */
uint32_t rl_fio_watch_slots(const struct rl_scenario *s);
/** rl_fio_watch_init - fio's other threads, on @v; @rng says when they look first. */
void rl_fio_watch_init(struct rl_vcpu *v, struct rl_rng *rng);

/* sync.c */
/** rl_fio_sync_due - does a job that calls fsync do so now, before it picks the next I/O? */
bool rl_fio_sync_due(const struct rl_fio *f);
/** rl_fio_sync - the call; @then follows. Nothing is queued. */
void rl_fio_sync(struct rl_ctx *c, void (*then)(struct rl_ctx *));

/* jobs.c */
/** rl_fio_finish - the clone has ended: its thread sleeps for good. */
void rl_fio_finish(struct rl_ctx *c);

#endif
