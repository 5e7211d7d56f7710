/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A frontend and a backend over the ring of ring.pml: every interleaving of their accesses,
 * of their store buffers, of device completions in any order, of timers, of deadlines, and
 * of the backend's death.
 *
 * How a side waits (knobs below, a set a side):
 *	looks	it polls; a look that finds nothing changes nothing, so polling is a guard
 *		that is true while there is work
 *	blocks	it arms and blocks; with both, it may give up polling at any moment: this is
 *		spin-then-block for every tau
 *	offset	the event is asked for at the offset-th message
 *	timer	a blocked side looks again after a while: at any moment, twice an episode, and
 *		when nothing else in the system can happen, three times
 *
 * What must hold: no state in which nothing can move before all requests are answered (a
 * lost wake-up); each message is what was put into the slot; each request is answered once;
 * neither side takes the other for hostile.
 *
 * Death: the backend is killed between any two of its accesses. Its stores reach memory,
 * then its socket ends, then its last I/O does and the disk's lock is free. The frontend
 * takes what was answered, makes a fresh page and event channels, and asks the rest again,
 * in order; the next backend serves once it has the lock. All requests write one place:
 * none may land after one that was asked for when it had been answered.
 */
#include "ring.pml"

/* Ways to break the drivers around the ring. */
#define LATE_CLEAR    20
#define NO_TIMER      21
#define BLIND_TIMER   22
#define NO_HUP	      30
#define NO_FENCE      31
#define REPLAY_ALL    32
#define REPLAY_NONE   33
#define OLD_CHANNEL   34

byte messages;
bool looks[2], blocks[2], timer[2], may_die;
byte offset[2];

mtype = { RUNS, LOOKS, HALTED };

mtype mode[CPUS] = RUNS;
byte early[CPUS], forced[CPUS];
bool event[4];	  /* of a side and a page: an eventfd's counter, or a pending port */
byte sent, got;	  /* requests queued, responses taken */
byte flight;	  /* frontend: ids that wait for an answer, a bit each */
byte busy[CPUS];  /* backends: ids at the device */
byte listens;	  /* the page whose event channel wakes the frontend */
byte before[4];	  /* ids that were answered when this one was asked for */
byte last = 255;  /* id of the write that the disk holds */
bool done, told, killed;
bool locked = true;

#define BIT(i)	     (1 << (i))
#define WORK(c)	     (mem[PEER_PROD(c)] != v[c].cons)
#define CHANNEL(c)   (SIDE(c) + 2 * (SIDE(c) == FRONT -> listens : v[c].page))
#define PEER_CHANNEL(c) (1 - SIDE(c) + 2 * v[c].page)

/* A notification is a system call: the own stores have reached memory. */
inline notify(c)
{
	if
	:: due -> atomic { len(sb[c]) == 0 -> event[PEER_CHANNEL(c)] = true; due = false }
	:: else
	fi
}

inline arm_and_halt(c)
{
	arm(c, offset[SIDE(c)]);
	if
	:: BROKEN(LATE_CLEAR, c) -> event[CHANNEL(c)] = false
	:: else
	fi;
	mode[c] = (again -> RUNS : HALTED);
	again = false
}

inline idle(c)
{
	if
	:: looks[SIDE(c)] -> mode[c] = LOOKS
	:: else -> arm_and_halt(c)
	fi
}

inline wake(c)
{
	mode[c] = RUNS;
	event[CHANNEL(c)] = event[CHANNEL(c)] && BROKEN(LATE_CLEAR, c)
}

#define TIMER(c) (mode[c] == HALTED && timer[SIDE(c)] && !BROKEN(NO_TIMER, c))

inline wake_by_timer(c, count)
{
	count++;
	mode[c] = (BROKEN(BLIND_TIMER, c) -> HALTED : RUNS)
}

/* Found something: a new episode, and progress for both sides. */
inline episode(c)
{
	forced[0] = 0;
	forced[1] = 0;
	forced[2] = 0;
	early[c] = 0;
	x = 0
}

inline front_takes()
{
	take(0);
	d_step {
		assert(x >= 100 && (flight & BIT(x - 100)));
		flight = flight & ~BIT(x - 100);
		got++;
		episode(0)
	}
}

inline submit()
{
	d_step {
		flight = flight | BIT(sent);
		before[sent] = (may_die -> (BIT(sent) - 1) & ~flight : 0)
	}
	queue(0, sent);
	sent++
}

inline drain_the_old()
{
	do
	:: pending(0);
		assert(!bad);
		if
		:: n > 0 -> n = 0; front_takes()
		:: else -> break
		fi
	od
}

inline replay()
{
	do
	:: n < sent && (flight & BIT(n)) -> queue(0, n); n++
	:: n < sent && !(flight & BIT(n)) -> n++
	:: n >= sent -> break
	od;
	n = 0;
	publish(0);
	notify(0)
}

/* What nobody looks at any more: equal states become equal. */
inline forget_the_old()
{
	d_step {
		n = 1;
		do
		:: n < PAGE -> mem[n] = 0; n++
		:: else -> break
		od;
		n = 0;
		event[BACK] = false;
		event[FRONT] = event[FRONT] && listens == 0;
		mode[1] = RUNS;
		early[1] = 0;
		forced[1] = 0;
		v[1].cons = 0;
		v[1].pvt = 0;
		v[1].pub = 0
	}
}

