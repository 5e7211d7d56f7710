/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that stand in sentences of the chapters, and where each is from. */
#include "paper/article_private.h"
#include "paper/latex.h"

#include "data/store_ask.h"

#include <errno.h>
#include <inttypes.h>

/* Of the runs that the paper takes. */
static const struct {
	const char *key, *sql;
} asked[] = {{"runs", "SELECT count(*) FROM taken"},
	{"cells", "SELECT count(*) FROM (SELECT DISTINCT platform, cell FROM taken)"},
	{"heldout", "SELECT count(*) FROM (SELECT DISTINCT platform, cell FROM taken"
		    " WHERE role = 'validate')"},
	{"calibrating", "SELECT count(*) FROM (SELECT DISTINCT platform, cell FROM taken"
			" WHERE role = 'calibrate')"},
	{"platforms", "SELECT count(DISTINCT platform) FROM taken"},
	{"sizes", "SELECT count(DISTINCT bs_bytes) FROM taken"},
	{"smallest", "SELECT min(bs_bytes) FROM taken"},
	{"largest", "SELECT max(bs_bytes) FROM taken"},
	{"deepest", "SELECT max(iodepth) FROM taken"},
	{"policies", "SELECT count(DISTINCT back_policy) FROM taken"}};

struct numbers {
	FILE *tex, *csv;
};

/* A text in CSV: quotes are doubled. */
static void quote(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void put(const struct numbers *n, const char *key, const char *value, const char *source)
{
	fprintf(n->tex, "\\RLset{%s}{", key);
	rl_latex_text(n->tex, value);
	fputs("}\n", n->tex);
	fprintf(n->csv, "%s,", key);
	quote(n->csv, value);
	fputc(',', n->csv);
	quote(n->csv, source);
	fputc('\n', n->csv);
}

/* A question with what it calls taken. Returns: @buf; null when it is too small. */
static const char *question(const struct rl_article *a, const char *sql, char *buf, size_t size)
{
	size_t used = (size_t)snprintf(buf, size,
		"WITH taken AS (SELECT * FROM runs WHERE role <> 'none' AND platform IN (");

	for (size_t i = 0; i < a->r->n && used < size; i++) {
		used += (size_t)snprintf(buf + used, size - used, "%s'", i ? ", " : "");
		for (const char *c = a->r->platforms[i].name; *c && used + 2 < size; c++) {
			if (*c == '\'')
				buf[used++] = '\'';
			buf[used++] = *c;
		}
		used += (size_t)snprintf(buf + used, size - used, "'");
	}
	if (used < size)
		used += (size_t)snprintf(buf + used, size - used, ")) %s", sql);
	return used < size ? buf : NULL;
}

static int put_asked(
	const struct rl_article *a, const struct numbers *n, const char *key, const char *text)
{
	char value[32], buf[2048];
	const char *sql = question(a, text, buf, sizeof(buf));
	json_t *answer, *v;
	int code = sql ? rl_store_ask(a->store, sql, &answer, a->err) : -ENOMEM;

	if (code)
		return code;
	v = json_array_get(json_array_get(json_object_get(answer, "rows"), 0), 0);
	snprintf(value, sizeof(value), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	put(n, key, value, sql);
	json_decref(answer);
	return 0;
}

static int put_all(const struct rl_article *a, const struct numbers *n)
{
	const struct rl_report *r = a->r;
	int code = 0;

	fputs("key,value,source\n", n->csv);
	put(n, "version", RL_VERSION, "ringlab --version");
	put(n, "first", r->npolicies > 1 ? r->policies[0] : "none", "ringlab report --answer");
	put(n, "second", r->npolicies > 1 ? r->policies[1] : "none", "ringlab report --answer");
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]) && !code; i++)
		code = put_asked(a, n, asked[i].key, asked[i].sql);
	return code;
}

static int put_runs(const struct rl_article *a)
{
	FILE *out = rl_article_open(a, "runs.csv");
	char buf[2048];
	const char *sql = question(a,
		"SELECT platform, cell, repeat, hash FROM taken ORDER BY platform, cell, repeat",
		buf, sizeof(buf));
	json_t *answer, *row;
	size_t i;
	int code;

	if (!out)
		return -EIO;
	fputs("platform,cell,repeat,hash\n", out);
	code = sql ? rl_store_ask(a->store, sql, &answer, a->err) : -ENOMEM;
	if (!code) {
		json_array_foreach(json_object_get(answer, "rows"), i, row)
		{
			quote(out, json_string_value(json_array_get(row, 0)));
			fputc(',', out);
			quote(out, json_string_value(json_array_get(row, 1)));
			fprintf(out, ",%" JSON_INTEGER_FORMAT ",%s\n",
				json_integer_value(json_array_get(row, 2)),
				json_string_value(json_array_get(row, 3)));
		}
		json_decref(answer);
	}
	i = (size_t)rl_article_close(a, out, "runs.csv");
	return code ? code : (int)i;
}

int rl_article_numbers(const struct rl_article *a)
{
	struct numbers n = {.tex = rl_article_open(a, "numbers.tex")};
	int code, closed;

	if (!n.tex)
		return -EIO;
	n.csv = rl_article_open(a, "numbers.csv");
	code = n.csv ? put_all(a, &n) : -EIO;
	closed = rl_article_close(a, n.tex, "numbers.tex");
	code = code ? code : closed;
	closed = n.csv ? rl_article_close(a, n.csv, "numbers.csv") : 0;
	code = code ? code : closed;
	return code ? code : put_runs(a);
}
