/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifest of a result; see the header. */
#include "cli/manifest.h"

#include "data/format/text.h"
#include "data/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#ifndef RL_COMMIT
#define RL_COMMIT NULL /* a build outside version control */
#endif

/* "model name : X" of the first CPU. */
static json_t *cpu_name(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	json_t *name = NULL;
	char line[256];

	while (f && !name && fgets(line, sizeof(line), f)) {
		char *value = strstr(line, ": ");

		if (strncmp(line, "model name", 10) != 0 || !value)
			continue;
		value[strcspn(value, "\n")] = '\0';
		name = json_string(value + 2);
	}
	if (f)
		fclose(f);
	return name ? name : json_null();
}

json_t *rl_manifest_create(void)
{
	const char *commit = RL_COMMIT;
	struct utsname u;
	json_t *kernel = uname(&u) ? json_null() : json_string(u.release);

	return json_pack("{s:s, s:s, s:s?, s:s, s:o, s:o, s:n, s:[]}", "program", "ringlab",
		"version", RL_VERSION, "commit", commit, "compiler", __VERSION__, "cpu", cpu_name(),
		"kernel", kernel, "xen", "inputs");
}

int rl_manifest_input(json_t *manifest, const char *path)
{
	char hex[RL_SHA256_HEX];
	struct rl_sha256 sha;
	struct rl_err err = {0};
	json_t *inputs = json_object_get(manifest, "inputs"), *input;
	char *bytes;
	size_t size;
	int rc;

	if (strcmp(path, "-") == 0) {
		input = json_pack("{s:s, s:n}", "name", path, "sha256");
		return json_array_append_new(inputs, input) ? -ENOMEM : 0;
	}
	rc = rl_text_read(path, &bytes, &size, &err);
	if (rc)
		return rc;
	rl_sha256_init(&sha);
	rl_sha256_add(&sha, bytes, size);
	rl_sha256_hex(&sha, hex);
	free(bytes);
	input = json_pack("{s:s, s:s}", "name", path, "sha256", hex);
	return json_array_append_new(inputs, input) ? -ENOMEM : 0;
}
