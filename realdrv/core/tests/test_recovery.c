/* SPDX-License-Identifier: MIT */
/*
 * A disk whose backend is lost: every state with every event, which disk may be taken for the one
 * that was lost, and what flushes answer. test_recovery_explore.c searches what follows together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/recovery.h"

enum {
	HOLD = RL_RECOVERY_DO_HOLD,
	CUT = RL_RECOVERY_DO_CUT | RL_RECOVERY_DO_TAKE | RL_RECOVERY_DO_CLOSE,
	BREAK = RL_RECOVERY_DO_CUT | RL_RECOVERY_DO_CLOSE,
	FAIL = RL_RECOVERY_DO_HOLD | RL_RECOVERY_DO_FAIL | RL_RECOVERY_DO_RELEASE,
	OFFER = RL_RECOVERY_DO_OFFER,
	REPLAY = RL_RECOVERY_DO_REPLAY,
	RELEASE = RL_RECOVERY_DO_RELEASE,
};

#define NEW	  RL_RECOVERY_NEW
#define CONNECTED RL_RECOVERY_CONNECTED
#define PARKED	  RL_RECOVERY_PARKED
#define REPLAYING RL_RECOVERY_REPLAYING
#define DEAD	  RL_RECOVERY_DEAD
#define GONE	  RL_RECOVERY_GONE

struct row {
	enum rl_recovery_state from;
	rl_bool ring, fenced, offered;
	enum rl_recovery_event event;
	enum rl_recovery_state to;
	rl_u32 act;
};

/* Where a ring is out, it is not fenced; that leaves four ways to be in a state. */
static const struct row rows[] = {
	{NEW, 0, 1, 0, RL_RECOVERY_OFFERED, NEW, OFFER},
	{NEW, 0, 0, 0, RL_RECOVERY_OFFERED, NEW, 0},
	{NEW, 0, 0, 1, RL_RECOVERY_FENCED, NEW, OFFER},
	{NEW, 1, 0, 0, RL_RECOVERY_OFFERED, NEW, 0},
	{NEW, 1, 0, 0, RL_RECOVERY_MET, CONNECTED, RELEASE},
	{NEW, 0, 1, 0, RL_RECOVERY_MET, NEW, 0},
	{NEW, 1, 0, 0, RL_RECOVERY_STRANGER, NEW, CUT},
	{NEW, 1, 0, 0, RL_RECOVERY_LOST, NEW, CUT},
	{NEW, 0, 1, 0, RL_RECOVERY_LOST, NEW, 0},
	{NEW, 1, 0, 0, RL_RECOVERY_BROKEN, NEW, BREAK},
	{NEW, 0, 1, 0, RL_RECOVERY_EXPIRED, NEW, 0},
	{NEW, 0, 1, 0, RL_RECOVERY_REPLAYED, NEW, 0},
	{NEW, 1, 0, 0, RL_RECOVERY_REMOVED, GONE, FAIL | CUT},

	{CONNECTED, 1, 0, 0, RL_RECOVERY_OFFERED, CONNECTED, 0},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_MET, CONNECTED, 0},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_STRANGER, PARKED, HOLD | CUT},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_REPLAYED, CONNECTED, 0},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_LOST, PARKED, HOLD | CUT},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_BROKEN, PARKED, HOLD | BREAK},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_FENCED, CONNECTED, 0},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_EXPIRED, DEAD, FAIL | CUT},
	{CONNECTED, 1, 0, 0, RL_RECOVERY_REMOVED, GONE, FAIL | CUT},

	{PARKED, 0, 0, 0, RL_RECOVERY_OFFERED, PARKED, 0},
	{PARKED, 0, 1, 0, RL_RECOVERY_OFFERED, PARKED, OFFER},
	{PARKED, 0, 0, 0, RL_RECOVERY_FENCED, PARKED, 0},
	{PARKED, 0, 0, 1, RL_RECOVERY_FENCED, PARKED, OFFER},
	{PARKED, 1, 0, 0, RL_RECOVERY_FENCED, PARKED, 0},
	{PARKED, 1, 0, 0, RL_RECOVERY_MET, REPLAYING, REPLAY},
	{PARKED, 0, 1, 0, RL_RECOVERY_MET, PARKED, 0},
	{PARKED, 1, 0, 0, RL_RECOVERY_STRANGER, PARKED, CUT},
	{PARKED, 1, 0, 0, RL_RECOVERY_LOST, PARKED, CUT},
	{PARKED, 0, 0, 1, RL_RECOVERY_LOST, PARKED, 0},
	{PARKED, 1, 0, 0, RL_RECOVERY_BROKEN, PARKED, BREAK},
	{PARKED, 0, 1, 0, RL_RECOVERY_EXPIRED, DEAD, FAIL},
	{PARKED, 1, 0, 0, RL_RECOVERY_EXPIRED, DEAD, FAIL},
	{PARKED, 0, 1, 0, RL_RECOVERY_REPLAYED, PARKED, 0},
	{PARKED, 0, 0, 1, RL_RECOVERY_REMOVED, GONE, FAIL},
	{PARKED, 1, 0, 0, RL_RECOVERY_REMOVED, GONE, FAIL | CUT},

	{REPLAYING, 1, 0, 0, RL_RECOVERY_OFFERED, REPLAYING, 0},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_MET, REPLAYING, 0},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_STRANGER, PARKED, HOLD | CUT},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_REPLAYED, CONNECTED, RELEASE},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_LOST, PARKED, HOLD | CUT},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_BROKEN, PARKED, HOLD | BREAK},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_FENCED, REPLAYING, 0},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_EXPIRED, DEAD, FAIL | CUT},
	{REPLAYING, 1, 0, 0, RL_RECOVERY_REMOVED, GONE, FAIL | CUT},

	{DEAD, 0, 1, 0, RL_RECOVERY_OFFERED, DEAD, OFFER},
	{DEAD, 0, 0, 1, RL_RECOVERY_FENCED, DEAD, OFFER},
	{DEAD, 1, 0, 0, RL_RECOVERY_MET, CONNECTED, RELEASE},
	{DEAD, 0, 1, 0, RL_RECOVERY_MET, DEAD, 0},
	{DEAD, 1, 0, 0, RL_RECOVERY_STRANGER, DEAD, CUT},
	{DEAD, 1, 0, 0, RL_RECOVERY_LOST, DEAD, CUT},
	{DEAD, 1, 0, 0, RL_RECOVERY_BROKEN, DEAD, BREAK},
	{DEAD, 0, 1, 0, RL_RECOVERY_EXPIRED, DEAD, 0},
	{DEAD, 0, 1, 0, RL_RECOVERY_REPLAYED, DEAD, 0},
	{DEAD, 1, 0, 0, RL_RECOVERY_REMOVED, GONE, FAIL | CUT},
};

