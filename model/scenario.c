/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults of a scenario, its check, and the table of cost parameters. */
#include "model/scenario.h"

#include "core/policy.h"
#include "model/bounds.h"
#include "model/device.h"
#include "model/sched.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct rl_param_info rl_param_info[RL_PARAM_COUNT + 1] = {
#define RL_PARAM(name, unit, dflt, min, max, what, source)                                         \
	{#name, unit, dflt, min, max, what, source},
#include "model/params.def"
#undef RL_PARAM
};

const char *const rl_grants_name[RL_GRANTS_COUNT] = {"persistent", "map", "copy"};

const char *const rl_domain_type_name[RL_DOMAIN_TYPES] = {"pv", "pvh", "hvm"};

int rl_param_find(const char *name)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		if (strcmp(name, rl_param_info[i].name) == 0)
			return i;
	return -1;
}

void rl_costs_default(struct rl_costs *c)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		c->v[i] = rl_param_info[i].dflt;
}

void rl_scenario_default(struct rl_scenario *s)
{
	*s = (struct rl_scenario){
		.name = "default",
		.machine = {.pcpus = 2, .sockets = 1, .threads = 1, .scheduler = "credit2"},
		.guest = {.count = 1, .vcpus = 1, .pcpu = 0, .pcpus = 1, .weight = 256},
		.driver = {.count = 1, .vcpus = 1, .pcpu = 1, .pcpus = 1, .weight = 256},
		.load = {.pcpu = -1, .weight = 256, .busy_ns = 10000000},
		.disk = {.device = "null", .queues = 1, .ring_pages = 1, .persistent_grants = 1056},
		.front_policy = RL_POLICY_DEFAULT,
		.back_policy = RL_POLICY_DEFAULT,
		.njobs = 1,
	};
	rl_job_default(&s->job);
	strcpy(s->job.name, "job");
	s->job.rw = RL_RW_RANDREAD;
	rl_costs_default(&s->costs);
}

static int bad(struct rl_err *err, const char *field, const char *expected)
{
	return rl_err_set(
		err, -EINVAL, NULL, 0, 0, "%s out of range (expected %s)", field, expected);
}

static int check_policy(struct rl_err *err, const char *field, const char *spec)
{
	struct rl_policy_inst inst;
	struct rl_policy_err perr;

	if (rl_policy_select(&inst, spec, &perr) == 0)
		return 0;
	return rl_err_set(err, -EINVAL, NULL, 0, 0, "%s '%s': %s at character %u", field, spec,
		perr.what, perr.at + 1);
}

/* Where a job says how much it uses, all its clones' parts must be on the disk. */
static int check_fits(const struct rl_job *j, double bytes, struct rl_err *err)
{
	double end = (double)j->offset_bytes + (double)j->size_bytes +
		     (double)j->offset_increment_bytes * (j->numjobs - 1.0);

	if (!j->size_bytes || end <= bytes)
		return 0;
	return rl_err_set(err, -EINVAL, NULL, 0, 0,
		"job.size out of range (expected offset and size within the disk's %.0f bytes)",
		bytes);
}

static int check_device(const struct rl_scenario *s, struct rl_err *err)
{
	struct rl_spec spec;
	struct rl_spec_err why;
	int rc = 0;

	if (rl_spec_read(&rl_device_set, s->disk.device, &spec, &why))
		return rl_err_set(err, -EINVAL, NULL, 0, 0,
			"disk.device '%.60s': %s at character %u", s->disk.device, why.what,
			why.at + 1);
	for (uint32_t i = 0; !rc && spec.type->bytes && i < s->njobs; i++)
		rc = check_fits(&s->jobs[i], spec.type->bytes(&spec), err);
	return rc;
}

static int check_domain(const struct rl_machine *m, const char *name, int32_t pcpu, uint32_t weight,
	uint32_t cap, struct rl_err *err)
{
	char field[32];

	snprintf(field, sizeof(field), "%s.pcpu", name);
	if (pcpu < -1 || pcpu >= (int32_t)m->pcpus)
		return bad(err, field, "a pCPU of the machine, from 0, or -1: any");
	snprintf(field, sizeof(field), "%s.weight", name);
	if (weight < 1 || weight > RL_MAX_WEIGHT)
		return bad(err, field, "1 to 65535");
	snprintf(field, sizeof(field), "%s.cap", name);
	if (cap > m->pcpus * 100)
		return bad(err, field, "percent of a pCPU, at most 100 for each; 0: none");
	return 0;
}

static int check_load(
	const struct rl_machine *m, const struct rl_load_domain *l, struct rl_err *err)
{
	if (l->vcpus > RL_MAX_LOAD_VCPUS)
		return bad(err, "load.vcpus", "0 to 16");
	if (l->busy_ns < RL_MIN_BUSY_NS || l->busy_ns > RL_MAX_HORIZON_NS)
		return bad(err, "load.busy", "1us to 24h");
	if (l->idle_ns > RL_MAX_HORIZON_NS)
		return bad(err, "load.idle", "at most 24h; 0: the domain never rests");
	return check_domain(m, "load", l->pcpu, l->weight, l->cap, err);
}

