/* SPDX-License-Identifier: GPL-3.0-or-later */
/* once: whole fits, which others make of fewer cells. */
/*
 * Do intervals hold the truth as often as they say? Data sets that the simulator makes with
 * costs drawn around the priors, another seed and noisy repeats, are fitted from the priors.
 *
 *	test_calibrate_recovery [SETS [FIRST]]
 *
 * Without an argument a few sets, whose intervals together must hold most truths. With 200, what
 * is asked for: of each parameter 180 to 198 intervals hold it. RL_RECOVERY_VERBOSE tells of each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "calibrate/fit.h"
#include "calibrate/tests/cells_fixture.h"
#include "model/base/rng.h"

#include <math.h>
#include <stdlib.h>

#define PLATFORM  "xen-qemu-counted"
#define CELLS	  40
#define REPEATS	  3
#define FEW	  3
#define REQUESTS  1000
#define RANGE	  3.0	/* the truth lies within this factor of the prior, either way */
#define RUN_NOISE 0.01	/* a repeat as a whole is that much faster or slower */
#define ROW_NOISE 0.005 /* and each figure of it is off by that much */

static size_t sets = FEW, first;

struct count {
	size_t told, held, by_cov, by_boot;
	double square; /* of the distance from the truth, in units of the interval's half */
};

static struct count counts[RL_LSQ_MAX_PARAMS];

static double normal(struct rl_rng *rng)
{
	double r = sqrt(-2 * log(1 - rl_rng_unit(rng)));

	return r * cos(2 * M_PI * rl_rng_unit(rng));
}

/* The grid of the platform's own calibration. */
static void grid(struct rl_measured_cell *v)
{
	static const uint32_t depths[] = {1, 2, 4, 8, 32};
	static const uint64_t sizes[] = {4096, 8192, 32768, 65536};

	for (int p = 0; p < 2; p++)
		for (int b = 0; b < 4; b++)
			for (int d = 0; d < 5; d++)
				fixture_cell(v++, p ? "spin" : "event", RL_RW_RANDREAD, sizes[b],
					depths[d], RL_ROLE_CALIBRATE);
}

/* What the platform is asked for, and one cost that persistent grants never meet. */
static void spec_of(struct rl_fit_spec *spec)
{
	assert_int_equal(rl_fit_spec_for(PLATFORM, spec, NULL), 0);
	spec->params[spec->nparams++] = RL_PARAM_grant_map_ns;
	spec->forward.sim.requests = REQUESTS;
}

static void draw_truth(const struct rl_fit_spec *spec, struct rl_rng *rng, double *x)
{
	for (size_t j = 0; j < spec->nparams; j++)
		x[j] = log(rl_fit_prior(spec, spec->params[j])) +
		       log(RANGE) * (2 * rl_rng_unit(rng) - 1);
}

/* A faster repeat has more throughput, shorter times, and the same shares and counts. */
static void add_noise(struct rl_metrics *m, struct rl_rng *rng)
{
	double run = RUN_NOISE * normal(rng);

	for (int q = 0; q < RL_METRIC_COUNT; q++) {
		const char *unit = rl_metric_info[q].unit;
		double way = strstr(unit, "/s") ? 1 : strcmp(unit, "ns") == 0 ? -1 : 0;

		m->m[q].value *= exp(way * run + ROW_NOISE * normal(rng));
	}
}

/* Repeats of each cell with the true costs, put together as measured ones are. */
static void measure(const struct rl_measured_cell *v, const struct rl_costs *truth, uint64_t seed,
	struct rl_rng *rng, struct rl_cells *out)
{
	struct rl_run *runs = calloc(CELLS * REPEATS, sizeof(*runs));
	struct rl_metrics *m = calloc(CELLS, sizeof(*m));
	struct rl_forward_options o;

