/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, lines, suggestions. */
#include "data/format/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void rl_warn_print(void *arg, const struct rl_err *warning)
{
	(void)arg;
	if (warning->line > 0 && warning->col > 0)
		fprintf(stderr, "%s:%d:%d: warning: %s\n", warning->file, warning->line,
			warning->col, warning->what);
	else if (warning->line > 0)
		fprintf(stderr, "%s:%d: warning: %s\n", warning->file, warning->line,
			warning->what);
	else
		fprintf(stderr, "%s: warning: %s\n", warning->file, warning->what);
}

void rl_warn(rl_warn_fn *warn, void *arg, const char *file, int line, int col, const char *fmt, ...)
{
	struct rl_err w = {.line = line, .col = col};
	va_list ap;

	if (!warn)
		return;
	snprintf(w.file, sizeof(w.file), "%s", file ? file : "");
	va_start(ap, fmt);
	vsnprintf(w.what, sizeof(w.what), fmt, ap);
	va_end(ap);
	warn(arg, &w);
}

static int read_all(FILE *f, const char *path, char **bytes, size_t *size, struct rl_err *err)
{
	size_t room = 1 << 16, have = 0, n;
	char *buf = malloc(room), *more;

	while (buf && (n = fread(buf + have, 1, room - have - 1, f)) > 0) {
		have += n;
		if (have > RL_TEXT_MAX_BYTES) {
			free(buf);
			return rl_err_set(err, -EFBIG, path, 0, 0,
				"too large (expected at most %u MiB)", RL_TEXT_MAX_BYTES >> 20);
		}
		if (room - have > 1)
			continue;
		more = realloc(buf, room *= 2);
		if (!more)
			free(buf);
		buf = more;
	}
	if (!buf)
		return rl_err_set(err, -ENOMEM, path, 0, 0, "out of memory");
	if (ferror(f)) {
		free(buf);
		return rl_err_set(err, -EIO, path, 0, 0, "cannot read: %s", strerror(errno));
	}
	buf[have] = '\0';
	*bytes = buf;
	*size = have;
	return 0;
}

int rl_text_read(const char *path, char **bytes, size_t *size, struct rl_err *err)
{
	struct stat st;
	FILE *f;
	int rc;

	if (strcmp(path, "-") == 0)
		return read_all(stdin, "<stdin>", bytes, size, err);
	f = fopen(path, "rb");
	if (!f)
		return rl_err_set(err, -errno, path, 0, 0, "cannot open: %s", strerror(errno));
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		rc = rl_err_set(err, -EISDIR, path, 0, 0, "is a directory (expected a file)");
	else
		rc = read_all(f, path, bytes, size, err);
	fclose(f);
	return rc;
}

void rl_lines_init(struct rl_lines *l, const char *text, size_t size)
{
	*l = (struct rl_lines){.next = text, .end = text + size};
}

bool rl_lines_next(struct rl_lines *l)
{
	const char *nl;

	if (l->next >= l->end)
		return false;
	l->at = l->next;
	nl = memchr(l->at, '\n', (size_t)(l->end - l->at));
	l->next = nl ? nl + 1 : l->end;
	l->size = (size_t)((nl ? nl : l->end) - l->at);
	if (l->size > 0 && l->at[l->size - 1] == '\r')
		l->size--;
	l->line++;
	return true;
}

void rl_text_place(const char *text, size_t size, size_t offset, int *line, int *col)
{
	*line = *col = 1;
	for (size_t i = 0; i < offset && i < size; i++) {
		*col += 1;
		if (text[i] == '\n') {
			*line += 1;
			*col = 1;
		}
	}
}

/* Bytes of the well-formed sequence at @p, 0 when it is none (Unicode 15, table 3-7). */
static size_t sequence(const unsigned char *p, size_t left)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t n = 0;

	if (p[0] > 0 && p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	if (n == 0 || left < n)
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	if (p[0] == 0xed)
		hi = 0x9f;
	if (p[0] == 0xf0)
		lo = 0x90;
	if (p[0] == 0xf4)
		hi = 0x8f;
	for (size_t i = 1; i < n; i++, lo = 0x80, hi = 0xbf)
		if (p[i] < lo || p[i] > hi)
			return 0;
	return n;
}

size_t rl_text_utf8(const char *text, size_t size)
{
	size_t at = 0, n;

	for (; at < size; at += n) {
		n = sequence((const unsigned char *)text + at, size - at);
		if (n == 0)
			return at;
	}
	return size;
}

void rl_suggest_init(struct rl_suggest *s, const char *given, size_t len)
{
	*s = (struct rl_suggest){.given = given, .len = len, .distance = ~0u};
}

#define SUGGEST_MAX 63u

/* Levenshtein distance: changes of one letter from a to b. */
static unsigned int distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int row[SUGGEST_MAX + 1], left, up;

	for (unsigned int j = 0; j <= nb; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= na; i++) {
		left = i;
		for (unsigned int j = 1; j <= nb; j++) {
			unsigned int best = row[j - 1] + (a[i - 1] != b[j - 1]);

			up = row[j] + 1;
			best = up < best ? up : best;
			best = left + 1 < best ? left + 1 : best;
			row[j - 1] = left;
			left = best;
		}
		row[nb] = left;
	}
	return row[nb];
}

void rl_suggest_offer(struct rl_suggest *s, const char *name)
{
	size_t n = strlen(name);
	unsigned int d;

	if (s->len > SUGGEST_MAX || n > SUGGEST_MAX)
		return;
	d = distance(s->given, s->len, name, n);
	if (d < s->distance) {
		s->distance = d;
		s->best = name;
	}
}

const char *rl_suggest_text(const struct rl_suggest *s, char *buf, size_t size)
{
	buf[0] = '\0';
	/* A third of the letters may be wrong, but never all of them. */
	if (s->best && s->distance <= 1 + s->len / 3 && s->distance < s->len)
		snprintf(buf, size, "; did you mean '%s'?", s->best);
	return buf;
}
