/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario as JSON: the effective configuration that goes with a result. */
#include "data/format/scenario_private.h"

#include "data/format/job_json.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *pcpus_json(const struct rl_domain *d)
{
	if (d->pcpu < 0 || d->pcpus <= 1)
		return json_integer(d->pcpu);
	return json_sprintf("%d-%u", d->pcpu, (unsigned)d->pcpu + d->pcpus - 1);
}

static json_t *field_json(const struct rl_scenario *s, const struct rl_field *f)
{
	const char *from = (const char *)s + f->offset;

	switch (f->kind) {
	case COUNT:
		return json_integer(*(const uint32_t *)from);
	case PCPU:
		return json_integer(*(const int32_t *)from);
	case PCPUS:
		return pcpus_json((const struct rl_domain *)from);
	case TYPE:
		return json_string(rl_domain_type_name[*(const enum rl_domain_type *)from]);
	case GRANTS:
		return json_string(rl_grants_name[*(const enum rl_grants *)from]);
	case TIME:
		return json_sprintf("%lluns", (unsigned long long)*(const uint64_t *)from);
	case BOOL:
		return json_boolean(*(const bool *)from);
	default:
		return json_string(from);
	}
}

/* Of several jobs, the first stands beside the list of all. */
static void jobs_json(json_t *root, const struct rl_scenario *s)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < s->njobs; i++)
		json_array_append_new(all, rl_job_json(&s->jobs[i]));
	json_object_set(root, "job", json_array_get(all, 0));
	json_object_set_new(root, "jobs", all);
}

char *rl_scenario_json(const struct rl_scenario *s)
{
	json_t *root = json_object(), *costs = json_object();
	char *text;

	for (size_t i = 0; i < rl_scenario_nfields; i++) {
		const struct rl_field *f = &rl_scenario_fields[i];
		json_t *to = root;

		if (*f->group) {
			to = json_object_get(root, f->group);
			if (!to) {
				to = json_object();
				json_object_set_new(root, f->group, to);
			}
		}
		json_object_set_new(to, f->name, field_json(s, f));
	}
	jobs_json(root, s);
	for (int p = 0; p < RL_PARAM_COUNT; p++)
		json_object_set_new(costs, rl_param_info[p].name, json_real(s->costs.v[p]));
	json_object_set_new(root, "costs", costs);
	text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17));
	json_decref(root);
	return text;
}
