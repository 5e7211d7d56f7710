/* SPDX-License-Identifier: MIT */
/* rl-kill's load: what a block must hold is known from a ledger alone; see kill.c. */
#include "core/blkif.h"
#include "hosted/campaign/kill.h"
#include "hosted/clock.h"
#include "hosted/front.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK	 4096u
#define RETRY_MS 20000u

struct load {
	struct rl_kill *sh;
	struct rl_hqueue *q;
	rl_u64 rng;
	rl_u64 replayed; /* of the queue, when service was last seen to return */
	rl_u32 depth;
	rl_u32 *ledger; /* version of each block that was acknowledged */
	bool *busy;	/* a write of the block is under way */
	rl_u32 lost;	/* reads that found another version */
	rl_u32 failed;	/* I/Os that ended with an error */
	rl_u64 writes, reads;
	struct op {
		struct rl_hio io;
		rl_u32 block, version;
		rl_u32 data[BLOCK / 4];
	} * op;
};

static void stamp(struct op *op)
{
	for (rl_u32 i = 0; i < BLOCK / 4; i += 2) {
		op->data[i] = op->block;
		op->data[i + 1] = op->version;
	}
}

static bool stamped(const struct op *op, rl_u32 version)
{
	for (rl_u32 i = 0; i < BLOCK / 4; i += 2)
		if (version ? op->data[i] != op->block || op->data[i + 1] != version
			    : op->data[i] || op->data[i + 1])
			return false;
	return true;
}

static void issue(struct load *l, struct op *op, bool write)
{
	op->io = (struct rl_hio){.op = write ? RL_HIO_WRITE : RL_HIO_READ,
		.sector = (rl_u64)op->block * (BLOCK / RL_SECTOR_BYTES),
		.buf = op->data,
		.bytes = BLOCK,
		.cookie = op};
	if (write)
		stamp(op);
	rl_hqueue_submit(l->q, &op->io);
}

static void issue_random(struct load *l, struct op *op)
{
	do
		op->block = (rl_u32)(rl_kill_draw(&l->rng) % RL_KILL_BLOCKS);
	while (l->busy[op->block]);
	l->busy[op->block] = true;
	issue(l, op, false);
}

static void settle(struct load *l, struct op *op)
{
	bool write = op->io.op == RL_HIO_WRITE;

	if (op->io.error) {
		l->failed++;
	} else if (write) {
		l->ledger[op->block] = op->version;
		l->writes++;
	} else {
		l->reads++;
		if (!stamped(op, l->ledger[op->block])) {
			l->lost++;
			fprintf(stderr, "block %u: version %u of block %u, the ledger says %u\n",
				op->block, op->data[1], op->data[0], l->ledger[op->block]);
		}
	}
}

/* What an op does next: a block that was read is written, then another one is read. */
static void next(struct load *l, struct op *op)
{
	if (op->io.op == RL_HIO_READ) {
		op->version = l->ledger[op->block] + 1;
		issue(l, op, true);
	} else {
		l->busy[op->block] = false;
		issue_random(l, op);
	}
}

/* The first answer of the next backend ends the time without service. */
static void watch_gap(struct load *l)
{
	struct rl_kill *sh = l->sh;
	rl_u64 killed = __atomic_load_n(&sh->killed_ns, __ATOMIC_ACQUIRE);

	if (!killed || rl_hqueue_stats(l->q)->adopted == l->replayed)
		return;
	l->replayed = rl_hqueue_stats(l->q)->adopted;
	sh->gap_ns[sh->gaps++] = rl_hclock_monotonic_ns() - killed;
	__atomic_store_n(&sh->killed_ns, 0, __ATOMIC_RELEASE);
}

/* Returns how many I/Os came back; 0: nothing moves any more. */
static int reap(struct load *l, struct rl_hio **done)
{
	int n;

	rl_hqueue_commit(l->q);
	n = rl_hqueue_reap(l->q, 1, l->depth, (rl_u64)RETRY_MS * 1000000u, done);
	if (n > 0)
		watch_gap(l);
	return n;
}

