/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that fio has and the model has not: known by name, their values read all the same. */
#ifndef RL_DATA_FORMAT_FIO_OTHER_H
#define RL_DATA_FORMAT_FIO_OTHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* See fio_known.def. */
enum rl_fio_kind {
	RL_FIO_BOOL,
	RL_FIO_FLAG,
	RL_FIO_INT,
	RL_FIO_RANGE,
	RL_FIO_LIST,
	RL_FIO_TIMES,
	RL_FIO_WORD,
	RL_FIO_TEXT
};

struct rl_fio_other {
	const char *name;
	bool fine; /* the model lacks nothing without it */
	enum rl_fio_kind kind;
	int64_t min, max;  /* of INT, RANGE, LIST */
	const char *words; /* of WORD, with spaces between them */
};

/** rl_fio_other_at - the @i-th of them. Returns: null behind the last. */
const struct rl_fio_other *rl_fio_other_at(size_t i);

/** rl_fio_other_find - the one with this name. Returns: null. */
const struct rl_fio_other *rl_fio_other_find(const char *name);

/**
 * rl_fio_other_read - would fio take this value?
 * @value: null when the option stands alone.
 * @expected: out on error, what would be taken.
 * Returns: 0; -EINVAL.
 */
int rl_fio_other_read(const struct rl_fio_other *o, const char *value, char *expected, size_t size);

/** rl_fio_word - is @text one of @words, which have spaces between them? */
bool rl_fio_word(const char *words, const char *text, size_t size);

#endif
