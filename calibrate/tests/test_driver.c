/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A driver that does what the model says passes; one that does not is told by its stage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/driver.h"
#include "calibrate/tests/store_fixture.h"

#include <errno.h>

#define STAMP_NS 3400 /* what a stamp adds to each stage of a trace */

/* Two settings, each without stamps and with them. */
struct bench {
	struct rl_measured_cell v[2];
	struct rl_metrics m[2];
	struct rl_run run[4];
	struct rl_param_set set;
	struct rl_driver_check check;
};

static void make_run(struct rl_run *run, const struct rl_measured_cell *c,
	const struct rl_metrics *m, bool traced)
{
	memset(run, 0, sizeof(*run));
	strcpy(run->platform, FIXTURE_PLATFORM);
	snprintf(run->cell, sizeof(run->cell), "%.80s%s", c->name, traced ? "-traced" : "");
	run->scenario = c->scenario;
	run->metrics = *m;
	for (int q = RL_METRIC_stage_submit_ns; q <= RL_METRIC_stage_reap_ns; q++)
		run->metrics.m[q].value = traced ? m->m[q].value + STAMP_NS : NAN;
	/* The trace knows no boundary between these two. */
	if (traced)
		run->metrics.m[RL_METRIC_stage_device_ns].value +=
			m->m[RL_METRIC_stage_process_ns].value;
}

static void set_up(struct bench *b)
{
	struct rl_forward_options o;
	struct rl_costs truth;

	memset(b, 0, sizeof(*b));
	fixture_truth(&truth);
	fixture_cell(&b->v[0], "event", RL_RW_RANDREAD, 4096, 8, RL_ROLE_VALIDATE);
	fixture_cell(&b->v[1], "event", RL_RW_RANDREAD, 65536, 1, RL_ROLE_VALIDATE);
	rl_forward_default(&o);
	o.sim.seed = 77;
	assert_int_equal(rl_forward_run(b->v, 2, &truth, 1, &o, b->m, NULL), 0);
	for (int i = 0; i < 4; i++)
		make_run(&b->run[i], &b->v[i / 2], &b->m[i / 2], i % 2);
	for (int i = 0; i < RL_PARAM_COUNT; i++)
		b->set.p[i] = (struct rl_fitted){.present = true, .value = truth.v[i]};
}

/* Judged by a reference as it was before a run was changed. */
static const char *stage_of(struct bench *b, int run, int quantity, double factor, double more)
{
	struct rl_run reference[4], changed[4];
	struct rl_forward_options o;
	struct rl_err err = {0};
	const char *stage;

	rl_forward_default(&o);
	memcpy(reference, b->run, sizeof(reference));
	memcpy(changed, b->run, sizeof(changed));
	changed[run].metrics.m[quantity].value =
		changed[run].metrics.m[quantity].value * factor + more;
	assert_int_equal(
		rl_driver_judge(&b->set, changed, 4, reference, 4, &o, &b->check, &err), 0);
	stage = b->check.stage;
	assert_true(b->check.pass == !stage);
	rl_driver_fini(&b->check);
	return stage;
}

static void test_stages(void **state)
{
	static struct bench b;

	(void)state;
	set_up(&b);
	assert_null(stage_of(&b, 0, RL_METRIC_iops, 1, 0));
	assert_string_equal(
		stage_of(&b, 0, RL_METRIC_front_notifications_per_request, 2, 0), "notify");
	assert_string_equal(stage_of(&b, 0, RL_METRIC_batches_per_request, 8, 0), "dequeue");
	assert_string_equal(
		stage_of(&b, 2, RL_METRIC_back_notifications_per_request, 0.5, 0), "rsp_notify");
	assert_string_equal(stage_of(&b, 2, RL_METRIC_iops, 0.95, 0), "total");
	assert_string_equal(stage_of(&b, 3, RL_METRIC_stage_complete_ns, 1, 9000), "complete");
	assert_string_equal(stage_of(&b, 3, RL_METRIC_stage_publish_ns, 1, 9000), "publish");
	assert_string_equal(stage_of(&b, 1, RL_METRIC_stage_device_ns, 1.5, 0), "device");
	/* With stamps a rate is another: it is not judged. */
	assert_null(stage_of(&b, 1, RL_METRIC_iops, 0.8, 0));
}

static void test_nothing_to_judge(void **state)
{
	static struct bench b;
	struct rl_forward_options o;
	struct rl_err err = {0};

	(void)state;
	set_up(&b);
	rl_forward_default(&o);
	/* Traces alone, and nobody who says where their stamps lie. */
	assert_int_equal(
		rl_driver_judge(&b.set, &b.run[1], 1, NULL, 0, &o, &b.check, &err), -EINVAL);
	assert_non_null(strstr(err.what, "nothing"));
	/* Without a reference the rest still counts. */
	assert_int_equal(rl_driver_judge(&b.set, b.run, 4, NULL, 0, &o, &b.check, &err), 0);
	assert_true(b.check.pass);
	rl_driver_fini(&b.check);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_nothing_to_judge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
