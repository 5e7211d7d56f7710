/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a scenario: one row each, set by their path. Needs no library. */
#include "data/format/scenario_private.h"

#include "core/policy.h"
#include "data/format/device.h"
#include "data/format/fio_job.h"
#include "model/sched.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct rl_field rl_scenario_fields[] = {
#define FIELD(group, name, kind, member) NUMBER(group, name, kind, member, 0, 0)
#define NUMBER(group, name, kind, member, min, max)                                                \
	{                                                                                          \
		group, name, kind, offsetof(struct rl_scenario, member),                           \
			sizeof(((struct rl_scenario *)0)->member), min, max                        \
	}
	FIELD("", "name", TEXT, name),
	NUMBER("machine", "pcpus", COUNT, machine.pcpus, 1, RL_MAX_PCPUS),
	NUMBER("machine", "sockets", COUNT, machine.sockets, 1, RL_MAX_PCPUS),
	NUMBER("machine", "cores", COUNT, machine.cores, 0, RL_MAX_PCPUS),
	NUMBER("machine", "threads", COUNT, machine.threads, 1, RL_MAX_THREADS),
	FIELD("machine", "scheduler", SCHED, machine.scheduler),
	FIELD("machine", "mwait", BOOL, machine.mwait),
	FIELD("machine", "hosted", BOOL, machine.hosted),
	NUMBER("guest", "count", COUNT, guest.count, 1, RL_MAX_DOMAINS),
	NUMBER("guest", "vcpus", COUNT, guest.vcpus, 1, RL_MAX_VCPUS),
	FIELD("guest", "pcpu", PCPUS, guest),
	NUMBER("guest", "weight", COUNT, guest.weight, 1, RL_MAX_WEIGHT),
	NUMBER("guest", "cap", COUNT, guest.cap, 0, RL_MAX_CAP),
	FIELD("guest", "type", TYPE, guest.type),
	NUMBER("driver", "count", COUNT, driver.count, 1, RL_MAX_DOMAINS),
	NUMBER("driver", "vcpus", COUNT, driver.vcpus, 1, RL_MAX_VCPUS),
	FIELD("driver", "pcpu", PCPUS, driver),
	NUMBER("driver", "weight", COUNT, driver.weight, 1, RL_MAX_WEIGHT),
	NUMBER("driver", "cap", COUNT, driver.cap, 0, RL_MAX_CAP),
	FIELD("driver", "type", TYPE, driver.type),
	NUMBER("driver", "threads", COUNT, driver.threads, 0, RL_MAX_VCPUS),
	NUMBER("load", "vcpus", COUNT, load.vcpus, 0, RL_MAX_LOAD_VCPUS),
	FIELD("load", "pcpu", PCPU, load.pcpu),
	NUMBER("load", "weight", COUNT, load.weight, 1, RL_MAX_WEIGHT),
	NUMBER("load", "cap", COUNT, load.cap, 0, RL_MAX_CAP),
	NUMBER("load", "busy", TIME, load.busy_ns, RL_MIN_BUSY_NS, RL_MAX_HORIZON_NS),
	NUMBER("load", "idle", TIME, load.idle_ns, 0, RL_MAX_HORIZON_NS),
	FIELD("disk", "device", DEVICE, disk.device),
	NUMBER("disk", "queues", COUNT, disk.queues, 1, RL_MAX_QUEUES),
	NUMBER("disk", "ring_pages", COUNT, disk.ring_pages, 1, RL_MAX_RING_PAGES),
	FIELD("disk", "grants", GRANTS, disk.grants),
	NUMBER("disk", "persistent_grants", COUNT, disk.persistent_grants, 0,
		RL_MAX_PERSISTENT_GRANTS),
	NUMBER("disk", "indirect_segments", COUNT, disk.indirect_segments, 0,
		RL_MAX_INDIRECT_SEGMENTS),
	FIELD("", "front_policy", POLICY, front_policy),
	FIELD("", "back_policy", POLICY, back_policy),
};

#define NFIELDS (sizeof(rl_scenario_fields) / sizeof(rl_scenario_fields[0]))

const size_t rl_scenario_nfields = NFIELDS;

static const char *const groups[] = {"machine", "guest", "driver", "load", "disk", "job", "costs"};

#define NGROUPS (sizeof(groups) / sizeof(groups[0]))

