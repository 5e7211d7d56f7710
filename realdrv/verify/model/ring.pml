/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operations of core/ring.h, access by access, on a machine with total store order:
 * a store enters its CPU's buffer and reaches memory later, in order, at any moment; a
 * full fence waits until the buffer is empty; a load reads memory.
 *
 * Each step prints itself as model/trace.c prints what the real ring.h does, so that the
 * two can be compared (models --trace). What is verified and what is compared are the same
 * inlines. Indices are bytes here and wrap after 256; SLOTS is a power of two.
 *
 * CPUs: 0 the frontend's, 1 the backend's, 2 that of a backend that takes over.
 */
#ifndef SLOTS
#define SLOTS 2
#endif
#define START 254 /* of every index, so that all of them wrap */
#define CPUS  3

mtype = { rsp_event, rsp_prod, req_event, req_prod }; /* numbered from the last: req_prod is 1 */

#define FRONT	       0
#define BACK	       1
#define SIDE(c)	       (c > 0)
#define FIRST_SLOT     5
#define PAGE	       (FIRST_SLOT + SLOTS)	/* words a page; word 0 is not used */
#define AT(c)	       (v[c].page * PAGE)
#define PROD(c)	       (AT(c) + 1 + 2 * SIDE(c))       /* published by the side of c */
#define EVENT(c)       (AT(c) + 2 + 2 * SIDE(c))       /* read by it: its peer's */
#define PEER_PROD(c)   (AT(c) + 1 + 2 * (1 - SIDE(c))) /* looked at by the side of c */
#define OWN_EVENT(c)   (AT(c) + 2 + 2 * (1 - SIDE(c))) /* armed by it */
#define INDEX(i)       ((i) & (SLOTS - 1))
#define SLOT(c, i)     (AT(c) + FIRST_SLOT + INDEX(i))
#define DIFF(a, b)     (((a) - (b)) & 255)
#define REL(i)	       DIFF(i, START)

/* Ways to break an operation, on one side; what each is stands in models. */
#define NO_RECHECK	    1
#define NO_PRODUCER_BARRIER 2
#define NO_CONSUMER_BARRIER 3
#define EVENT_BEHIND	    4
#define EVENT_AHEAD	    5
#define LATE_ARM	    6
#define EARLY_EVENT	    7
#define HOLD_OFF_SHORT	    8
#define HOLD_OFF_FLAT	    9
#define PROD_BEFORE_SLOT    10
byte mutant, mutant_side;
#define BROKEN(m, c) (mutant == m && mutant_side == SIDE(c))

/* The private view of a side: what of core/ring.h it holds between two operations. */
typedef view {
	byte pvt;  /* next message to fill */
	byte pub;  /* published */
	byte cons; /* next message to take */
	byte page; /* the ring: one a connection */
}
view v[CPUS];
byte mem[2 * PAGE];
chan sb[CPUS] = [4] of { byte, byte }; /* word, value */

#define FREE(c) (SLOTS - DIFF(v[c].pvt, v[c].cons))
#define RING_LOCALS byte old, new, ev, prod, n, x; bool due, again, bad

/* A slot reaches memory together with the index that follows it: nobody reads it earlier. */
proctype Memory(byte c)
{
	byte w, val;

end:	do
	:: atomic {
		sb[c]?w,val;
		mem[w] = val;
		do
		:: w % PAGE >= FIRST_SLOT && len(sb[c]) > 0 -> sb[c]?w,val; mem[w] = val
		:: else -> break
		od;
		w = 0;
		val = 0
	}
	od
}

/* Nobody reads a word that still stands in the own buffer: so no forwarding is needed. */
#define NOT_OWN(c, w) assert(!(sb[c]??[eval(w), _]))

inline load_acquire(c, dst, w)
{
	d_step { NOT_OWN(c, w); dst = mem[w]; printf("  load acquire %e -> %d\n", (w) % PAGE, REL(dst)) }
}

inline load_relaxed(c, dst, w)
{
	d_step { NOT_OWN(c, w); dst = mem[w]; printf("  load relaxed %e -> %d\n", (w) % PAGE, REL(dst)) }
}

inline store_release(c, w, val)
{
	d_step { sb[c]!(w),(val); printf("  store release %e %d\n", (w) % PAGE, REL(val)) }
}

inline store_relaxed(c, w, val)
{
	d_step { sb[c]!(w),(val); printf("  store relaxed %e %d\n", (w) % PAGE, REL(val)) }
}

inline full_fence(c, without)
{
	if
	:: BROKEN(without, c)
	:: !BROKEN(without, c) && len(sb[c]) == 0 -> printf("  fence seq_cst\n")
	fi
}

