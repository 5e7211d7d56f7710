/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's logs, line by line; see fio_log.h. What they must agree with is in fio_log_check.c. */
#include "data/format/fio_log.h"

#include "data/format/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MIN   4
#define FIELDS_MAX   6
#define COARSEST     6
#define HEAD	     3 /* fields of a histogram's line before its bins */
#define DIRECTIONS   3 /* read, write, trim; no model has trims */
#define TOO_MUCH_SUM (1ull << 62)

static const char *const kinds[RL_FIO_LOG_KINDS] = {
	"slat", "clat", "lat", "iops", "bw", "slat_hist", "clat_hist", "lat_hist"};

const char *rl_fio_log_kind_name(int kind)
{
	return kinds[kind];
}

/* PREFIX_KIND.log, PREFIX_KIND.3.log */
int rl_fio_log_kind(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *kind;
	size_t n = strlen(base), length;

	if (n < 4 || strcmp(base + n - 4, ".log") != 0)
		return -1;
	n -= 4;
	while (n > 0 && base[n - 1] >= '0' && base[n - 1] <= '9')
		n--;
	if (n > 0 && base[n - 1] == '.')
		n--;
	for (int k = RL_FIO_LOG_KINDS - 1; k >= 0; k--) {
		length = strlen(kinds[k]);
		kind = n > length ? base + n - length : NULL;
		if (kind && kind[-1] == '_' && memcmp(kind, kinds[k], length) == 0)
			return k;
	}
	return -1;
}

/* A line's numbers, one after the other. */
struct fields {
	const char *file, *at, *end, *begin;
	int line;
};

static int bad(const struct fields *f, const char *what, struct rl_err *err)
{
	return rl_err_set(err, -EINVAL, f->file, f->line, (int)(f->at - f->begin) + 1,
		"%s (expected a line of fio's log: whole numbers with `, ` between them)", what);
}

static int digit(char c, unsigned int base)
{
	int d = c >= '0' && c <= '9'		     ? c - '0'
		: base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10
						     : -1;

	return d;
}

/* The next number; a priority is written in hexadecimal by some versions. */
static int next(struct fields *f, uint64_t *x, struct rl_err *err)
{
	unsigned int base = 10;
	const char *first;

	if (f->end - f->at > 2 && f->at[0] == '0' && f->at[1] == 'x') {
		base = 16;
		f->at += 2;
	}
	first = f->at;
	for (*x = 0; f->at < f->end && digit(*f->at, base) >= 0; f->at++)
		if (__builtin_mul_overflow(*x, base, x) ||
			__builtin_add_overflow(*x, (uint64_t)digit(*f->at, base), x) ||
			*x >= TOO_MUCH_SUM)
			return bad(f, "a number of 2^62 or more", err);
	if (f->at == first)
		return bad(f, "no number", err);
	if (f->at == f->end)
		return 0;
	if (*f->at++ != ',')
		return f->at--, bad(f, "no comma", err);
	while (f->at < f->end && *f->at == ' ')
		f->at++;
	return f->at == f->end ? bad(f, "nothing behind the comma", err) : 0;
}

static int count_fields(const struct rl_lines *l)
{
	int n = 1;

	for (size_t i = 0; i < l->size; i++)
		n += l->at[i] == ',';
	return n;
}

/* The direction as enum rl_fio_way; RL_FIO_WAYS: a trim. */
static int direction(const struct fields *f, uint64_t way, struct rl_err *err)
{
	return way < DIRECTIONS ? 0 : bad(f, "a direction that is none of 0, 1, 2", err);
}

static int add_value(struct fields *f, struct rl_fio_log_sum *s, uint64_t value, struct rl_err *err)
{
	if (s->sum + value >= TOO_MUCH_SUM)
		return bad(f, "values that add up to 2^62 or more", err);
	s->min = s->n && s->min < value ? s->min : value;
	s->max = s->n && s->max > value ? s->max : value;
	s->sum += value;
	s->others += value != 1;
	s->n++;
	return 0;
}

