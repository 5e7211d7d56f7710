/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's iologs, and what all records of I/O have in common. */
#include "data/format/iolog_private.h"

#include "model/base/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_IO_BYTES (64u << 20)
#define MAX_OFFSET   (1ull << 53)
#define MAX_NS	     (24ull * 3600 * 1000000000ull)
#define SECTOR	     512u

/* ---- lines and words ----------------------------------------------------------------------- */

static void split(struct rl_words *w, const struct rl_lines *l)
{
	const char *s = l->at, *end = l->at + l->size;

	for (w->n = 0; w->n < RL_IOLOG_WORDS; w->n++) {
		while (s < end && isspace((unsigned char)*s))
			s++;
		if (s == end)
			return;
		w->at[w->n] = s;
		while (s < end && !isspace((unsigned char)*s))
			s++;
		w->size[w->n] = (size_t)(s - w->at[w->n]);
	}
}

bool rl_record_next(struct rl_record *r)
{
	while (rl_lines_next(&r->l)) {
		split(&r->w, &r->l);
		if (r->w.n)
			return true;
	}
	return false;
}

int rl_record_bad(const struct rl_record *r, int i, const char *expected, struct rl_err *err)
{
	bool there = i < r->w.n;
	int col = there ? (int)(r->w.at[i] - r->l.at) + 1 : (int)r->l.size + 1;
	size_t n = there ? r->w.size[i] : 0;

	return rl_err_set(err, -EINVAL, r->file, r->l.line, col, "'%.*s' (expected %s)",
		(int)(n < 64 ? n : 64), there ? r->w.at[i] : "", expected);
}

int rl_record_count(const struct rl_record *r, int i, uint64_t max, uint64_t *n, struct rl_err *err)
{
	char text[24] = "";

	if (i < r->w.n && r->w.size[i] < sizeof(text))
		memcpy(text, r->w.at[i], r->w.size[i]);
	if (rl_units_count(text, n, NULL) || *n > max)
		return rl_record_bad(r, i, "a whole number that is not too large", err);
	return 0;
}

bool rl_record_is(const struct rl_record *r, int i, const char *text)
{
	return i < r->w.n && r->w.size[i] == strlen(text) &&
	       memcmp(r->w.at[i], text, r->w.size[i]) == 0;
}

int rl_record_add(struct rl_record *r, const struct rl_replay_io *io, int i, struct rl_err *err)
{
	if (io->at_ns > MAX_NS)
		return rl_record_bad(r, 0, "I/O within 24 hours", err);
	if (io->bytes < SECTOR || io->bytes > MAX_IO_BYTES || io->bytes % SECTOR)
		return rl_record_bad(r, i, "a length of whole sectors, up to 64m", err);
	if (io->offset_bytes > MAX_OFFSET || io->offset_bytes % SECTOR)
		return rl_record_bad(r, i - 1, "an offset of whole sectors, on a disk", err);
	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 1024;
		struct rl_replay_io *more = reallocarray(r->io, room, sizeof(*more));

		if (!more)
			return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
		r->io = more;
		r->room = room;
	}
	r->io[r->n++] = *io;
	return 0;
}

/* ---- fio's iologs -------------------------------------------------------------------------- */

struct iolog {
	bool timed; /* version 3: a time on each line */
	uint64_t now_us;
	const char *name; /* the file of the I/O */
	size_t name_size;
};

/* All I/O is of one disk. */
static int same_file(struct rl_record *r, struct iolog *log, int i, struct rl_err *err)
{
	if (!log->name) {
		log->name = r->w.at[i];
		log->name_size = r->w.size[i];
	}
	if (log->name_size != r->w.size[i] || memcmp(log->name, r->w.at[i], log->name_size) != 0)
		return rl_record_bad(r, i, "I/O of one file", err);
	return 0;
}

static int data(struct rl_record *r, struct iolog *log, int i, bool write, struct rl_err *err)
{
	struct rl_replay_io io = {.at_ns = log->now_us * 1000, .write = write};
	uint64_t bytes;
	int rc = same_file(r, log, i, err);

	rc = rc ? rc : rl_record_count(r, i + 2, MAX_OFFSET, &io.offset_bytes, err);
	rc = rc ? rc : rl_record_count(r, i + 3, MAX_IO_BYTES, &bytes, err);
	if (rc)
		return rc;
	io.bytes = (uint32_t)bytes;
	return rl_record_add(r, &io, i + 3, err);
}

