/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario's check refuses what makes no sense and names the field. */
#include "model/scenario.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct rl_scenario s;

static void refused(const char *field)
{
	struct rl_err err = {0};

	assert_int_equal(rl_scenario_check(&s, &err), -EINVAL);
	assert_non_null(strstr(err.what, field));
	rl_scenario_default(&s);
}

static void fields(void **state)
{
	struct rl_err err = {0};

	(void)state;
	rl_scenario_default(&s);
	assert_int_equal(rl_scenario_check(&s, &err), 0);
	s.machine.pcpus = 0;
	refused("machine.pcpus");
	s.machine.sockets = 3;
	refused("machine.sockets");
	s.machine.threads = 0;
	refused("machine.threads");
	s.machine.threads = 4;
	refused("machine.pcpus");
	s.machine.cores = 3;
	refused("machine.cores");
	s.driver.pcpu = 2;
	refused("driver.pcpu");
	s.driver.cap = 201;
	refused("driver.cap");
	s.load.vcpus = 17;
	refused("load.vcpus");
	s.load.pcpu = 2;
	refused("load.pcpu");
	s.load.weight = 0;
	refused("load.weight");
	s.load.busy_ns = 0;
	refused("load.busy");
	s.load.idle_ns = UINT64_MAX;
	refused("load.idle");
	s.guest.weight = 0;
	refused("guest.weight");
	s.disk.ring_pages = 3;
	refused("disk.ring_pages");
	snprintf(s.back_policy, sizeof(s.back_policy), "no_such_policy");
	refused("back_policy");
	s.job.iodepth = 0;
	refused("job.iodepth");
	s.job.bs_bytes = 1000;
	refused("job.bs");
	s.job.numjobs = 0;
	refused("job.numjobs");
	s.job.nsplit[RL_DIR_WRITE] = 1;
	s.job.split[RL_DIR_WRITE][0] = (struct rl_job_split){4096, 99};
	refused("job.bssplit");
	s.job.rate_iops[0] = s.job.rate_bytes_per_s[0] = 1;
	refused("job.rate");
	s.job.poisson = true;
	refused("job.rate_process");
	s.job.thinktime_blocks = 8;
	refused("job.thinktime");
	s.job.spread = RL_SPREAD_ZIPF;
	s.job.spread_arg = NAN;
	refused("job.random_distribution");
	s.job.offset_bytes = 100;
	refused("job.offset");
	s.job.read_iolog[0] = 'x';
	refused("job.read_iolog");
	s.njobs = RL_JOBS + 1;
	refused("job");
}

static void costs(void **state)
{
	struct rl_err err = {0};

	(void)state;
	rl_scenario_default(&s);
	for (int i = 0; i < RL_PARAM_COUNT; i++) {
		double bad[] = {NAN, INFINITY, -1, rl_param_info[i].max * 1.01};

		assert_int_equal(rl_param_find(rl_param_info[i].name), i);
		for (int k = 0; k < 4; k++) {
			s.costs.v[i] = bad[k];
			refused(rl_param_info[i].name);
		}
	}
	assert_int_equal(rl_scenario_check(&s, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
