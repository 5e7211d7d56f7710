/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reader of cell.txt. */
#include "data/format/cell.h"

#include "core/policy.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those from JOB2 on tell the rig or the hosted pair what else to do; of them only the ring's size
 * matters here. */
enum key { FRONT, BACK, DEVICE, GRANTS, JOB, LOAD, JOB2, FRONT_ARGS = JOB2 + 5, KEYS = JOB2 + 11 };

static const char *const key_names[KEYS] = {"front", "back", "device", "grants", "job", "load",
	"job2", "trace", "reload", "corrupt", "timeout", "front_args", "back_args", "decisions",
	"awake", "fault", "cpus"};

/* Where in the file a word stands. */
struct at {
	const char *file;
	int line, col;
};

static int find_key(const char *key, size_t n, const struct at *at, struct rl_err *err)
{
	struct rl_suggest s;
	char hint[80];

	rl_suggest_init(&s, key, n);
	for (int k = 0; k < KEYS; k++) {
		if (strlen(key_names[k]) == n && memcmp(key_names[k], key, n) == 0)
			return k;
		rl_suggest_offer(&s, key_names[k]);
	}
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"unknown key '%.*s' (expected front, back, device, grants, job or another of the "
		"rig%s)",
		(int)n, key, rl_suggest_text(&s, hint, sizeof(hint)));
}

static int set_text(char *out, size_t size, const char *key, const char *value, const struct at *at,
	struct rl_err *err)
{
	if (*value && strlen(value) < size) {
		strcpy(out, value);
		return 0;
	}
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"%s=%s (expected 1 to %zu characters)", key, value, size - 1);
}

/* "xen" is the stock driver; "rl:POLICY" the own one. */
static int set_side(
	char *out, const char *key, const char *value, const struct at *at, struct rl_err *err)
{
	struct rl_policy_err why = {0};
	struct rl_policy_inst inst;

	if (strcmp(value, "xen") == 0) {
		out[0] = '\0';
		return 0;
	}
	if (strncmp(value, "rl:", 3) != 0)
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
			"%s=%s (expected xen or rl:POLICY)", key, value);
	if (rl_policy_select(&inst, value + 3, &why))
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col + 3 + (int)why.at,
			"%s=%s: %s (`ringlab list policies` shows them)", key, value,
			why.what ? why.what : "malformed");
	return set_text(out, RL_SPEC_BYTES, key, value + 3, at, err);
}

/* WEIGHT or WEIGHT:CAP, as the rig takes them. */
static int set_load(struct rl_cell *c, const char *value, const struct at *at, struct rl_err *err)
{
	unsigned int weight, cap = 0;
	int end = 0;

	sscanf(value, "%5u%n:%3u%n", &weight, &end, &cap, &end);
	if (!end || value[end] || !isdigit((unsigned char)*value) || !weight || weight > 65535)
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
			"load=%s (expected WEIGHT or WEIGHT:CAP, weight 1 to 65535, cap in "
			"percent)",
			value);
	c->load_weight = weight;
	c->load_cap = cap;
	return 0;
}

/* name=value,..: the hosted engine's ring_pages=; of the rig's modules nothing. */
static void set_ring_pages(struct rl_cell *c, const char *args)
{
	static const char name[] = "ring_pages=";

	for (const char *at = args; at; at = strchr(at, ',')) {
		unsigned long n;

		at += *at == ',';
		n = strncmp(at, name, sizeof(name) - 1) ? 0
							: strtoul(at + sizeof(name) - 1, NULL, 10);
		if (n >= 1 && n <= RL_MAX_RING_PAGES)
			c->ring_pages = (uint32_t)n;
	}
}

