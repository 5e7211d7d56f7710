/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An example of libringlab: simulates a scenario with fields changed and prints all metrics as
 *JSON.
 *
 *	cc simulate.c -o simulate $(pkg-config --cflags --libs ringlab)
 *	./simulate SCENARIO SEED REPS THREADS [PATH=VALUE]...
 */
#include <ringlab.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* JSON has no NaN: what is not known is null. 17 digits are the double to the last bit. */
static void print_number(const char *key, double x)
{
	if (isfinite(x))
		printf("\"%s\": %.17g, ", key, x);
	else
		printf("\"%s\": null, ", key);
}

static int print_metrics(struct ringlab *lab)
{
	struct ringlab_metric m;

	for (size_t i = 0; ringlab_list_metrics(i, &m) == 0; i++) {
		int rc = ringlab_metric(lab, m.name, &m);

		if (rc)
			return rc;
		printf("%s\n\"%s\": {", i ? "," : "{", m.name);
		print_number("value", m.value);
		print_number("ci_lo", m.lo);
		print_number("ci_hi", m.hi);
		printf("\"unit\": \"%s\"}", m.unit);
	}
	puts("\n}");
	return 0;
}

static int set(struct ringlab *lab, char *text)
{
	char *value = strchr(text, '=');

	if (!value)
		return ringlab_set(lab, text, "");
	*value = '\0';
	return ringlab_set(lab, text, value + 1);
}

static int run(struct ringlab *lab, int argc, char **argv)
{
	const struct ringlab_options options = {.seed = strtoull(argv[2], NULL, 10),
		.reps = (uint32_t)atoi(argv[3]),
		.threads = (uint32_t)atoi(argv[4])};
	int rc = ringlab_load_file(lab, argv[1]);

	for (int i = 5; !rc && i < argc; i++)
		rc = set(lab, argv[i]);
	rc = rc ? rc : ringlab_simulate(lab, &options);
	rc = rc ? rc : print_metrics(lab);
	fputs(ringlab_warnings(lab), stderr);
	return rc;
}

int main(int argc, char **argv)
{
	struct ringlab *lab = ringlab_create();
	int rc;

	if (argc < 5) {
		fprintf(stderr, "usage: simulate SCENARIO SEED REPS THREADS [PATH=VALUE]...\n");
		return 2;
	}
	rc = lab ? run(lab, argc, argv) : 1;
	if (rc)
		fprintf(stderr, "%s\n", ringlab_error(lab));
	ringlab_free(lab);
	return rc ? 3 : 0;
}
