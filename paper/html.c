/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escaping, tables, inlined pictures; see html.h. */
#include "paper/html.h"

#include "data/format/text.h"
#include "paper/figure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
	":root{color-scheme:light dark;--ink:#222;--dim:#666;--bg:#fff;--line:#ddd;--good:#00734f;"
	"--bad:#b3261e;--tint:#f5f5f2}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e4e4e0;--dim:#a0a09a;--bg:#16181a;"
	"--line:#3a3d40;--good:#4cc79b;--bad:#ff8a80;--tint:#1f2224}}\n"
	"body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--bg);"
	"max-width:60rem;margin:2rem auto;padding:0 1rem}\n"
	"h1{font-size:1.7rem;line-height:1.2;margin-bottom:.3rem}h2{font-size:1.25rem;"
	"margin-top:2.6rem;border-top:1px solid var(--line);padding-top:1rem}\n"
	".answer{font-size:1.2rem;line-height:1.45}.dim,figcaption,caption{color:var(--dim)}"
	"figcaption,caption,.dim{font-size:.9rem}caption{text-align:left;padding:.3rem 0}\n"
	".label{display:inline-block;border:1px solid var(--line);border-radius:3px;"
	"padding:0 .4rem;font-size:.8rem;color:var(--dim)}\n"
	"figure{margin:1.2rem 0}figure svg{width:100%;height:auto}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.88rem;"
	"font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.15rem .7rem .15rem 0;text-align:right;border-bottom:1px solid var(--line);"
	"white-space:nowrap}th:first-child,td:first-child,th:last-child,td:last-child{text-align:"
	"left}"
	"td:last-child{white-space:normal}th{font-weight:600}\n"
	".good{color:var(--good)}.bad{color:var(--bad);font-weight:600}\n"
	"details{margin:.6rem 0}summary{cursor:pointer}pre{background:var(--tint);padding:.7rem;"
	"overflow-x:auto;font-size:.8rem;white-space:pre-wrap;word-break:break-word}\n"
	/* gnuplot's own colours are fixed; ink, grid and paper follow the page. */
	"svg rect[fill=\"#ffffff\"]{fill:none}svg [color=black]{color:var(--ink)}"
	"svg [stroke=\"rgb( 51,  51,  51)\"]{stroke:var(--ink)}"
	"svg [fill=\"rgb(51,51,51)\"]{fill:var(--ink)}"
	"svg [stroke=\"rgb(208, 208, 208)\"]{stroke:var(--line)}\n"
	"@media(prefers-color-scheme:dark){"
	"svg [stroke=\"rgb(  0, 114, 178)\"]{stroke:#56b4e9}svg "
	"[fill=\"rgb(0,114,178)\"]{fill:#56b4e9}"
	"svg [stroke=\"rgb(213,  94,   0)\"]{stroke:#ff9e4a}svg "
	"[fill=\"rgb(213,94,0)\"]{fill:#ff9e4a}"
	"svg [color=\"#FFFFFF\"][stroke=\"rgb(  0, 114, 178)\"]{color:#56b4e9}}\n";

void rl_html_head(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
		out);
	rl_html_text(out, title);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

void rl_html_foot(FILE *out)
{
	fputs("</body>\n</html>\n", out);
}

void rl_html_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			putc(*text, out);
		}
	}
}

void rl_html_cells(FILE *out, const char *tag, size_t n, const char *const *texts)
{
	fputs("<tr>", out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "<%s>", tag);
		rl_html_text(out, texts[i]);
		fprintf(out, "</%s>", tag);
	}
	fputs("</tr>\n", out);
}

void rl_html_open_table(FILE *out, const char *caption, size_t n, const char *const *heads)
{
	fputs("<div class=\"wide\"><table><caption>", out);
	rl_html_text(out, caption);
	fputs("</caption>\n<thead>", out);
	rl_html_cells(out, "th", n, heads);
	fputs("</thead>\n<tbody>\n", out);
}

void rl_html_close_table(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

const char *rl_html_number(double x, char buf[32])
{
	if (!isfinite(x))
		return "–";
	if (x != 0 && fabs(x) < 1e-3)
		snprintf(buf, 32, "%.2e", x);
	else if (fabs(x) >= 1000)
		snprintf(buf, 32, "%.0f", x);
	else
		snprintf(buf, 32, "%.4g", x);
	return buf;
}

const char *rl_html_percent(double x, char buf[32])
{
	if (!isfinite(x))
		return "–";
	snprintf(buf, 32, "%+.1f %%", 100 * x);
	return buf;
}

const char *rl_html_share(double x, char buf[32])
{
	if (!isfinite(x))
		return "–";
	snprintf(buf, 32, "%.1f %%", 100 * x);
	return buf;
}

/* Writes text with each `from` as `to`; several pairs, the first that fits wins. */
static void replace(FILE *out, const char *text, size_t n, const char *const (*pairs)[2])
{
	while (*text) {
		size_t i;

		for (i = 0; i < n && strncmp(text, pairs[i][0], strlen(pairs[i][0])) != 0; i++)
			;
		if (i == n) {
			putc(*text++, out);
			continue;
		}
		fputs(pairs[i][1], out);
		text += strlen(pairs[i][0]);
	}
}

int rl_html_svg(FILE *out, const char *path, const char *id, const char *label, struct rl_err *err)
{
	char name[3][80];
	char *text;
	const char *svg;
	size_t size;
	int code = rl_text_read(path, &text, &size, err);

	if (code)
		return code;
	snprintf(name[0], sizeof(name[0]), "\"%s_", id);
	snprintf(name[1], sizeof(name[1]), "'%s_gp", id);
	snprintf(name[2], sizeof(name[2]), "'#%s_gp", id);
	/* In HTML the namespaces are known; naming them would look like a request. */
	const char *const pairs[][2] = {
		{"xmlns=\"http://www.w3.org/2000/svg\"", "role=\"img\""},
		{"xmlns:xlink=\"http://www.w3.org/1999/xlink\"", ""},
		{"xlink:href", "href"},
		{"\"gnuplot_", name[0]},
		{"'gp", name[1]},
		{"'#gp", name[2]},
		{"<title>Gnuplot</title>", ""},
		{"<desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>", ""},
	};
	svg = strstr(text, "<svg");
	if (!svg)
		code = rl_err_set(err, -EINVAL, path, 0, 0, "not a picture (expected <svg>)");
	else {
		/* The name comes first in the element, as a title does. */
		const char *end = strchr(svg, '>');
		char *head = strndup(svg, (size_t)(end - svg) + 1);

		replace(out, head, 2, pairs);
		free(head);
		fputs("<title>", out);
		rl_html_text(out, label);
		fputs("</title>", out);
		replace(out, end + 1, sizeof(pairs) / sizeof(pairs[0]), pairs);
	}
	free(text);
	return code;
}