static bool run(struct load *l)
{
	struct rl_hio *done[RL_KILL_MAX_DEPTH];
	rl_u32 out = 0;

	for (; out < l->depth; out++)
		issue_random(l, &l->op[out]);
	while (out) {
		int n;

		__atomic_store_n(&l->sh->in_flight, out, __ATOMIC_RELAXED);
		n = reap(l, done);
		if (n <= 0)
			return false;
		for (int i = 0; i < n; i++) {
			struct op *op = done[i]->cookie;

			settle(l, op);
			if (__atomic_load_n(&l->sh->stop, __ATOMIC_ACQUIRE) || l->failed)
				out--;
			else
				next(l, op);
		}
	}
	return true;
}

static bool read_back(struct load *l)
{
	struct rl_hio *done[1];

	for (rl_u32 b = 0; b < RL_KILL_BLOCKS && !l->failed; b++) {
		l->op[0].block = b;
		issue(l, &l->op[0], false);
		rl_hqueue_commit(l->q);
		if (rl_hqueue_reap(l->q, 1, 1, (rl_u64)RETRY_MS * 1000000u, done) != 1)
			return false;
		settle(l, &l->op[0]);
	}
	return true;
}

static int by_value(const void *a, const void *b)
{
	rl_u64 x = *(const rl_u64 *)a, y = *(const rl_u64 *)b;

	return (x > y) - (x < y);
}

static int verdict(const struct load *l, bool whole)
{
	struct rl_kill *sh = l->sh;
	rl_u32 deep = 0;

	for (rl_u32 i = 0; i < sh->kills; i++)
		deep += sh->at[i] >= 8;
	qsort(sh->gap_ns, sh->gaps, sizeof(sh->gap_ns[0]), by_value);
	printf("kills %u\nkills_with_8_in_flight %u\nwrites %llu\nreads %llu\nreplayed %llu\n",
		sh->kills, deep, (unsigned long long)l->writes, (unsigned long long)l->reads,
		(unsigned long long)rl_hqueue_stats(l->q)->replayed);
	printf("wrong_blocks %u\nfailed %u\nhung %d\n", l->lost, l->failed, !whole);
	if (sh->gaps)
		printf("gap_median_us %.1f\ngap_worst_us %.1f\n",
			(double)sh->gap_ns[sh->gaps / 2] / 1e3,
			(double)sh->gap_ns[sh->gaps - 1] / 1e3);
	return l->lost || l->failed || !whole ? 1 : 0;
}

int rl_kill_load_run(const struct rl_kill_load *a, struct rl_kill *sh)
{
	struct load l = {.sh = sh, .rng = a->seed * 0x9e3779b97f4a7c15u + 1, .depth = a->depth};
	struct rl_hfront_conf c = {.socket = a->socket,
		.queues = 1,
		.ring_pages = 1,
		.policy = a->policy,
		.retry_ms = RETRY_MS};
	char why[RL_HOSTED_ERR_BYTES];
	struct rl_hfront *f;
	bool whole;
	int rc;

	if (rl_hfront_create(&f, &c, why)) {
		fprintf(stderr, "rl-kill: error: %s\n", why);
		__atomic_store_n(&sh->stop, 1, __ATOMIC_RELEASE);
		__atomic_store_n(&sh->done, 1, __ATOMIC_RELEASE);
		return 4;
	}
	__atomic_store_n(&sh->killed_ns, 0, __ATOMIC_RELEASE); /* there is service */
	l.q = rl_hfront_queue(f, 0);
	l.ledger = calloc(RL_KILL_BLOCKS, sizeof(*l.ledger));
	l.busy = calloc(RL_KILL_BLOCKS, sizeof(*l.busy));
	l.op = calloc(l.depth, sizeof(*l.op));
	whole = run(&l) && read_back(&l);
	rc = verdict(&l, whole);
	__atomic_store_n(&sh->stop, 1, __ATOMIC_RELEASE);
	rl_hfront_destroy(f);
	__atomic_store_n(&sh->done, 1, __ATOMIC_RELEASE);
	free(l.ledger);
	free(l.busy);
	free(l.op);
	return rc;
}
