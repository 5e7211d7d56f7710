/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenalyze's texts of one real trace: the summary and the dump must tell the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/format/text.h"
#include "data/format/xenalyze.h"

#define DIR "data/tests/scheduled/"
#define HZ  1e9 /* of the machine that was traced */

static char *text(const char *path, size_t *n)
{
	struct rl_err err = {0};
	char *bytes;

	if (rl_text_read(path, &bytes, n, &err))
		fail_msg("%s", err.what);
	return bytes;
}

static int parse(const char *bytes, size_t n, double hz, struct rl_xenalyze *x, struct rl_err *err)
{
	char *exact = malloc(n ? n : 1); /* of just this size, for the sanitizer */
	int rc;

	memcpy(exact, bytes, n);
	memset(err, 0, sizeof(*err));
	rc = rl_xenalyze_parse(exact, n, "x", hz, x, err);
	free(exact);
	assert_true(rc == 0 || (rc == -EINVAL && *err->what && !strchr(err->what, '\n')));
	return rc;
}

static void load(const char *name, double hz, struct rl_xenalyze *x)
{
	struct rl_err err;
	size_t n;
	char *bytes = text(name, &n);

	if (parse(bytes, n, hz, x, &err))
		fail_msg("%s:%d: %s", name, err.line, err.what);
	free(bytes);
}

static const struct rl_vcpu_state *find(
	const struct rl_xenalyze *x, uint16_t domid, const char *state)
{
	for (size_t i = 0; i < x->nstate; i++)
		if (x->state[i].domid == domid && strcmp(x->state[i].state, state) == 0)
			return &x->state[i];
	return NULL;
}

/* Each counts the state that a trace begins with, or ends with, in its own way: one more or less.
 */
static void test_summary_and_dump_agree(void **state)
{
	static const char *const states[] = {"preempt", "runnable", "wake", "blocked"};
	struct rl_xenalyze a, b;
	int compared = 0;

	(void)state;
	load(DIR "summary.txt", HZ, &a);
	load(DIR "dump.txt", HZ, &b);
	for (uint16_t d = 0; d < 3; d++)
		for (int i = 0; i < 4; i++) {
			const struct rl_vcpu_state *s = find(&a, d, states[i]);
			const struct rl_vcpu_state *t = find(&b, d, states[i]);

			if (!s || !t)
				continue;
			assert_true(s->n - t->n + 1 <= 2);
			if (s->n == t->n)
				assert_true(fabs(s->total_ns / t->total_ns - 1) < 0.005);
			assert_true(t->p5_ns <= t->p50_ns && t->p50_ns <= t->p95_ns);
			assert_true(isnan(s->p50_ns)); /* weighted by time: not the same thing */
			compared++;
		}
	assert_true(compared >= 4);
	rl_xenalyze_free(&a);
	rl_xenalyze_free(&b);
}

static void test_waits_are_the_wakes(void **state)
{
	struct rl_xenalyze x;
	uint64_t n = 0, wakes = 0;
	double sum = 0, total = 0;

	(void)state;
	load(DIR "dump.txt", HZ, &x);
	for (size_t i = 0; i < x.nwait; i++) {
		n += x.wait[i].n;
		sum += (double)x.wait[i].n * (double)x.wait[i].value_ns;
	}
	for (size_t i = 0; i < x.nstate; i++)
		if (strcmp(x.state[i].state, "wake") == 0) {
			wakes += x.state[i].n;
			total += x.state[i].total_ns;
		}
	assert_true(n >= 16);
	assert_int_equal(n, wakes);
	assert_true(fabs(sum / total - 1) < 1.0 / 32); /* bins: to 1/64, twice */
	rl_xenalyze_free(&x);
}

/* xenalyze's times are true only where it was told the clock. */
static void test_clock(void **state)
{
	struct rl_xenalyze x;
	struct rl_err err;
	size_t n;
	char *bytes = text(DIR "summary.txt", &n), *at;

	(void)state;
	assert_int_equal(parse(bytes, n, 0, &x, &err), -EINVAL);
	assert_non_null(strstr(err.what, "--cpu-hz"));
	at = strstr(bytes, "2.40 GHz");
	memcpy(at, "1.00", 4); /* as if it had been told */
	assert_int_equal(parse(bytes, n, 0, &x, &err), 0);
	rl_xenalyze_free(&x);
	free(bytes);
	bytes = text(DIR "dump.txt", &n);
	assert_int_equal(parse(bytes, n, 0, &x, &err), -EINVAL);
	assert_int_equal(parse(bytes, n, 3e9, &x, &err), -EINVAL);
	assert_non_null(strstr(err.what, "not those of Xen's clock"));
	free(bytes);
}

