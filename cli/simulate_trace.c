/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `ringlab simulate --trace`: a window of the first replication as a file for a trace viewer. */
#include "cli/manifest.h"
#include "cli/simulate.h"
#include "data/format/scenario.h"
#include "data/format/timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NS (INT64_MAX / (int64_t)RL_PS_PER_NS / 2)

/* ---- which window -------------------------------------------------------------------------- */

static bool time_of(const char *text, uint64_t *ns)
{
	return rl_units_time(text, ns, NULL) == 0 && *ns <= (uint64_t)LONGEST_NS;
}

bool rl_simulate_window(struct rl_simulate_trace *t, const char *text)
{
	char *from = strdup(text), *to = from ? strstr(from, "..") : NULL;
	bool ok;

	t->window = to ? RL_TRACER_FIXED : RL_TRACER_WARM;
	t->from_ns = 0;
	if (strcmp(text, "measured") == 0) {
		t->window = RL_TRACER_MEASURED;
		ok = true;
	} else if (to) {
		*to = '\0';
		ok = time_of(from, &t->from_ns) && time_of(to + 2, &t->to_ns);
	} else {
		ok = time_of(text, &t->to_ns);
	}
	free(from);
	return ok && (t->window == RL_TRACER_MEASURED || t->from_ns < t->to_ns);
}

/* ---- the file ------------------------------------------------------------------------------ */

static json_t *other_data(const struct rl_simulate *in, const struct rl_scenario *s,
	const struct rl_sim_result *r, const struct rl_tracer_shown *shown)
{
	char *text = rl_scenario_json(s);
	json_t *scenario = text ? json_loads(text, 0, NULL) : NULL;
	json_t *trace = json_pack("{s:i, s:f, s:f, s:I, s:I}", "replication", 0, "from_ns",
		(double)shown->from / RL_PS_PER_NS, "to_ns", (double)shown->to / RL_PS_PER_NS,
		"requests", (json_int_t)shown->ios, "unfinished", (json_int_t)shown->unfinished);

	free(text);
	return json_pack("{s:o, s:o, s:o}", "manifest", rl_simulate_manifest(in, r), "scenario",
		scenario, "trace", trace);
}

int rl_simulate_trace(const struct rl_simulate *in, const struct rl_scenario *s,
	const struct rl_sim_result *r, struct rl_timeline_file *file, struct rl_err *err)
{
	const struct rl_simulate_trace *t = &in->trace;
	struct rl_tracer_options o = {.window = t->window,
		.from_ns = t->from_ns,
		.to_ns = t->to_ns,
		.emit = rl_timeline_file_emit,
		.arg = file};
	struct rl_tracer_shown shown;
	json_t *other;
	int rc;

	if (!r->reps && o.window != RL_TRACER_FIXED) { /* it stood still: there is no warm-up */
		o.to_ns = o.window == RL_TRACER_WARM ? o.to_ns : RL_SIMULATE_TRACE_NS;
		o.window = RL_TRACER_FIXED;
	}
	rc = rl_sim_trace(s, &in->sim, r, &o, &shown, err);
	if (rc) {
		rl_timeline_file_drop(file);
		return rc;
	}
	other = other_data(in, s, r, &shown);
	rc = rl_timeline_file_finish(file, other, err);
	json_decref(other);
	return rc;
}
