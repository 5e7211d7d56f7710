/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bash's completion knows: see doc/completion.bash, which comes behind it. */
#include "doc/doc.h"

#include "cli/cli.h"
#include "core/policy.h"
#include "data/format/fio_job.h"
#include "data/format/scenario.h"
#include "model/device.h"
#include "model/metrics.h"
#include "model/sched.h"

#include <stdio.h>

static const struct rl_verb *of; /* whose tables are visited */

/* Within '...' of bash. */
static void quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\'");
		putchar(*text);
	}
	putchar('\'');
}

/* As it will be typed: a value follows after =. */
static void name_of(void *arg, const struct rl_doc_option *o)
{
	(void)arg;
	if (o->key)
		printf("-%c ", o->key);
	if (o->name)
		printf("--%s%s ", o->name, o->arg ? "=" : "");
}

static void value_of(void *arg, const struct rl_doc_option *o)
{
	(void)arg;
	if (o->arg && o->key) {
		printf("_ringlab_value['%s -%c']=", of->name, o->key);
		quoted(o->arg);
		putchar('\n');
	}
	if (o->arg && o->name) {
		printf("_ringlab_value['%s --%s']=", of->name, o->name);
		quoted(o->arg);
		putchar('\n');
	}
}

static void verb(const struct argp *argp)
{
	printf("_ringlab_options[%s]='", of->name);
	rl_doc_options(argp, name_of, NULL);
	printf("'\n_ringlab_args[%s]=", of->name);
	quoted(rl_doc_args(argp));
	putchar('\n');
	rl_doc_options(argp, value_of, NULL);
}

static void paths(void)
{
	struct rl_scenario_field_info f;
	struct rl_fio_option_info o;

	printf("_ringlab_paths='job= ");
	for (size_t i = 0; rl_scenario_field_info(i, &f); i++)
		printf("%s= ", f.path);
	for (size_t i = 0; rl_fio_option_info(i, &o); i++)
		printf("job.%s= ", o.name);
	for (int p = 0; p < RL_PARAM_COUNT; p++)
		printf("costs.%s= ", rl_param_info[p].name);
	printf("'\n");
}

static void names(void)
{
	const struct rl_policy *const *p;
	const struct rl_spec_type *d;
	const char *name;

	printf("_ringlab_policies='");
	rl_for_each_policy (p)
		printf("%s ", (*p)->name);
	printf("'\n_ringlab_devices='");
	for (uint32_t i = 0; (d = rl_device_set.at(i)); i++)
		printf("%s ", d->name);
	printf("'\n_ringlab_schedulers='");
	for (uint32_t i = 0; (name = rl_sched_name(i)); i++)
		printf("%s ", name);
	printf("'\n_ringlab_metrics='");
	for (int m = 0; m < RL_METRIC_COUNT; m++)
		printf("%s ", rl_metric_info[m].name);
	printf("'\n");
}

bool rl_doc_bash(void)
{
	bool ok = true;

	printf("# SPDX-License-Identifier: GPL-3.0-or-later\n"
	       "# Generated from the option tables: do not edit.\n"
	       "declare -A _ringlab_options _ringlab_args _ringlab_value\n_ringlab_verbs='");
	for (const struct rl_verb *const *v = rl_verb_table; *v; v++)
		printf("%s ", (*v)->name);
	printf("'\n");
	paths();
	names();
	for (const struct rl_verb *const *v = rl_verb_table; ok && *v; v++) {
		of = *v;
		ok = rl_doc_visit(of, verb);
	}
	return ok;
}
