/* SPDX-License-Identifier: MIT */
/*
 * A frontend that carries out what core/recovery.h decides, backends that come, break the protocol,
 * die and are replaced, and a disk: small enough that every order of their steps can be visited
 * (test_recovery_explore.c). A backend that does not move is frozen.
 *
 * Time is a step as well: it passes for all requests that are pending at once, and not while
 * somebody has reached the deadline (its timer is due) or could be sent (the block layer runs).
 * The clock of a parked disk goes on where it stood when it is parked again before time passed.
 * Caches and disk are sets of writes. What must hold is checked where it could break.
 */
#ifndef RL_CORE_TESTS_EXPLORE_RECOVERY_H
#define RL_CORE_TESTS_EXPLORE_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/recovery.h"

enum { XR_REQS = 3, XR_LIVES = 3, XR_DEADLINE = 1, XR_NOBODY = 0xff };
enum { XR_NONE, XR_QUEUED, XR_SENT, XR_OK, XR_ERROR };
enum { XR_UNBORN, XR_UP, XR_DIED };

/* Ways in which a careless carrier breaks the rules, to see that the search finds each. */
enum xr_mutant {
	XR_SOUND,
	XR_NO_FENCE,	   /* the next backend is served while the last one maps our pages */
	XR_FORGETS,	   /* a held request is not sent again */
	XR_NO_DEADLINE,	   /* nobody looks at the clock */
	XR_LATE_MARK,	   /* a flush stands for what was written until it was answered */
	XR_ADOPTS_ANY,	   /* no look at the disk's identity */
	XR_FAILS_TWICE,	   /* fails what was completed as well */
	XR_RELEASES_EARLY, /* new requests before the held ones */
	XR_TRUSTS_BROKEN,  /* takes the answers of one that broke the protocol */
	XR_BLAMES_NOBODY,  /* a lost cache is not told */
	XR_MUTANTS,
};

struct xr_req {
	uint32_t mark;
	uint8_t state, age, life; /* life: whom it was last sent to */
	uint8_t need;		  /* of a flush: the writes answered before it */
};

struct xr_back {
	uint8_t state;
	bool mapped, closed;
	uint8_t has, done, answers, cache; /* sets of requests */
};

struct xr_state {
	struct rl_recovery rec;
	struct xr_req req[XR_REQS];
	struct xr_back back[XR_LIVES];
	uint8_t ring, waits, last, next; /* backends: has our ring; waits for one; had the last */
	uint8_t first;			 /* who had the disk that was shown */
	uint8_t held;			 /* how long the disk has been parked */
	bool hold, live, dead;
	uint8_t stable, kept, acked; /* kept: a cache that outlives backends */
};

struct xr_config {
	const char *name;
	int reqs, lives;
	uint8_t flushes; /* set of the requests that are flushes; the others write */
	struct rl_recovery_disk disk[XR_LIVES];
};

static struct xr_state *xr;
static const struct xr_config *xr_cfg;
static enum xr_mutant xr_mutant;
static const char *xr_broken;
static bool xr_survived; /* a request went well with a later backend than the first */

static void xr_expect(bool ok, const char *what)
{
	if (!ok && !xr_broken)
		xr_broken = what;
}

static bool xr_is_flush(int i)
{
	return xr_cfg->flushes >> i & 1;
}

static bool xr_other_disk(int b)
{
	return rl_recovery_refusal(&xr_cfg->disk[xr->first], &xr_cfg->disk[b]) != NULL;
}

static void xr_end(int i, bool ok)
{
	struct xr_req *q = &xr->req[i];

	xr_expect(q->state == XR_QUEUED || q->state == XR_SENT, "a request ended twice");
	if (ok && xr_is_flush(i)) {
		rl_recovery_flushed(
			&xr->rec, xr_mutant == XR_LATE_MARK ? xr->rec.written : q->mark);
		xr_expect(!(q->need & ~xr->stable),
			"a flush went well, and a write before it is not stable");
	} else if (ok) {
		rl_recovery_wrote(&xr->rec);
		xr->acked |= (uint8_t)(1u << i);
		xr_expect(xr->back[q->life].done >> i & 1,
			"a write went well that nobody carried out");
	}
	xr_survived |= ok && q->life;
	*q = (struct xr_req){.state = ok ? XR_OK : XR_ERROR};
}

/* Of one that can do no more nothing is remembered: equal states shall be equal bytes. */
static void xr_forget(int b)
{
	if (b != xr->ring && b != xr->waits && !xr->back[b].mapped)
		xr->back[b] = (struct xr_back){.state = XR_DIED};
}

/* To the backend that has our ring; a flush may be refused before it gets there. */
static void xr_send(int i)
{
	struct xr_req *q = &xr->req[i];

	if (xr_is_flush(i) && rl_recovery_flush(&xr->rec, &q->mark)) {
		xr_end(i, false);
		return;
	}
	xr_expect(xr->ring != XR_NOBODY, "a request was sent to nobody");
	if (xr->ring == XR_NOBODY)
		return;
	if (q->state == XR_QUEUED)
		q->age = 0;
	q->state = XR_SENT;
	q->life = xr->ring;
	xr->back[xr->ring].has |= (uint8_t)(1u << i);
	xr_expect(!xr_other_disk(xr->ring), "a request was sent to another disk");
}

