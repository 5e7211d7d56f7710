/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lays out the page. Its policy (CSP) names its one style and its one script by their hashes, lets
 * WebAssembly be compiled and a worker be made of text in the page, and forbids all else: no
 * request, no font, no form.
 */
#include "paper/explore/write.h"

#include "core/policy.h"
#include "data/format/scenario.h"
#include "data/sha256.h"
#include "paper/explore/catalog.h"
#include "paper/explore/face.h"
#include "paper/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- can it be done? ----------------------------------------------------------------------- */

static int check_against(const char *text, struct rl_err *err)
{
	struct rl_policy_inst inst;
	struct rl_policy_err why;

	if (rl_policy_select(&inst, text, &why) == 0)
		return 0;
	return rl_err_set(err, -EINVAL, "--against", 1, (int)why.at + 1,
		"'%s': %s (`ringlab list policies` shows them)", text, why.what);
}

int rl_explore_check(const struct rl_explore *e, struct rl_err *err)
{
	int rc = check_against(e->against, err);

	for (uint32_t i = 0; !rc && i < e->s->njobs; i++)
		if (e->s->jobs[i].replay)
			rc = rl_err_set(err, -EINVAL, e->job, 0, 0,
				"read_iolog: a page holds no log to replay (expected a job that "
				"describes its I/O)");
	if (!rc && !*rl_explore_wasm)
		rc = rl_err_set(err, -ENOSYS, NULL, 0, 0,
			"this ringlab was built without the simulator for pages (./packages.sh "
			"page installs what it needs; then build again)");
	return rc;
}

/* ---- pieces -------------------------------------------------------------------------------- */

/* Returns: terminated; null when out of memory. */
static char *base64(const void *bytes, size_t size)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = bytes;
	char *text = malloc((size + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; text && i < size; i += 3) {
		size_t n = size - i < 3 ? size - i : 3;
		uint32_t bits = (uint32_t)from[i] << 16;

		bits |= n > 1 ? (uint32_t)from[i + 1] << 8 : 0;
		bits |= n > 2 ? from[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			*to++ = k <= n ? digit[bits >> (18 - 6 * k) & 63] : '=';
	}
	if (text)
		*to = '\0';
	return text;
}

/* Of a text, as a policy names it. */
static void put_hash(FILE *out, const char *text)
{
	char hex[RL_SHA256_HEX], *digits;
	unsigned char bytes[32];
	struct rl_sha256 h;

	rl_sha256_init(&h);
	rl_sha256_add(&h, text, strlen(text));
	rl_sha256_hex(&h, hex);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		const char pair[] = {hex[2 * i], hex[2 * i + 1], '\0'};

		bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	digits = base64(bytes, sizeof(bytes));
	fprintf(out, "'sha256-%s'", digits ? digits : "");
	free(digits);
}

static void key_text(struct rl_json *j, const char *key, const char *text)
{
	rl_json_key(j, key);
	rl_json_text(j, text);
}

/* "" without one. */
static int key_link(struct rl_json *j, const char *key, const char *path)
{
	char *link = rl_html_link(path ? path : "");

	if (link)
		key_text(j, key, link);
	free(link);
	return link ? 0 : -ENOMEM;
}

/* What the page is about: a scenario as bytes for the module and as JSON for people. */
static int put_setup(const struct rl_explore *e, FILE *out)
{
	char *bytes = base64(e->s, sizeof(*e->s)), *effective = rl_scenario_json(e->s);
	struct rl_json j = {0};
	int rc = -ENOMEM;

	if (bytes && effective) {
		rl_json_open(&j, '{');
		key_text(&j, "name", e->s->name);
		key_text(&j, "command", e->command);
		key_text(&j, "against", e->against);
		rl_json_key(&j, "layout");
		rl_json_real(&j, rl_face_layout());
		rl_json_key(&j, "catalog");
		rl_catalog_put(&j);
		key_text(&j, "effective", effective);
		key_text(&j, "scenario", bytes);
		rc = key_link(&j, "report", e->report);
		rl_json_close(&j, '}');
		rc = j.failed ? -ENOMEM : rc;
	}
	if (!rc)
		fprintf(out, "<script type=\"application/json\" id=\"setup\">%s</script>\n",
			j.text);
	rl_json_fini(&j);
	free(bytes);
	free(effective);
	return rc;
}

static void put_head(const struct rl_explore *e, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "script-src 'wasm-unsafe-eval' ",
		out);
	put_hash(out, rl_explore_script);
	fputs("; style-src ", out);
	put_hash(out, rl_explore_style);
	fputs("; worker-src blob:; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
		out);
	rl_html_text(out, e->s->name);
	fprintf(out, ": two policies, simulated here</title>\n<style>%s</style>\n</head>\n<body>\n",
		rl_explore_style);
}

int rl_explore_write(const struct rl_explore *e, FILE *out, struct rl_err *err)
{
	put_head(e, out);
	fputs(rl_explore_body, out);
	if (put_setup(e, out))
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	/* Texts for a worker: the page does not run them. */
	fprintf(out,
		"<script type=\"text/plain\" id=\"engine\">%s</script>\n"
		"<script type=\"text/plain\" id=\"worker\">%s</script>\n"
		"<script type=\"text/plain\" id=\"wasm\">%s</script>\n<script>%s</script>\n",
		rl_explore_engine, rl_explore_worker, rl_explore_wasm, rl_explore_script);
	fputs("</body>\n</html>\n", out);
	return 0;
}
