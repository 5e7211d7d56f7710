/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of results as a table for people, JSON (one object a line) or CSV for programs, columns for
 * gnuplot.
 *
 * What is not known is NaN here: null in JSON, empty in CSV, "-" in a table, "?" for
 * gnuplot, never 0.
 */
#ifndef RL_CLI_OUT_H
#define RL_CLI_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum rl_out_format { RL_OUT_TABLE, RL_OUT_JSON, RL_OUT_CSV, RL_OUT_DAT };

/** rl_out_format_find - the format of a name; -1 when there is none. */
int rl_out_format_find(const char *name);

/* For the `--format` of every verb's help. */
#define RL_OUT_FORMATS "table|json|csv|dat"

struct rl_out;

/**
 * rl_out_create - begin a list of rows.
 * @columns: names, ended by a null pointer; JSON's keys, CSV's header.
 * Returns: null when out of memory.
 * Context: fill each row from left to right by one of the calls below, then rl_out_end_row().
 */
struct rl_out *rl_out_create(enum rl_out_format format, FILE *to, const char *const *columns);

/** rl_out_text - @text null: not known. */
void rl_out_text(struct rl_out *o, const char *text);

/** rl_out_real - @digits: significant ones in a table; programs get all of them. */
void rl_out_real(struct rl_out *o, double x, int digits);
void rl_out_count(struct rl_out *o, int64_t n);
void rl_out_bool(struct rl_out *o, bool b);
void rl_out_end_row(struct rl_out *o);

/**
 * rl_out_finish - print what is not out yet and free.
 * Returns: 0; -EIO when something could not be written (a full disk is no success).
 */
int rl_out_finish(struct rl_out *o);

/**
 * rl_out_document - print one JSON document on stdout; takes @doc, which may be null.
 * Returns: 0; -EIO when there is none or it could not be written.
 */
int rl_out_document(json_t *doc);

#endif