/* What a cut summary that was taken says of domains: all that the whole one does. */
static void same_but_idle(const struct rl_xenalyze *whole, const struct rl_xenalyze *x)
{
	for (size_t i = 0; i < whole->nstate; i++) {
		const struct rl_vcpu_state *s = &whole->state[i];
		const struct rl_vcpu_state *t = find(x, s->domid, s->state);

		assert_true(s->domid == 32767 || (t && t->n == s->n && t->total_ns == s->total_ns));
	}
}

/* Cut anywhere: refused, or, of a dump cut behind a line, a shorter trace. */
static void cut_everywhere(const char *name, bool dump, size_t step)
{
	struct rl_xenalyze x, whole;
	struct rl_err err;
	size_t n;
	char *bytes = text(name, &n);

	load(name, HZ, &whole);
	for (size_t cut = 0; cut < n; cut += step) {
		int rc = parse(bytes, cut, HZ, &x, &err);

		if (rc == 0) {
			assert_true(bytes[cut - 1] == '\n');
			if (!dump)
				same_but_idle(&whole, &x);
			rl_xenalyze_free(&x);
		}
	}
	rl_xenalyze_free(&whole);
	free(bytes);
}

static void test_cut_at_every_byte(void **state)
{
	(void)state;
	cut_everywhere(DIR "summary.txt", false, 1);
	cut_everywhere(DIR "dump.txt", true, 1);
	cut_everywhere("data/evidence/pairs/schedule-event/xenalyze.txt", false, 1);
}

static void refused(const char *bytes, const char *says)
{
	struct rl_xenalyze x;
	struct rl_err err;

	if (parse(bytes, strlen(bytes), HZ, &x, &err) == 0)
		fail_msg("taken: %s", bytes);
	if (!strstr(err.what, says))
		fail_msg("'%s' does not say '%s'", err.what, says);
}

#define HEAD   "Total time: 1.10 seconds (using cpu speed 2.40 GHz)\n|-- Domain 1 --|\n-- v0 --\n"
#define STATES HEAD " Runstates:\n"

static void test_hostile(void **state)
{
	(void)state;
	refused("", "no state of any vCPU");
	refused("Total time: nan seconds\n", "Total time: T seconds");
	refused(STATES "   running:     -1  0.04s 279338 {1|2|3}\n", "a number of times");
	refused(STATES "   running:     1  inf\n", "seconds with two decimals");
	refused(STATES "   running:     1  0.04s 99999999999999999999 {1|2|3}\n",
		"a mean in cycles");
	refused(STATES "   running:     1  0.04s 7 {1|2}\n", "three percentiles");
	refused(STATES "   running:     1  0.04s 7 {1|2|3\n", "closing brace");
	refused(STATES "   running: 1 0.04s 7 {1|2|3}\n   running: 1 0.04s 7 {1|2|3}\n", "twice");
	refused("|-- Domain 99999 --|\n", "|-- Domain N --|");
	refused(STATES " running: 1 0.04s 7 {1|2|3}\n", "ends among the states");
	refused("Creating vcpu 3 for dom 7\n" STATES " running: 1 0.04s 7 {1|2|3}\n", "d7v3");
	refused(" 0.1 x runstate_change d1v0 running->blocked\n", "nine decimals");
	refused(" 0.000000001 x runstate_change d1 running->blocked\n", "a vCPU, as d1v0");
	refused(" 0.000000001 x runstate_change d1v0 sleeping->blocked\n", "states, as");
	refused(" 0.000000002 x runstate_change d1v0 running->blocked\n"
		" 0.000000001 x runstate_change d1v0 blocked->runnable\n",
		"backwards");
	refused(" 0.000000002 x runstate_change d1v0 running->blocked\n", "begins and ends");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary_and_dump_agree),
		cmocka_unit_test(test_waits_are_the_wakes),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
