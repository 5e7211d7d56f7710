/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON written into memory, without a library: this much also runs where there is none, in a page.
 * Commas are put by themselves.
 */
#ifndef RL_PAPER_EXPLORE_JSON_H
#define RL_PAPER_EXPLORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: empty. */
struct rl_json {
	char *text; /* terminated; null: empty */
	size_t size, room;
	bool comma;  /* the next value needs one */
	bool failed; /* out of memory: what follows is dropped */
};

void rl_json_open(struct rl_json *j, char bracket);  /* '{' or '[' */
void rl_json_close(struct rl_json *j, char bracket); /* '}' or ']' */
void rl_json_key(struct rl_json *j, const char *key);
void rl_json_text(struct rl_json *j, const char *text);
void rl_json_int(struct rl_json *j, int64_t n);

/** rl_json_real - all digits; null when it is not finite. */
void rl_json_real(struct rl_json *j, double x);

/** rl_json_reset - empty again; memory is kept. */
void rl_json_reset(struct rl_json *j);
void rl_json_fini(struct rl_json *j);

#endif
