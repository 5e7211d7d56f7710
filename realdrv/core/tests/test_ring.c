/* SPDX-License-Identifier: MIT */
/*
 * The ring between two peers that do not trust each other: which index claims are
 * believed, where slots lie, and that a message is copied out of the shared page. Every
 * case is tried around the points where 32-bit indices wrap or change sign.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/blkif.h"
#include "core/ring.h"

#define SLOTS 32u

static const uint32_t starts[] = {0, 1, 0x7ffffff0, 0x80000000, 0xffffffe1, 0xffffffff};

#define for_each_start(s)                                                                          \
	for (const uint32_t *s = starts; s < starts + sizeof(starts) / sizeof(starts[0]); s++)

struct pair {
	_Alignas(4096) uint8_t page[4096];
	struct rl_ring_front front;
	struct rl_ring_back back;
};

/* A ring that was in use until every index stood at @at. */
static void pair_init(struct pair *p, uint32_t at)
{
	struct rl_ring_shared *sh = (void *)p->page;

	memset(p, 0, sizeof(*p));
	rl_ring_init_shared(sh);
	assert_int_equal(sh->req_event, 1);
	assert_int_equal(sh->rsp_event, 1);
	rl_front_attach(&p->front, p->page, sizeof(p->page), RL_BLKIF_SLOT_BYTES);
	sh->req_prod = sh->rsp_prod = at;
	sh->req_event = sh->rsp_event = at + 1;
	p->front.req_prod_pvt = p->front.req_prod_pub = p->front.rsp_cons = at;
	rl_back_attach(&p->back, p->page, sizeof(p->page), RL_BLKIF_SLOT_BYTES);
	assert_int_equal(p->front.size, SLOTS);
	assert_int_equal(p->back.size, SLOTS);
}

static void send(struct pair *p, uint64_t id)
{
	struct rl_blkif_request *slot = rl_front_slot(&p->front);

	assert_true((uint8_t *)slot >= p->page + RL_RING_HEADER_BYTES);
	assert_true((uint8_t *)(slot + 1) <= p->page + sizeof(p->page));
	slot->id = id;
	rl_front_queue(&p->front);
}

static void answer(struct pair *p, uint64_t id)
{
	struct rl_blkif_response *slot = rl_back_slot(&p->back);

	slot->id = id;
	rl_back_queue(&p->back);
}

static void test_a_full_ring_goes_round(void **state)
{
	struct rl_blkif_request req;
	struct rl_blkif_response rsp;
	static struct pair p;
	uint32_t n;

	(void)state;
	for_each_start(s)
	{
		pair_init(&p, *s);
		for (uint32_t i = 0; i < SLOTS; i++) {
			assert_int_equal(rl_front_free(&p.front), SLOTS - i);
			send(&p, 100 + i);
		}
		assert_int_equal(rl_front_free(&p.front), 0);
		/* Queued is not published. */
		assert_int_equal(rl_back_pending(&p.back, &n), 0);
		assert_int_equal(n, 0);
		assert_true(rl_front_publish(&p.front));
		assert_false(rl_front_publish(&p.front));
		for (uint32_t i = 0; i < SLOTS; i++) {
			assert_int_equal(rl_back_pending(&p.back, &n), 0);
			assert_int_equal(n, SLOTS - i);
			rl_back_take(&p.back, &req, sizeof(req));
			assert_int_equal(req.id, 100 + i);
		}
		for (uint32_t i = 0; i < SLOTS; i++)
			answer(&p, 200 + i);
		assert_true(rl_back_publish(&p.back));
		assert_int_equal(rl_front_free(&p.front), 0);
		for (uint32_t i = 0; i < SLOTS; i++) {
			assert_int_equal(rl_front_pending(&p.front, &n), 0);
			assert_int_equal(n, SLOTS - i);
			rl_front_take(&p.front, &rsp, sizeof(rsp));
			assert_int_equal(rsp.id, 200 + i);
			assert_int_equal(rl_front_free(&p.front), i + 1);
		}
	}
}

/* What a frontend claims is believed up to a full ring and no further (input 19). */
static void test_hostile_frontend(void **state)
{
	static const uint32_t lies[] = {SLOTS + 1, SLOTS + 2, 1000, 0x7fffffff, 0x80000000,
		0xffffffff /* backwards by one */};
	static struct pair p;
	uint32_t n;

	(void)state;
	for_each_start(s)
	{
		pair_init(&p, *s);
		for (uint32_t claim = 0; claim <= SLOTS; claim++) {
			p.back.shared->req_prod = *s + claim;
			assert_int_equal(rl_back_pending(&p.back, &n), 0);
			assert_int_equal(n, claim);
		}
		for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
			p.back.shared->req_prod = *s + lies[i];
			n = 77;
			assert_int_equal(rl_back_pending(&p.back, &n), -RL_EPROTO);
			assert_int_equal(n, 77);
		}
		/* Taken but unanswered requests still hold their slots. */
		p.back.req_cons = *s + 5;
		p.back.shared->req_prod = *s + SLOTS + 1;
		assert_int_equal(rl_back_pending(&p.back, &n), -RL_EPROTO);
		p.back.shared->req_prod = *s + 4; /* behind what was taken */
		assert_int_equal(rl_back_pending(&p.back, &n), -RL_EPROTO);
	}
}

