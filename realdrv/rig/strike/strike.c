// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * strike - end a driver domain at a chosen moment, and say what the disk's two ends were at then.
 *
 *	strike GUEST DEVID VICTIM HOW MOMENT AT_US LAG_US TIMEOUT_S DISKSTAT
 *
 * HOW     destroy: paused, its nodes removed, destroyed: what xl does, without the time that xl
 *         takes to start; crash: it is found crashed, and is somebody else's to destroy; freeze: it
 *         stays paused; leave: it is left as it is, and the caller does what is to be done
 * MOMENT  served: AT_US after the disk behind (DISKSTAT, a stat file of sysfs) has done its next
 *         request once the victim serves the disk; closing: the same, and then the backend is told
 *         to close while the device is to stay; initwait, initialised, connected: the first moment
 *         at which the victim's backend, the frontend that turned to it, or both are there
 *
 * LAG_US after the moment the victim is paused: it executes nothing from there on, so that the
 * states that are printed (a line of JSON) are those of its death. The domain's death is the only
 * thing that is decided here; what comes of it is for the toolstack and the guest.
 *
 * Exit: 0 struck, 1 the moment did not come in time, 2 usage, 4 Xen or xenstore refused.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenstore.h>

#define NS_PER_S    1000000000LL
#define NS_PER_US   1000LL
#define POLL_US	    500
#define STAT_FIELDS 17
#define CRASHED	    3 /* SHUTDOWN_crash of Xen's sched.h */
#define INITWAIT    2
#define INITIALISED 3
#define CONNECTED   4

struct strike {
	struct xs_handle *xs;
	xc_interface *xc;
	unsigned int victim;
	const char *how, *moment, *stat;
	long at_us, lag_us;
	long long until_ns;
	char front[64], back[96];
};

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void pause_us(long us)
{
	struct timespec left = {us / 1000000, us % 1000000 * NS_PER_US};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* A node that holds a number, or -1. */
static int number(struct strike *s, const char *dir, const char *node)
{
	char path[160], *text;
	unsigned int len;
	int value;

	snprintf(path, sizeof(path), "%s/%s", dir, node);
	text = xs_read(s->xs, XBT_NULL, path, &len);
	value = text ? atoi(text) : -1;
	free(text);
	return value;
}

/* Requests that the disk behind has ended: reads, writes and flushes. */
static bool ended(const char *path, unsigned long long *sum)
{
	unsigned long long field[STAT_FIELDS] = {0};
	FILE *file = fopen(path, "r");
	int n = 0;

	if (!file)
		return false;
	while (n < STAT_FIELDS && fscanf(file, "%llu", &field[n]) == 1)
		n++;
	fclose(file);
	*sum = field[0] + field[4] + field[15];
	return n >= 11;
}

static bool has_come(struct strike *s)
{
	int front = number(s, s->front, "state"), back = number(s, s->back, "state");

	if (strcmp(s->moment, "initwait") == 0)
		return back == INITWAIT;
	if (number(s, s->front, "backend-id") != (int)s->victim)
		return false;
	if (strcmp(s->moment, "initialised") == 0)
		return front == INITIALISED;
	return front == CONNECTED && back == CONNECTED;
}

static bool watch(struct strike *s, const char *dir, const char *node)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, node);
	return xs_watch(s->xs, path, "moment");
}

static bool await_state(struct strike *s)
{
	struct pollfd fd = {.fd = xs_fileno(s->xs), .events = POLLIN};
	char **event;

	if (!watch(s, s->front, "state") || !watch(s, s->back, "state"))
		return false;
	while (!has_come(s)) {
		long long left_ns = s->until_ns - now_ns();

		if (left_ns <= 0)
			return false;
		poll(&fd, 1, left_ns / 1000000 + 1);
		while ((event = xs_check_watch(s->xs)))
			free(event);
	}
	return true;
}

/* Whoever is to take the place of another has to have it first. */
static bool await_served(struct strike *s)
{
	unsigned long long before, after;

	if (!await_state(s) || !ended(s->stat, &before))
		return false;
	for (after = before; after == before; pause_us(POLL_US))
		if (now_ns() > s->until_ns || !ended(s->stat, &after))
			return false;
	pause_us(s->at_us);
	return true;
}

static bool tell_to_close(struct strike *s)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/state", s->back);
	return xs_write(s->xs, XBT_NULL, path, "5", 1);
}