static void every_row(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < RL_ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct rl_recovery r = {.state = (rl_u8)row->from,
			.ring = row->ring,
			.fenced = row->fenced,
			.offered = row->offered};
		rl_u32 act = rl_recovery_event(&r, row->event);

		if (r.state != row->to || act != row->act)
			fail_msg("row %zu: state %u, event %u: to %u (expected %u), act %#x "
				 "(expected %#x)",
				i, row->from, row->event, r.state, row->to, act, row->act);
	}
}

/* The table leaves nothing out but what cannot be: a state has each event in some row. */
static void every_pair(void **unused)
{
	(void)unused;
	for (int s = 0; s < GONE; s++)
		for (int e = 0; e < RL_RECOVERY_EVENTS; e++) {
			rl_bool found = 0;

			for (size_t i = 0; i < RL_ARRAY_LEN(rows); i++)
				found |= (int)rows[i].from == s && (int)rows[i].event == e;
			if (!found)
				fail_msg("no row for state %d, event %d", s, e);
		}
}

/* A device that is gone stays so, whatever comes. */
static void gone(void **unused)
{
	(void)unused;
	for (int e = 0; e <= RL_RECOVERY_EVENTS; e++) {
		struct rl_recovery r = {.state = GONE, .fenced = 1}, was = r;

		assert_int_equal(rl_recovery_event(&r, (enum rl_recovery_event)e), 0);
		assert_memory_equal(&r, &was, sizeof(r));
	}
}

static void starts(void **unused)
{
	struct rl_recovery r;

	(void)unused;
	rl_recovery_init(&r);
	assert_int_equal(r.state, NEW);
	assert_false(rl_recovery_holds(&r));
	assert_int_equal(rl_recovery_event(&r, RL_RECOVERY_EVENTS), 0);
	assert_int_equal(rl_recovery_event(&r, RL_RECOVERY_OFFERED), OFFER);
}

/* ---- identity ------------------------------------------------------------------------------ */

static const struct rl_recovery_disk disk = {
	.sectors = 2048, .sector_bytes = 512, .flush = 1, .identity = "nvme.0123"};

static void refuses(struct rl_recovery_disk is, const char *why)
{
	const char *said = rl_recovery_refusal(&disk, &is);

	assert_non_null(said);
	assert_non_null(strstr(said, why));
}

static void same_disk(void **unused)
{
	struct rl_recovery_disk is = disk, was = disk;

	(void)unused;
	assert_null(rl_recovery_refusal(&disk, &is));
	is.sectors++;
	is.flush = 0;
	assert_null(rl_recovery_refusal(&disk, &is));
	was.read_only = is.read_only = 1;
	assert_null(rl_recovery_refusal(&was, &is));
	is.read_only = 0;
	assert_null(rl_recovery_refusal(&was, &is));
}

static void other_disk(void **unused)
{
	struct rl_recovery_disk is = disk, was = disk;

	(void)unused;
	is.sectors--;
	refuses(is, "smaller");
	is = disk;
	is.sector_bytes = 4096;
	refuses(is, "sector size");
	is = disk;
	is.read_only = 1;
	refuses(is, "read-only");
	is = disk;
	strcpy(is.identity, "nvme.012");
	refuses(is, "another identity");
	strcpy(is.identity, "nvme.01234");
	refuses(is, "another identity");
	is.identity[0] = '\0';
	refuses(is, "no identity");
	was.identity[0] = '\0';
	assert_non_null(rl_recovery_refusal(&was, &was));
	/* A text without an end is nobody's. */
	memset(was.identity, 'x', sizeof(was.identity));
	assert_non_null(rl_recovery_refusal(&was, &was));
}