/* time, value, direction, ... */
static int read_line(struct fields *f, int fields, struct rl_fio_log_sum *sum, struct rl_err *err)
{
	uint64_t x[FIELDS_MAX];
	int rc = 0;

	if (fields < FIELDS_MIN || fields > FIELDS_MAX)
		return bad(f, "not 4, 5 or 6 fields", err);
	for (int i = 0; !rc && i < fields; i++) {
		rc = next(f, &x[i], err);
		if (!rc && i == 2)
			rc = direction(f, x[2], err);
	}
	if (!rc && x[2] < RL_FIO_WAYS)
		rc = add_value(f, &sum[x[2]], x[1], err);
	return rc;
}

static int add_bin(
	struct fields *f, struct rl_fio_hist *h, unsigned int bin, uint64_t n, struct rl_err *err)
{
	if (h->total + n >= (1ull << 53))
		return bad(f, "2^53 samples or more", err);
	h->n[bin] += n;
	h->total += n;
	return 0;
}

/* Where the samples of the bins that were logged as one are kept: in their middle one. */
static unsigned int middle(unsigned int logged, unsigned int coarse)
{
	return (logged << coarse) + ((1u << coarse) >> 1);
}

/* time, direction, block size, bins */
static int read_bins(
	struct fields *f, unsigned int coarse, struct rl_fio_hist *hist, struct rl_err *err)
{
	uint64_t head[HEAD], n;
	int rc = 0;

	for (int i = 0; !rc && i < HEAD; i++) {
		rc = next(f, &head[i], err);
		if (!rc && i == 1)
			rc = direction(f, head[1], err);
	}
	for (unsigned int b = 0; !rc && b < (unsigned int)RL_FIO_BINS >> coarse; b++) {
		rc = next(f, &n, err);
		if (!rc && n && head[1] < RL_FIO_WAYS)
			rc = add_bin(f, &hist[head[1]], middle(b, coarse), n, err);
	}
	return rc;
}

/* How many bins were logged as one, of the number of fields; -1: of none. */
static int coarseness(int fields)
{
	for (int c = 0; c <= COARSEST; c++)
		if (fields == HEAD + (RL_FIO_BINS >> c))
			return c;
	return -1;
}

static int read_hist_line(
	struct fields *f, int fields, int what, struct rl_fio_logs *logs, struct rl_err *err)
{
	int coarse = coarseness(fields);
	bool first = !logs->hist[what][0].total && !logs->hist[what][1].total;

	if (coarse < 0)
		return bad(f,
			"not the fields of a histogram of 1856 bins, or a half, a quarter, ...",
			err);
	if (!first && logs->coarse[what] != (unsigned int)coarse)
		return bad(f, "another log_hist_coarseness than the line before", err);
	logs->coarse[what] = (unsigned int)coarse;
	return read_bins(f, (unsigned int)coarse, logs->hist[what], err);
}

int rl_fio_log_add(const char *text, size_t size, const char *file, int kind,
	struct rl_fio_logs *logs, struct rl_err *err)
{
	struct rl_lines l;
	int rc = 0;

	rl_lines_init(&l, text, size);
	while (!rc && rl_lines_next(&l)) {
		struct fields f = {file, l.at, l.at + l.size, l.at, l.line};
		int n = count_fields(&l);

		if (kind < RL_FIO_LOG_HIST)
			rc = read_line(&f, n, logs->sum[kind], err);
		else
			rc = read_hist_line(&f, n, kind - RL_FIO_LOG_HIST, logs, err);
	}
	if (!rc && size && text[size - 1] != '\n')
		rc = rl_err_set(err, -EINVAL, file, l.line, (int)l.size + 1,
			"the last line has no end (expected the whole log)");
	logs->files[kind] += !rc;
	return rc;
}
