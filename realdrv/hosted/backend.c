/* SPDX-License-Identifier: MIT */
/*
 * rl-backend: the driver domain of the hosted pair, a process that serves a disk over rings.
 *
 * With --respawn it is two: one that holds the disk's memory and the socket, and one that
 * serves. When the latter dies a new one takes over, and frontends find it at the same place.
 */
#include "core/policy.h"
#include "hosted/serve.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_INPUT = 3, EXIT_FAILED = 4 };

struct args {
	const char *listen, *device, *policy, *cpus, *stats, *trace, *records;
	bool once, respawn;
};

static const struct argp_option options[] = {
	{"listen", 'l', "PATH", 0, "the socket that frontends connect to", 0},
	{"device", 'd', "DEVICE", 0, "what to serve: null, ram:size=64m, file:PATH (null)", 0},
	{"policy", 'p', "POLICY", 0, "how to wait for requests (event)", 0},
	{"cpus", 'c', "LIST", 0, "CPUs for the rings' threads, e.g. 0,1", 0},
	{"stats", 's', "FILE", 0, "rewrite it with the counters whenever a frontend has parted", 0},
	{"trace", 't', "FILE", 0,
		"when a frontend has parted, write each ring's stage timestamps to FILE, FILE.2, "
		"..",
		0},
	{"trace-records", 'n', "N", 0, "how many of them a ring keeps, 24 bytes each (65536)", 0},
	{"once", 'o', NULL, 0, "end when the first frontend has parted", 0},
	{"respawn", 'r', NULL, 0, "start anew when it dies", 0},
	{0},
};

