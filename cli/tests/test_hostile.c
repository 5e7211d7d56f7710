/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios that no value alone gives away: too much, without an end, more than can be served. */
#define LEAST_REFUSED 1
#include "cli/tests/refused.h"

/* The scenario of a case; it may hold more than one field. */
static void refuse_text(const char *yaml, const char *name)
{
	char *argv[] = {(char *)"simulate", (char *)"case.yaml", NULL};

	put("case.yaml", yaml);
	must_refuse(argv, "case.yaml", name, yaml);
}

static void refuse_job(const char *job, const char *name)
{
	char *argv[] = {(char *)"simulate", (char *)"base.yaml", (char *)"--job=case.fio", NULL};
	struct refusal r;

	put("case.fio", job);
	simulate(argv, &r);
	if (r.status != 3 || *r.out || strncmp(r.err, "case.fio:", 9) != 0 ||
		!strstr(r.err, name) || strchr(r.err, '\n')[1])
		fail_msg("%s: exit %d, '%s' (expected %s)", job, r.status, r.err, name);
}

static void accept_text(const char *yaml)
{
	char *argv[] = {(char *)"simulate", (char *)"case.yaml", (char *)"--requests=100",
		(char *)"--reps=2", NULL};
	struct refusal r;

	put("case.yaml", yaml);
	simulate(argv, &r);
	if (r.status)
		fail_msg("%s: exit %d, '%s'", yaml, r.status, r.err);
}

#define OPEN "job: {rw: randread, io_submit_mode: offload, iodepth: 64, "

static void more_than_can_be_served(void **state)
{
	static const char *const too_much[] = {
		OPEN "rate_iops: 100000}\n",
		OPEN "rate_iops: 100000, time_based: 1}\n",
		OPEN "rate_iops: 100000, rate_process: poisson}\n",
		OPEN "numjobs: 4, rate_iops: 25000}\nguest: {vcpus: 4}\ndisk: {queues: 4}\n",
		"disk: {device: 'fixed:time=100us'}\n" OPEN "rate_iops: 10000}\n",
		"disk: {device: 'fixed:time=100us,servers=2'}\n" OPEN "rate_iops: 20000}\n"
		"costs: {fio_ns: 0, submit_ns: 0, front_response_ns: 0}\n",
		"disk: {device: 'random:mean=1ms'}\n" OPEN "rate_iops: 1001}\n",
		"disk: {device: 'random:dist=empirical,points=1ms*1+3ms*1'}\n" OPEN
		"rate_iops: 501}\n",
		"disk: {device: 'ssd:channels=1,read=1ms'}\n" OPEN "rate_iops: 1001}\n",
		"disk: {device: 'ssd:bandwidth=4m/s'}\n" OPEN "rate_iops: 1025}\n",
		"disk: {device: 'disk:rate=1m/s,rpm=7200'}\n" OPEN "rate_iops: 257}\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(too_much) / sizeof(too_much[0]); i++)
		refuse_text(too_much[i], "job.rate_iops");
	refuse_text(OPEN "rate: 1g}\n", "job.rate ");
}

/* What can be served, just; a ceiling, which is no open loop; and what ends. */
static void what_can_be_served_or_ends(void **state)
{
	(void)state;
	accept_text("disk: {device: 'random:mean=1ms'}\n" OPEN "rate_iops: 900}\n");
	accept_text("job: {rw: randread, iodepth: 64, rate_iops: 100000}\n");
	accept_text(OPEN "rate_iops: 100000, runtime: 10ms}\n");
	accept_text(OPEN "rate_iops: 100000, size: 1m}\n");
}

static void too_long(void **state)
{
	(void)state;
	refuse_job("[a]\nsize=1000t\nbs=512\n[b]\nsize=1m\n", "job.size");
	refuse_job(
		"[a]\nruntime=24h\nrw=randread\n[b]\nruntime=24h\nnumjobs=1000\n", "job.runtime");
	refuse_job("[a]\nsize=1m\nnumjobs=600\n[b]\nsize=1m\nnumjobs=600\n", "job.numjobs");
	refuse_job("[a]\nsize=1m\niodepth=65536\nnumjobs=17\n", "job.iodepth");
	refuse_job("[a]\nsize=1m\nthinktime=1us\nthinktime_spin=2us\n", "job.thinktime_spin");
	refuse_job("[a]\nsize=1m\nstartdelay=25h\n", "job.startdelay");
	refuse_text("guest: {count: 4096, pcpu: any}\njob: {startdelay: 1s, size: 1t, bs: 4k}\n",
		"job.size");
	refuse_text("guest: {count: 4096, vcpus: 16384, pcpu: any}\n", "guest.vcpus");
	refuse_text("machine: {pcpus: 3, sockets: 2}\n", "machine.pcpus");
	refuse_text("driver: {pcpu: 2}\n", "driver.pcpu");
	refuse_text("guest: {cap: 201}\n", "guest.cap");
	refuse_text("disk: {ring_pages: 3}\n", "disk.ring_pages");
	refuse_text("disk: {queues: 2}\n", "disk.queues");
	refuse_text("load: {busy: 999ns}\n", "load.busy");
}

static void events_without_number(void **state)
{
	char *argv[] = {
		(char *)"simulate", (char *)"base.yaml", (char *)"--requests=1000000000000", NULL};
	struct refusal r;

	(void)state;
	simulate(argv, &r);
	assert_int_equal(r.status, 3);
	assert_non_null(strstr(r.err, "requests out of range"));
	argv[2] = (char *)"--requests=1000000000001";
	simulate(argv, &r);
	assert_int_equal(r.status, 2);
}

/* What is quoted stays on its line, and tells a terminal nothing. */
static void quotes_are_harmless(void **state)
{
	static const char *const fields[] = {"machine: {pcpus: \"1\\n2\\e[2J\"}\n",
		"back_policy: \"spin\\nx\"\n", "name: \"a\\nb\"\n", "\"a\\nb\": 1\n",
		"disk: {device: \"null\\n\"}\n", "job: \"no\\nfile\"\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct refusal r;
		char *argv[] = {(char *)"simulate", (char *)"case.yaml", NULL};

		put("case.yaml", fields[i]);
		must_refuse(argv, "case.yaml", "", fields[i]);
		simulate(argv, &r);
		for (const char *c = r.err; *c != '\n'; c++)
			assert_true((unsigned char)*c >= ' ');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_than_can_be_served),
		cmocka_unit_test(what_can_be_served_or_ends),
		cmocka_unit_test(too_long),
		cmocka_unit_test(events_without_number),
		cmocka_unit_test(quotes_are_harmless),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