/* ---- flushes ------------------------------------------------------------------------------- */

static struct rl_recovery met(const struct rl_recovery_disk *d)
{
	struct rl_recovery r;

	rl_recovery_init(&r);
	rl_recovery_event(&r, RL_RECOVERY_OFFERED);
	rl_recovery_meet(&r, d);
	rl_recovery_event(&r, RL_RECOVERY_MET);
	assert_int_equal(r.state, CONNECTED);
	return r;
}

static void comes_back(struct rl_recovery *r, const struct rl_recovery_disk *d)
{
	rl_recovery_event(r, RL_RECOVERY_LOST);
	rl_recovery_event(r, RL_RECOVERY_FENCED);
	rl_recovery_event(r, RL_RECOVERY_OFFERED);
	rl_recovery_meet(r, d);
	rl_recovery_event(r, RL_RECOVERY_MET);
	rl_recovery_event(r, RL_RECOVERY_REPLAYED);
	assert_int_equal(r->state, CONNECTED);
}

static void flush_covers(void **unused)
{
	struct rl_recovery r = met(&disk);
	rl_u32 early, late;

	(void)unused;
	r.written = r.stable = 0xffffffffu; /* across the wrap */
	rl_recovery_wrote(&r);
	assert_int_equal(rl_recovery_flush(&r, &early), 0);
	rl_recovery_wrote(&r);
	assert_int_equal(rl_recovery_flush(&r, &late), 0);
	rl_recovery_flushed(&r, late);
	assert_int_equal(r.stable, r.written);
	rl_recovery_flushed(&r, early); /* out of order: nothing is taken back */
	assert_int_equal(r.stable, r.written);
	comes_back(&r, &disk);
	assert_int_equal(rl_recovery_flush(&r, &late), 0);
}

static void lost_cache_is_told(void **unused)
{
	struct rl_recovery r = met(&disk);
	rl_u32 mark;

	(void)unused;
	assert_int_equal(rl_recovery_flush(&r, &mark), 0);
	rl_recovery_wrote(&r);
	rl_recovery_flushed(&r, mark); /* the write came after it */
	comes_back(&r, &disk);
	rl_recovery_closed(&r); /* nobody was told yet */
	assert_int_equal(rl_recovery_flush(&r, &mark), -RL_EIO);
	assert_int_equal(rl_recovery_flush(&r, &mark), -RL_EIO);
	comes_back(&r, &disk); /* nothing more is lost, and what was is not forgotten */
	assert_int_equal(rl_recovery_flush(&r, &mark), -RL_EIO);
	rl_recovery_closed(&r);
	assert_int_equal(rl_recovery_flush(&r, &mark), 0);
}

static void answers_taken_late_count(void **unused)
{
	struct rl_recovery r = met(&disk);
	rl_u32 mark;

	(void)unused;
	rl_recovery_event(&r, RL_RECOVERY_LOST);
	rl_recovery_wrote(&r); /* it lay in the ring */
	comes_back(&r, &disk);
	assert_int_equal(rl_recovery_flush(&r, &mark), -RL_EIO);
}

static void cache_that_stays(void **unused)
{
	struct rl_recovery_disk stays = disk;
	struct rl_recovery r;
	rl_u32 mark;

	(void)unused;
	stays.cache_stays = 1;
	r = met(&stays);
	rl_recovery_wrote(&r);
	comes_back(&r, &stays);
	assert_int_equal(rl_recovery_flush(&r, &mark), 0);
	/* Nobody flushed yet, and the next one's cache does not stay: what it got is what it loses.
	 */
	comes_back(&r, &disk);
	rl_recovery_wrote(&r);
	comes_back(&r, &disk);
	assert_int_equal(rl_recovery_flush(&r, &mark), -RL_EIO);
}

static void weaker_backend(void **unused)
{
	struct rl_recovery_disk weak = disk;
	struct rl_recovery r = met(&disk);
	rl_u32 mark;

	(void)unused;
	weak.flush = 0;
	comes_back(&r, &weak);
	assert_int_equal(rl_recovery_flush(&r, &mark), -RL_EOPNOTSUPP);
	rl_recovery_wrote(&r); /* without a cache: stable when answered */
	comes_back(&r, &disk);
	assert_int_equal(rl_recovery_flush(&r, &mark), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(every_pair),
		cmocka_unit_test(gone),
		cmocka_unit_test(starts),
		cmocka_unit_test(same_disk),
		cmocka_unit_test(other_disk),
		cmocka_unit_test(flush_covers),
		cmocka_unit_test(lost_cache_is_told),
		cmocka_unit_test(answers_taken_late_count),
		cmocka_unit_test(cache_that_stays),
		cmocka_unit_test(weaker_backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