/* A backend cannot answer more than is in flight, whatever the page says (inputs 1 and 2). */
static void test_hostile_backend(void **state)
{
	static struct pair p;
	uint32_t n;

	(void)state;
	for_each_start(s)
	{
		pair_init(&p, *s);
		for (uint32_t i = 0; i < 3; i++)
			send(&p, i);
		rl_front_publish(&p.front);
		send(&p, 3); /* queued, not offered: not to be answered either */
		for (uint32_t claim = 0; claim <= 3; claim++) {
			p.front.shared->rsp_prod = *s + claim;
			assert_int_equal(rl_front_pending(&p.front, &n), 0);
			assert_int_equal(n, claim);
		}
		n = 77;
		p.front.shared->rsp_prod = *s + 4;
		assert_int_equal(rl_front_pending(&p.front, &n), -RL_EPROTO);
		p.front.shared->rsp_prod = *s + SLOTS + 1;
		assert_int_equal(rl_front_pending(&p.front, &n), -RL_EPROTO);
		p.front.shared->rsp_prod = *s - 1;
		assert_int_equal(rl_front_pending(&p.front, &n), -RL_EPROTO);
		/* The page's req_prod is the peer's to spoil: nobody reads it back. */
		p.front.shared->req_prod = *s + 1000;
		p.front.shared->rsp_prod = *s + 3;
		assert_int_equal(rl_front_pending(&p.front, &n), 0);
		assert_int_equal(n, 3);
		assert_int_equal(rl_front_free(&p.front), SLOTS - 4);
	}
}

/* What was taken is a copy: a slot that changes afterwards changes nothing (XSA-155). */
static void test_taken_is_copied(void **state)
{
	struct rl_blkif_request req;
	static struct pair p;

	(void)state;
	pair_init(&p, 0);
	send(&p, 42);
	rl_front_publish(&p.front);
	rl_back_take(&p.back, &req, sizeof(req));
	memset(p.page + RL_RING_HEADER_BYTES, 0xee, sizeof(p.page) - RL_RING_HEADER_BYTES);
	assert_int_equal(req.id, 42);
	assert_int_equal(req.operation, 0);
}

/* A backend that comes back takes up where responses ended. */
static void test_reattach(void **state)
{
	struct rl_blkif_request req;
	struct rl_ring_back again;
	static struct pair p;
	uint32_t n;

	(void)state;
	for_each_start(s)
	{
		pair_init(&p, *s);
		for (uint32_t i = 0; i < 4; i++)
			send(&p, i);
		rl_front_publish(&p.front);
		for (uint32_t i = 0; i < 3; i++)
			rl_back_take(&p.back, &req, sizeof(req));
		answer(&p, 0);
		rl_back_publish(&p.back);
		rl_back_attach(&again, p.page, sizeof(p.page), RL_BLKIF_SLOT_BYTES);
		assert_int_equal(rl_back_pending(&again, &n), 0);
		assert_int_equal(n, 3);
		rl_back_take(&again, &req, sizeof(req));
		assert_int_equal(req.id, 1);
	}
}

/* Arming asks for the n-th message from here and sees what came meanwhile, any of them. */
static void test_arm(void **state)
{
	static struct pair p;

	(void)state;
	for_each_start(s)
	{
		pair_init(&p, *s);
		assert_false(rl_back_arm(&p.back, 3));
		assert_int_equal(p.back.shared->req_event, *s + 3);
		send(&p, 0);
		assert_false(rl_front_publish(&p.front));
		assert_true(rl_back_arm(&p.back, 3));
		send(&p, 1);
		send(&p, 2);
		assert_true(rl_front_publish(&p.front));
		send(&p, 3);
		assert_false(rl_front_publish(&p.front));
		assert_false(rl_front_arm(&p.front, 1));
		answer(&p, 0);
		assert_true(rl_back_publish(&p.back));
		assert_true(rl_front_arm(&p.front, 2));
		assert_int_equal(p.front.shared->rsp_event, *s + 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_full_ring_goes_round),
		cmocka_unit_test(test_hostile_frontend),
		cmocka_unit_test(test_hostile_backend),
		cmocka_unit_test(test_taken_is_copied),
		cmocka_unit_test(test_reattach),
		cmocka_unit_test(test_arm),
	};

	return cmocka_run_group_tests_name("core ring", tests, NULL, NULL);
}
