/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of what there is, as JSON. */
#include "paper/explore/catalog.h"

#include "core/policy.h"
#include "model/metrics.h"
#include "model/scenario.h"

static void put_option(struct rl_json *j, const struct rl_policy_opt *o)
{
	rl_json_open(j, '[');
	rl_json_text(j, o->name);
	rl_json_text(j, o->unit);
	rl_json_real(j, (double)o->dflt);
	rl_json_real(j, (double)o->min);
	rl_json_real(j, (double)o->max);
	rl_json_text(j, o->help);
	rl_json_close(j, ']');
}

static void put_policies(struct rl_json *j)
{
	const struct rl_policy *const *it;

	rl_json_key(j, "policies");
	rl_json_open(j, '[');
	rl_for_each_policy (it) {
		rl_json_open(j, '{');
		rl_json_key(j, "name");
		rl_json_text(j, (*it)->name);
		rl_json_key(j, "summary");
		rl_json_text(j, (*it)->summary);
		rl_json_key(j, "options");
		rl_json_open(j, '[');
		for (rl_u32 i = 0; i < (*it)->nopts; i++)
			put_option(j, &(*it)->opts[i]);
		rl_json_close(j, ']');
		rl_json_close(j, '}');
	}
	rl_json_close(j, ']');
}

static void put_costs(struct rl_json *j)
{
	rl_json_key(j, "costs");
	rl_json_open(j, '[');
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		const struct rl_param_info *p = &rl_param_info[i];

		rl_json_open(j, '[');
		rl_json_text(j, p->name);
		rl_json_text(j, p->unit);
		rl_json_real(j, p->dflt);
		rl_json_real(j, p->min);
		rl_json_real(j, p->max);
		rl_json_text(j, p->what);
		rl_json_close(j, ']');
	}
	rl_json_close(j, ']');
}

static void put_metric_info(struct rl_json *j)
{
	rl_json_key(j, "metrics");
	rl_json_open(j, '[');
	for (int i = 0; i < RL_METRIC_COUNT; i++) {
		rl_json_open(j, '[');
		rl_json_text(j, rl_metric_info[i].name);
		rl_json_text(j, rl_metric_info[i].unit);
		rl_json_text(j, rl_metric_info[i].what);
		rl_json_close(j, ']');
	}
	rl_json_close(j, ']');
}

void rl_catalog_put(struct rl_json *j)
{
	rl_json_open(j, '{');
	rl_json_key(j, "version");
	rl_json_text(j, RL_VERSION);
	put_metric_info(j);
	put_costs(j);
	put_policies(j);
	rl_json_close(j, '}');
}
