/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See latex.h. */
#include "paper/latex.h"

#include <string.h>

static const char *command_of(char c)
{
	switch (c) {
	case '\\':
		return "\\textbackslash{}";
	case '~':
		return "\\textasciitilde{}";
	case '^':
		return "\\textasciicircum{}";
	case '<':
		return "\\textless{}";
	case '>':
		return "\\textgreater{}";
	case '|':
		return "\\textbar{}";
	case '"':
		return "\\textquotedbl{}";
	case '_': /* where a name may break */
		return "\\_\\allowbreak{}";
	default:
		return NULL;
	}
}

/*
 * How many bytes the character has; 0: the fonts lack it, or it is none. They have those of Latin-1
 * and the dash that stands for no number.
 */
static size_t has(const char *c)
{
	unsigned char lead = (unsigned char)c[0], next = (unsigned char)c[1];

	if (lead < 0x80)
		return 1;
	if ((lead == 0xc2 && next >= 0xa1 && next <= 0xbf) ||
		(lead == 0xc3 && next >= 0x80 && next <= 0xbf))
		return 2;
	return strncmp(c, "\u2013", 3) == 0 ? 3 : 0;
}

void rl_latex_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *command = command_of(*text);
		size_t bytes = has(text);

		if (bytes > 1) {
			fwrite(text, 1, bytes, out);
			text += bytes - 1;
		} else if (!bytes) {
			fputc('?', out);
			while (((unsigned char)text[1] & 0xc0) == 0x80)
				text++;
		} else if (command)
			fputs(command, out);
		else if (strchr("#$%&{}", *text))
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
}

void rl_latex_row(FILE *out, size_t n, const char *const *texts)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			fputs(" & ", out);
		rl_latex_text(out, texts[i]);
	}
	fputs(" \\\\\n", out);
}

static void open_table(
	FILE *out, const char *first, const char *caption, size_t n, const char *const *heads)
{
	fprintf(out, "{\\footnotesize\\setlength{\\tabcolsep}{3pt}\n\\begin{longtable}{@{}%s",
		first);
	for (size_t i = 1; i < n; i++)
		fputc('r', out);
	fputs("@{}}\n\\caption{", out);
	rl_latex_text(out, caption);
	fputs("}\\\\\n\\toprule\n", out);
	rl_latex_row(out, n, heads);
	fputs("\\midrule\n\\endfirsthead\n\\toprule\n", out); /* the caption stands once */
	rl_latex_row(out, n, heads);
	fputs("\\midrule\n\\endhead\n", out);
}

void rl_latex_open_table(FILE *out, const char *caption, size_t n, const char *const *heads)
{
	open_table(out, "l", caption, n, heads);
}

void rl_latex_open_texts(FILE *out, const char *caption, size_t n, const char *const *heads)
{
	open_table(out, ">{\\raggedright\\arraybackslash}p{0.7\\textwidth}", caption, n, heads);
}

void rl_latex_close_table(FILE *out)
{
	fputs("\\bottomrule\n\\end{longtable}}\n", out);
}
