/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hand-written pages with tables of the program in them; see the header. */
#include "doc/doc.h"

#include "cli/cli.h"
#include "core/policy.h"
#include "data/format/fio_job.h"
#include "data/format/scenario.h"
#include "model/device.h"
#include "model/metrics.h"
#include "model/sched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text(const char *t)
{
	rl_doc_roff(t, strlen(t));
}

static void term(const char *name)
{
	printf(".TP\n.B ");
	rl_doc_name(name);
	putchar('\n');
}

/* ---- tables -------------------------------------------------------------------------------- */

static void verbs(void)
{
	for (const struct rl_verb *const *v = rl_verb_table; *v; v++) {
		printf(".TP\n.BR ringlab\\-%s (1)\n", (*v)->name);
		text((*v)->summary);
	}
}

static void pages(void)
{
	for (const struct rl_verb *const *v = rl_verb_table; *v; v++)
		printf(".BR ringlab\\-%s (1),\n", (*v)->name);
}

static void fields(void)
{
	struct rl_scenario_field_info f;

	for (size_t i = 0; rl_scenario_field_info(i, &f); i++) {
		term(f.path);
		if (f.number)
			printf("a number, %llu%s to %llu%s\n", (unsigned long long)f.min, f.unit,
				(unsigned long long)f.max, f.unit);
		else
			printf("%s\n", f.name ? "a name" : "a choice, see below");
	}
}

static void options(void)
{
	struct rl_fio_option_info o;

	for (size_t i = 0; rl_fio_option_info(i, &o); i++) {
		printf(".TP\n\\fB%s\\fP%s\\fI%s\\fP\n", o.name, *o.value ? "=" : "", o.value);
		text(o.what);
	}
}

static void policies(void)
{
	const struct rl_policy *const *p;

	rl_for_each_policy (p) {
		term((*p)->name);
		text((*p)->summary);
	}
}

static void devices(void)
{
	const struct rl_spec_type *d;

	for (uint32_t i = 0; (d = rl_device_set.at(i)); i++) {
		term(d->name);
		text(d->summary);
	}
}

static void schedulers(void)
{
	const char *name;

	for (uint32_t i = 0; (name = rl_sched_name(i)); i++)
		printf("%s\\fB%s\\fP", i ? ", " : "", name);
	putchar('\n');
}

static void metrics(void)
{
	for (int m = 0; m < RL_METRIC_COUNT; m++) {
		printf(".TP\n\\fB%s\\fP [%s]\n", rl_metric_info[m].name, rl_metric_info[m].unit);
		text(rl_metric_info[m].what);
	}
}

static void parameters(void)
{
	for (int p = 0; p < RL_PARAM_COUNT; p++) {
		const struct rl_param_info *i = &rl_param_info[p];

		printf(".TP\n\\fBcosts.%s\\fP [%s], %g, from %g to %g\n", i->name, i->unit, i->dflt,
			i->min, i->max);
		text(i->what);
	}
}

static const struct {
	const char *name;
	void (*print)(void);
} tables[] = {{"@verbs@", verbs}, {"@pages@", pages}, {"@fields@", fields}, {"@options@", options},
	{"@policies@", policies}, {"@devices@", devices}, {"@schedulers@", schedulers},
	{"@metrics@", metrics}, {"@parameters@", parameters}};

/* ---- lines --------------------------------------------------------------------------------- */

static bool table(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strcmp(name, tables[i].name) == 0) {
			tables[i].print();
			return true;
		}
	fprintf(stderr, "rl-doc: error: no table %s\n", name);
	return false;
}

static void line(const char *l)
{
	const char *at;

	for (; (at = strchr(l, '@')); l = at + 1) {
		printf("%.*s", (int)(at - l), l);
		if (strncmp(at, "@version@", 9) == 0)
			fputs(RL_VERSION, stdout), at += 8;
		else if (strncmp(at, "@date@", 6) == 0)
			fputs(RL_DATE, stdout), at += 5;
		else
			putchar('@');
	}
	puts(l);
}

bool rl_doc_fill(const char *path)
{
	FILE *f = fopen(path, "re");
	char *l = NULL;
	size_t size = 0;
	ssize_t n;
	bool ok = f;

	while (ok && (n = getline(&l, &size, f)) > 0) {
		if (l[n - 1] == '\n')
			l[--n] = '\0';
		if (*l == '@')
			ok = table(l);
		else
			line(l);
	}
	free(l);
	if (f)
		fclose(f);
	return ok;
}
