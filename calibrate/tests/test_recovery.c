/* SPDX-License-Identifier: GPL-3.0-or-later */
/* once: whole fits, which others make of fewer cells. */
/*
 * Do intervals hold the truth as often as they say? Data sets that the simulator makes with
 * costs drawn around the priors, another seed and noisy repeats, are fitted from the priors, with
 * the simulator as the forward model.
 *
 *	test_calibrate_recovery [SETS [FIRST [FILE]]]
 *
 * Without an argument a few sets, whose intervals together must hold most truths. With 200, what
 * is asked for: of each parameter that is told, 90 to 99 % of the intervals hold it, and a cost
 * that the cells never meet is never told. With FILE (csv) results are added to it as they come:
 * a set that stands there is not fitted again, so that a campaign can be stopped, gone on with
 * and split into parts.
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
#define MAX_SETS  1000
#define REQUESTS  400
#define RANGE	  3.0	/* the truth lies within this factor of the prior, either way */
#define RUN_NOISE 0.01	/* a repeat as a whole is that much faster or slower */
#define ROW_NOISE 0.005 /* and each figure of it is off by that much */
#define HEADER                                                                                     \
	"set,parameter,met,truth,value,lo,hi,cov_lo,cov_hi,boot_lo,boot_hi,dof,identifiable,rms\n"

/* Switched off in these cells: grants are persistent, there is one pCPU, and it has no MWAIT. */
static const int never_met[] = {RL_PARAM_grant_map_ns, RL_PARAM_grant_op_ns, RL_PARAM_tlb_flush_ns,
	RL_PARAM_ipi_ns, RL_PARAM_mwait_wake_ns};

#define NNEVER (sizeof(never_met) / sizeof(never_met[0]))

/* One parameter of one set, in its unit. */
struct result {
	unsigned set;
	char name[40];
	int met, identifiable;
	double truth, value, lo, hi, cov_lo, cov_hi, boot_lo, boot_hi, dof, rms;
};

static size_t sets = FEW, first;
static const char *file;
static struct result results[MAX_SETS * RL_LSQ_MAX_PARAMS];
static size_t nresults;

/* ---- a data set ---------------------------------------------------------------------------- */

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

