/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escaping, tables, numbers; see html.h. */
#include "paper/html.h"

#include "data/sha256.h"
#include "paper/page.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As a Content-Security-Policy names inline text: the base64 of its SHA-256. */
static void write_hash(FILE *out, const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char hex[RL_SHA256_HEX];
	struct rl_sha256 s;
	uint8_t bytes[33] = {0};

	rl_sha256_init(&s);
	rl_sha256_add(&s, text, strlen(text));
	rl_sha256_hex(&s, hex);
	for (int i = 0; i < 32; i++) {
		char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		bytes[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	fputs("'sha256-", out);
	for (int i = 0; i < 33; i += 3) {
		uint32_t w = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];

		for (int k = 18; k >= 0; k -= 6)
			putc(i == 30 && k == 0 ? '=' : digits[w >> k & 63], out);
	}
	putc('\'', out);
}

void rl_html_head(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "base-uri 'none'; form-action 'none'; style-src ",
		out);
	write_hash(out, rl_page_style);
	fputs("; script-src ", out);
	write_hash(out, rl_page_script);
	fputs("\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<title>",
		out);
	rl_html_text(out, title);
	fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", rl_page_style);
}

int rl_html_json(FILE *out, const char *id, const json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(RL_HTML_DIGITS));

	if (!text)
		return -ENOMEM;
	fprintf(out, "<script type=\"application/json\" id=\"%s\">\n", id);
	/* Nothing in there may end the element or begin a comment. */
	for (const char *c = text; *c; c++)
		if (*c == '<')
			fputs("\\u003c", out);
		else
			putc(*c, out);
	fputs("\n</script>\n", out);
	free(text);
	return 0;
}

void rl_html_script(FILE *out)
{
	fprintf(out, "<script>%s</script>\n", rl_page_script);
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

bool rl_html_is_relative(const char *path)
{
	return *path && *path != '/';
}

char *rl_html_link(const char *path)
{
	char *text = malloc(3 * strlen(path) + 1), *to = text;

	for (; text && *path; path++)
		if (strchr("./_-", *path) || isalnum((unsigned char)*path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	if (text)
		*to = '\0';
	return text;
}

void rl_html_cells(FILE *out, const char *tag, size_t n, const char *const *texts)
{
	fputs("<tr>", out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "<%s>", tag);
		rl_html_text(out, texts[i]);
		fprintf(out, "</%.2s>", tag);
	}
	fputs("</tr>\n", out);
}

void rl_html_open_table(FILE *out, const char *caption, size_t n, const char *const *heads)
{
	/* It may be wider than the page: then the keyboard must reach it. */
	fputs("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"", out);
	rl_html_text(out, caption);
	fputs("\"><table><caption>", out);
	rl_html_text(out, caption);
	fputs("</caption>\n<thead>", out);
	rl_html_cells(out, "th scope=\"col\"", n, heads);
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
