/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fio's bins: each value has its own, and merging them gives the percentiles that fio gives. */
#include "data/format/tests/fio_fixture.h"

static void test_every_bin(void **state)
{
	uint64_t before = 0;

	(void)state;
	assert_int_equal(RL_FIO_BINS, 1856);
	for (unsigned int b = 0; b < RL_FIO_BINS; b++) {
		uint64_t value = rl_fio_bin_value(b);

		assert_int_equal(rl_fio_bin_of(value), b);
		assert_true(!b || value > before);
		/* Known to 1/64: the next value of another bin is no further off than that. */
		assert_true(!b || value - before <= 1 + before / 64 + 1);
		before = value;
	}
	assert_int_equal(rl_fio_bin_of(0), 0);
	assert_int_equal(rl_fio_bin_of(127), 127);
	assert_int_equal(rl_fio_bin_of(128), 128);
	assert_int_equal(rl_fio_bin_of(129), 128);
	assert_int_equal(rl_fio_bin_of(130), 129);
	assert_int_equal(rl_fio_bin_of(UINT64_MAX), RL_FIO_BINS - 1);
	assert_int_equal(rl_fio_bin_of(1ull << 40), RL_FIO_BINS - 1);
}

/* The values of a run's latency logs, in bins of our own. */
static void bins_of_logs(const char *run, struct rl_fio_hist hist[RL_FIO_WAYS])
{
	char pattern[128], line[128];
	glob_t g;

	memset(hist, 0, RL_FIO_WAYS * sizeof(*hist));
	snprintf(pattern, sizeof(pattern), LOGGED "%s/*_clat.[0-9].log", run);
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		FILE *f = fopen(g.gl_pathv[i], "r");
		unsigned long long at, value;
		unsigned int way;

		while (fgets(line, sizeof(line), f)) {
			assert_int_equal(sscanf(line, "%llu, %llu, %u", &at, &value, &way), 3);
			hist[way].n[rl_fio_bin_of(value)]++;
			hist[way].total++;
		}
		fclose(f);
	}
	globfree(&g);
}

/* Each I/O's latency, put into bins here, is the histogram that fio made of it. */
static void test_bins_of_each_io(void **state)
{
	static const char *const runs[] = {"jobs", "grouped"};
	static struct rl_fio_hist logged[RL_FIO_WAYS];

	(void)state;
	for (int r = 0; r < 2; r++) {
		struct rl_fio_result result;
		struct rl_fio_hists *fio = fixture_fio(runs[r], &result);

		bins_of_logs(runs[r], logged);
		for (int way = 0; way < RL_FIO_WAYS; way++) {
			struct rl_fio_hist *h = &fio->of[RL_FIO_CLAT][way];

			assert_false(h->incomplete);
			assert_true(h->total >= 20);
			assert_int_equal(h->total, logged[way].total);
			assert_memory_equal(h->n, logged[way].n, sizeof(h->n));
		}
		free(fio);
	}
}

/* Three jobs merged by fio itself (group_reporting): its percentiles are those of the merged bins.
 */
static void test_merged_as_fio_merges(void **state)
{
	struct rl_fio_hist *ways = calloc(RL_FIO_WAYS, sizeof(*ways));
	struct rl_fio_result r;
	struct rl_fio_hists *fio = fixture_fio("grouped", &r);

	(void)state;
	bins_of_logs("grouped", ways);
	assert_float_equal(r.metrics.m[RL_METRIC_read_clat_p50_ns].value,
		(double)rl_fio_hist_percentile(&ways[0], 50), 0);
	assert_float_equal(r.metrics.m[RL_METRIC_read_clat_p99_ns].value,
		(double)rl_fio_hist_percentile(&ways[0], 99), 0);
	assert_float_equal(r.metrics.m[RL_METRIC_write_clat_p90_ns].value,
		(double)rl_fio_hist_percentile(&ways[1], 90), 0);
	/* Reads and writes together are known by their bins alone. */
	rl_fio_hist_merge(&ways[0], &ways[1]);
	assert_float_equal(r.metrics.m[RL_METRIC_clat_p99_ns].value,
		(double)rl_fio_hist_percentile(&ways[0], 99), 0);
	assert_true(isnan(r.metrics.m[RL_METRIC_clat_p99_99_ns].value));
	assert_float_equal(r.metrics.m[RL_METRIC_iops].value,
		r.metrics.m[RL_METRIC_read_iops].value + r.metrics.m[RL_METRIC_write_iops].value,
		1e-6);
	free(fio);
	free(ways);
}

/* Several documents of --status-interval: the last one is the whole run's. */
static void test_last_document(void **state)
{
	struct rl_fio_result r;
	struct rl_fio_hists *fio = fixture_fio("status", &r);

	(void)state;
	assert_int_equal(r.documents, 4);
	assert_int_equal(fio->of[RL_FIO_CLAT][RL_FIO_READ].total, (uint64_t)r.ios);
	assert_true(isnan(r.metrics.m[RL_METRIC_read_iops].value)); /* no writes beside */
	free(fio);
}

/* The JSON of @run with its first @from replaced is refused, saying @says. */
static void refused(const char *from, const char *to, const char *says)
{
	struct rl_err err = {0};
	struct rl_fio_result r;
	char *text, *at, *changed;
	size_t n;

	assert_int_equal(rl_text_read(LOGGED "jobs/fio.json", &text, &n, &err), 0);
	at = strstr(text, from);
	assert_non_null(at);
	assert_int_not_equal(
		asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)), -1);
	assert_int_equal(rl_fio_json_parse(changed, strlen(changed), "x", &r, &err), -EINVAL);
	if (!strstr(err.what, says))
		fail_msg("'%s' does not say '%s'", err.what, says);
	free(changed);
	free(text);
}

static void test_bins_that_contradict(void **state)
{
	(void)state;
	refused("\"bins\" : {", "\"bins\" : { \"128\" : 1,", "'128' is no bin");
	refused("\"bins\" : {", "\"bins\" : { \"-4\" : 1,", "'-4' is no bin");
	refused("\"bins\" : {", "\"bins\" : { \"99999999999999999999\" : 1,", "is no bin");
	refused("\"bins\" : {", "\"bins\" : { \"7\" : 1,", "(expected N, which is ");
	refused("\"bins\" : {", "\"bins\" : { \"7\" : -1,", "bins.7: no count");
	refused("\"bins\" : {", "\"bins\" : { \"7\" : 0.5,", "bins.7: no count");
	refused("\"bins\" : {", "\"bins\" : { \"7\" : 9007199254740993,", "bins.7: no count");
	refused("\"bins\" : {", "\"bins\" : 7, \"was\" : {", "bins: not an object");
	refused("\"50.000000\" : ", "\"50.000000\" : 1", "but its bins say");
	refused("\"50.000000\"", "\"0\"", "percentile: '0'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bin),
		cmocka_unit_test(test_bins_of_each_io),
		cmocka_unit_test(test_merged_as_fio_merges),
		cmocka_unit_test(test_last_document),
		cmocka_unit_test(test_bins_that_contradict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
