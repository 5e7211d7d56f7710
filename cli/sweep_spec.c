/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the results of a sweep depend on, as one JSON text; its hash is what the sweep is. */
#include "cli/sweep.h"

#include "data/format/scenario.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A value that is a file's name is what is in the file. */
static bool is_file(const char *path)
{
	return strcmp(path, "job") == 0 || strstr(path, "read_iolog");
}

/* The scenario with nothing but this value set, as a hash; null: out of memory, or no scenario. */
static json_t *json_content(const struct rl_sweep *w, const struct rl_axis *a, const char *value)
{
	struct rl_scenario *s = malloc(sizeof(*s));
	char *text = NULL, hex[RL_SHA256_HEX];
	struct rl_err err = {0};
	struct rl_sha256 sha;

	if (s)
		*s = w->base;
	if (s && !rl_scenario_set(s, a->path, value, RL_SWEEP_OVER, 1, 1, NULL, NULL, &err))
		text = rl_scenario_json(s);
	free(s);
	if (!text)
		return json_null();
	rl_sha256_init(&sha);
	rl_sha256_add(&sha, text, strlen(text));
	rl_sha256_hex(&sha, hex);
	free(text);
	return json_string(hex);
}

static json_t *json_axis(const struct rl_sweep *w, const struct rl_axis *a)
{
	json_t *levels, *contents, *axis;

	if (!a->nlevels) {
		json_t *range = json_pack("{s:s, s:f, s:f, s:b, s:i}", "path", a->path, "from",
			a->lo, "to", a->hi, "log", a->log, "kind", (int)a->kind);

		if (a->before)
			json_object_set_new(
				range, "around", json_pack("[ss]", a->before, a->after));
		return range;
	}
	levels = json_array();
	for (uint32_t i = 0; i < a->nlevels; i++)
		json_array_append_new(levels, json_string(a->level[i].text));
	axis = json_pack("{s:s, s:o}", "path", a->path, "values", levels);
	if (!is_file(a->path))
		return axis;
	contents = json_array();
	for (uint32_t i = 0; i < a->nlevels; i++)
		json_array_append_new(contents, json_content(w, a, a->level[i].text));
	json_object_set_new(axis, "contents", contents);
	return axis;
}

static json_t *json_axes(const struct rl_sweep *w)
{
	json_t *all = json_array();

	for (uint32_t k = 0; k < w->naxes; k++)
		json_array_append_new(all, json_axis(w, &w->axis[k]));
	return all;
}

static json_t *json_targets(const struct rl_sim_options *o)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < o->ntargets; i++)
		json_array_append_new(all, json_string(rl_metric_info[o->target[i]].name));
	return all;
}

static json_t *json_spec(const struct rl_sweep_input *in)
{
	const struct rl_sim_options *o = &in->sim;
	char *text = rl_scenario_json(&in->w.base);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL, *spec;

	free(text);
	spec = json_pack("{s:s, s:s, s:o, s:o, s:s, s:I}", "program", "ringlab " RL_VERSION,
		"simulator", rl_simulator, "scenario", scenario, "axes", json_axes(&in->w),
		"design", rl_design_name[in->w.design], "points", (json_int_t)in->w.npoints);
	if (!spec)
		return NULL;
	json_object_set_new(spec, "seed", json_integer((json_int_t)o->seed));
	json_object_set_new(spec, "reps", json_integer(o->reps));
	json_object_set_new(spec, "requests", json_integer((json_int_t)o->requests));
	json_object_set_new(spec, "warmup", json_integer(o->warmup));
	json_object_set_new(spec, "precision", json_real(o->precision));
	json_object_set_new(spec, "max-reps", json_integer(o->max_reps));
	json_object_set_new(spec, "precision-of", json_targets(o));
	return spec;
}

int rl_sweep_identify(const struct rl_sweep_input *in, struct rl_sweep_id *id, struct rl_err *err)
{
	json_t *spec = json_spec(in);
	struct rl_sha256 sha;

	id->spec = json_dumps(spec, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
	json_decref(spec);
	if (!id->spec)
		return rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	rl_sha256_init(&sha);
	rl_sha256_add(&sha, id->spec, strlen(id->spec));
	rl_sha256_hex(&sha, id->hash);
	if (in->name)
		snprintf(id->name, sizeof(id->name), "%s", in->name);
	else
		snprintf(id->name, sizeof(id->name), "sweep-%.12s", id->hash);
	return 0;
}