inline recover()
{
	told = false;
	drain_the_old();
	flight = (mutant == REPLAY_ALL -> BIT(sent) - 1 : (mutant == REPLAY_NONE -> 0 : flight));
	init_shared(1);
	v[0].page = 1;
	listens = (mutant == OLD_CHANNEL -> 0 : 1);
	attach(0);
	mode[0] = RUNS;
	forget_the_old();
	replay();
	run Backend(2)
}

proctype Frontend()
{
	RING_LOCALS;

	do
	:: got == messages -> break
	:: sent < messages && FREE(0) > 0 -> submit()
	:: v[0].pvt != v[0].pub -> publish(0); notify(0)
	:: mode[0] == RUNS ->
		pending(0);
		assert(!bad);
		if
		:: n > 0 -> n = 0; front_takes()
		:: else -> idle(0)
		fi
	:: atomic { mode[0] == LOOKS && WORK(0) -> mode[0] = RUNS }
	:: mode[0] == LOOKS && blocks[0] -> arm_and_halt(0)
	:: atomic { mode[0] == HALTED && event[CHANNEL(0)] -> wake(0) }
	:: atomic { TIMER(0) && early[0] < 2 -> wake_by_timer(0, early[0]) }
	:: atomic { TIMER(0) && forced[0] < 3 && timeout -> wake_by_timer(0, forced[0]) }
	:: told && mutant != NO_HUP -> recover()
	od;
	done = true
}

inline back_takes(c)
{
	take(c);
	d_step {
		assert(x < messages && !(busy[c] & BIT(x)));
		busy[c] = busy[c] | BIT(x);
		episode(c)
	}
}

inline land(c, id)
{
	d_step {
		assert(!(may_die && last < 4 && (before[last] & BIT(id))));
		last = (may_die -> id : 255);
		busy[c] = busy[c] & ~BIT(id)
	}
}

inline complete(c, id)
{
	land(c, id);
	queue(c, (100 + id))
}

proctype Backend(byte c)
{
	RING_LOCALS;

	c == 1 || !locked || mutant == NO_FENCE;
	v[c].page = c - 1;
	{
		attach(c);
		do
		:: done -> break
		:: (busy[c] & 1) -> complete(c, 0)
		:: (busy[c] & 2) -> complete(c, 1)
		:: (busy[c] & 4) -> complete(c, 2)
		:: (busy[c] & 8) -> complete(c, 3)
		:: v[c].pvt != v[c].pub -> publish(c); notify(c)
		:: mode[c] == RUNS ->
			pending(c);
			assert(!bad);
			if
			:: n > 0 -> n = 0; back_takes(c)
			:: else -> idle(c)
			fi
		:: atomic { mode[c] == LOOKS && WORK(c) -> mode[c] = RUNS }
		:: mode[c] == LOOKS && blocks[1] -> arm_and_halt(c)
		:: atomic { mode[c] == HALTED && event[CHANNEL(c)] -> wake(c) }
		:: atomic { TIMER(c) && early[c] < 2 -> wake_by_timer(c, early[c]) }
		:: atomic { TIMER(c) && forced[c] < 3 && timeout -> wake_by_timer(c, forced[c]) }
		od
	} unless {
		killed && c == 1
	};
	old = 0;
	new = 0;
	ev = 0;
	prod = 0;
	n = 0;
	x = 0;
	due = false;
	again = false;
	do
	:: done -> break
	:: !done && len(sb[c]) == 0 -> told = true; break
	od;
	do
	:: (busy[c] & 1) -> land(c, 0)
	:: (busy[c] & 2) -> land(c, 1)
	:: (busy[c] & 4) -> land(c, 2)
	:: (busy[c] & 8) -> land(c, 3)
	:: !busy[c] -> break
	od;
	locked = false
}

proctype Killer()
{
end:	may_die && !done -> killed = true
}

c_decl {
	\#include <stdlib.h>
	/* One built model serves every configuration: what it is stands in the environment. */
	static unsigned char knob(const char *name)
	{
		const char *s = getenv(name);

		return s ? (unsigned char)atoi(s) : 0;
	}
}

init
{
	c_code {
		now.messages = knob("messages");
		now.looks[0] = knob("front_looks");
		now.looks[1] = knob("back_looks");
		now.blocks[0] = knob("front_blocks");
		now.blocks[1] = knob("back_blocks");
		now.offset[0] = knob("front_offset");
		now.offset[1] = knob("back_offset");
		now.timer[0] = knob("front_timer");
		now.timer[1] = knob("back_timer");
		now.may_die = knob("may_die");
		now.mutant = knob("mutant");
		now.mutant_side = knob("mutant_side");
	};
	assert(messages > 0 && messages <= 4);
	init_shared(0);
	v[0].cons = START;
	v[0].pvt = START;
	v[0].pub = START;
	atomic {
		run Memory(0);
		run Memory(1);
		run Memory(2);
		run Killer();
		run Frontend();
		run Backend(1)
	}
}
