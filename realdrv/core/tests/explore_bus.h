/* SPDX-License-Identifier: MIT */
/*
 * The shared page as an x86 machine with two CPUs sees it, for exhaustive exploration.
 *
 * core/ring.h is compiled with its atomics replaced by the functions below, so that what
 * is explored are the real functions, one shared access at a time. An operation (say,
 * "look, arm, look again") is a plain C function; to stop it between two accesses and to
 * go on from there in any order, it is run again from its start with the values that its
 * loads returned so far, up to the first access that is new. So a state is plain data:
 * it can be copied, compared and gone back to.
 *
 * A store enters the CPU's store buffer and reaches memory later, in order, at any moment
 * (TSO). A fence waits until the own buffer is empty; so does a notification, which is a
 * hypercall. Included by one file only: it replaces builtins.
 */
#ifndef RL_CORE_TESTS_EXPLORE_BUS_H
#define RL_CORE_TESTS_EXPLORE_BUS_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XB_SLOTS	4u
#define XB_HEADER_WORDS 16u
#define XB_WORDS	(XB_HEADER_WORDS + XB_SLOTS) /* the ring's header and slots of one word */
#define XB_BUFFER_MAX	6u
#define XB_LOG_MAX	12u

/* What both CPUs and the wires between them hold. */
struct xb {
	uint32_t mem[XB_WORDS];
	uint32_t value[2][XB_BUFFER_MAX]; /* store buffers, oldest first */
	uint8_t word[2][XB_BUFFER_MAX];
	uint8_t buffered[2];
	uint8_t logged[2];
	bool event[2]; /* an event waits at this side */
	uint32_t log[2][XB_LOG_MAX];
};

enum xb_end { XB_DONE, XB_STOPPED, XB_BLOCKED };

/* Ways to break the protocol, to see that the search would find it. */
enum xb_mutant {
	XB_SOUND,
	XB_NO_FENCE,	    /* no full barrier between own store and the peer's load */
	XB_NO_RECHECK,	    /* sleep after arming without another look */
	XB_NO_BATCH_NOTIFY, /* held off when more than one message was published at once */
	XB_ARM_BEHIND,	    /* armed for a message that was consumed before */
	XB_MUTANTS,
};

static struct xb *xb_now;
static int xb_side;		 /* the CPU that runs */
static unsigned int xb_replayed; /* accesses of this operation seen again so far */
static bool xb_fresh;		 /* the one new access was made */
static bool xb_direct;		 /* outside of exploration: plain memory */
static bool xb_blocked;
static enum xb_mutant xb_mutant;
static jmp_buf xb_stop;
static uint32_t xb_page[XB_WORDS]; /* what pointers point to; the values are in struct xb */

static void xb_impossible(const char *what)
{
	fprintf(stderr, "explore: %s\n", what);
	abort();
}

static unsigned int xb_word_of(const void *p)
{
	ptrdiff_t at = (const uint32_t *)p - xb_page;

	if (at < 0 || at >= (ptrdiff_t)XB_WORDS)
		xb_impossible("access outside of the shared page");
	return (unsigned int)at;
}

/* True when the access was already made in an earlier step; *v is what it returned then. */
static bool xb_again(uint32_t *v)
{
	if (xb_replayed < xb_now->logged[xb_side]) {
		*v = xb_now->log[xb_side][xb_replayed++];
		return true;
	}
	if (xb_fresh)
		longjmp(xb_stop, 1);
	return false;
}

static uint32_t xb_made(uint32_t v)
{
	if (xb_now->logged[xb_side] == XB_LOG_MAX)
		xb_impossible("operation with too many accesses");
	xb_now->log[xb_side][xb_now->logged[xb_side]++] = v;
	xb_replayed++;
	xb_fresh = true;
	return v;
}

static void xb_wait_unless(bool ready)
{
	if (!ready) {
		xb_blocked = true;
		longjmp(xb_stop, 1);
	}
}