/* A role's domains: how many, and on which pCPUs. */
static int check_role(
	const struct rl_machine *m, const struct rl_domain *d, const char *name, struct rl_err *err)
{
	char field[32];

	snprintf(field, sizeof(field), "%s.count", name);
	if (d->count < 1 || d->count > RL_MAX_DOMAINS)
		return bad(err, field, "1 to 4096");
	snprintf(field, sizeof(field), "%s.vcpus", name);
	if (d->vcpus < 1 || d->vcpus > RL_MAX_VCPUS || d->count * d->vcpus > RL_MAX_VCPUS)
		return bad(err, field, "1 to 16384 in all domains of the role");
	snprintf(field, sizeof(field), "%s.pcpu", name);
	if (d->pcpu >= 0 && (d->pcpus < 1 || d->pcpu + (int64_t)d->pcpus > (int64_t)m->pcpus))
		return bad(err, field, "a pCPU of the machine, from 0, a range of them, or any");
	return check_domain(m, name, d->pcpu, d->weight, d->cap, err);
}

static int check_domains(const struct rl_scenario *s, struct rl_err *err)
{
	int rc = check_role(&s->machine, &s->guest, "guest", err);

	if (!rc)
		rc = check_role(&s->machine, &s->driver, "driver", err);
	if (!rc && s->driver.threads > RL_MAX_VCPUS)
		rc = bad(err, "driver.threads", "1 to 16384, or 0: one a ring");
	return rc ? rc : check_load(&s->machine, &s->load, err);
}

static int check_disk(const struct rl_scenario *s, struct rl_err *err)
{
	const struct rl_disk *d = &s->disk;

	if (d->ring_pages < 1 || d->ring_pages > RL_MAX_RING_PAGES ||
		(d->ring_pages & (d->ring_pages - 1)))
		return bad(err, "disk.ring_pages", "1, 2, 4, 8 or 16");
	if (d->queues < 1 || d->queues > RL_MAX_QUEUES || d->queues > s->guest.vcpus)
		return bad(err, "disk.queues", "1 to 64, at most one a vCPU of the guest");
	if (d->grants < 0 || d->grants >= RL_GRANTS_COUNT)
		return bad(err, "disk.grants", "persistent, map or copy");
	if (d->persistent_grants > RL_MAX_PERSISTENT_GRANTS)
		return bad(err, "disk.persistent_grants", "0 to 1048576");
	if (d->indirect_segments > RL_MAX_INDIRECT_SEGMENTS)
		return bad(err, "disk.indirect_segments", "0 to 4096");
	return 0;
}

static int check_jobs(const struct rl_scenario *s, struct rl_err *err)
{
	int rc = 0;

	if (s->njobs < 1 || s->njobs > RL_JOBS)
		return bad(err, "job", "1 to 16 jobs");
	for (uint32_t i = 0; !rc && i < s->njobs; i++)
		rc = rl_job_check(&s->jobs[i], err);
	return rc;
}

static bool known_sched(const char *name)
{
	const char *known;

	for (uint32_t i = 0; (known = rl_sched_name(i)); i++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

static int check_machine(const struct rl_machine *m, struct rl_err *err)
{
	uint64_t parts = (uint64_t)m->sockets * m->threads;

	if (!known_sched(m->scheduler))
		return bad(err, "machine.scheduler", "one of `ringlab list schedulers`");
	if (m->pcpus < 1 || m->pcpus > RL_MAX_PCPUS)
		return bad(err, "machine.pcpus", "1 to 4096");
	if (m->sockets < 1 || m->sockets > m->pcpus)
		return bad(err, "machine.sockets", "1 to machine.pcpus");
	if (m->threads < 1 || m->threads > RL_MAX_THREADS)
		return bad(err, "machine.threads", "1 to 8 a core");
	if (m->pcpus % parts)
		return bad(err, "machine.pcpus", "a multiple of machine.sockets x threads");
	if (m->cores && m->cores * parts != m->pcpus)
		return bad(err, "machine.cores", "machine.pcpus = sockets x cores x threads");
	return 0;
}

static int check_costs(const struct rl_costs *c, struct rl_err *err)
{
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		const struct rl_param_info *p = &rl_param_info[i];

		if (!(c->v[i] >= p->min && c->v[i] <= p->max))
			return rl_err_set(err, -EINVAL, NULL, 0, 0,
				"costs.%s out of range (expected %g to %g %s)", p->name, p->min,
				p->max, p->unit);
	}
	return 0;
}

int rl_scenario_check(const struct rl_scenario *s, struct rl_err *err)
{
	int rc = check_machine(&s->machine, err);

	if (rc)
		return rc;
	rc = check_domains(s, err);
	if (!rc)
		rc = check_disk(s, err);
	if (rc)
		return rc;
	rc = check_policy(err, "front_policy", s->front_policy);
	if (!rc)
		rc = check_policy(err, "back_policy", s->back_policy);
	if (!rc)
		rc = check_jobs(s, err);
	if (!rc)
		rc = check_device(s, err);
	if (!rc)
		rc = check_costs(&s->costs, err);
	return rc ? rc : rl_bounds_check(s, err);
}
