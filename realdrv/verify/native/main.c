// SPDX-License-Identifier: GPL-3.0-or-later
/* Starts the two sides, watches them, and says what they did. Exit: 0 sound, 1 lost or broken. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "verify/native/stress.h"

#define WATCH_NS   20000000 /* between two looks of the watchdog */
#define STILL_MAX  6000	    /* looks without any change before the run is given up */
#define NS_PER_S   1000000000ull
#define PROGRESS_S 10

static struct options {
	uint64_t messages, seed, round;
	bool processes;
	int cpu[2];
	const char *policy[2];
} opt = {.messages = 10000000, .seed = 1, .round = 1000000, .cpu = {-1, -1}};

static struct rl_stress_arena *arena;
static struct rl_stress_worker workers[2];
static pthread_t threads[2];
static pid_t children[2];

static uint64_t number(const char *s, struct argp_state *state, const char *what)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(s, &end, 10);
	if (*s < '0' || *s > '9' || *end || errno || v == 0)
		argp_error(state, "%s '%s' (expected a whole number above 0)", what, s);
	return v;
}

static void policy(int role, const char *spec, struct argp_state *state)
{
	struct rl_policy_inst inst;
	struct rl_policy_err err;

	if (rl_policy_select(&inst, spec, &err))
		argp_error(state, "policy '%s', character %u: %s", spec, err.at + 1, err.what);
	opt.policy[role] = spec;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'm':
		opt.messages = number(arg, state, "messages");
		return 0;
	case 'r':
		opt.round = number(arg, state, "round");
		if (opt.round > 1u << 20)
			argp_error(state, "round '%s' (expected at most %u)", arg, 1u << 20);
		return 0;
	case 's':
		opt.seed = number(arg, state, "seed");
		return 0;
	case 'p':
		opt.processes = true;
		return 0;
	case 'f':
	case 'b':
		policy(key == 'f' ? RL_STRESS_FRONT : RL_STRESS_BACK, arg, state);
		return 0;
	case 'c':
		if (sscanf(arg, "%d,%d", &opt.cpu[0], &opt.cpu[1]) != 2)
			argp_error(state, "cpus '%s' (expected two numbers, as in 0,1)", arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"messages", 'm', "N", 0, "requests and responses to pass, at least (default 10000000)", 0},
	{"round", 'r', "N", 0,
		"requests a round, at most; a tenth of a second ends it as well (default 1000000)",
		0},
	{"seed", 's', "N", 0, "of all that is drawn (default 1)", 0},
	{"processes", 'p', NULL, 0, "two processes instead of two threads", 0},
	{"front-policy", 'f', "SPEC", 0, "instead of one drawn from the registry", 0},
	{"back-policy", 'b', "SPEC", 0, "instead of one drawn from the registry", 0},
	{"cpus", 'c', "F,B", 0, "where frontend and backend run (default: anywhere)", 0},
	{0},
};

static const struct argp argp = {
	options, parse, NULL, "Two sides over the real ring, until a wake-up is lost.", 0, 0, 0};

static void fail(const char *what)
{
	perror(what);
	exit(4);
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("stress: cpus");
}

static void *start(void *arg)
{
	struct rl_stress_worker *w = arg;

	pin(opt.cpu[w->role]);
	return rl_stress_run(w);
}

static void prepare(void)
{
	pthread_barrierattr_t shared;

	arena = mmap(
		NULL, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED)
		fail("stress: mmap");
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&arena->gate, &shared, 2);
	arena->seed = opt.seed;
	arena->messages = opt.messages;
	arena->round_requests = opt.round;
	arena->front_policy = opt.policy[RL_STRESS_FRONT];
	arena->back_policy = opt.policy[RL_STRESS_BACK];
	for (int i = 0; i < 2; i++) {
		arena->side[i].eventfd = eventfd(0, EFD_CLOEXEC);
		if (arena->side[i].eventfd < 0)
			fail("stress: eventfd");
		workers[i].arena = arena;
		workers[i].self = &arena->side[i];
		workers[i].peer = &arena->side[!i];
		workers[i].role = i;
	}
}