static int set(
	struct rl_cell *c, enum key key, const char *value, const struct at *at, struct rl_err *err)
{
	switch (key) {
	case FRONT:
		return set_side(c->front, key_names[key], value, at, err);
	case BACK:
		return set_side(c->back, key_names[key], value, at, err);
	case DEVICE:
		return set_text(c->device, sizeof(c->device), key_names[key], value, at, err);
	case JOB:
		return set_text(c->job, sizeof(c->job), key_names[key], value, at, err);
	case LOAD:
		return set_load(c, value, at, err);
	case GRANTS:
		break;
	case FRONT_ARGS:
		set_ring_pages(c, value);
		return 0;
	default:
		return 0;
	}
	c->persistent = strcmp(value, "persistent") == 0;
	if (c->persistent || strcmp(value, "map") == 0)
		return 0;
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"grants=%s (expected persistent or map)", value);
}

/* One word behind the name. */
static int word(struct rl_cell *c, unsigned int *seen, const char *w, size_t n, struct at at,
	struct rl_err *err)
{
	const char *eq = memchr(w, '=', n);
	char value[256];
	int key;

	if (!eq)
		return rl_err_set(err, -EINVAL, at.file, at.line, at.col,
			"'%.*s' (expected KEY=VALUE)", (int)n, w);
	key = find_key(w, (size_t)(eq - w), &at, err);
	if (key < 0)
		return key;
	if (*seen & 1u << key)
		return rl_err_set(err, -EINVAL, at.file, at.line, at.col,
			"%s given twice (expected once)", key_names[key]);
	*seen |= 1u << key;
	at.col += (int)(eq + 1 - w);
	snprintf(value, sizeof(value), "%.*s", (int)(w + n - eq - 1), eq + 1);
	return set(c, (enum key)key, value, &at, err);
}

static int parse_line(
	struct rl_cell *c, const struct rl_lines *l, const char *file, struct rl_err *err)
{
	const char *s = l->at, *hash = memchr(s, '#', l->size);
	const char *end = hash ? hash : l->at + l->size;
	unsigned int seen = 0;
	bool first = true;

	for (;; first = false) {
		struct at at = {.file = file, .line = l->line};
		const char *w;
		int rc = 0;

		while (s < end && isspace((unsigned char)*s))
			s++;
		if (s == end)
			break;
		for (w = s; s < end && !isspace((unsigned char)*s);)
			s++;
		at.col = (int)(w - l->at) + 1;
		if (first && (memchr(w, '=', (size_t)(s - w)) || s - w >= (int)sizeof(c->name)))
			return rl_err_set(err, -EINVAL, file, at.line, at.col,
				"no name (expected NAME KEY=VALUE...)");
		if (first)
			snprintf(c->name, sizeof(c->name), "%.*s", (int)(s - w), w);
		else
			rc = word(c, &seen, w, (size_t)(s - w), at, err);
		if (rc)
			return rc;
	}
	for (int k = 0; k <= BACK; k++)
		if (!(seen & 1u << k))
			return rl_err_set(err, -EINVAL, file, l->line, 0,
				"%s missing (expected %s=xen or %s=rl:POLICY)", key_names[k],
				key_names[k], key_names[k]);
	return 0;
}

int rl_cell_parse(
	const char *text, size_t size, const char *file, struct rl_cell *out, struct rl_err *err)
{
	size_t bad = rl_text_utf8(text, size);
	struct rl_lines l;
	int found = 0, rc, line, col;

	memset(out, 0, sizeof(*out));
	strcpy(out->device, "null");
	out->persistent = true;
	out->ring_pages = 1;
	if (bad < size) {
		rl_text_place(text, size, bad, &line, &col);
		return rl_err_set(err, -EINVAL, file, line, col, "not a text (expected a cell)");
	}
	rl_lines_init(&l, text, size);
	while (rl_lines_next(&l)) {
		size_t blank = 0;

		while (blank < l.size && isspace((unsigned char)l.at[blank]))
			blank++;
		if (blank == l.size || l.at[blank] == '#')
			continue;
		if (found++)
			return rl_err_set(
				err, -EINVAL, file, l.line, 1, "a second cell (expected one line)");
		rc = parse_line(out, &l, file, err);
		if (rc)
			return rc;
	}
	if (found)
		return 0;
	return rl_err_set(err, -EINVAL, file, 1, 1, "no cell (expected NAME KEY=VALUE...)");
}
