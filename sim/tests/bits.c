/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints every metric of many scenarios, intervals included, to the last bit: what bits.bats
 * compares between compilers, optimisations, CPU features and numbers of threads.
 *
 *	bits [SEED [THREADS]]	results
 *	bits libm		bits of exp and log, which do change with the CPU's features
 */
#include "core/policy.h"
#include "sim/device/device.h"
#include "sim/sim.h"
#include "sim/xen/xen.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPS	 9 /* not a multiple of the threads */
#define REQUESTS 150

static struct rl_sim_options options = {.reps = REPS, .requests = REQUESTS};

static void put(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	if (isnan(x)) /* of any sign */
		printf(" nan");
	else
		printf(" %016" PRIx64, bits);
}

static void run(const struct rl_scenario *s, const char *what)
{
	struct rl_sim_result r;
	struct rl_err err = {0};
	int rc = rl_sim_run(s, &options, &r, &err);

	printf("%s: %d %" PRIu64 " %" PRIu64, what, rc, r.events, r.requests);
	for (int i = 0; i < RL_METRIC_COUNT && !rc; i++) {
		put(r.metrics.m[i].value);
		put(r.metrics.m[i].lo);
		put(r.metrics.m[i].hi);
	}
	for (uint32_t i = 0; i < r.nlimits && !rc; i++)
		put(r.limit[i].busy_frac);
	for (uint32_t i = 0; i < r.ncells && !rc; i++) {
		put(r.cell[i].cores.value);
		put(r.cell[i].cores.hi);
		put(r.cell[i].ns.value);
	}
	printf(" %" PRIu64 " %s\n", r.warmup, rc ? err.what : r.limit[0].what);
}

/* Chance in all that can be left to it: steps, service, dom0, and where ticks and credit begin. */
static void scenario(struct rl_scenario *s, uint32_t pcpus, uint32_t depth)
{
	rl_scenario_default(s);
	s->machine.pcpus = pcpus;
	s->driver.pcpu = (int32_t)pcpus - 1;
	s->job.iodepth = depth;
	s->job.rw = RL_RW_RANDRW;
	s->job.rwmixread = 70;
	s->costs.v[RL_PARAM_device_ns] = 20e3;
	s->costs.v[RL_PARAM_jitter_frac] = 0.2;
	s->costs.v[RL_PARAM_dom0_period_ns] = 3e6;
	s->costs.v[RL_PARAM_poll_drag_frac] = 0.07;
}

static void policies(uint32_t pcpus, uint32_t depth)
{
	const struct rl_policy *const *it;
	struct rl_scenario s;
	char what[128];

	rl_for_each_policy (it) {
		scenario(&s, pcpus, depth);
		snprintf(s.back_policy, sizeof(s.back_policy), "%s", (*it)->name);
		snprintf(what, sizeof(what), "%s %u %u", (*it)->name, pcpus, depth);
		run(&s, what);
	}
}

static void device(const char *spec)
{
	struct rl_scenario s;

	scenario(&s, 2, 8);
	snprintf(s.disk.device, sizeof(s.disk.device), "%s", spec);
	s.disk.grants = RL_GRANTS_MAP;
	s.job.bs_bytes = 65536;
	run(&s, spec);
}

static void devices(void)
{
	static const char *const more[] = {"random:dist=lognormal,cv=2", "random:dist=gamma,cv=2",
		"random:dist=gamma,cv=0.3,servers=3",
		"random:dist=empirical,points=1us..9us*3+50us", "ssd:bandwidth=100m/s",
		"ssd:cache=1m,drain=50m/s", "disk:order=nearest",
		"fixed:servers=4,queue=3,coalesce=3"};

	for (const struct rl_device *const *it = rl_devices; *it; it++)
		device((*it)->type.name);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		device(more[i]);
}

static void schedulers(void)
{
	struct rl_scenario s;

	for (const struct rl_sched *const *it = rl_scheds; *it; it++) {
		scenario(&s, 3, 4);
		s.guest.pcpu = s.driver.pcpu = -1;
		s.guest.weight = 512;
		snprintf(s.machine.scheduler, sizeof(s.machine.scheduler), "%s", (*it)->name);
		run(&s, (*it)->name);
	}
}

/* Two sockets of a core with two threads each, a noisy neighbour, and domains of every type. */
static void machines(void)
{
	struct rl_scenario s;

	for (const struct rl_sched *const *it = rl_scheds; *it; it++) {
		scenario(&s, 4, 8);
		s.machine.sockets = s.machine.threads = 2;
		s.guest.pcpu = s.driver.pcpu = -1;
		s.guest.type = RL_PVH;
		s.driver.type = RL_HVM;
		s.load = (struct rl_load_domain){.vcpus = 3,
			.pcpu = -1,
			.weight = 512,
			.busy_ns = 700000,
			.idle_ns = 300000};
		snprintf(s.machine.scheduler, sizeof(s.machine.scheduler), "%s", (*it)->name);
		run(&s, "two sockets");
	}
}

/* Many guests on two driver domains, two rings each. */
static void guests(void)
{
	struct rl_scenario s;

	scenario(&s, 4, 2);
	s.guest.count = 11;
	s.guest.vcpus = s.driver.count = s.driver.vcpus = s.disk.queues = 2;
	s.guest.pcpu = s.driver.pcpu = -1;
	s.guest.pcpus = s.driver.pcpus = 0;
	run(&s, "guests");
}

/* How many replications it takes depends on what came before: never on who ran them. */
static void until_precise(void)
{
	struct rl_scenario s;

	scenario(&s, 1, 4);
	options.precision = 0.01;
	options.reps = 3;
	options.max_reps = 60;
	run(&s, "precise");
}

static void libm(void)
{
	for (volatile double x = 0.001; x < 40; x += 0.0137) {
		put(exp(-x));
		put(log(x));
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "libm") == 0) {
		libm();
		return 0;
	}
	options.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	options.threads = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
	for (uint32_t pcpus = 1; pcpus <= 2; pcpus++)
		for (uint32_t depth = 1; depth <= 32; depth *= 32)
			policies(pcpus, depth);
	devices();
	schedulers();
	machines();
	guests();
	until_precise();
	return 0;
}