static bool has_control(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

static int set_policy(char *to, size_t size, const struct rl_place *at, struct rl_err *err)
{
	struct rl_policy_err why = {0};
	struct rl_policy_inst inst;
	struct rl_suggest s;
	char hint[80];

	char range[96] = "";

	if (strlen(at->value) < size && !has_control(at->value) &&
		rl_policy_select(&inst, at->value, &why) == 0) {
		strcpy(to, at->value);
		return 0;
	}
	rl_suggest_init(&s, at->value, strcspn(at->value, ":"));
	for (const struct rl_policy *const *p = rl_policies; *p && why.at == 0; p++)
		rl_suggest_offer(&s, (*p)->name);
	if (why.opt)
		snprintf(range, sizeof(range), "; expected %s=%llu%s to %llu%s", why.opt->name,
			(unsigned long long)why.opt->min, why.opt->unit,
			(unsigned long long)why.opt->max, why.opt->unit);
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col + (at->col ? (int)why.at : 0),
		"%s: '%s': %s (`ringlab list policies` shows them%s%s)", at->path, at->value,
		why.what ? why.what : "too long", range, rl_suggest_text(&s, hint, sizeof(hint)));
}

static int set_number(
	void *to, const struct rl_field *f, const struct rl_place *at, struct rl_err *err)
{
	const char *what = "a whole number", *unit = f->kind == TIME ? "ns" : "";
	uint64_t n;
	int rc = f->kind == TIME ? rl_units_time(at->value, &n, &what)
				 : rl_units_count(at->value, &n, &what);

	if (rc && rc != -ERANGE)
		return rl_place_bad(at, err, what);
	if (rc || n < f->min || n > f->max)
		return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
			"%s out of range: '%s' (expected %llu%s to %llu%s)", at->path, at->value,
			(unsigned long long)f->min, unit, (unsigned long long)f->max, unit);
	if (f->kind == TIME)
		*(uint64_t *)to = n;
	else
		*(uint32_t *)to = (uint32_t)n;
	return 0;
}

static int set_sched(char *to, size_t size, const struct rl_place *at, struct rl_err *err)
{
	const char *name;
	struct rl_suggest s;
	char hint[80];

	rl_suggest_init(&s, at->value, strlen(at->value));
	for (uint32_t i = 0; (name = rl_sched_name(i)); i++) {
		rl_suggest_offer(&s, name);
		if (strcmp(name, at->value) != 0)
			continue;
		snprintf(to, size, "%s", name);
		return 0;
	}
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"%s: unknown scheduler '%s' (`ringlab list schedulers` shows them%s)", at->path,
		at->value, rl_suggest_text(&s, hint, sizeof(hint)));
}

/* One of @n words, by its place among them. */
static int word(const char *const *words, int n, const struct rl_place *at, const char *expected,
	struct rl_err *err)
{
	for (int i = 0; i < n; i++)
		if (strcmp(at->value, words[i]) == 0)
			return i;
	return rl_place_bad(at, err, expected);
}

static int set_type(enum rl_domain_type *to, const struct rl_place *at, struct rl_err *err)
{
	int i = word(rl_domain_type_name, RL_DOMAIN_TYPES, at, "pv, pvh or hvm", err);

	if (i >= 0)
		*to = (enum rl_domain_type)i;
	return i < 0 ? i : 0;
}

static int set_grants(enum rl_grants *to, const struct rl_place *at, struct rl_err *err)
{
	int i = word(rl_grants_name, RL_GRANTS_COUNT, at, "persistent, map or copy", err);

	if (i >= 0)
		*to = (enum rl_grants)i;
	return i < 0 ? i : 0;
}

static int set_pcpu(void *to, const struct rl_place *at, struct rl_err *err)
{
	uint64_t n;

	if (strcmp(at->value, "any") == 0 || strcmp(at->value, "-1") == 0)
		*(int32_t *)to = -1;
	else if (rl_units_count(at->value, &n, NULL) == 0 && n <= INT32_MAX)
		*(int32_t *)to = (int32_t)n;
	else
		return rl_place_bad(at, err, "a pCPU's number from 0, or any");
	return 0;
}

