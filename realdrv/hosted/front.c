/* SPDX-License-Identifier: MIT */
/* A connection's memory and life; see front.h. */
#include "hosted/clock.h"
#include "hosted/front_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int check(const struct rl_hfront_conf *c, char *why)
{
	struct rl_policy_inst inst;
	struct rl_policy_err err = {0};

	if (c->queues < 1 || c->queues > RL_HOSTED_MAX_QUEUES) {
		snprintf(why, RL_HOSTED_ERR_BYTES, "%u queues (expected 1 to %u)", c->queues,
			RL_HOSTED_MAX_QUEUES);
		return -EINVAL;
	}
	if (!c->ring_pages || c->ring_pages > RL_HOSTED_MAX_RINGPAGES ||
		(c->ring_pages & (c->ring_pages - 1))) {
		snprintf(why, RL_HOSTED_ERR_BYTES, "%u ring pages (expected 1, 2, 4, 8 or 16)",
			c->ring_pages);
		return -EINVAL;
	}
	if (rl_policy_select(&inst, c->policy, &err)) {
		snprintf(why, RL_HOSTED_ERR_BYTES, "policy '%s': %s at character %u", c->policy,
			err.what, err.at + 1);
		return -EINVAL;
	}
	return 0;
}

static int make_pages(struct rl_hfront *f, char *why)
{
	rl_u32 slots = rl_ring_slots(f->conf.ring_pages * RL_PAGE_BYTES, RL_BLKIF_SLOT_BYTES);
	rl_u64 mem = (f->conf.mem_bytes + RL_PAGE_BYTES - 1) / RL_PAGE_BYTES;
	int rc;

	f->mem_offset = (size_t)f->conf.queues * slots * RL_BLKIF_MAX_SEGMENTS * RL_PAGE_BYTES;
	rc = rl_share_create(&f->pages, f->mem_offset + mem * RL_PAGE_BYTES);
	if (rc)
		snprintf(why, RL_HOSTED_ERR_BYTES, "%zu bytes of shared memory: %s",
			f->mem_offset + (size_t)mem * RL_PAGE_BYTES, strerror(-rc));
	return rc;
}

/* A backend that dies while it greets is waited for as one that dies later. */
static int meet(struct rl_hfront *f, char *why)
{
	rl_u64 until = rl_hclock_monotonic_ns() + (rl_u64)f->conf.retry_ms * 1000000u;
	int rc;

	for (;;) {
		rc = rl_hlink_connect(f, why);
		if ((rc != -ECONNRESET && rc != -EPIPE) || !f->conf.socket ||
			rl_hclock_monotonic_ns() >= until)
			return rc;
		usleep(1000);
	}
}

int rl_hfront_create(struct rl_hfront **out, const struct rl_hfront_conf *conf, char *why)
{
	struct rl_hfront *f;
	int rc = check(conf, why);

	if (rc)
		return rc;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->conf = *conf;
	f->quit = f->pages.fd = -1;
	f->conf.socket = conf->socket ? strdup(conf->socket) : NULL;
	f->conf.policy = strdup(conf->policy);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	rl_hclock_init();
	rc = make_pages(f, why);
	rc = rc ? rc : meet(f, why);
	for (rl_u32 i = 0; i < conf->queues && rc == 0; i++)
		rc = rl_hqueue_create(&f->queues[i], f, i, why);
	rc = rc ? rc : rl_hlink_watch(f);
	if (rc)
		rl_hfront_destroy(f);
	else
		*out = f;
	return rc;
}

void rl_hfront_destroy(struct rl_hfront *f)
{
	rl_hlink_stop(f);
	for (rl_u32 i = 0; i < f->conf.queues; i++)
		rl_hqueue_destroy(f->queues[i]);
	rl_share_fini(&f->pages);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free((char *)f->conf.socket);
	free((char *)f->conf.policy);
	free(f);
}

const struct rl_hfront_info *rl_hfront_info(const struct rl_hfront *f)
{
	return &f->info;
}

void *rl_hfront_mem(const struct rl_hfront *f)
{
	return f->conf.mem_bytes ? f->pages.base + f->mem_offset : NULL;
}

struct rl_hqueue *rl_hfront_queue(struct rl_hfront *f, rl_u32 i)
{
	return f->queues[i];
}

const struct rl_hstats *rl_hqueue_stats(const struct rl_hqueue *q)
{
	return &q->stats;
}
