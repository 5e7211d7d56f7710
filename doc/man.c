/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manual pages of verbs: man(7), clean by mandoc. */
#include "doc/doc.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78

/* A word at the begin of a line may be a request. */
static void word(const char *w, size_t n, size_t *col)
{
	if (*col && *col + 1 + n > WIDTH) {
		putchar('\n');
		*col = 0;
	}
	if (*col)
		putchar(' ');
	else if (*w == '.' || *w == '\'')
		printf("\\&");
	*col += n + 1;
	for (size_t i = 0; i < n; i++) {
		if (w[i] == '-')
			putchar('\\');
		putchar(w[i]);
		if (w[i] == '\\')
			putchar('e');
	}
}

/* Not "e.g." */
static bool ends_sentence(const char *w, size_t n)
{
	if (n > 1 && w[n - 1] == ')')
		n--;
	return n > 2 && strchr(".?!", w[n - 1]) && w[n - 2] != '.' && w[n - 3] != '.';
}

void rl_doc_roff(const char *text, size_t size)
{
	const char *end = text + size, *w;
	size_t col = 0;

	while (text < end) {
		size_t lines = 0;

		for (; text < end && (*text == ' ' || *text == '\n'); text++)
			lines += *text == '\n';
		if (text == end)
			break;
		if (lines > 1) {
			printf("%s.PP\n", col ? "\n" : "");
			col = 0;
		}
		for (w = text; text < end && *text != ' ' && *text != '\n';)
			text++;
		word(w, (size_t)(text - w), &col);
		if (ends_sentence(w, (size_t)(text - w))) {
			putchar('\n');
			col = 0;
		}
	}
	if (col)
		putchar('\n');
}

void rl_doc_name(const char *name)
{
	for (; *name; name++) {
		if (*name == '-')
			putchar('\\');
		putchar(*name);
	}
}

static const struct rl_verb *of; /* whose tables are visited */

static void option(void *arg, const struct rl_doc_option *o)
{
	(void)arg;
	printf(".TP\n");
	if (o->key)
		printf("\\fB\\-%c\\fP", o->key);
	if (o->key && o->arg && !o->name)
		printf(" \\fI%s\\fP", o->arg);
	if (o->name) {
		printf("%s\\fB\\-\\-", o->key ? ", " : "");
		rl_doc_name(o->name);
		printf("\\fP");
		if (o->arg)
			printf("=\\fI%s\\fP", o->arg);
	}
	putchar('\n');
	rl_doc_roff(o->what, strlen(o->what));
}

static void page(const struct argp *argp)
{
	const char *doc = argp->doc ? argp->doc : "", *more = strchr(doc, '\v');

	printf(".\\\" Generated from the option tables of cli/cmd_%s.c: do not edit.\n", of->name);
	printf(".TH RINGLAB\\-");
	for (const char *c = of->name; *c; c++)
		putchar(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	printf(" 1 " RL_DATE " \"ringlab " RL_VERSION "\" \"User commands\"\n.SH NAME\n"
	       "ringlab\\-%s \\- ",
		of->name);
	rl_doc_roff(of->summary, strlen(of->summary));
	printf(".SH SYNOPSIS\n.B ringlab %s\n.RI [ OPTION ]...\n", of->name);
	if (*rl_doc_args(argp))
		printf(".I %s\n", rl_doc_args(argp));
	printf(".SH DESCRIPTION\n");
	rl_doc_roff(doc, more ? (size_t)(more - doc) : strlen(doc));
	if (more && more[1]) {
		printf(".PP\n");
		rl_doc_roff(more + 1, strlen(more + 1));
	}
	printf(".SH OPTIONS\n");
	rl_doc_options(argp, option, NULL);
	printf(".SH EXIT STATUS\n0 done; 1 a validation failed, or what is said above; 2 usage; "
	       "3 bad input; 4 a run\nitself failed.\n"
	       ".SH SEE ALSO\n.BR ringlab (1),\n.BR ringlab\\-scenario (5),\n"
	       ".BR ringlab\\-job (5),\n.BR ringlab\\-db (5)\n");
}

bool rl_doc_man(const struct rl_verb *v)
{
	of = v;
	return rl_doc_visit(v, page);
}