static void launch(void)
{
	for (int i = 0; i < 2; i++) {
		if (!opt.processes) {
			if (pthread_create(&threads[i], NULL, start, &workers[i]))
				fail("stress: thread");
			continue;
		}
		children[i] = fork();
		if (children[i] < 0)
			fail("stress: fork");
		if (children[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			start(&workers[i]);
			_exit(0);
		}
	}
}

static void say_round(const struct rl_stress_round *r)
{
	static const char *const events[] = {"futex", "eventfd"};

	fprintf(stderr,
		"stress: round %" PRIu64 " of seed %" PRIu64 ": %s x %s, depth %u, %s, first "
		"index %#x\n",
		r->number, arena->seed, r->spec[0], r->spec[1], r->depth, events[r->event],
		r->start);
}

/* Something is wrong: threads end with the program, processes are ended. */
static void give_up(void)
{
	struct rl_stress_round r;

	rl_stress_round_draw(&r, arena, __atomic_load_n(&arena->round, __ATOMIC_RELAXED));
	say_round(&r);
	for (int i = 0; i < 2; i++)
		if (children[i] > 0) {
			kill(children[i], SIGKILL);
			waitpid(children[i], NULL, 0);
		}
	exit(1);
}

static void join(void)
{
	for (int i = 0; i < 2; i++)
		if (children[i] > 0)
			waitpid(children[i], NULL, 0);
		else
			pthread_join(threads[i], NULL);
}

static uint64_t messages(void)
{
	return __atomic_load_n(&arena->side[0].count.messages, __ATOMIC_RELAXED) +
	       __atomic_load_n(&arena->side[1].count.messages, __ATOMIC_RELAXED);
}

static void progress(uint64_t since_ns)
{
	static uint64_t last_s;
	uint64_t s = (rl_stress_now_ns() - since_ns) / NS_PER_S;

	if (!isatty(2) || s < last_s + PROGRESS_S)
		return;
	last_s = s;
	fprintf(stderr, "stress: %" PRIu64 " of %" PRIu64 " messages, %" PRIu64 " s\n", messages(),
		arena->messages, s);
}

/* Returns when all is done; ends the program when something is wrong. */
static void watch(uint64_t since_ns)
{
	const struct timespec nap = {.tv_nsec = WATCH_NS};
	uint64_t before = 0, now;
	unsigned int still = 0;
	char why[256];

	while (!__atomic_load_n(&arena->finished, __ATOMIC_ACQUIRE)) {
		nanosleep(&nap, NULL);
		for (int i = 0; i < 2; i++)
			if (__atomic_load_n(&arena->side[i].broken, __ATOMIC_ACQUIRE)) {
				fprintf(stderr, "stress: error: %s\n", arena->side[i].why);
				give_up();
			}
		now = messages();
		still = now == before ? still + 1 : 0;
		before = now;
		if (still && rl_stress_lost(arena, why, sizeof(why))) {
			fprintf(stderr, "stress: error: %s\n", why);
			give_up();
		}
		if (still > STILL_MAX) {
			fprintf(stderr, "stress: error: nothing moves, and not for a lost "
					"wake-up\n");
			give_up();
		}
		progress(since_ns);
	}
}

static void report(uint64_t took_ns)
{
	static const char *const names[] = {"frontend", "backend"};

	printf("%" PRIu64 " messages, %" PRIu64 " rounds (%" PRIu64
	       " across 2^32), 0 lost wake-ups, %.1f s, seed %" PRIu64 ", %s\n",
		messages(), arena->rounds, arena->wrapped, (double)took_ns / 1e9, arena->seed,
		opt.processes ? "processes" : "threads");
	for (int i = 0; i < 2; i++) {
		const struct rl_stress_count *c = &arena->side[i].count;

		printf("%-8s took %" PRIu64 ", sent %" PRIu64 ", held off %" PRIu64
		       ", armed %" PRIu64 " (%" PRIu64 " found work), blocked %" PRIu64
		       " (woken by events %" PRIu64 ", timers %" PRIu64 "), looks %" PRIu64 "\n",
			names[i], c->messages, c->sent, c->held_off, c->arms, c->recheck_hits,
			c->blocks, c->upcalls, c->timers, c->polls);
	}
}

int main(int argc, char **argv)
{
	uint64_t since_ns;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	prepare();
	since_ns = rl_stress_now_ns();
	launch();
	watch(since_ns);
	join();
	report(rl_stress_now_ns() - since_ns);
	return 0;
}