	assert_true(runs && m);
	rl_forward_default(&o);
	o.sim.requests = REQUESTS;
	for (int r = 0; r < REPEATS; r++) {
		o.sim.seed = 1000 + seed * REPEATS + (uint64_t)r; /* never the seed of the fit */
		assert_int_equal(rl_forward_run(v, CELLS, truth, 1, &o, m, NULL), 0);
		for (size_t c = 0; c < CELLS; c++) {
			struct rl_run *run = &runs[c * REPEATS + (size_t)r];

			add_noise(&m[c], rng);
			memcpy(run->cell, v[c].name, sizeof(run->cell));
			run->repeat = r;
			run->role = RL_ROLE_CALIBRATE;
			run->scenario = v[c].scenario;
			run->metrics = m[c];
		}
	}
	assert_int_equal(rl_cells_make(runs, CELLS * REPEATS, out, NULL), 0);
	free(runs);
	free(m);
}

static void note(const struct rl_fit *fit, const double *truth)
{
	for (size_t j = 0; j < fit->spec.nparams; j++) {
		const struct rl_lsq_param *p = &fit->lsq.p[j];
		double half = (p->hi - p->lo) / 2, off = (truth[j] - p->x) / half;

		if (!p->identifiable)
			continue;
		counts[j].told++;
		counts[j].held += p->lo <= truth[j] && truth[j] <= p->hi;
		counts[j].by_cov += p->cov_lo <= truth[j] && truth[j] <= p->cov_hi;
		counts[j].by_boot += p->boot_lo <= truth[j] && truth[j] <= p->boot_hi;
		counts[j].square += off * off;
		if (getenv("RL_RECOVERY_VERBOSE"))
			printf("  %-18s %+7.3f sigma %.4f%s\n",
				rl_fit_info(fit->spec.params[j])->name, 1.96 * off, half / 1.96,
				p->lo <= truth[j] && truth[j] <= p->hi ? "" : " MISS");
	}
}

static void one_set(const struct rl_measured_cell *v, uint64_t seed)
{
	struct rl_fit_spec spec;
	struct rl_costs costs;
	struct rl_cells cells;
	struct rl_fit fit;
	struct rl_rng rng;
	double truth[RL_LSQ_MAX_PARAMS];

	spec_of(&spec);
	rl_rng_init(&rng, 4711, (uint32_t)seed, 0, 1);
	draw_truth(&spec, &rng, truth);
	rl_fit_costs(&spec, truth, &costs);
	measure(v, &costs, seed, &rng, &cells);
	assert_int_equal(rl_fit_run(&spec, &cells, &fit, NULL), 0);
	if (getenv("RL_RECOVERY_VERBOSE"))
		printf("set %llu rms %.2f rounds %u%s\n", (unsigned long long)seed, fit.lsq.rms,
			fit.lsq.iterations, fit.lsq.converged ? "" : " not converged");
	note(&fit, truth);
	fflush(stdout);
	rl_fit_fini(&fit);
	rl_cells_fini(&cells);
}

static int run_all(void **state)
{
	struct rl_measured_cell v[CELLS];

	(void)state;
	grid(v);
	for (size_t s = 0; s < sets; s++)
		one_set(v, first + s);
	return 0;
}

static void test_held(void **state)
{
	struct rl_fit_spec spec;
	size_t told = 0, held = 0;

	(void)state;
	spec_of(&spec);
	for (size_t j = 0; j + 1 < spec.nparams; j++) {
		const struct count *c = &counts[j];

		printf("%-18s identifiable %3zu of %zu, held %3zu (by covariance %3zu, by "
		       "bootstrap "
		       "%3zu), off by %.2f sd\n",
			rl_fit_info(spec.params[j])->name, c->told, sets, c->held, c->by_cov,
			c->by_boot, 1.96 * sqrt(c->square / (double)c->told));
		told += c->told;
		held += c->held;
	}
	assert_true(10 * told >= 9 * sets * (spec.nparams - 1));
	assert_true(4 * held >= 3 * told);
	/* The binomial band of 95 % in 200. */
	for (size_t j = 0; j + 1 < spec.nparams && sets >= 200; j++)
		assert_in_range(1000 * counts[j].held / counts[j].told, 900, 990);
}

static void test_never_met(void **state)
{
	struct rl_fit_spec spec;

	(void)state;
	spec_of(&spec);
	assert_int_equal(counts[spec.nparams - 1].told, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_never_met),
	};

	if (argc > 1)
		sets = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		first = strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, run_all, NULL);
}
