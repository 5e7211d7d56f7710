/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that stand in sentences of the chapters, and where each is from. */
#include "paper/article_private.h"
#include "paper/latex.h"

#include "data/store_ask.h"

#include <errno.h>
#include <stdlib.h>

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

static void put(const struct rl_numbers *n, const char *key, const char *value, const char *source)
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

void rl_article_sql_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', out);
		fputc(*text, out);
	}
}

/* Names of platforms as SQL has them. */
static void list_platforms(const struct rl_article *a, FILE *out)
{
	for (size_t i = 0; i < a->r->n; i++) {
		fputs(i ? ", '" : "'", out);
		rl_article_sql_text(out, a->r->platforms[i].name);
		fputc('\'', out);
	}
}

/* A question with what it calls taken and told. free(); null when out of memory. */
static char *question(const struct rl_article *a, const char *sql)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("WITH taken AS (SELECT * FROM runs WHERE role <> 'none' AND platform IN (", out);
	list_platforms(a, out);
	fputs(")), told AS (SELECT d.* FROM deaths AS d JOIN campaigns AS c USING (campaign)"
	      " WHERE c.committed AND d.outcome <> 'no death' AND d.platform ="
	      " (SELECT platform FROM campaigns WHERE committed GROUP BY platform"
	      " ORDER BY sum(deaths) DESC, platform LIMIT 1)) ",
		out);
	fputs(sql, out);
	return fclose(out) ? NULL : text;
}

static json_t *ask(const struct rl_article *a, const char *sql)
{
	json_t *answer, *rows;

	if (!sql || rl_store_ask(a->store, sql, &answer, a->err)) {
		rl_err_set(a->err, -ENOMEM, NULL, 0, 0, "out of memory");
		return NULL;
	}
	rows = json_incref(json_object_get(answer, "rows"));
	json_decref(answer);
	return rows;
}

json_t *rl_article_rows(const struct rl_article *a, const char *sql)
{
	char *text = question(a, sql);
	json_t *rows = ask(a, text);

	free(text);
	return rows;
}

int rl_article_ask(const struct rl_article *a, const char *key, const char *sql, int64_t *count)
{
	char value[64], *text = question(a, sql);
	json_t *rows = ask(a, text), *v = json_array_get(json_array_get(rows, 0), 0);

	if (count)
		*count = json_integer_value(v);
	if (json_is_integer(v))
		snprintf(value, sizeof(value), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		snprintf(value, sizeof(value), "%s",
			json_is_string(v) ? json_string_value(v) : "\u2013");
	if (rows)
		put(&a->numbers, key, value, text);
	free(text);
	json_decref(rows);
	return rows ? 0 : -EIO;
}

static int put_all(const struct rl_article *a)
{
	const struct rl_numbers *n = &a->numbers;
	const struct rl_report *r = a->r;
	int code = 0;

	fputs("key,value,source\n", n->csv);
	put(n, "version", RL_VERSION, "ringlab --version");
	put(n, "first", r->npolicies > 1 ? r->policies[0] : "none", "ringlab report --answer");
	put(n, "second", r->npolicies > 1 ? r->policies[1] : "none", "ringlab report --answer");
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]) && !code; i++)
		code = rl_article_ask(a, asked[i].key, asked[i].sql, NULL);
	return code;
}

/* Rows as CSV: texts and whole numbers. */
static int put_rows(const struct rl_article *a, const char *name, const char *head, const char *sql)
{
	FILE *out = rl_article_open(a, name);
	json_t *rows = out ? rl_article_rows(a, sql) : NULL, *row, *v;
	size_t i, k;
	int closed;

	if (!out)
		return -EIO;
	fprintf(out, "%s\n", head);
	json_array_foreach(rows, i, row)
	{
		json_array_foreach(row, k, v)
		{
			if (k)
				fputc(',', out);
			if (json_is_integer(v))
				fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
			else
				quote(out, json_is_string(v) ? json_string_value(v) : "");
		}
		fputc('\n', out);
	}
	json_decref(rows);
	closed = rl_article_close(a, out, name);
	return rows ? closed : -EIO;
}

static int put_lists(const struct rl_article *a)
{
	int code = put_rows(a, "runs.csv", "platform,cell,repeat,hash",
		"SELECT platform, cell, repeat, hash FROM taken ORDER BY platform, cell, repeat");

	return code ? code
		    : put_rows(a, "deaths.csv", "campaign,job,death,cause,moment,outcome,hash",
			      "SELECT campaign, job, death, cause, moment, outcome,"
			      " (SELECT hash FROM campaigns AS c WHERE c.campaign = told.campaign)"
			      " FROM told ORDER BY campaign, job, death");
}

int rl_article_close_numbers(const struct rl_article *a)
{
	int tex = rl_article_close(a, a->numbers.tex, "numbers.tex");
	int csv = rl_article_close(a, a->numbers.csv, "numbers.csv");

	return tex ? tex : csv;
}

int rl_article_numbers(struct rl_article *a)
{
	int code;

	a->numbers.tex = rl_article_open(a, "numbers.tex");
	if (!a->numbers.tex)
		return -EIO;
	a->numbers.csv = rl_article_open(a, "numbers.csv");
	if (!a->numbers.csv) {
		fclose(a->numbers.tex);
		return -EIO;
	}
	code = put_all(a);
	code = code ? code : put_lists(a);
	if (code)
		rl_article_close_numbers(a);
	return code;
}
