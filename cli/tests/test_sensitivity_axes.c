/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sensitivity analysis varies when it is not told: the costs, and how far each. */
#include "cli/sensitivity.h"
#include "data/store.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], db[96];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "%.30s/ringlab-axes-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(db, sizeof(db), "%s/t.db", dir);
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd);
}

static struct rl_sensitivity_input *begin(enum rl_sens method)
{
	struct rl_sensitivity_input *in = calloc(1, sizeof(*in));

	assert_non_null(in);
	in->args.db = db;
	in->method = method;
	in->factor = 2;
	rl_scenario_default(&in->w.base);
	return in;
}

static void end(struct rl_sensitivity_input *in)
{
	rl_sweep_fini(&in->w);
	free(in);
}

static const struct rl_axis *find(const struct rl_sensitivity_input *in, int param)
{
	char path[64];

	snprintf(path, sizeof(path), "costs.%s", rl_param_info[param].name);
	for (uint32_t k = 0; k < in->w.naxes; k++)
		if (strcmp(in->w.axis[k].path, path) == 0)
			return &in->w.axis[k];
	return NULL;
}

/* Each cost that is not 0, half and twice, but no further than its range. */
static void guesses(void **state)
{
	struct rl_sensitivity_input *in = begin(RL_SENS_MORRIS);
	const double *v = in->w.base.costs.v;
	struct rl_err err = {0};
	uint32_t there = 0;

	(void)state;
	in->w.base.costs.v[RL_PARAM_poll_ns] = 1.5; /* its least is 1 */
	in->w.base.costs.v[RL_PARAM_clock_ns] = 0;
	assert_int_equal(rl_sensitivity_axes(in, &err), 0);
	for (int p = 0; p < RL_PARAM_COUNT; p++) {
		const struct rl_axis *a = find(in, p);

		assert_true(!a == (v[p] == 0));
		if (!a)
			continue;
		there++;
		assert_true(a->log && a->kind == RL_AXIS_REAL);
		assert_true(fabs(a->lo / fmax(v[p] / 2, rl_param_info[p].min) - 1) < 1e-9);
		assert_true(fabs(a->hi / fmin(v[p] * 2, rl_param_info[p].max) - 1) < 1e-9);
	}
	assert_int_equal(there, in->w.naxes);
	assert_true(there > 20);
	end(in);
}

/* They are more than Sobol takes. */
static void too_many(void **state)
{
	struct rl_sensitivity_input *in = begin(RL_SENS_SOBOL);
	struct rl_err err = {0};

	(void)state;
	assert_int_equal(rl_sensitivity_axes(in, &err), -EINVAL);
	assert_non_null(strstr(err.what, "at most 20"));
	end(in);
}

static void save(const char *name, double lo, double hi)
{
	struct rl_param_set set = {.platform = "p"};
	struct rl_store *store;

	snprintf(set.name, sizeof(set.name), "%s", name);
	set.p[RL_PARAM_submit_ns] = (struct rl_fitted){true, true, 20e3, lo, hi};
	set.p[RL_PARAM_upcall_ns] = (struct rl_fitted){true, true, 10e3, 9e3, 11e3};
	set.p[RL_PARAM_switch_ns] = (struct rl_fitted){true, false, 8e3, NAN, NAN};
	assert_int_equal(rl_store_open(&store, db, true, NULL), 0);
	assert_int_equal(rl_store_save_params(store, &set, NULL), 0);
	rl_store_close(store);
}

/* As rl_configure_read() would have put them there; one was set to something else afterwards. */
static void fitted(void **state)
{
	struct rl_sensitivity_input *in = begin(RL_SENS_MORRIS);
	struct rl_err err = {0};

	(void)state;
	save("s", -1, 25e3);
	in->conf.params = "s";
	in->w.base.costs.v[RL_PARAM_submit_ns] = 20e3;
	in->w.base.costs.v[RL_PARAM_upcall_ns] = 5;
	in->w.base.costs.v[RL_PARAM_switch_ns] = 8e3;
	assert_int_equal(rl_sensitivity_axes(in, &err), 0);
	assert_int_equal(in->w.naxes, 1);
	assert_string_equal(in->w.axis[0].path, "costs.submit_ns");
	assert_true(in->w.axis[0].lo == 0 && in->w.axis[0].hi == 25e3 && !in->w.axis[0].log);
	end(in);
}

static void nothing_fitted(void **state)
{
	struct rl_sensitivity_input *in = begin(RL_SENS_MORRIS);
	struct rl_err err = {0};

	(void)state;
	save("t", NAN, NAN);
	in->conf.params = "t";
	in->w.base.costs.v[RL_PARAM_submit_ns] = 20e3;
	assert_int_equal(rl_sensitivity_axes(in, &err), -EINVAL);
	assert_non_null(strstr(err.what, "--over"));
	assert_string_equal(err.file, db);
	end(in);
	in = begin(RL_SENS_MORRIS);
	in->conf.params = "no-such";
	memset(&err, 0, sizeof(err));
	assert_int_not_equal(rl_sensitivity_axes(in, &err), 0);
	end(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses),
		cmocka_unit_test(too_many),
		cmocka_unit_test_setup_teardown(fitted, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_fitted, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