static bool xr_is_held(int i)
{
	return xr->req[i].state == XR_SENT && xr->req[i].life != xr->ring;
}

static void xr_take(int b)
{
	for (int i = 0; i < xr_cfg->reqs; i++)
		if (xr->req[i].state == XR_SENT && xr->req[i].life == b &&
			xr->back[b].answers >> i & 1)
			xr_end(i, true);
}

static void xr_fail(void)
{
	for (int i = 0; i < xr_cfg->reqs; i++)
		if (xr->req[i].state == XR_SENT ||
			(xr_mutant == XR_FAILS_TWICE && xr->req[i].state == XR_OK))
			xr_end(i, false);
	xr->dead = true;
}

static void xr_release(void)
{
	xr->hold = false;
	if (xr->rec.state != RL_RECOVERY_CONNECTED)
		return;
	xr->live = true;
	xr->dead = false;
	for (int i = 0; i < xr_cfg->reqs; i++)
		xr_expect(!xr_is_held(i), "new requests may come, and a held one was not sent");
}

/* What the carriers of the real thing do with what is decided, in the same order. */
static void xr_event(enum rl_recovery_event event)
{
	rl_u32 act = rl_recovery_event(&xr->rec, event);

	if (act & RL_RECOVERY_DO_HOLD)
		xr->hold = true;
	if (act & RL_RECOVERY_DO_CUT) {
		xr->live = false;
		xr->last = xr->ring;
		xr->ring = XR_NOBODY;
	}
	if (act & RL_RECOVERY_DO_TAKE ||
		(act & RL_RECOVERY_DO_CUT && xr_mutant == XR_TRUSTS_BROKEN))
		xr_take(xr->last);
	if (act & RL_RECOVERY_DO_CLOSE)
		xr->back[xr->last].closed = true;
	if (act & RL_RECOVERY_DO_CUT)
		xr_forget(xr->last);
	if (act & RL_RECOVERY_DO_FAIL)
		xr_fail();
	if (act & RL_RECOVERY_DO_OFFER) {
		xr->ring = xr->waits;
		xr->waits = XR_NOBODY;
		xr->back[xr->ring].mapped = true;
	}
	if (act & RL_RECOVERY_DO_REPLAY) {
		xr->live = true;
		if (xr_mutant == XR_RELEASES_EARLY)
			xr->hold = false;
	}
	if (act & RL_RECOVERY_DO_RELEASE)
		xr_release();
}

/* ---- what a backend does ------------------------------------------------------------------- */

static bool xr_back_executes(int b, int i)
{
	struct xr_back *back = &xr->back[b];
	const struct rl_recovery_disk *disk = &xr_cfg->disk[b];
	uint8_t bit = (uint8_t)(1u << i);

	if (back->state != XR_UP || !back->mapped || !(back->has & ~back->done & bit))
		return false;
	back->done |= bit;
	if (xr_other_disk(b))
		return true;
	xr_expect(!xr->rec.ring || b == xr->ring,
		"an old backend wrote when the next one had the ring");
	if (xr_is_flush(i)) {
		xr->stable |= (uint8_t)(back->cache | xr->kept);
		back->cache = 0;
		xr->kept = 0;
	} else if (!disk->flush) {
		xr->stable |= bit;
	} else if (disk->cache_stays) {
		xr->kept |= bit;
	} else {
		back->cache |= bit;
	}
	return true;
}

static bool xr_back_answers(int b, int i)
{
	struct xr_back *back = &xr->back[b];
	uint8_t bit = (uint8_t)(1u << i);

	if (back->state != XR_UP || !back->mapped || !(back->done & ~back->answers & bit))
		return false;
	back->answers |= bit;
	return true;
}

/* Lets go of all pages, be the work done or not. */
static bool xr_back_unmaps(int b)
{
	struct xr_back *back = &xr->back[b];

	if (back->state != XR_UP || !back->mapped || !back->closed)
		return false;
	back->mapped = false;
	xr_forget(b);
	return true;
}

static bool xr_back_dies(int b)
{
	struct xr_back *back = &xr->back[b];

	if (back->state != XR_UP)
		return false;
	back->state = XR_DIED;
	back->mapped = false;
	back->cache = 0;
	if (xr->waits == b) {
		xr->waits = XR_NOBODY;
		xr_event(RL_RECOVERY_LOST);
	}
	xr_forget(b);
	return true;
}

static bool xr_back_closes(int b)
{
	if (xr->back[b].state != XR_UP || xr->ring != b || xr->back[b].closed)
		return false;
	xr->back[b].closed = true;
	return true;
}

/* Claims to have answered all that it has; the frontend sees that something else is wrong. */
static bool xr_back_breaks(int b)
{
	if (xr->back[b].state != XR_UP || xr->ring != b || !xr->live)
		return false;
	xr->back[b].answers = xr->back[b].has;
	xr_event(RL_RECOVERY_BROKEN);
	return true;
}

#endif
