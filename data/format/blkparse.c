/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of blkparse, one event a line:
 *
 *	  8,0    3       11     0.009507758   697  Q   W 223490 + 8 [kjournald]
 *	  dev  cpu sequence              time   pid  what how sector + sectors
 *
 * Other lines (the summary at its end, messages) are passed over.
 */
#include "data/format/iolog_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICE, CPU, SEQUENCE, TIME, PID, WHAT, HOW, SECTOR, PLUS, SECTORS };

#define SECTOR_BYTES 512u

/* "8,0" */
static bool is_device(const char *s, size_t n)
{
	size_t a = 0, b;

	while (a < n && isdigit((unsigned char)s[a]))
		a++;
	for (b = a + 1; b < n && isdigit((unsigned char)s[b]);)
		b++;
	return a > 0 && a < n && s[a] == ',' && b == n && n > a + 1;
}

bool rl_blkparse_is(const struct rl_record *r)
{
	return r->w.n > WHAT && is_device(r->w.at[DEVICE], r->w.size[DEVICE]);
}

/* "SECONDS.NANOSECONDS", nine digits of the latter. */
static int time_of(const struct rl_record *r, uint64_t *ns, struct rl_err *err)
{
	const char *s = r->w.at[TIME], *dot = memchr(s, '.', r->w.size[TIME]);
	size_t n = dot ? (size_t)(dot - s) : 0;
	uint64_t sec = 0, sub = 0;
	bool ok = dot && n > 0 && n <= 5 && r->w.size[TIME] - n == 10;

	for (size_t i = 0; ok && i < r->w.size[TIME]; i++) {
		if (i == n)
			continue;
		ok = isdigit((unsigned char)s[i]);
		if (i < n)
			sec = sec * 10 + (uint64_t)(s[i] - '0');
		else
			sub = sub * 10 + (uint64_t)(s[i] - '0');
	}
	if (!ok)
		return rl_record_bad(r, TIME, "SECONDS.NANOSECONDS within a day", err);
	*ns = sec * 1000000000ull + sub;
	return 0;
}

/* What an event does, from its flags (R, W, D discard, F flush, N none; S, M, A do not matter). */
static int direction(const struct rl_record *r, bool *has_data, bool *write, struct rl_err *err)
{
	const char *s = r->w.at[HOW];
	size_t n = r->w.size[HOW];

	for (size_t i = 0; i < n; i++)
		if (!strchr("RWDFNSMABC", s[i]))
			return rl_record_bad(r, HOW, "flags such as R, W or WS", err);
	*write = memchr(s, 'W', n);
	*has_data = (*write || memchr(s, 'R', n)) && !memchr(s, 'D', n) && !memchr(s, 'N', n);
	return 0;
}

static int event(struct rl_record *r, struct rl_err *err)
{
	struct rl_replay_io io = {0};
	uint64_t sector = 0, sectors = 0;
	bool has_data = false;
	int rc;

	if (r->w.n <= HOW)
		return rl_record_bad(r, HOW, "flags such as R or W", err);
	rc = time_of(r, &io.at_ns, err);
	rc = rc ? rc : direction(r, &has_data, &io.write, err);
	if (rc)
		return rc;
	if (!has_data || !rl_record_is(r, PLUS, "+")) {
		if (has_data && r->w.n > SECTOR && r->w.at[SECTOR][0] != '[')
			return rl_record_bad(r, PLUS, "SECTOR + SECTORS", err);
		r->left_out++; /* a flush has no sectors: "FWS [kworker]" */
		return 0;
	}
	rc = rl_record_count(r, SECTOR, (1ull << 53) / SECTOR_BYTES, &sector, err);
	rc = rc ? rc : rl_record_count(r, SECTORS, 1u << 22, &sectors, err);
	if (rc)
		return rc;
	if (!sectors) {
		r->left_out++;
		return 0;
	}
	io.offset_bytes = sector * SECTOR_BYTES;
	io.bytes = (uint32_t)sectors * SECTOR_BYTES;
	return rl_record_add(r, &io, SECTORS, err);
}

/* By time; equal times stay in their order, which qsort() does not promise. */
static int sort(struct rl_record *r, struct rl_err *err)
{
	struct rl_replay_io *half = calloc(r->n + 1, sizeof(*half)), *a = r->io, *b = half;

	if (!half)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	for (size_t run = 1; run < r->n; run *= 2) {
		struct rl_replay_io *t = a;

		for (size_t lo = 0; lo < r->n; lo += 2 * run) {
			size_t mid = lo + run < r->n ? lo + run : r->n;
			size_t hi = lo + 2 * run < r->n ? lo + 2 * run : r->n;
			size_t i = lo, k = mid;

			for (size_t to = lo; to < hi; to++)
				b[to] = k == hi || (i < mid && a[i].at_ns <= a[k].at_ns) ? a[i++]
											 : a[k++];
		}
		a = b;
		b = t;
	}
	if (a != r->io)
		memcpy(r->io, a, r->n * sizeof(*a));
	free(half);
	return 0;
}

/* All events of one kind. @device: of the first one, and then of all. */
static int pass(struct rl_record *r, const char *what, struct rl_err *err)
{
	const char *device = NULL;
	size_t size = 0;
	int rc = 0;

	do {
		if (!rl_blkparse_is(r) || !rl_record_is(r, WHAT, what))
			continue;
		if (!device) {
			device = r->w.at[DEVICE];
			size = r->w.size[DEVICE];
		}
		if (size != r->w.size[DEVICE] || memcmp(device, r->w.at[DEVICE], size) != 0)
			return rl_record_bad(r, DEVICE, "events of one device", err);
		rc = event(r, err);
	} while (!rc && rl_record_next(r));
	return rc;
}

int rl_blkparse_lines(struct rl_record *r, struct rl_err *err)
{
	struct rl_record from = *r;
	int rc = pass(r, "Q", err);

	if (!rc && r->n == 0) {
		*r = from;
		rc = pass(r, "D", err);
	}
	return rc ? rc : sort(r, err);
}
