/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of options that the model does not use; see the header. */
#include "data/format/fio_other.h"

#include "data/format/fio_value.h"
#include "model/base/units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NO_MAX	   INT64_MAX
#define PART_BYTES 64
#define MAX_INTS   3 /* read, write, trim */

static const struct rl_fio_other others[] = {
#define RL_FIO_FINE(name, kind, min, max, words)    {#name, true, RL_FIO_##kind, min, max, words},
#define RL_FIO_IGNORED(name, kind, min, max, words) {#name, false, RL_FIO_##kind, min, max, words},
#include "data/format/fio_known.def"
};

#define NOTHERS (sizeof(others) / sizeof(others[0]))

const struct rl_fio_other *rl_fio_other_at(size_t i)
{
	return i < NOTHERS ? &others[i] : NULL;
}

const struct rl_fio_other *rl_fio_other_find(const char *name)
{
	for (size_t i = 0; i < NOTHERS; i++)
		if (strcmp(others[i].name, name) == 0)
			return &others[i];
	return NULL;
}

bool rl_fio_word(const char *words, const char *text, size_t size)
{
	for (size_t n; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (n == size && memcmp(words, text, n) == 0)
			return true;
	}
	return false;
}

/* The next part up to @end. Returns: false when it is too long to be a number. */
static bool part(const char **text, char end, char to[PART_BYTES])
{
	size_t n = strcspn(*text, (char[]){end, '\0'});

	if (n >= PART_BYTES)
		return false;
	memcpy(to, *text, n);
	to[n] = '\0';
	*text += n;
	return true;
}

/* As fio reads an int: a size, perhaps below 0. */
static bool is_int(const struct rl_fio_other *o, const char *text)
{
	bool minus = o->min < 0 && *text == '-';
	uint64_t n;
	int64_t x;

	if (rl_fio_size(text + minus, &n, &(const char *){NULL}) || n > INT64_MAX)
		return false;
	x = minus ? -(int64_t)n : (int64_t)n;
	return x >= o->min && x <= o->max;
}

static bool are_ints(const struct rl_fio_other *o, const char *text)
{
	char one[PART_BYTES];

	for (int i = 0; i < MAX_INTS; i++, text++) {
		if (!part(&text, ',', one) || !is_int(o, one))
			return false;
		if (!*text)
			return true;
	}
	return false;
}

/* "4k-64k", or one of the two, with commas for directions. */
static bool are_ranges(const struct rl_fio_other *o, const char *text)
{
	char both[PART_BYTES], first[PART_BYTES];

	for (int i = 0; i < MAX_INTS; i++, text++) {
		const char *at = both;

		if (!part(&text, ',', both) || !part(&at, '-', first) || !is_int(o, first) ||
			(*at && !is_int(o, at + 1)))
			return false;
		if (!*text)
			return true;
	}
	return false;
}

static bool are_reals(const struct rl_fio_other *o, const char *text)
{
	char one[PART_BYTES];
	double x;

	for (;; text++) {
		if (!part(&text, ':', one) || rl_units_real(one, &x, NULL) ||
			!(x >= (double)o->min && x <= (double)o->max))
			return false;
		if (!*text)
			return true;
	}
}

static bool fits(const struct rl_fio_other *o, const char *value)
{
	uint64_t ns;

	switch (o->kind) {
	case RL_FIO_BOOL:
	case RL_FIO_FLAG:
		return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
	case RL_FIO_INT:
		return are_ints(o, value);
	case RL_FIO_RANGE:
		return are_ranges(o, value);
	case RL_FIO_LIST:
		return are_reals(o, value);
	case RL_FIO_TIMES:
		return rl_fio_time(value, 1000, &ns, &(const char *){NULL}) == 0;
	case RL_FIO_WORD:
		return rl_fio_word(o->words, value, strcspn(value, ":"));
	default:
		return true;
	}
}

static void say(const struct rl_fio_other *o, char *to, size_t size)
{
	static const char *const kinds[] = {[RL_FIO_BOOL] = "0 or 1",
		[RL_FIO_FLAG] = "0, 1 or no value",
		[RL_FIO_INT] = "a whole number",
		[RL_FIO_RANGE] = "sizes as 4k-64k",
		[RL_FIO_LIST] = "numbers with colons between them",
		[RL_FIO_TIMES] = "a time such as 10s, 500ms or 20us",
		[RL_FIO_TEXT] = "a value"};
	int n;

	if (o->kind == RL_FIO_WORD) {
		snprintf(to, size, "one of: %s", o->words);
		return;
	}
	n = snprintf(to, size, "%s", kinds[o->kind]);
	if (o->max > o->min && n > 0 && (size_t)n < size)
		n += snprintf(to + n, size - (size_t)n, ", %lld or more", (long long)o->min);
	if (o->max > o->min && o->max != NO_MAX && n > 0 && (size_t)n < size)
		snprintf(to + n, size - (size_t)n, ", up to %lld", (long long)o->max);
}

int rl_fio_other_read(const struct rl_fio_other *o, const char *value, char *expected, size_t size)
{
	if (!value && (o->kind == RL_FIO_FLAG || o->kind == RL_FIO_BOOL))
		return 0;
	if (value && *value && fits(o, value))
		return 0;
	say(o, expected, size);
	return -EINVAL;
}
