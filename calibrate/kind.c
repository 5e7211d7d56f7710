/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of jobs; see kind.h. */
#include "calibrate/kind.h"

#include <stdio.h>
#include <string.h>

static bool is_rated(const struct rl_job *j)
{
	return j->rate_iops[0] || j->rate_iops[1] || j->rate_bytes_per_s[0] ||
	       j->rate_bytes_per_s[1];
}

static bool is_split(const struct rl_job *j)
{
	return j->nsplit[0] || j->nsplit[1];
}

const char *rl_kind_name(const struct rl_scenario *s, char *out, size_t size)
{
	const struct rl_job *j = &s->job;
	char jobs[20] = "", load[40] = "";

	if (j->numjobs > 1)
		snprintf(jobs, sizeof(jobs), "%u jobs ", j->numjobs);
	if (s->load.vcpus && s->load.cap)
		snprintf(load, sizeof(load), "load %u:%u ", s->load.weight, s->load.cap);
	else if (s->load.vcpus)
		snprintf(load, sizeof(load), "load %u ", s->load.weight);
	snprintf(out, size, "%s%s%s%s%s", is_split(j) ? "split " : "",
		is_rated(j) ? j->poisson ? "poisson " : "rate " : "",
		j->thinktime_ns ? "thinktime " : "", jobs, load);
	if (*out)
		out[strlen(out) - 1] = '\0';
	else
		snprintf(out, size, "closed loop");
	return out;
}

bool rl_kind_same(const struct rl_scenario *a, const struct rl_scenario *b)
{
	char x[96], y[96];

	return strcmp(rl_kind_name(a, x, sizeof(x)), rl_kind_name(b, y, sizeof(y))) == 0;
}