/* What the platform is asked for, and one cost that the cells never meet. */
static void spec_of(struct rl_fit_spec *spec, uint64_t set)
{
	assert_int_equal(rl_fit_spec_for(PLATFORM, spec, NULL), 0);
	spec->params[spec->nparams++] = never_met[set % NNEVER];
	spec->forward.sim.requests = REQUESTS;
	spec->forward.threads = file ? 1 : 0;
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
	o.threads = file ? 1 : 0;
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

/* ---- results ------------------------------------------------------------------------------- */

static void note(const struct rl_fit *fit, const double *truth, uint64_t set)
{
	for (size_t j = 0; j < fit->spec.nparams; j++) {
		const struct rl_lsq_param *p = &fit->lsq.p[j];
		struct result *r = &results[nresults++];

		*r = (struct result){.set = (unsigned)set,
			.met = j + 1 < fit->spec.nparams,
			.identifiable = p->identifiable,
			.truth = exp(truth[j]),
			.value = exp(p->x),
			.lo = exp(p->lo),
			.hi = exp(p->hi),
			.cov_lo = exp(p->cov_lo),
			.cov_hi = exp(p->cov_hi),
			.boot_lo = exp(p->boot_lo),
			.boot_hi = exp(p->boot_hi),
			.dof = p->dof,
			.rms = fit->lsq.rms};
		snprintf(r->name, sizeof(r->name), "%s", rl_fit_info(fit->spec.params[j])->name);
	}
}

/* The last @n of them to the file, at once: a set stands there whole or not at all. */
static void keep(size_t n)
{
	char text[8192];
	size_t at = 0;
	FILE *f = file ? fopen(file, "a") : NULL;

	if (!file)
		return;
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	if (ftell(f) == 0)
		at += (size_t)snprintf(text, sizeof(text), HEADER);
	for (const struct result *r = results + nresults - n; r < results + nresults; r++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
			"%u,%s,%d,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.3g,%d,%.4g\n", r->set,
			r->name, r->met, r->truth, r->value, r->lo, r->hi, r->cov_lo, r->cov_hi,
			r->boot_lo, r->boot_hi, r->dof, r->identifiable, r->rms);
	assert_true(at < sizeof(text));
	setvbuf(f, NULL, _IOFBF, sizeof(text));
	assert_int_equal(fwrite(text, 1, at, f), at);
	assert_int_equal(fclose(f), 0);
}

static int read_all(void)
{
	FILE *f = file ? fopen(file, "r") : NULL;
	char line[400];

	if (!f)
		return 0;
	assert_non_null(fgets(line, sizeof(line), f));
	assert_string_equal(line, HEADER);
	while (fgets(line, sizeof(line), f)) {
		struct result *r = &results[nresults++];

		assert_in_range(nresults, 1, sizeof(results) / sizeof(results[0]));
		assert_int_equal(
			sscanf(line, "%u,%39[^,],%d,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%d,%lf",
				&r->set, r->name, &r->met, &r->truth, &r->value, &r->lo, &r->hi,
				&r->cov_lo, &r->cov_hi, &r->boot_lo, &r->boot_hi, &r->dof,
				&r->identifiable, &r->rms),
			14);
	}
	fclose(f);
	return 0;
}

static bool is_there(uint64_t set)
{
	for (size_t i = 0; i < nresults; i++)
		if (results[i].set == set)
			return true;
	return false;
}

/* ---- the campaign -------------------------------------------------------------------------- */

static void one_set(const struct rl_measured_cell *v, uint64_t set)
{
	struct rl_fit_spec spec;
	struct rl_costs costs;
	struct rl_cells cells;
	struct rl_fit fit;
	struct rl_rng rng;
	double truth[RL_LSQ_MAX_PARAMS];

	spec_of(&spec, set);
	rl_rng_init(&rng, 4711, (uint32_t)set, 0, 1);
	draw_truth(&spec, &rng, truth);
	rl_fit_costs(&spec, truth, &costs);
	measure(v, &costs, set, &rng, &cells);
	assert_int_equal(rl_fit_run(&spec, &cells, &fit, NULL), 0);
	if (getenv("RL_RECOVERY_VERBOSE"))
		printf("set %llu: %.0f simulations of all cells, %u rounds\n",
			(unsigned long long)set, fit.passes, fit.lsq.iterations);
	note(&fit, truth, set);
	keep(spec.nparams);
	rl_fit_fini(&fit);
	rl_cells_fini(&cells);
}

static int run_all(void **state)
{
	struct rl_measured_cell v[CELLS];

	(void)state;
	grid(v);
	read_all();
	for (size_t s = first; s < first + sets; s++)
		if (!is_there(s))
			one_set(v, s);
	return 0;
}

struct count {
	size_t sets, told, held, by_cov, by_boot;
	double square; /* of the distance from the truth, in units of the interval's half */
};

static struct count count_of(const char *name)
{
	struct count c = {0};

	for (const struct result *r = results; r < results + nresults; r++) {
		double off = log(r->truth / r->value) / (log(r->hi / r->lo) / 2);

		if (strcmp(r->name, name) != 0)
			continue;
		c.sets++;
		if (!r->identifiable)
			continue;
		c.told++;
		c.held += r->lo <= r->truth && r->truth <= r->hi;
		c.by_cov += r->cov_lo <= r->truth && r->truth <= r->cov_hi;
		c.by_boot += r->boot_lo <= r->truth && r->truth <= r->boot_hi;
		c.square += off * off;
	}
	return c;
}

/* Of its name, is it the first? */
static bool is_first(const struct result *r)
{
	for (const struct result *q = results; q < r; q++)
		if (strcmp(q->name, r->name) == 0)
			return false;
	return true;
}

static struct count print_count(const char *name)
{
	struct count c = count_of(name);

	printf("%-18s identifiable %3zu of %3zu, held %3zu (by covariance %3zu, by bootstrap "
	       "%3zu), "
	       "off by %.2f of half an interval\n",
		name, c.told, c.sets, c.held, c.by_cov, c.by_boot, sqrt(c.square / (double)c.told));
	return c;
}

static void test_held(void **state)
{
	size_t all = 0, told = 0, held = 0, wrong = 0;

	(void)state;
	for (const struct result *r = results; r < results + nresults; r++) {
		struct count c;

		if (!r->met || !is_first(r))
			continue;
		c = print_count(r->name);
		all += c.sets;
		told += c.told;
		held += c.held;
		wrong += c.sets >= 200 && (10 * c.held < 9 * c.told || 100 * c.held > 99 * c.told);
	}
	assert_int_equal(wrong, 0);
	assert_true(all >= sets && 10 * told >= 9 * all);
	assert_true(4 * held >= 3 * told);
}

static void test_never_met(void **state)
{
	size_t met = 0;

	(void)state;
	for (size_t i = 0; i < NNEVER; i++) {
		struct count c = count_of(rl_param_info[never_met[i]].name);

		printf("%-18s switched off in %zu, identifiable %zu\n",
			rl_param_info[never_met[i]].name, c.sets, c.told);
		assert_int_equal(c.told, 0);
		met += c.sets;
	}
	assert_true(met >= sets);
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
	if (argc > 3)
		file = argv[3];
	if (first + sets > MAX_SETS) {
		fprintf(stderr, "%zu sets from %zu (expected at most %d in all)\n", sets, first,
			MAX_SETS);
		return 2;
	}
	return cmocka_run_group_tests(tests, run_all, NULL);
}