static bool await_moment(struct strike *s)
{
	bool come;

	if (strcmp(s->moment, "served") == 0)
		come = await_served(s);
	else if (strcmp(s->moment, "closing") == 0)
		come = await_served(s) && tell_to_close(s);
	else
		come = await_state(s);
	if (come && s->lag_us)
		pause_us(s->lag_us);
	return come;
}

static void remove_nodes(struct strike *s)
{
	char home[64], path[96], *vm;
	unsigned int len;

	snprintf(home, sizeof(home), "/local/domain/%u", s->victim);
	snprintf(path, sizeof(path), "%s/vm", home);
	vm = xs_read(s->xs, XBT_NULL, path, &len);
	if (vm && strncmp(vm, "/vm/", 4) == 0)
		xs_rm(s->xs, XBT_NULL, vm);
	free(vm);
	xs_rm(s->xs, XBT_NULL, home);
	snprintf(path, sizeof(path), "/libxl/%u", s->victim);
	xs_rm(s->xs, XBT_NULL, path);
}

static bool end_domain(struct strike *s)
{
	if (strcmp(s->how, "freeze") == 0)
		return true;
	if (strcmp(s->how, "leave") == 0)
		return xc_domain_unpause(s->xc, s->victim) == 0;
	if (strcmp(s->how, "crash") == 0)
		return xc_domain_shutdown(s->xc, s->victim, CRASHED) == 0 &&
		       xc_domain_unpause(s->xc, s->victim) == 0;
	remove_nodes(s);
	return xc_domain_destroy(s->xc, s->victim) == 0;
}

static int strike(struct strike *s)
{
	long long paused_ns;
	int front, back;

	if (!await_moment(s)) {
		fprintf(stderr, "strike: %s of domain %u did not come in time\n", s->moment,
			s->victim);
		return 1;
	}
	if (xc_domain_pause(s->xc, s->victim)) {
		fprintf(stderr, "strike: cannot pause domain %u: %s\n", s->victim, strerror(errno));
		return 4;
	}
	paused_ns = now_ns();
	front = number(s, s->front, "state");
	back = number(s, s->back, "state");
	if (!end_domain(s)) {
		fprintf(stderr, "strike: cannot end domain %u: %s\n", s->victim, strerror(errno));
		return 4;
	}
	printf("{\"domid\": %u, \"how\": \"%s\", \"moment\": \"%s\", \"at_us\": %ld, \"lag_us\": "
	       "%ld, "
	       "\"front_state\": %d, \"back_state\": %d, \"ending_us\": %lld}\n",
		s->victim, s->how, s->moment, s->at_us, s->lag_us, front, back,
		(now_ns() - paused_ns) / NS_PER_US);
	return 0;
}

static bool one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static const char *const hows[] = {"destroy", "crash", "freeze", "leave", NULL};
	static const char *const moments[] = {
		"served", "closing", "initwait", "initialised", "connected", NULL};
	struct strike s = {0};
	unsigned int guest, devid;

	if (argc != 10 || !one_of(argv[4], hows) || !one_of(argv[5], moments)) {
		fprintf(stderr, "usage: strike GUEST DEVID VICTIM destroy|crash|freeze|leave "
				"served|closing|initwait|initialised|connected AT_US LAG_US "
				"TIMEOUT_S DISKSTAT\n");
		return 2;
	}
	guest = strtoul(argv[1], NULL, 10);
	devid = strtoul(argv[2], NULL, 10);
	s.victim = strtoul(argv[3], NULL, 10);
	s.how = argv[4];
	s.moment = argv[5];
	s.at_us = atol(argv[6]);
	s.lag_us = atol(argv[7]);
	s.until_ns = now_ns() + atol(argv[8]) * NS_PER_S;
	s.stat = argv[9];
	snprintf(s.front, sizeof(s.front), "/local/domain/%u/device/vbd/%u", guest, devid);
	snprintf(s.back, sizeof(s.back), "/local/domain/%u/backend/vbd/%u/%u", s.victim, guest,
		devid);
	s.xs = xs_open(0);
	s.xc = xc_interface_open(NULL, NULL, 0);
	if (!s.xs || !s.xc) {
		fprintf(stderr, "strike: cannot reach Xen: %s\n", strerror(errno));
		return 4;
	}
	return strike(&s);
}
