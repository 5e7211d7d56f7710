/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers what the store holds; see report.h. Laid out in report_write.c. */
#include "paper/page_data.h"
#include "paper/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
	struct rl_report *r;
	bool (*take)(void *arg, const char *platform);
	void *arg;
};

static int note_platform(void *arg, const struct rl_platform_runs *p)
{
	const struct wanted *w = arg;
	struct rl_report *r = w->r;

	if (r->n < RL_REPORT_MAX_PLATFORMS && (!w->take || w->take(w->arg, p->name)))
		snprintf(r->platforms[r->n++].name, sizeof(r->platforms[0].name), "%s", p->name);
	return 0;
}

static int load_manifest(struct rl_store *store, struct rl_report_platform *p, struct rl_err *err)
{
	struct rl_run *runs;
	size_t n;
	int code = rl_store_runs(store, p->name, RL_ROLE_ANY, &runs, &n, err);

	if (code)
		return code;
	if (n && runs[0].manifest)
		p->manifest = strdup(runs[0].manifest);
	rl_store_free_runs(runs, n);
	return 0;
}

static int gather_one(struct rl_store *store, const struct rl_tolerance *tol, size_t ntol,
	struct rl_report_platform *p, struct rl_err *err)
{
	struct rl_forward_options forward;
	struct rl_err none = {0};
	int code = load_manifest(store, p, err);

	if (code)
		return code;
	rl_forward_precise(&forward);
	code = rl_store_load_params(store, p->name, &p->set, &none);
	if (code && code != -ENOENT) {
		*err = none;
		return code;
	}
	if (!code) {
		none = (struct rl_err){0};
		code = rl_validate_run(store, p->name, &p->set, tol, ntol, &forward, &p->v, &none);
		p->predicted = code == 0;
		if (code && code != -ENOENT)
			*err = none;
	}
	if (code == -ENOENT) /* no parameters, or nothing held out: show what was measured */
		code = rl_validate_measured(store, p->name, tol, ntol, &p->v, err);
	return code;
}

static void add_policy(struct rl_report *r, size_t from, const char *name)
{
	size_t k = from;

	for (size_t i = 0; i < from; i++)
		if (strcmp(r->policies[i], name) == 0)
			return;
	while (k < r->npolicies && strcmp(r->policies[k], name) < 0)
		k++;
	if (r->npolicies == RL_REPORT_MAX_POLICIES ||
		(k < r->npolicies && strcmp(r->policies[k], name) == 0))
		return;
	memmove(r->policies + k + 1, r->policies + k, (r->npolicies - k) * sizeof(*r->policies));
	r->policies[k] = name;
	r->npolicies++;
}

int rl_report_sort(struct rl_report *r)
{
	size_t pair;
	int code = 0;

	r->npolicies = 0;
	if (rl_report_pair(r, &r->policies[0], &r->policies[1]))
		r->npolicies = 2;
	pair = r->npolicies;
	for (size_t i = 0; i < r->n && !code; i++) {
		struct rl_report_platform *p = &r->platforms[i];

		for (size_t c = 0; c < p->v.cells.n; c++)
			add_policy(r, pair, p->v.cells.v[c].scenario.back_policy);
		code = rl_settings_make(&p->v.cells, &p->settings);
	}
	return code;
}

int rl_report_gather(struct rl_store *store, bool (*take)(void *arg, const char *platform),
	void *arg, const struct rl_tolerance *tolerances, size_t ntolerances, struct rl_report *out,
	struct rl_err *err)
{
	struct wanted wanted = {out, take, arg};
	int code;
	size_t kept = 0;

	memset(out, 0, sizeof(*out));
	code = rl_store_platforms(store, note_platform, &wanted, err);
	for (size_t i = 0; i < out->n && !code; i++) {
		struct rl_err why = {0};

		code = gather_one(store, tolerances, ntolerances, &out->platforms[i], &why);
		if (code == -ENOENT) { /* runs without a role: of no use to a report */
			rl_param_set_fini(&out->platforms[i].set);
			free(out->platforms[i].manifest);
			code = 0;
			continue;
		}
		if (code && err)
			*err = why;
		if (kept != i)
			out->platforms[kept] = out->platforms[i];
		kept++;
	}
	out->n = kept;
	if (!code && !out->n)
		code = rl_err_set(err, -ENOENT, NULL, 0, 0,
			"no run to report on (expected runs with a role: `ringlab import` them)");
	if (!code && rl_report_sort(out))
		code = rl_err_set(err, -ENOMEM, NULL, 0, 0, "out of memory");
	if (!code)
		code = rl_page_views(store, &out->views, err);
	if (code)
		rl_report_fini(out);
	return code;
}

void rl_report_fini(struct rl_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		rl_validation_fini(&r->platforms[i].v);
		rl_settings_fini(&r->platforms[i].settings);
		rl_param_set_fini(&r->platforms[i].set);
		free(r->platforms[i].manifest);
	}
	json_decref(r->views);
	memset(r, 0, sizeof(*r));
}