static int stamp(struct rl_record *r, struct iolog *log, struct rl_err *err)
{
	uint64_t at;
	int rc = rl_record_count(r, 0, MAX_NS / 1000, &at, err);

	if (!rc && at < log->now_us)
		return rl_record_bad(r, 0, "a time that is not before the last one", err);
	log->now_us = at;
	return rc;
}

static int wait(struct rl_record *r, struct iolog *log, int i, struct rl_err *err)
{
	uint64_t us;
	int rc;

	if (log->timed)
		return rl_record_bad(r, i, "no wait in version 3", err);
	rc = rl_record_count(r, i + 1, MAX_NS / 1000 - log->now_us, &us, err);
	log->now_us += rc ? 0 : us;
	return rc;
}

static int action(struct rl_record *r, struct iolog *log, struct rl_err *err)
{
	int name = log->timed ? 1 : 0, i = name + 1;

	if (log->timed && stamp(r, log, err))
		return -EINVAL;
	if (rl_record_is(r, i, "read") || rl_record_is(r, i, "write"))
		return data(r, log, name, rl_record_is(r, i, "write"), err);
	if (rl_record_is(r, i, "wait"))
		return wait(r, log, i, err);
	if (rl_record_is(r, i, "sync") || rl_record_is(r, i, "datasync") ||
		rl_record_is(r, i, "trim"))
		r->left_out++;
	else if (!rl_record_is(r, i, "add") && !rl_record_is(r, i, "open") &&
		 !rl_record_is(r, i, "close"))
		return rl_record_bad(
			r, i, "add, open, close, wait, read, write, sync, datasync or trim", err);
	return 0;
}

static int iolog(struct rl_record *r, struct rl_err *err)
{
	struct iolog log = {.timed = rl_record_is(r, 2, "3")};
	int rc = 0;

	if (!log.timed && !rl_record_is(r, 2, "2"))
		return rl_record_bad(r, 2, "version 2 or 3 of fio's iolog", err);
	if (!rl_record_is(r, 1, "version") || !rl_record_is(r, 3, "iolog") || r->w.n != 4)
		return rl_record_bad(r, 1, "fio version 2 iolog", err);
	while (!rc && rl_record_next(r))
		rc = action(r, &log, err);
	return rc;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static int keep(struct rl_record *r, uint32_t *number, struct rl_err *err)
{
	uint64_t begin;

	if (r->n == 0)
		return rl_err_set(
			err, -EINVAL, r->file, 0, 0, "no I/O (expected reads or writes to replay)");
	if (r->left_out)
		rl_warn(r->warn, r->arg, r->file, 0, 0,
			"%llu flushes, discards or trims are left out: the model replays reads and "
			"writes",
			(unsigned long long)r->left_out);
	begin = r->io[0].at_ns;
	for (size_t i = 0; i < r->n; i++)
		r->io[i].at_ns -= begin;
	*number = rl_replay_keep(r->io, r->n);
	r->io = NULL;
	return *number ? 0 : rl_err_set(err, -ENOMEM, NULL, 0, 0, "too many logs to replay");
}

int rl_iolog_parse(const char *text, size_t size, const char *file, uint32_t *number,
	rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	struct rl_record r = {.file = file, .warn = warn, .arg = arg};
	size_t bad = rl_text_utf8(text, size);
	int rc, line, col;

	*number = 0;
	if (bad < size) {
		rl_text_place(text, size, bad, &line, &col);
		return rl_err_set(err, -EINVAL, file, line, col,
			"not a text (expected fio's iolog or the text of blkparse)");
	}
	rl_lines_init(&r.l, text, size);
	if (!rl_record_next(&r))
		rc = rl_err_set(err, -EINVAL, file, 0, 0, "empty (expected I/O to replay)");
	else if (rl_record_is(&r, 0, "fio"))
		rc = iolog(&r, err);
	else if (rl_blkparse_is(&r))
		rc = rl_blkparse_lines(&r, err);
	else
		rc = rl_record_bad(&r, 0, "fio version 2 iolog, or an event of blkparse", err);
	rc = rc ? rc : keep(&r, number, err);
	free(r.io);
	return rc;
}

int rl_iolog_read(
	const char *path, uint32_t *number, rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	size_t size;
	char *text;
	int rc = rl_text_read(path, &text, &size, err);

	if (rc)
		return rc;
	rc = rl_iolog_parse(text, size, path, number, warn, arg, err);
	free(text);
	return rc;
}
