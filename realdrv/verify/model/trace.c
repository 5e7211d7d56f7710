/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What core/ring.h really does to the shared page: runs the operations named on stdin,
 * one a line ("front publish", "back arm 1", ...), and prints each access in its order,
 * with its memory order and its value. model/ring.pml prints the same of the model.
 *
 * The builtins of ring.h are replaced; the page that its pointers point to cannot be
 * touched, so an access by any other way ends the program with a signal.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/types.h"

#define SLOTS  4u
#define START  0xfffffffeu	   /* of every index, so that all of them wrap */
#define REL(v) (((v)-START) & 255) /* the model's indices are bytes */

enum { REQ_PROD, REQ_EVENT, RSP_PROD, RSP_EVENT, WORDS };

static const char *const names[WORDS] = {"req_prod", "req_event", "rsp_prod", "rsp_event"};
static const char *const orders[] = {
	[__ATOMIC_RELAXED] = "relaxed",
	[__ATOMIC_CONSUME] = "consume",
	[__ATOMIC_ACQUIRE] = "acquire",
	[__ATOMIC_RELEASE] = "release",
	[__ATOMIC_ACQ_REL] = "acq_rel",
	[__ATOMIC_SEQ_CST] = "seq_cst",
};
static uint32_t words[WORDS], slots[SLOTS];
static uint8_t *page; /* never accessible */

static int word_of(const void *p);
static unsigned int slot_of(const void *p);

static uint32_t load(const void *p, int order)
{
	int w = word_of(p);

	printf("  load %s %s -> %u\n", orders[order], names[w], REL(words[w]));
	return words[w];
}

static void store(void *p, uint32_t v, int order)
{
	int w = word_of(p);

	printf("  store %s %s %u\n", orders[order], names[w], REL(v));
	words[w] = v;
}

static void copy(void *to, const void *from, size_t bytes)
{
	unsigned int k = slot_of(from);

	if (bytes != sizeof(slots[k]))
		abort();
	memcpy(to, &slots[k], bytes);
	printf("  copy slot %u -> %u\n", k, slots[k]);
}

#define __atomic_load_n(p, order)     load(p, order)
#define __atomic_store_n(p, v, order) store(p, v, order)
#define __atomic_thread_fence(order)  printf("  fence %s\n", orders[order])
#define __atomic_signal_fence(order)  printf("  compiler fence %s\n", orders[order])
#define __builtin_memcpy(to, from, n) copy(to, from, n)
#include "core/ring.h"
#undef __atomic_load_n
#undef __atomic_store_n
#undef __atomic_thread_fence
#undef __atomic_signal_fence
#undef __builtin_memcpy

static const size_t offsets[WORDS] = {
	offsetof(struct rl_ring_shared, req_prod),
	offsetof(struct rl_ring_shared, req_event),
	offsetof(struct rl_ring_shared, rsp_prod),
	offsetof(struct rl_ring_shared, rsp_event),
};

static struct rl_ring_front front;
static struct rl_ring_back back;

static int word_of(const void *p)
{
	for (int w = 0; w < WORDS; w++)
		if ((const uint8_t *)p == page + offsets[w])
			return w;
	abort();
}

static unsigned int slot_of(const void *p)
{
	size_t at = (size_t)((const uint8_t *)p - page) - RL_RING_HEADER_BYTES;

	if (at % sizeof(slots[0]) || at / sizeof(slots[0]) >= SLOTS)
		abort();
	return (unsigned int)(at / sizeof(slots[0]));
}

static void init(void)
{
	struct rl_ring_shared sh = {0};
	uint32_t bytes = RL_RING_HEADER_BYTES + sizeof(slots);

	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("trace: mmap");
		exit(4);
	}
	rl_ring_init_shared(&sh);
	printf("init req_prod %u req_event %u rsp_prod %u rsp_event %u\n", sh.req_prod,
		sh.req_event, sh.rsp_prod, sh.rsp_event);
	words[REQ_PROD] = START + sh.req_prod;
	words[REQ_EVENT] = START + sh.req_event;
	words[RSP_PROD] = START + sh.rsp_prod;
	words[RSP_EVENT] = START + sh.rsp_event;
	rl_front_attach(&front, page, bytes, sizeof(slots[0]));
	front.req_prod_pvt = front.req_prod_pub = front.rsp_cons = START;
}

static void fill(void *slot, uint32_t v)
{
	unsigned int k = slot_of(slot);

	slots[k] = v;
	printf("  fill slot %u\n", k);
}

static void say_pending(int rc, uint32_t n)
{
	if (rc)
		puts("  = error");
	else
		printf("  = pending %u\n", n);
}

static int do_front(const char *verb, uint32_t arg)
{
	uint32_t n = 0;
	int rc;

	if (!strcmp(verb, "free")) {
		printf("  = free %u\n", rl_front_free(&front));
	} else if (!strcmp(verb, "queue")) {
		fill(rl_front_slot(&front), arg);
		rl_front_queue(&front);
	} else if (!strcmp(verb, "publish")) {
		printf("  = notify %d\n", rl_front_publish(&front));
	} else if (!strcmp(verb, "pending")) {
		rc = rl_front_pending(&front, &n);
		say_pending(rc, n);
	} else if (!strcmp(verb, "take")) {
		rl_front_take(&front, &n, sizeof(n));
	} else if (!strcmp(verb, "arm")) {
		printf("  = again %d\n", rl_front_arm(&front, arg));
	} else {
		return -1;
	}
	return 0;
}

static int do_back(const char *verb, uint32_t arg)
{
	uint32_t n = 0;
	int rc;

	if (!strcmp(verb, "attach")) {
		rl_back_attach(&back, page, RL_RING_HEADER_BYTES + sizeof(slots), sizeof(slots[0]));
	} else if (!strcmp(verb, "queue")) {
		fill(rl_back_slot(&back), arg);
		rl_back_queue(&back);
	} else if (!strcmp(verb, "publish")) {
		printf("  = notify %d\n", rl_back_publish(&back));
	} else if (!strcmp(verb, "pending")) {
		rc = rl_back_pending(&back, &n);
		say_pending(rc, n);
	} else if (!strcmp(verb, "take")) {
		rl_back_take(&back, &n, sizeof(n));
	} else if (!strcmp(verb, "arm")) {
		printf("  = again %d\n", rl_back_arm(&back, arg));
	} else {
		return -1;
	}
	return 0;
}

/* The peer writes what it likes: `lie req_prod 9` adds 9 to that index. */
static int do_lie(const char *word, int arg)
{
	for (int w = 0; w < WORDS; w++)
		if (!strcmp(word, names[w])) {
			words[w] += (uint32_t)arg;
			return 0;
		}
	return -1;
}

int main(void)
{
	char line[128], who[32], what[32];
	unsigned int n = 0;
	int rc, arg;

	init();
	while (fgets(line, sizeof(line), stdin)) {
		n++;
		arg = 0;
		if (line[0] == '#' || sscanf(line, "%31s %31s %d", who, what, &arg) < 2)
			continue;
		printf("%s", line);
		if (!strcmp(who, "front"))
			rc = do_front(what, (uint32_t)arg);
		else if (!strcmp(who, "back"))
			rc = do_back(what, (uint32_t)arg);
		else
			rc = strcmp(who, "lie") ? -1 : do_lie(what, arg);
		if (rc) {
			fprintf(stderr,
				"stdin:%u:1: error: unknown step (expected front, back or "
				"lie and what it does)\n",
				n);
			return 3;
		}
	}
	return 0;
}
