/* SPDX-License-Identifier: MIT */
/* The states of a disk whose backends come and go; see recovery.h for the rules. */
#include "core/recovery.h"

void rl_recovery_init(struct rl_recovery *r)
{
	*r = (struct rl_recovery){.state = RL_RECOVERY_NEW, .fenced = 1};
}

/* What a volatile cache held since the last flush went with its backend. */
static void judge_cache(struct rl_recovery *r)
{
	if (!r->gap)
		return;
	r->gap = 0;
	if (!r->flush)
		r->stable = r->written;
	if (r->stays || r->written == r->stable)
		return;
	r->lost = 1;
	r->told = 0;
	r->stable = r->written;
}

void rl_recovery_meet(struct rl_recovery *r, const struct rl_recovery_disk *disk)
{
	judge_cache(r);
	r->flush = disk->flush;
	r->stays = disk->cache_stays;
}

/* Ends the use of a ring that was offered; nothing when there is none. */
static rl_u32 give_up(struct rl_recovery *r, rl_bool trusted)
{
	if (!r->ring)
		return 0;
	r->ring = 0;
	r->fenced = 0;
	return RL_RECOVERY_DO_CUT | (trusted ? RL_RECOVERY_DO_TAKE : 0) | RL_RECOVERY_DO_CLOSE;
}

static rl_u32 offer(struct rl_recovery *r)
{
	if (!r->offered || !r->fenced || r->ring || r->state == RL_RECOVERY_GONE)
		return 0;
	r->offered = 0;
	r->fenced = 0;
	r->ring = 1;
	return RL_RECOVERY_DO_OFFER;
}

static rl_u32 meet(struct rl_recovery *r)
{
	if (!r->ring)
		return 0;
	switch (r->state) {
	case RL_RECOVERY_NEW:
	case RL_RECOVERY_DEAD:
		r->state = RL_RECOVERY_CONNECTED;
		return RL_RECOVERY_DO_RELEASE;
	case RL_RECOVERY_PARKED:
		r->state = RL_RECOVERY_REPLAYING;
		return RL_RECOVERY_DO_REPLAY;
	default:
		return 0;
	}
}

static rl_u32 replayed(struct rl_recovery *r)
{
	if (r->state != RL_RECOVERY_REPLAYING)
		return 0;
	r->state = RL_RECOVERY_CONNECTED;
	return RL_RECOVERY_DO_RELEASE;
}

/* The cache is judged later: the answers that lie in the ring may be writes. */
static rl_u32 lose(struct rl_recovery *r, rl_bool trusted)
{
	rl_u32 act = give_up(r, trusted);

	r->offered = 0;
	if (r->state == RL_RECOVERY_CONNECTED || r->state == RL_RECOVERY_REPLAYING) {
		r->state = RL_RECOVERY_PARKED;
		r->gap = 1;
		act |= RL_RECOVERY_DO_HOLD;
	}
	return act;
}

/* Nothing is held from here on: it fails, and so does what comes. */
static rl_u32 fail(struct rl_recovery *r, enum rl_recovery_state state)
{
	rl_u32 act = RL_RECOVERY_DO_HOLD | RL_RECOVERY_DO_FAIL | RL_RECOVERY_DO_RELEASE;

	if (r->state == RL_RECOVERY_CONNECTED || r->state == RL_RECOVERY_REPLAYING) {
		r->gap = 1;
		act |= give_up(r, 1);
	}
	if (state == RL_RECOVERY_GONE)
		act |= give_up(r, 1);
	r->state = (rl_u8)state;
	return act;
}

static rl_u32 expired(struct rl_recovery *r)
{
	if (r->state != RL_RECOVERY_CONNECTED && !rl_recovery_holds(r))
		return 0;
	return fail(r, RL_RECOVERY_DEAD);
}

static rl_u32 fenced(struct rl_recovery *r)
{
	if (r->ring)
		return 0;
	r->fenced = 1;
	return offer(r);
}

rl_u32 rl_recovery_event(struct rl_recovery *r, enum rl_recovery_event event)
{
	if (r->state == RL_RECOVERY_GONE)
		return 0;
	switch (event) {
	case RL_RECOVERY_OFFERED:
		r->offered = 1;
		return offer(r);
	case RL_RECOVERY_MET:
		return meet(r);
	case RL_RECOVERY_REPLAYED:
		return replayed(r);
	case RL_RECOVERY_STRANGER:
	case RL_RECOVERY_LOST:
		return lose(r, 1);
	case RL_RECOVERY_BROKEN:
		return lose(r, 0);
	case RL_RECOVERY_FENCED:
		return fenced(r);
	case RL_RECOVERY_EXPIRED:
		return expired(r);
	case RL_RECOVERY_REMOVED:
		return fail(r, RL_RECOVERY_GONE);
	default:
		return 0;
	}
}

/* ---- is it the same disk? ------------------------------------------------------------------ */

static rl_bool same_identity(const char *a, const char *b)
{
	rl_u32 i;

	for (i = 0; i < RL_RECOVERY_IDENTITY_BYTES && a[i] == b[i]; i++)
		if (!a[i])
			return i > 0;
	return 0;
}

const char *rl_recovery_refusal(
	const struct rl_recovery_disk *was, const struct rl_recovery_disk *is)
{
	if (!was->identity[0])
		return "the lost disk had no identity";
	if (!is->identity[0])
		return "it has no identity";
	if (!same_identity(was->identity, is->identity))
		return "it has another identity";
	if (is->sector_bytes != was->sector_bytes)
		return "it has another sector size";
	if (is->sectors < was->sectors)
		return "it is smaller";
	if (is->read_only && !was->read_only)
		return "it is read-only";
	return (const char *)0;
}

/* ---- flushes ------------------------------------------------------------------------------- */

int rl_recovery_flush(struct rl_recovery *r, rl_u32 *mark)
{
	if (r->lost) {
		r->told = 1;
		return -RL_EIO;
	}
	if (!r->flush)
		return -RL_EOPNOTSUPP;
	*mark = r->written;
	return 0;
}

void rl_recovery_flushed(struct rl_recovery *r, rl_u32 mark)
{
	/* Flushes may be answered out of order: the later mark stands. */
	if (mark - r->stable <= r->written - r->stable)
		r->stable = mark;
}

void rl_recovery_closed(struct rl_recovery *r)
{
	if (r->lost && r->told)
		r->lost = r->told = 0;
}
