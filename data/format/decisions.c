/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reader of decision logs. */
#include "data/format/decisions.h"

#include "data/format/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number of a line: its name, how large it may be, where it goes. */
struct number {
	const char *name;
	uint64_t max;
	uint64_t value;
};

enum { IDLE_NUMBERS = 12, RESULT_NUMBERS = 3 };

static int bad(const char *file, const struct rl_lines *l, const char *at, struct rl_err *err,
	const char *what, const char *expected)
{
	return rl_err_set(err, -EINVAL, file, l->line, (int)(at - l->at) + 1, "%s (expected %s)",
		what, expected);
}

/* Digits up to a space or the end; RL_NEVER has all 64 bits. */
static const char *read_number(const char *s, const char *end, uint64_t *n)
{
	uint64_t x = 0;

	if (s == end || *s == ' ')
		return NULL;
	for (; s < end && *s != ' '; s++) {
		unsigned int d = (unsigned int)(*s - '0');

		if (d > 9 || x > (UINT64_MAX - d) / 10)
			return NULL;
		x = x * 10 + d;
	}
	*n = x;
	return s;
}

static int read_numbers(const struct rl_lines *l, size_t skip, const char *file,
	struct number *list, int count, struct rl_err *err)
{
	const char *s = l->at + skip, *end = l->at + l->size, *next;
	char what[64], expected[64];

	for (int i = 0; i < count; i++) {
		next = s < end && *s == ' ' ? read_number(s + 1, end, &list[i].value) : NULL;
		snprintf(what, sizeof(what), "%s: %s", list[i].name,
			next ? "too large" : "no whole number");
		snprintf(expected, sizeof(expected), "0 to %llu", (unsigned long long)list[i].max);
		if (!next || list[i].value > list[i].max)
			return bad(file, l, s < end ? s + 1 : s, err, what, expected);
		s = next;
	}
	if (s != end)
		return bad(file, l, s, err, "more numbers", "the end of the line");
	return 0;
}

static int read_idle(
	const struct rl_lines *l, const char *file, struct rl_decision *d, struct rl_err *err)
{
	struct number v[IDLE_NUMBERS] = {{"now_ns", UINT64_MAX, 0}, {"in_flight", UINT32_MAX, 0},
		{"cpu_idle_permille", 1000, 0}, {"mean_completion_ns", UINT64_MAX, 0},
		{"action", RL_ARM_HALT, 0}, {"deadline_ns", UINT64_MAX, 0},
		{"timer_ns", UINT64_MAX, 0}, {"gap_ns", UINT32_MAX, 0},
		{"gap_growth", UINT32_MAX, 0}, {"gap_max_ns", UINT32_MAX, 0},
		{"event_offset", UINT32_MAX, 0}, {"no_arm", 1, 0}};
	int rc = read_numbers(l, 4, file, v, IDLE_NUMBERS, err);

	d->in = (struct rl_idle){.now_ns = v[0].value,
		.in_flight = (rl_u32)v[1].value,
		.cpu_idle_permille = (rl_u32)v[2].value,
		.mean_completion_ns = v[3].value};
	d->plan = (struct rl_plan){.action = (rl_u8)v[4].value,
		.deadline_ns = v[5].value,
		.timer_ns = v[6].value,
		.gap_ns = (rl_u32)v[7].value,
		.gap_growth = (rl_u32)v[8].value,
		.gap_max_ns = (rl_u32)v[9].value,
		.event_offset = (rl_u32)v[10].value,
		.no_arm = v[11].value != 0};
	return rc;
}

static int read_result(
	const struct rl_lines *l, const char *file, struct rl_decision *d, struct rl_err *err)
{
	struct number v[RESULT_NUMBERS] = {
		{"how", RL_UPCALL, 0}, {"polls", UINT64_MAX, 0}, {"elapsed_ns", UINT64_MAX, 0}};
	int rc = read_numbers(l, 6, file, v, RESULT_NUMBERS, err);

	d->is_result = true;
	d->how = (enum rl_result)v[0].value;
	d->polls = v[1].value;
	d->elapsed_ns = v[2].value;
	return rc;
}

static bool starts(const struct rl_lines *l, const char *word)
{
	size_t n = strlen(word);

	return l->size >= n && memcmp(l->at, word, n) == 0 && (l->size == n || l->at[n] == ' ');
}

static int read_policy(
	const struct rl_lines *l, const char *file, struct rl_decisions *out, struct rl_err *err)
{
	struct rl_policy_err why = {0};
	struct rl_policy_inst inst;
	size_t n = l->size > 7 ? l->size - 7 : 0;

	if (n == 0 || n >= sizeof(out->policy) || memchr(l->at, '\0', l->size))
		return bad(file, l, l->at, err, "malformed policy", "policy NAME:OPTION=VALUE,...");
	memcpy(out->policy, l->at + 7, n);
	out->policy[n] = '\0';
	if (rl_policy_select(&inst, out->policy, &why))
		return bad(file, l, l->at + 7 + why.at, err, why.what ? why.what : "unknown policy",
			"one of `ringlab list policies`");
	return 0;
}

static int read_entry(
	const struct rl_lines *l, const char *file, struct rl_decisions *out, struct rl_err *err)
{
	struct rl_decision *more, d = {.line = l->line};
	int rc;

	if (starts(l, "idle"))
		rc = read_idle(l, file, &d, err);
	else if (starts(l, "result"))
		rc = read_result(l, file, &d, err);
	else
		return bad(file, l, l->at, err, "unknown entry", "idle, result or truncated");
	if (rc)
		return rc;
	/* Grows by doubling: at powers of two there is no room left. */
	if ((out->n & (out->n - 1)) == 0) {
		more = realloc(out->d, (out->n ? 2 * out->n : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		out->d = more;
	}
	out->d[out->n++] = d;
	return 0;
}

static int read_log(
	struct rl_lines *l, const char *file, struct rl_decisions *out, struct rl_err *err)
{
	int rc;

	if (!rl_lines_next(l) || l->size != strlen(RL_DECISIONS_MAGIC) ||
		memcmp(l->at, RL_DECISIONS_MAGIC, l->size) != 0)
		return rl_err_set(err, -EINVAL, file, 1, 1,
			"not a decision log (expected '" RL_DECISIONS_MAGIC "')");
	if (!rl_lines_next(l))
		return 0;
	if (!starts(l, "policy"))
		return bad(file, l, l->at, err, "no policy", "policy NAME:OPTION=VALUE,...");
	rc = read_policy(l, file, out, err);
	while (!rc && rl_lines_next(l)) {
		if (out->truncated)
			return bad(file, l, l->at, err, "an entry behind `truncated`", "the end");
		out->truncated = l->size == 9 && memcmp(l->at, "truncated", 9) == 0;
		if (!out->truncated)
			rc = read_entry(l, file, out, err);
	}
	/* A line that was cut may still look whole: the last one must have ended. */
	if (!rc && l->end[-1] != '\n')
		rc = bad(file, l, l->at + l->size, err, "cut in the middle of a line",
			"a whole log");
	return rc;
}

int rl_decisions_parse(const char *text, size_t size, const char *file, struct rl_decisions *out,
	struct rl_err *err)
{
	struct rl_lines l;
	int rc;

	memset(out, 0, sizeof(*out));
	rl_lines_init(&l, text, size);
	rc = read_log(&l, file, out, err);
	if (rc)
		rl_decisions_free(out);
	return rc;
}

void rl_decisions_free(struct rl_decisions *log)
{
	free(log->d);
	log->d = NULL;
	log->n = 0;
}