/* "any", "2", or "0-3": the domain's vCPUs go round the pCPUs of the range. */
static int set_pcpus(struct rl_domain *to, const struct rl_place *at, struct rl_err *err)
{
	const char *dash = strchr(at->value + (at->value[0] == '-'), '-');
	char first[16];
	uint64_t from, last;

	if (strcmp(at->value, "any") == 0 || strcmp(at->value, "-1") == 0) {
		to->pcpu = -1;
		to->pcpus = 1;
		return 0;
	}
	snprintf(first, sizeof(first), "%.*s",
		(int)(dash ? (size_t)(dash - at->value) : strlen(at->value)), at->value);
	if (rl_units_count(first, &from, NULL) || (dash && rl_units_count(dash + 1, &last, NULL)) ||
		from > RL_MAX_PCPUS || (dash && (last < from || last > RL_MAX_PCPUS)))
		return rl_place_bad(at, err, "a pCPU's number from 0, a range as 0-3, or any");
	to->pcpu = (int32_t)from;
	to->pcpus = dash ? (uint32_t)(last - from + 1) : 1;
	return 0;
}

static int set_field(struct rl_scenario *s, const struct rl_field *f, const struct rl_place *at,
	struct rl_err *err)
{
	char *to = (char *)s + f->offset;

	switch (f->kind) {
	case TEXT:
		if (!*at->value || strlen(at->value) >= f->size || has_control(at->value))
			return rl_place_bad(at, err, "a name of one line that is not too long");
		strcpy(to, at->value);
		return 0;
	case POLICY:
		return set_policy(to, f->size, at, err);
	case DEVICE:
		return rl_device_text(
			to, f->size, at->path, at->value, at->file, at->line, at->col, err);
	case COUNT:
	case TIME:
		return set_number(to, f, at, err);
	case SCHED:
		return set_sched(to, f->size, at, err);
	case PCPU:
		return set_pcpu(to, at, err);
	case PCPUS:
		return set_pcpus((struct rl_domain *)to, at, err);
	case TYPE:
		return set_type((enum rl_domain_type *)to, at, err);
	case GRANTS:
		return set_grants((enum rl_grants *)to, at, err);
	case BOOL:
		if (strcmp(at->value, "true") != 0 && strcmp(at->value, "false") != 0)
			return rl_place_bad(at, err, "true or false");
		*(bool *)to = at->value[0] == 't';
		return 0;
	}
	return -EINVAL;
}

static int unknown(const struct rl_place *at, struct rl_err *err)
{
	const char *dot = strchr(at->path, '.'), *name = dot ? dot + 1 : at->path;
	size_t ngroup = dot ? (size_t)(dot - at->path) : 0;
	struct rl_suggest s;
	char hint[80];

	rl_suggest_init(&s, name, strlen(name));
	for (size_t i = 0; i < NFIELDS; i++)
		if (strlen(rl_scenario_fields[i].group) == ngroup &&
			memcmp(rl_scenario_fields[i].group, at->path, ngroup) == 0)
			rl_suggest_offer(&s, rl_scenario_fields[i].name);
	for (size_t i = 0; i < NGROUPS && !dot; i++)
		rl_suggest_offer(&s, groups[i]);
	return rl_err_set(err, -EINVAL, at->file, at->line, at->col,
		"unknown key '%s' (expected a field of a scenario%s)", at->path,
		rl_suggest_text(&s, hint, sizeof(hint)));
}

int rl_scenario_set(struct rl_scenario *s, const char *path, const char *value, const char *file,
	int line, int col, rl_warn_fn *warn, void *arg, struct rl_err *err)
{
	struct rl_place at = {path, value, file, line, col, warn, arg};
	const char *dot = strchr(path, '.');
	size_t n = dot ? (size_t)(dot - path) : 0;

	if (strcmp(path, "job") == 0)
		return rl_scenario_set_job_file(s, &at, err);
	if (strncmp(path, "job.", 4) == 0)
		return rl_scenario_set_job(s, path + 4, &at, err);
	if (strncmp(path, "costs.", 6) == 0)
		return rl_scenario_set_cost(s, path + 6, &at, err);
	for (size_t i = 0; i < NFIELDS; i++) {
		const struct rl_field *f = &rl_scenario_fields[i];

		if (strlen(f->group) == n && memcmp(f->group, path, n) == 0 &&
			strcmp(f->name, dot ? dot + 1 : path) == 0)
			return set_field(s, f, &at, err);
	}
	return unknown(&at, err);
}

bool rl_scenario_field_info(size_t i, struct rl_scenario_field_info *info)
{
	const struct rl_field *f = &rl_scenario_fields[i];

	if (i >= NFIELDS)
		return false;
	snprintf(info->path, sizeof(info->path), "%s%s%s", f->group, *f->group ? "." : "", f->name);
	info->number = f->kind == COUNT || f->kind == TIME;
	info->unit = f->kind == TIME ? "ns" : "";
	info->name = f->kind == TEXT;
	info->min = f->min;
	info->max = f->max;
	return true;
}
