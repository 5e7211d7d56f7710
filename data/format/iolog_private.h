/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of recorded I/O share; others include iolog.h. */
#ifndef RL_DATA_FORMAT_IOLOG_PRIVATE_H
#define RL_DATA_FORMAT_IOLOG_PRIVATE_H

#include "data/format/iolog.h"
#include "model/replay.h"

#include <stdbool.h>

#define RL_IOLOG_WORDS 12

/* A line's words; more than there is room for are left away. */
struct rl_words {
	const char *at[RL_IOLOG_WORDS];
	size_t size[RL_IOLOG_WORDS];
	int n;
};

struct rl_record {
	const char *file;
	rl_warn_fn *warn;
	void *arg;
	struct rl_lines l;
	struct rl_words w;
	struct rl_replay_io *io;
	size_t n, room;
	uint64_t left_out; /* I/Os without data */
};

/** rl_record_next - go to the next line that is not blank. Returns: false at the end. */
bool rl_record_next(struct rl_record *r);

/** rl_record_bad - an error at word @i of the line. */
int rl_record_bad(const struct rl_record *r, int i, const char *expected, struct rl_err *err);

/** rl_record_count - word @i as a whole number up to @max. */
int rl_record_count(
	const struct rl_record *r, int i, uint64_t max, uint64_t *n, struct rl_err *err);

/** rl_record_is - is word @i this text? */
bool rl_record_is(const struct rl_record *r, int i, const char *text);

/** rl_record_add - one I/O; @i: the word where its length is, after its offset. */
int rl_record_add(struct rl_record *r, const struct rl_replay_io *io, int i, struct rl_err *err);

/** rl_blkparse_lines - all of a text of blkparse. */
int rl_blkparse_lines(struct rl_record *r, struct rl_err *err);

/** rl_blkparse_is - is the line one of its events? */
bool rl_blkparse_is(const struct rl_record *r);

#endif
