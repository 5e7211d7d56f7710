/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a platform's numbers are from: manifests, and hashes of what was imported. */
#include "paper/html.h"
#include "paper/tables.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a manifest's member that a page shows; draws and residuals have more. */
#define MEMBER 3000

static bool is_long(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	bool is = text && strlen(text) > MEMBER;

	free(text);
	return is;
}

/* A manifest with each long member as what it is and where: null when it is no JSON. */
static char *shorten(const char *manifest)
{
	json_t *m = json_loads(manifest, 0, NULL), *value;
	const char *key;
	void *next;
	char *text;

	json_object_foreach_safe(m, next, key, value)
	{
		size_t n = json_is_array(value) ? json_array_size(value) : json_object_size(value);

		if (is_long(value))
			json_object_set_new(m, key,
				n ? json_sprintf("(%zu entries: in the store)", n)
				  : json_string("(long: in the store)"));
	}
	text = m ? json_dumps(m, JSON_INDENT(2) | JSON_REAL_PRECISION(RL_HTML_DIGITS)) : NULL;
	json_decref(m);
	return text;
}

static void write_manifest(FILE *out, const char *manifest)
{
	char *text = shorten(manifest);

	fputs("<pre>", out);
	rl_html_text(out, text ? text : manifest);
	fputs("</pre>\n", out);
	free(text);
}

void rl_tables_provenance(FILE *out, const struct rl_report_platform *p)
{
	fputs("<details><summary>Provenance</summary>\n", out);
	if (p->manifest) {
		fputs("<p>The machine of the first run:</p>\n", out);
		write_manifest(out, p->manifest);
	}
	if (p->predicted) {
		fprintf(out, "<p>Parameters fitted %s:</p>\n", p->set.created);
		write_manifest(out, p->set.manifest ? p->set.manifest : "{}");
	}
	fprintf(out, "<p>%zu cells, %zu runs; hashes of the runs' content:</p>\n<pre>",
		p->v.cells.n, p->v.cells.nhashes);
	for (size_t i = 0; i < p->v.cells.nhashes; i++)
		fprintf(out, "%.16s%s", p->v.cells.hashes[i], i % 6 == 5 ? "\n" : " ");
	fputs("</pre></details>\n", out);
}
