/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a disk whose backend is lost: the rules, without the hands that carry them out.
 *
 * A backend is lost when it closes, vanishes, breaks the protocol, is replaced by another one or is
 * silent for the deadline. Its disk is parked: what the backend had not answered is held where it
 * is, what comes new waits in the block layer. Then, one after the other:
 *
 *	take     Answers that lie in the ring are still answers (not those of a backend that broke
 *	         the protocol): their requests end, and are not among those that are held.
 *	fence    Nothing is offered to the next backend before the last one can reach nothing of
 *	         ours: it is destroyed, or has let go of every page. Else an old write of its could
 *	         land on top of a new one.
 *	offer    New rings, to the backend that waits for them.
 *	compare  Its disk must be the one that was lost (rl_recovery_refusal). Another is refused.
 *	replay   What was held is sent again, in any order: the caller of a request that is not
 *	         complete has no right to any. Then new requests flow.
 *
 * When that does not happen within the deadline, everything that is held fails and what comes fails
 * at once: the disk is dead. A backend with the same disk may still come, fenced like any other:
 * then it works again, with nothing to be replayed.
 *
 *	state      lost or broken   met, same disk   fenced   deadline            removed
 *	---------  ---------------  ---------------  -------  ------------------  -------
 *	new        new              connected        offer    -                   gone
 *	connected  PARKED           -                -        dead (it is silent) gone
 *	parked     parked           REPLAYING        offer    dead                gone
 *	replaying  parked           -                -        dead                gone
 *	dead       dead             connected        offer    -                   gone
 *
 * The deadline has two clocks, both the caller's: of a request, from when it was first sent
 * (waiting while parked included), and of the disk, from when it was parked. So no request is out
 * for longer, and none waits for longer. A disk that is parked again before what had waited could
 * be sent has been parked all the time.
 *
 * Flushes. A disk with a volatile cache may lose, with its backend, writes that were answered since
 * the last flush. They cannot be brought back, and reads will not tell. So from then on
 * every flush fails, those held among them, until the disk was closed by all who had it open:
 * whoever wrote is told by the flush that was to make it last. A backend that says that its cache
 * outlives it (the cache is in the disk's own controller) loses nothing: its successor's flush
 * covers all. A flush is never answered by us, and one that the new backend cannot carry out is
 * an error.
 *
 * Nothing here allocates, waits or looks at a clock. Events come one at a time; the functions of a
 * request are inline, an addition for a write and nothing for a read.
 */
#ifndef RL_CORE_RECOVERY_H
#define RL_CORE_RECOVERY_H

#include "core/types.h"

#define RL_RECOVERY_IDENTITY_BYTES 80u

enum rl_recovery_state {
	RL_RECOVERY_NEW,       /* no disk was met yet */
	RL_RECOVERY_CONNECTED, /* requests flow */
	RL_RECOVERY_PARKED,    /* the backend is lost; requests are held */
	RL_RECOVERY_REPLAYING, /* a backend was adopted; what was held goes out, nothing new does */
	RL_RECOVERY_DEAD,      /* the deadline passed; requests fail at once */
	RL_RECOVERY_GONE,      /* the device is taken away; no backend counts any more */
	RL_RECOVERY_STATES,
};

enum rl_recovery_event {
	RL_RECOVERY_OFFERED, /* a backend waits for a ring */
	RL_RECOVERY_MET,     /* it has taken the ring, and has the disk that we know or the first */
	RL_RECOVERY_STRANGER, /* it has taken the ring, and has another disk */
	RL_RECOVERY_REPLAYED, /* all that was held has been sent */
	RL_RECOVERY_LOST,     /* it closed, vanished, or another one is named in its place */
	RL_RECOVERY_BROKEN,   /* it broke the protocol */
	RL_RECOVERY_FENCED,   /* the one that was given up can reach nothing of ours any more */
	RL_RECOVERY_EXPIRED,  /* the deadline of a request or of the parked disk passed */
	RL_RECOVERY_REMOVED,  /* the device is taken away */
	RL_RECOVERY_EVENTS,
};

/* What is to be done, lowest bit first. */
enum {
	RL_RECOVERY_DO_HOLD = 1 << 0,	 /* no request leaves the block layer */
	RL_RECOVERY_DO_CUT = 1 << 1,	 /* the ring is used no more, neither way */
	RL_RECOVERY_DO_TAKE = 1 << 2,	 /* but for the answers that lie in it */
	RL_RECOVERY_DO_CLOSE = 1 << 3,	 /* tell the backend; take grants back until FENCED */
	RL_RECOVERY_DO_FAIL = 1 << 4,	 /* what is held fails */
	RL_RECOVERY_DO_OFFER = 1 << 5,	 /* a new ring to the backend that waits */
	RL_RECOVERY_DO_REPLAY = 1 << 6,	 /* what is held is sent; then REPLAYED */
	RL_RECOVERY_DO_RELEASE = 1 << 7, /* requests leave the block layer again */
};

/* A disk, as far as one may be taken for another. */
struct rl_recovery_disk {
	rl_u64 sectors; /* of 512 bytes */
	rl_u32 sector_bytes;
	rl_bool read_only;
	rl_bool flush;				   /* takes flushes: has a volatile cache */
	rl_bool cache_stays;			   /* which outlives the backend's domain */
	char identity[RL_RECOVERY_IDENTITY_BYTES]; /* ends with a zero; empty: not known */
};

struct rl_recovery {
	rl_u8 state;	 /* enum rl_recovery_state */
	rl_bool ring;	 /* a ring was offered and is not given up */
	rl_bool fenced;	 /* no backend can reach anything of ours */
	rl_bool offered; /* a backend waits for a ring */
	rl_bool flush;	 /* the backend takes flushes */
	rl_bool stays;	 /* its cache outlives it */
	rl_bool gap;	 /* a backend that had requests was lost, its cache is not judged yet */
	rl_bool lost;	 /* answered writes may be gone: flushes fail */
	rl_bool told;	 /* and one did */
	rl_u32 written;	 /* writes answered; modulo 2^32 */
	rl_u32 stable;	 /* of these, as many are stable, or lost and accounted for */
};

/** rl_recovery_init - no disk, no backend, nothing granted. */
void rl_recovery_init(struct rl_recovery *r);

/**
 * rl_recovery_event - the next state, and what is to be done about it.
 * @event: enum rl_recovery_event; one that means nothing in this state changes nothing.
 * Returns: RL_RECOVERY_DO_* bits, to be carried out before the next event, lowest first.
 * Context: one caller at a time.
 */
rl_u32 rl_recovery_event(struct rl_recovery *r, enum rl_recovery_event event);

/**
 * rl_recovery_meet - judge what the lost backend's cache held, and note what the new one has.
 * Context: before RL_RECOVERY_MET, when all answers of the lost one were taken.
 */
void rl_recovery_meet(struct rl_recovery *r, const struct rl_recovery_disk *disk);

/**
 * rl_recovery_refusal - whether a disk that comes back is the one that was lost.
 * @was: the disk that was shown.  @is: the one that is offered in its place.
 * Returns: null when it is, with at least its size; else why not, for a message.
 *
 * A disk of unknown identity is nobody's: two RAM disks of one size have nothing else in common.
 */
const char *rl_recovery_refusal(
	const struct rl_recovery_disk *was, const struct rl_recovery_disk *is);

/** rl_recovery_holds - true while requests are held, and the disk's deadline runs. */
static inline rl_bool rl_recovery_holds(const struct rl_recovery *r)
{
	return r->state == RL_RECOVERY_PARKED || r->state == RL_RECOVERY_REPLAYING;
}

/** rl_recovery_wrote - a write was answered well. Before its caller hears of it. */
static inline void rl_recovery_wrote(struct rl_recovery *r)
{
	r->written++;
}

/**
 * rl_recovery_flush - a flush is about to be sent, or sent again.
 * @mark: out, to be kept with the flush for rl_recovery_flushed().
 * Returns: 0: send it; -EIO, -EOPNOTSUPP: it fails with that.
 */
int rl_recovery_flush(struct rl_recovery *r, rl_u32 *mark);

/** rl_recovery_flushed - a flush was answered well by the backend that it was last sent to. */
void rl_recovery_flushed(struct rl_recovery *r, rl_u32 mark);

/** rl_recovery_closed - nobody has the disk open any more. */
void rl_recovery_closed(struct rl_recovery *r);

#endif