static uint32_t xb_load(const void *p)
{
	unsigned int w = xb_word_of(p);
	uint32_t v;

	if (xb_direct)
		return xb_page[w];
	if (xb_again(&v))
		return v;
	for (int i = xb_now->buffered[xb_side] - 1; i >= 0; i--)
		if (xb_now->word[xb_side][i] == w)
			return xb_made(xb_now->value[xb_side][i]);
	return xb_made(xb_now->mem[w]);
}

static void xb_store(void *p, uint32_t v)
{
	unsigned int w = xb_word_of(p), n;
	uint32_t old;

	if (xb_direct) {
		xb_page[w] = v;
		return;
	}
	if (xb_again(&old))
		return;
	n = xb_now->buffered[xb_side];
	xb_wait_unless(n < XB_BUFFER_MAX);
	xb_now->word[xb_side][n] = (uint8_t)w;
	xb_now->value[xb_side][n] = v;
	xb_now->buffered[xb_side]++;
	xb_made(v);
}

static void xb_fence(void)
{
	uint32_t v;

	if (xb_direct || xb_mutant == XB_NO_FENCE || xb_again(&v))
		return;
	xb_wait_unless(xb_now->buffered[xb_side] == 0);
	xb_made(0);
}

static void xb_copy(void *to, const void *from, size_t bytes)
{
	uint32_t v;

	if (bytes != sizeof(v))
		xb_impossible("slots of this ring are one word");
	v = xb_load(from);
	memcpy(to, &v, sizeof(v));
}

/* The send hypercall. */
static void xb_notify(int peer)
{
	uint32_t v;

	if (xb_again(&v))
		return;
	xb_wait_unless(xb_now->buffered[xb_side] == 0);
	xb_now->event[peer] = true;
	xb_made(0);
}

/* What a driver does before it looks: an event that came before is served by this look. */
static void xb_clear_event(void)
{
	uint32_t v;

	if (xb_again(&v))
		return;
	xb_made(xb_now->event[xb_side]);
	xb_now->event[xb_side] = false;
}

static void xb_flush_one(struct xb *b, int side)
{
	b->mem[b->word[side][0]] = b->value[side][0];
	b->buffered[side]--;
	for (unsigned int i = 0; i < b->buffered[side]; i++) {
		b->word[side][i] = b->word[side][i + 1];
		b->value[side][i] = b->value[side][i + 1];
	}
	/* Equal states must be equal bytes. */
	b->word[side][b->buffered[side]] = 0;
	b->value[side][b->buffered[side]] = 0;
}

/*
 * The oldest buffered store of a side reaches memory. Slots go together with the index that
 * follows them: nobody reads a slot before its index, so more orders would show nothing new.
 */
static bool xb_flush(struct xb *b, int side)
{
	bool slot = true;

	if (b->buffered[side] == 0)
		return false;
	while (slot && b->buffered[side]) {
		slot = b->word[side][0] >= XB_HEADER_WORDS;
		xb_flush_one(b, side);
	}
	return true;
}

/* Runs an operation of a side up to its next new access, or to its end. */
static enum xb_end xb_run(struct xb *b, int side, void (*op)(int side, int arg), int arg)
{
	xb_now = b;
	xb_side = side;
	xb_replayed = 0;
	xb_fresh = xb_blocked = false;
	if (setjmp(xb_stop))
		return xb_blocked ? XB_BLOCKED : XB_STOPPED;
	op(side, arg);
	memset(xb_now->log[xb_side], 0, sizeof(xb_now->log[xb_side]));
	xb_now->logged[xb_side] = 0;
	return XB_DONE;
}

#define __atomic_load_n(p, order)     xb_load(p)
#define __atomic_store_n(p, v, order) xb_store(p, v)
#define __atomic_thread_fence(order)  xb_fence()
#define __builtin_memcpy(to, from, n) xb_copy(to, from, n)
#include "core/ring.h"
#undef __atomic_load_n
#undef __atomic_store_n
#undef __atomic_thread_fence
#undef __builtin_memcpy

#endif
