/* SPDX-License-Identifier: MIT */
/*
 * rl-kill: kills the backend under load, again and again, and looks whether anybody noticed.
 *
 *	supervisor   holds the disk's memory and the socket; starts backends, kills them with
 *	             SIGKILL at random moments
 *	backend      serves, dies, is followed by the next one
 *	frontend     writes blocks at random, each with its number and a version; what was
 *	             acknowledged goes into a ledger in memory that no backend maps
 *
 * A block has one I/O under way at a time and is read before it is written again; so when a
 * read finds anything but the ledger's version a write was lost or one was done twice, the
 * second time too late. Every block is read back at the end.
 */
#include "hosted/campaign/kill.h"
#include "hosted/clock.h"
#include "hosted/serve.h"

#include <argp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct args {
	rl_u32 kills, depth;
	rl_u64 seed;
	const char *back, *front;
};

static const struct argp_option options[] = {
	{"kills", 'k', "N", 0, "how often (200)", 0},
	{"depth", 'd', "N", 0, "I/Os under way (32)", 0},
	{"seed", 's', "N", 0, "of blocks and moments (1)", 0},
	{"back-policy", 'b', "POLICY", 0, "how the backend waits (event)", 0},
	{"front-policy", 'f', "POLICY", 0, "how the frontend waits (event)", 0},
	{0},
};

static rl_u64 number(struct argp_state *st, const char *value, rl_u64 most)
{
	char *end;
	unsigned long long n = strtoull(value, &end, 10);

	if (end == value || *end || *value == '-' || n < 1 || n > most)
		argp_error(st, "'%s' (expected 1 to %llu)", value, (unsigned long long)most);
	return n;
}

static error_t parse(int key, char *value, struct argp_state *st)
{
	struct args *a = st->input;

	switch (key) {
	case 'k':
		a->kills = (rl_u32)number(st, value, RL_KILL_MAX);
		break;
	case 'd':
		a->depth = (rl_u32)number(st, value, RL_KILL_MAX_DEPTH);
		break;
	case 's':
		a->seed = number(st, value, 1ull << 62);
		break;
	case 'b':
		a->back = value;
		break;
	case 'f':
		a->front = value;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* ---- supervisor and backends --------------------------------------------------------------- */

static int backend(const char *device, const char *policy, int listener)
{
	struct rl_hserve_conf c = {.policy = policy};
	const char *arg;
	char why[256];
	int sock;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c.device = rl_hdevice_find(device, &arg);
	if (c.device->open(&c.dev, arg, &c.disk, why))
		return 1;
	sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return sock < 0 || rl_hserve_frontend(&c, sock);
}

static pid_t start(const char *device, const char *policy, int listener)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(backend(device, policy, listener));
	return pid;
}

/* Waits until service was seen again, then for a random moment, then kills. */
static void supervise(const struct args *a, struct rl_kill *sh, const char *device, int listener)
{
	rl_u64 rng = a->seed * 2654435761u + 1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid_t pid = start(device, a->back, listener);

		while (__atomic_load_n(&sh->killed_ns, __ATOMIC_ACQUIRE) && !sh->stop)
			usleep(200);
		usleep((useconds_t)(500 + rl_kill_draw(&rng) % 20000));
		if (__atomic_load_n(&sh->stop, __ATOMIC_ACQUIRE) || sh->kills == a->kills) {
			__atomic_store_n(&sh->stop, 1, __ATOMIC_RELEASE);
			while (!__atomic_load_n(&sh->done, __ATOMIC_ACQUIRE))
				usleep(1000);
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			_exit(0);
		}
		sh->at[sh->kills] = __atomic_load_n(&sh->in_flight, __ATOMIC_RELAXED);
		__atomic_store_n(&sh->killed_ns, rl_hclock_monotonic_ns(), __ATOMIC_RELEASE);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		sh->kills++;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {.options = options,
		.parser = parse,
		.doc = "Kill the backend of the hosted pair under load. Exit 1: something was "
		       "lost, done twice, failed or hung."};
	struct args a = {.kills = 200, .depth = 32, .seed = 1, .back = "event", .front = "event"};
	char path[64], device[64], why[256] = "";
	struct rl_kill *sh;
	int listener, rc;
	pid_t pid;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	signal(SIGPIPE, SIG_IGN);
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(path, sizeof(path), "/tmp/rl-kill.%d", (int)getpid());
	listener = rl_hserve_listen(path);
	if (sh == MAP_FAILED || listener < 0 ||
		rl_hdevice_hold(RL_KILL_DISK, device, sizeof(device), why)) {
		fprintf(stderr, "rl-kill: error: cannot begin at %s %s\n", path, why);
		return 4;
	}
	sh->killed_ns = 1; /* no kill before the first service */
	pid = fork();
	if (pid == 0)
		supervise(&a, sh, device, listener);
	rc = rl_kill_load_run(&(struct rl_kill_load){path, a.front, a.depth, a.seed}, sh);
	waitpid(pid, NULL, 0);
	unlink(path);
	return rc;
}
