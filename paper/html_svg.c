/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gnuplot's pictures inlined: see html.h. What they draw stays, how they say it becomes short. */
#include "paper/html.h"

#include "data/format/text.h"
#include "paper/figure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Groups without content, and tabs. */
static void drop_empty(char *text)
{
	char *to = text, *open = NULL;

	for (const char *c = text; *c;) {
		if (*c == '\t' || (*c == '\n' && (to == text || to[-1] == '\n'))) {
			c++;
			continue;
		}
		if (strncmp(c, "<g ", 3) == 0)
			open = to;
		else if (open && strncmp(c, "</g>", 4) == 0) {
			to = open;
			open = NULL;
			c += 4;
			continue;
		} else if (*c == '<')
			open = NULL;
		*to++ = *c++;
	}
	*to = '\0';
}

static void cut(char *from, const char *to)
{
	memmove(from, to, strlen(to) + 1);
}

/* Filters, which only texts with a box use, and ours have none. */
static void drop_filters(char *text)
{
	static const char end[] = "</filter>";
	char *from, *to;

	while ((from = strstr(text, "<filter")) && (to = strstr(from, end)))
		cut(from, to + strlen(end));
}

/* Points are defined a line each, and some by others before them: the last one is looked at first.
 */
static void drop_symbols(char *text)
{
	char *from = strstr(text, "<defs>"), *line = strstr(text, "</defs>");

	while (from && line && line > from) {
		char *next = line, name[32];
		const char *id;

		while (--line > from && line[-1] != '\n')
			;
		id = strstr(line, " id='gp");
		if (!id || id >= next)
			continue;
		snprintf(name, sizeof(name), "'#%.*s'", (int)strcspn(id + 5, "'"), id + 5);
		if (!strstr(text, name))
			cut(line, next);
	}
}

/* The page's own colours, which are others in the dark; null: of no meaning, it stays. */
static const char *name_colour(unsigned r, unsigned g, unsigned b, char buf[32])
{
	char hex[8];

	snprintf(hex, sizeof(hex), "#%02x%02x%02x", r & 0xff, g & 0xff, b & 0xff);
	if (strcmp(hex, RL_FIGURE_INK) == 0)
		return "var(--ink)";
	if (strcmp(hex, RL_FIGURE_GRID) == 0)
		return "var(--line)";
	for (int k = 0; k < RL_FIGURE_COLOURS; k++)
		if (strcmp(hex, rl_figure_colour(k)) == 0) {
			snprintf(buf, 32, "var(--c%d)", k);
			return buf;
		}
	return NULL;
}

/* Writes a colour that begins here. Returns: what is behind it; null when none does. */
static const char *write_colour(FILE *out, const char *text)
{
	unsigned r, g, b;
	char buf[32], first[32];
	const char *name;
	int n = 0;

	if (strncmp(text, "rgb(", 4) != 0)
		return NULL;
	snprintf(first, sizeof(first), "%.*s", (int)sizeof(first) - 1, text);
	if (sscanf(first, "rgb(%u,%u,%u)%n", &r, &g, &b, &n) != 3 || !n)
		return NULL;
	name = name_colour(r, g, b, buf);
	if (!name)
		return NULL;
	fputs(name, out);
	return text + n;
}

/* Writes text with each `from` as `to`; several pairs, the first that fits wins. */
static void replace(FILE *out, const char *text, size_t n, const char *const (*pairs)[2])
{
	while (*text) {
		const char *next = write_colour(out, text);
		size_t i;

		for (i = 0; !next && i < n; i++)
			if (strncmp(text, pairs[i][0], strlen(pairs[i][0])) == 0) {
				fputs(pairs[i][1], out);
				next = text + strlen(pairs[i][0]);
			}
		if (!next)
			putc(*text++, out);
		else
			text = next;
	}
}

#define USUAL " fill=\"none\" color=\"black\" stroke=\"currentColor\""

/* The name comes first in the element, as a title does. */
static void write_svg(FILE *out, const char *svg, const char *id, const char *label)
{
	const char *end = strchr(svg, '>');
	char canvas[48], symbol[48], use[48];
	/* In HTML the namespaces are known; naming them would look like a request. */
	const char *const pairs[][2] = {
		{"xmlns=\"http://www.w3.org/2000/svg\"", "role=\"img\"" USUAL},
		{"xmlns:xlink=\"http://www.w3.org/1999/xlink\"", ""},
		{"xlink:href", "href"},
		{"'#FFFFFF'", "'var(--bg)'"}, /* below a point, so that no line crosses it */
		{"\"gnuplot_", canvas},
		{"'gp", symbol},
		{"'#gp", use},
		{"<title>Gnuplot</title>", ""},
		{USUAL, ""}, /* said once, by the root */
		{" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", ""}, /* the defaults */
		{" font-family=\"Helvetica\"", ""},			    /* the page's */
		{" class=\"gridline\" ", ""},
		{"<desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>", ""},
	};
	char *head = strndup(svg, (size_t)(end - svg) + 1);

	snprintf(canvas, sizeof(canvas), "\"%.32s_", id);
	snprintf(symbol, sizeof(symbol), "'%.32s_", id);
	snprintf(use, sizeof(use), "'#%.32s_", id);
	if (head)
		replace(out, head, 2, pairs);
	free(head);
	fputs("<title>", out);
	rl_html_text(out, label);
	fputs("</title>", out);
	replace(out, end + 1, sizeof(pairs) / sizeof(pairs[0]), pairs);
}

int rl_html_svg(FILE *out, const char *path, const char *id, const char *label, struct rl_err *err)
{
	char *text;
	const char *svg;
	size_t size;
	int code = rl_text_read(path, &text, &size, err);

	if (code)
		return code;
	drop_filters(text);
	drop_symbols(text);
	drop_empty(text);
	svg = strstr(text, "<svg");
	if (svg && strchr(svg, '>'))
		write_svg(out, svg, id, label);
	else
		code = rl_err_set(err, -EINVAL, path, 0, 0, "not a picture (expected <svg>)");
	free(text);
	return code;
}
