/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON into memory; see the header. */
#include "paper/explore/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 4096u

static bool room(struct rl_json *j, size_t more)
{
	size_t size = j->room ? j->room : FIRST_BYTES;
	char *text;

	while (size - j->size <= more)
		size *= 2;
	if (j->failed || size == j->room)
		return !j->failed;
	text = realloc(j->text, size);
	if (!text) {
		j->failed = true;
		return false;
	}
	j->text = text;
	j->room = size;
	return true;
}

static void put(struct rl_json *j, const char *text, size_t n)
{
	if (!room(j, n))
		return;
	memcpy(j->text + j->size, text, n);
	j->size += n;
	j->text[j->size] = '\0';
}

static void value(struct rl_json *j, const char *text)
{
	if (j->comma)
		put(j, ",", 1);
	put(j, text, strlen(text));
	j->comma = true;
}

void rl_json_open(struct rl_json *j, char bracket)
{
	const char text[] = {bracket, '\0'};

	value(j, text);
	j->comma = false;
}

void rl_json_close(struct rl_json *j, char bracket)
{
	put(j, &bracket, 1);
	j->comma = true;
}

/* Markup, too: a text that stands in a page must not end what it stands in. */
static void quoted(struct rl_json *j, const char *text)
{
	char escaped[8];

	put(j, "\"", 1);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= ' ' && !strchr("\"\\<>&", c)) {
			put(j, text, 1);
			continue;
		}
		snprintf(escaped, sizeof(escaped), "\\u%04x", c);
		put(j, escaped, strlen(escaped));
	}
	put(j, "\"", 1);
}

void rl_json_text(struct rl_json *j, const char *text)
{
	value(j, "");
	quoted(j, text);
}

void rl_json_key(struct rl_json *j, const char *key)
{
	rl_json_text(j, key);
	put(j, ":", 1);
	j->comma = false;
}

void rl_json_int(struct rl_json *j, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	value(j, text);
}

void rl_json_real(struct rl_json *j, double x)
{
	char text[32];

	snprintf(text, sizeof(text), "%.17g", x);
	value(j, isfinite(x) ? text : "null");
}

void rl_json_reset(struct rl_json *j)
{
	j->size = 0;
	j->comma = j->failed = false;
}

void rl_json_fini(struct rl_json *j)
{
	free(j->text);
	*j = (struct rl_json){0};
}