static error_t parse(int key, char *value, struct argp_state *st)
{
	struct args *a = st->input;

	switch (key) {
	case 'l':
		a->listen = value;
		break;
	case 'd':
		a->device = value;
		break;
	case 'p':
		a->policy = value;
		break;
	case 'c':
		a->cpus = value;
		break;
	case 's':
		a->stats = value;
		break;
	case 't':
		a->trace = value;
		break;
	case 'n':
		a->records = value;
		break;
	case 'o':
		a->once = true;
		break;
	case 'r':
		a->respawn = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(st, "unexpected argument '%s'", value);
		break;
	case ARGP_KEY_END:
		if (!a->listen)
			argp_error(st, "no --listen (expected the path of a socket)");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* What all connections share. */
static struct {
	struct rl_hserve_conf conf;
	const char *stats, *trace;
	pthread_mutex_t lock; /* sum, cpu_ns, traces */
	struct rl_hstats sum;
	rl_u64 cpu_ns;
	unsigned int traces; /* written */
} backend = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void parted(void *arg, const struct rl_hstats *stats, rl_u64 cpu_ns)
{
	char path[4096];
	FILE *f;

	(void)arg;
	pthread_mutex_lock(&backend.lock);
	rl_hstats_add(&backend.sum, stats);
	backend.cpu_ns += cpu_ns;
	snprintf(path, sizeof(path), "%s.partial", backend.stats ? backend.stats : "");
	f = backend.stats ? fopen(path, "we") : NULL;
	if (f) {
		rl_hstats_print(&backend.sum, f);
		fprintf(f, "cpu_ns %llu\n", (unsigned long long)backend.cpu_ns);
		if (fclose(f) == 0)
			rename(path, backend.stats);
	}
	pthread_mutex_unlock(&backend.lock);
}

static void traced(void *arg, const struct rl_htrace *trace, rl_u64 ring)
{
	char path[4096];
	int rc;

	(void)arg;
	pthread_mutex_lock(&backend.lock);
	if (++backend.traces == 1)
		snprintf(path, sizeof(path), "%s", backend.trace);
	else
		snprintf(path, sizeof(path), "%s.%u", backend.trace, backend.traces);
	rc = rl_htrace_write(trace, ring, path);
	pthread_mutex_unlock(&backend.lock);
	if (rc)
		fprintf(stderr, "rl-backend: error: --trace '%s': %s\n", path, strerror(-rc));
}

static int wrong(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "rl-backend: error: %s '%s': %s\n", option, value, why);
	return EXIT_INPUT;
}

static int parse_cpus(struct rl_hserve_conf *c, const char *list)
{
	for (const char *at = list; *at; c->ncpus++) {
		char *end;
		long n = strtol(at, &end, 10);

		if (end == at || n < 0 || n >= CPU_SETSIZE || (*end && *end != ',') ||
			c->ncpus == RL_HSERVE_MAX_CPUS)
			return wrong("--cpus", list, "expected numbers of CPUs, e.g. 0,1");
		c->cpus[c->ncpus] = (int)n;
		at = *end ? end + 1 : end;
	}
	return 0;
}

static int parse_records(struct rl_hserve_conf *c, const char *number)
{
	char *end;
	long n = strtol(number, &end, 10);

	if (end == number || *end || n < 1 || n > (long)RL_TRACE_MAX_RECORDS)
		return wrong("--trace-records", number, "expected 1 to 4194304");
	c->trace_records = (rl_u32)n;
	return 0;
}

static int check_policy(const char *spec)
{
	struct rl_policy_err err = {0};
	struct rl_policy_inst inst;
	char why[128];

	if (rl_policy_select(&inst, spec, &err) == 0)
		return 0;
	snprintf(why, sizeof(why), "%s at character %u", err.what, err.at + 1);
	return wrong("--policy", spec, why);
}

static void *connection(void *arg)
{
	int sock = (int)(long)arg, rc = rl_hserve_frontend(&backend.conf, sock);

	if (rc)
		fprintf(stderr, "rl-backend: a frontend was parted with: %s\n", strerror(-rc));
	return NULL;
}

/* The serving process. */
static int serve(const struct args *a, int listener, const char *device)
{
	const char *arg;
	char why[256] = "";

	backend.conf.device = rl_hdevice_find(device, &arg);
	if (backend.conf.device->open(&backend.conf.dev, arg, &backend.conf.disk, why))
		return wrong("--device", device, why);
	for (;;) {
		int sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (sock < 0 && errno == EINTR)
			continue;
		if (sock < 0) {
			perror("rl-backend: accept");
			return EXIT_FAILED;
		}
		if (a->once) {
			connection((void *)(long)sock);
			return 0;
		}
		if (pthread_create(&thread, NULL, connection, (void *)(long)sock) == 0)
			pthread_detach(thread);
		else
			close(sock);
	}
}

static pid_t worker;

static void pass_on(int sig)
{
	if (worker > 0)
		kill(worker, sig);
	_exit(0);
}

static int respawn(const struct args *a, int listener, const char *device)
{
	signal(SIGTERM, pass_on);
	signal(SIGINT, pass_on);
	for (;;) {
		int status;

		worker = fork();
		if (worker < 0) {
			perror("rl-backend: fork");
			return EXIT_FAILED;
		}
		if (worker == 0) {
			signal(SIGTERM, SIG_DFL);
			signal(SIGINT, SIG_DFL);
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(serve(a, listener, device));
		}
		while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
			;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		fprintf(stderr, "rl-backend: killed by signal %d, starting anew\n",
			WTERMSIG(status));
	}
}

static int run(const struct args *a)
{
	const char *device = a->device, *arg;
	char held[PATH_MAX + 64], why[256] = "";
	int listener, rc = check_policy(a->policy);

	rc = rc || !a->cpus ? rc : parse_cpus(&backend.conf, a->cpus);
	if (rc == 0 && !rl_hdevice_find(device, &arg))
		rc = wrong("--device", device, "unknown (expected null, ram:.. or file:..)");
	rc = rc || !a->trace ? rc : parse_records(&backend.conf, a->records);
	if (rc)
		return rc;
	backend.conf.policy = a->policy;
	backend.trace = a->trace;
	backend.conf.traced = traced;
	backend.conf.parted = parted;
	backend.stats = a->stats;
	listener = rl_hserve_listen(a->listen);
	if (listener < 0)
		return wrong("--listen", a->listen, strerror(-listener));
	if (a->respawn) {
		if (rl_hdevice_hold(device, held, sizeof(held), why))
			return wrong("--device", device, why);
		return respawn(a, listener, held);
	}
	return serve(a, listener, device);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {.options = options,
		.parser = parse,
		.doc = "Serve a disk to frontends over rings in shared memory."};
	struct args a = {.records = "65536", .device = "null", .policy = RL_POLICY_DEFAULT};

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	signal(SIGPIPE, SIG_IGN);
	return run(&a);
}