inline fill(c, val)
{
	d_step { sb[c]!SLOT(c, v[c].pvt),(val); printf("  fill slot %d\n", INDEX(v[c].pvt)) }
}

inline front_free(c)
{
	printf("  = free %d\n", FREE(c))
}

/* rl_*_slot, the caller's writing into it, rl_*_queue. */
inline queue(c, val)
{
	if
	:: BROKEN(PROD_BEFORE_SLOT, c) -> sb[c]!PROD(c),((v[c].pvt + 1) & 255)
	:: else
	fi;
	fill(c, val);
	v[c].pvt = (v[c].pvt + 1) & 255
}

/* The event index lies in (old, new]. The mutants: one short; without modulo. */
#define MUST_NOTIFY(c)                                                                             \
	(BROKEN(HOLD_OFF_SHORT, c) -> DIFF(new, ev) + 1 < DIFF(new, old) :                         \
	(BROKEN(HOLD_OFF_FLAT, c) -> (old < ev && ev <= new) : DIFF(new, ev) < DIFF(new, old)))

inline publish(c)
{
	old = v[c].pub;
	new = v[c].pvt;
	due = false;
	if
	:: old == new
	:: old != new ->
		v[c].pub = new;
		if
		:: BROKEN(EARLY_EVENT, c) ->
			load_relaxed(c, ev, EVENT(c));
			store_release(c, PROD(c), new);
			full_fence(c, NO_PRODUCER_BARRIER)
		:: else ->
			store_release(c, PROD(c), new);
			full_fence(c, NO_PRODUCER_BARRIER);
			load_relaxed(c, ev, EVENT(c))
		fi;
		due = MUST_NOTIFY(c)
	fi;
	printf("  = notify %d\n", due);
	old = 0;
	new = 0;
	ev = 0
}

/* What a hostile or broken peer may not claim. */
#define FRONT_BAD(c) (DIFF(prod, v[c].cons) > DIFF(v[c].pub, v[c].cons))
#define BACK_BAD(c)  (DIFF(prod, v[c].pvt) > SLOTS || DIFF(prod, v[c].cons) > SLOTS)

inline pending(c)
{
	load_acquire(c, prod, PEER_PROD(c));
	bad = (SIDE(c) == FRONT -> FRONT_BAD(c) : BACK_BAD(c));
	n = (bad -> 0 : DIFF(prod, v[c].cons));
	if
	:: bad -> printf("  = error\n")
	:: else -> printf("  = pending %d\n", n)
	fi;
	prod = 0
}

inline take(c)
{
	d_step {
		NOT_OWN(c, SLOT(c, v[c].cons));
		x = mem[SLOT(c, v[c].cons)];
		printf("  copy slot %d -> %d\n", INDEX(v[c].cons), x);
		printf("  compiler fence seq_cst\n");
		v[c].cons = (v[c].cons + 1) & 255
	}
}

#define ARM_AT(c, offset)                                                                          \
	((v[c].cons + offset + BROKEN(EVENT_AHEAD, c) - BROKEN(EVENT_BEHIND, c)) & 255)

inline arm(c, offset)
{
	if
	:: BROKEN(LATE_ARM, c) ->
		load_acquire(c, prod, PEER_PROD(c));
		store_relaxed(c, OWN_EVENT(c), ARM_AT(c, offset));
		full_fence(c, NO_CONSUMER_BARRIER)
	:: else ->
		store_relaxed(c, OWN_EVENT(c), ARM_AT(c, offset));
		full_fence(c, NO_CONSUMER_BARRIER);
		load_acquire(c, prod, PEER_PROD(c))
	fi;
	again = (prod != v[c].cons) && !BROKEN(NO_RECHECK, c);
	printf("  = again %d\n", again);
	prod = 0
}

inline attach(c)
{
	if
	:: SIDE(c) == FRONT -> v[c].cons = START
	:: else -> load_acquire(c, v[c].cons, PROD(c))
	fi;
	v[c].pvt = v[c].cons;
	v[c].pub = v[c].cons
}

/* rl_ring_init_shared of a page that nobody else has seen: empty, both sides armed. */
inline init_shared(page)
{
	d_step {
		mem[page * PAGE + 1] = START;
		mem[page * PAGE + 2] = (START + 1) & 255;
		mem[page * PAGE + 3] = START;
		mem[page * PAGE + 4] = (START + 1) & 255;
		printf("init req_prod %d req_event %d rsp_prod %d rsp_event %d\n",
			REL(mem[page * PAGE + 1]), REL(mem[page * PAGE + 2]),
			REL(mem[page * PAGE + 3]), REL(mem[page * PAGE + 4]))
	}
}
