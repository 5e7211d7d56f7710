// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The loop: waits for what xenstore tells, for commands that end and for what lasts too long, and
 * carries out what machine.c says. One thread; a section of the configuration is a `post`.
 */
#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenstore.h>

#define NS_PER_S  1000000000LL
#define NS_PER_US 1000LL
#define FENCE_NS  10000000LL /* xenstore tells of a death, not of its end */

struct post {
	const struct rl_supervise_domain *conf;
	enum rl_supervise_state state;
	unsigned int domid;			   /* that was named last */
	unsigned int next;			   /* that is to be */
	unsigned int tried[RL_SUPERVISE_STANDBYS]; /* each standby's domid when it was last taken */
	struct rl_supervise_disks *disks;
	struct rl_supervise_command command;
	long long since_ns, died_ns; /* of this state; of the domain */
	unsigned int expired;	     /* times that this state did, one after the other */
	unsigned int served;	     /* times that another took its place */
};

static struct {
	struct xs_handle *xs;
	xc_interface *xc;
	FILE *log;
	const struct rl_supervise_conf *conf;
	struct post post[RL_SUPERVISE_DOMAINS];
} all;

static void step(struct post *p, enum rl_supervise_event event);

static long long now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* A line of JSON a step: names need no quoting, the configuration refuses letters that would. */
static void tell(struct post *p, const char *what, unsigned int domid)
{
	long long wall_us = now_ns(CLOCK_REALTIME) / NS_PER_US;
	long long mono_ns = now_ns(CLOCK_MONOTONIC);

	fprintf(all.log, "{\"domain\": \"%s\", \"step\": \"%s\", \"domid\": ", p->conf->name, what);
	if (domid == RL_SUPERVISE_NOBODY)
		fputs("null", all.log);
	else
		fprintf(all.log, "%u", domid);
	fprintf(all.log, ", \"disks\": %u, \"time_s\": %lld.%06lld",
		rl_supervise_disks_count(p->disks), wall_us / 1000000, wall_us % 1000000);
	if (p->died_ns)
		fprintf(all.log, ", \"since_death_us\": %lld", (mono_ns - p->died_ns) / NS_PER_US);
	fputs("}\n", all.log);
	fflush(all.log);
}

/* ---- what is to be done -------------------------------------------------------------------- */

static void watch_home(unsigned int domid, bool on)
{
	char path[64];

	if (domid == RL_SUPERVISE_NOBODY)
		return;
	snprintf(path, sizeof(path), "/local/domain/%u/backend", domid);
	if (on)
		xs_watch(all.xs, path, "home");
	else
		xs_unwatch(all.xs, path, "home");
}

static void run(struct post *p, const char *text)
{
	char name[96], domid[32], old[32];
	const char *environment[] = {name, domid, old, NULL};
	bool destroys = text == p->conf->destroy;

	snprintf(name, sizeof(name), "RL_DOMAIN=%s", p->conf->name);
	snprintf(domid, sizeof(domid), "RL_DOMID=%u", destroys ? p->domid : p->next);
	snprintf(old, sizeof(old), "RL_OLD_DOMID=%u", p->domid);
	if (!rl_supervise_command_start(&p->command, text, environment)) {
		tell(p, "cannot-run", p->domid);
		step(p, RL_SUPERVISE_FAILED);
	}
}

static void do_watch(struct post *p)
{
	if (p->died_ns) {
		rl_supervise_disks_watch(p->disks, all.xs, false);
		p->served++;
	}
	rl_supervise_disks_keep(p->disks, all.xs, p->domid);
	tell(p, p->died_ns ? "served" : "watching", p->domid);
	p->died_ns = 0;
}

static void do_reset(struct post *p)
{
	bool good = true;

	tell(p, "fenced", p->domid);
	for (unsigned int i = 0; i < p->conf->pcis; i++)
		good &= rl_supervise_reset("/sys", p->conf->pci[i]);
	if (p->conf->pcis)
		tell(p, good ? "reset" : "not-reset", p->domid);
	step(p, good ? RL_SUPERVISE_DONE : RL_SUPERVISE_FAILED);
}

static bool lives(unsigned int domid)
{
	enum rl_supervise_life life;

	return domid != RL_SUPERVISE_NOBODY && rl_supervise_life(all.xc, domid, &life) &&
	       life == RL_SUPERVISE_LIVES;
}

static void do_choose(struct post *p)
{
	for (unsigned int i = 0; i < p->conf->standbys; i++) {
		unsigned int domid = rl_supervise_find(all.xs, p->conf->standby[i]);

		if (domid == p->tried[i] || domid == p->domid || !lives(domid))
			continue;
		p->tried[i] = p->next = domid;
		tell(p, "chosen", domid);
		step(p, RL_SUPERVISE_DONE);
		return;
	}
	step(p, RL_SUPERVISE_NONE);
}

static void do_start(struct post *p)
{
	p->next = RL_SUPERVISE_NOBODY;
	if (p->conf->start) {
		run(p, p->conf->start);
		return;
	}
	tell(p, "nobody", RL_SUPERVISE_NOBODY);
	step(p, RL_SUPERVISE_FAILED);
}

static void do_name(struct post *p)
{
	if (!rl_supervise_disks_name(p->disks, all.xs, p->next)) {
		tell(p, "not-named", p->next);
		return;
	}
	watch_home(p->domid, false);
	p->domid = p->next;
	tell(p, "named", p->domid);
	watch_home(p->domid, true);
	rl_supervise_disks_watch(p->disks, all.xs, true);
	step(p, RL_SUPERVISE_DONE);
}

static void carry_out(struct post *p, enum rl_supervise_act act)
{
	switch (act) {
	case RL_SUPERVISE_DO_WATCH:
		do_watch(p);
		break;
	case RL_SUPERVISE_DO_DESTROY:
		tell(p, "destroying", p->domid);
		run(p, p->conf->destroy);
		break;
	case RL_SUPERVISE_DO_RESET:
		do_reset(p);
		break;
	case RL_SUPERVISE_DO_CHOOSE:
		do_choose(p);
		break;
	case RL_SUPERVISE_DO_START:
		do_start(p);
		break;
	case RL_SUPERVISE_DO_PREPARE:
		if (p->conf->prepare)
			run(p, p->conf->prepare);
		else
			step(p, RL_SUPERVISE_DONE);
		break;
	case RL_SUPERVISE_DO_NAME:
		do_name(p);
		break;
	default:
		break;
	}
}

static void step(struct post *p, enum rl_supervise_event event)
{
	enum rl_supervise_state from = p->state;
	enum rl_supervise_act act;

	if (event == RL_SUPERVISE_EXPIRED && from != RL_SUPERVISE_CHOOSING)
		tell(p, "late", p->domid);
	act = rl_supervise_event(&p->state, event);
	if (p->state == from && act == RL_SUPERVISE_DO_NOTHING)
		return;
	p->expired = event == RL_SUPERVISE_EXPIRED && p->state == from ? p->expired + 1 : 0;
	p->since_ns = now_ns(CLOCK_MONOTONIC);
	/* what a state had under way ends with it */
	rl_supervise_command_stop(&p->command);
	carry_out(p, act);
}

/* ---- what happens -------------------------------------------------------------------------- */

static void command_ended(struct post *p)
{
	bool good = rl_supervise_command_end(&p->command);

	if (p->state == RL_SUPERVISE_STARTING && good) {
		p->next = rl_supervise_find(all.xs, p->conf->name);
		good = p->next != p->domid && lives(p->next);
	}
	switch (p->state) {
	case RL_SUPERVISE_STARTING:
		tell(p, good ? "started" : "not-started", p->next);
		break;
	case RL_SUPERVISE_PREPARING:
		tell(p, good ? "prepared" : "not-prepared", p->next);
		break;
	default: /* whether it is destroyed is Xen's to say */
		return;
	}
	step(p, good ? RL_SUPERVISE_DONE : RL_SUPERVISE_FAILED);
}

static void look_for_first(struct post *p)
{
	enum rl_supervise_life life;
	unsigned int domid = rl_supervise_find(all.xs, p->conf->name);

	if (domid == RL_SUPERVISE_NOBODY || !rl_supervise_life(all.xc, domid, &life) ||
		life == RL_SUPERVISE_IS_DEAD)
		return;
	p->domid = domid;
	watch_home(domid, true);
	step(p, RL_SUPERVISE_FOUND);
}

/* How the domain is that counts in this state. */
static void look_at_life(struct post *p)
{
	static const struct {
		enum rl_supervise_event event;
		const char *step;
	} of[] = {[RL_SUPERVISE_IS_DOWN] = {RL_SUPERVISE_DOWN, "down"},
		[RL_SUPERVISE_IS_DYING] = {RL_SUPERVISE_DYING, "dying"},
		[RL_SUPERVISE_IS_DEAD] = {RL_SUPERVISE_DEAD, "destroyed"}};
	bool next = p->state == RL_SUPERVISE_PREPARING || p->state == RL_SUPERVISE_NAMING;
	bool served = p->state == RL_SUPERVISE_WATCHING || p->state == RL_SUPERVISE_CONNECTING;
	enum rl_supervise_life life;

	if (!next && !served && p->state != RL_SUPERVISE_FENCING)
		return;
	if (p->state == RL_SUPERVISE_FENCING && p->command.pid)
		return; /* the toolstack has not tidied up yet */
	if (!rl_supervise_life(all.xc, next ? p->next : p->domid, &life) ||
		life == RL_SUPERVISE_LIVES)
		return;
	if (served) {
		p->died_ns = now_ns(CLOCK_MONOTONIC);
		tell(p, of[life].step, p->domid);
	}
	step(p, of[life].event);
}

static void look(struct post *p)
{
	if (p->state == RL_SUPERVISE_ABSENT)
		look_for_first(p);
	look_at_life(p);
	if (p->state == RL_SUPERVISE_WATCHING)
		rl_supervise_disks_keep(p->disks, all.xs, p->domid);
	if (p->state == RL_SUPERVISE_CONNECTING &&
		rl_supervise_disks_served(p->disks, all.xs, p->domid))
		step(p, RL_SUPERVISE_DONE);
}

static bool has_clock(const struct post *p)
{
	return p->state != RL_SUPERVISE_ABSENT && p->state != RL_SUPERVISE_WATCHING;
}

static long long left_ns(const struct post *p)
{
	unsigned int wait_s = rl_supervise_patience_s(p->state, p->expired, p->conf->wait_s);
	long long left = p->since_ns + wait_s * NS_PER_S - now_ns(CLOCK_MONOTONIC);

	return left > 0 ? left : 0;
}

static void wait_for_something(void)
{
	struct pollfd fds[1 + RL_SUPERVISE_DOMAINS] = {{.fd = xs_fileno(all.xs), .events = POLLIN}};
	long long least_ns = -1;
	char **event;

	for (unsigned int i = 0; i < all.conf->domains; i++) {
		struct post *p = &all.post[i];

		fds[1 + i].fd = p->command.pid ? p->command.fd : -1;
		fds[1 + i].events = POLLIN;
		if (has_clock(p) && (least_ns < 0 || left_ns(p) < least_ns))
			least_ns = left_ns(p);
		if (p->state == RL_SUPERVISE_FENCING && least_ns > FENCE_NS)
			least_ns = FENCE_NS;
	}
	poll(fds, 1 + all.conf->domains, least_ns < 0 ? -1 : (int)(least_ns / 1000000 + 1));
	while ((event = xs_check_watch(all.xs)))
		free(event);
	for (unsigned int i = 0; i < all.conf->domains; i++)
		if (fds[1 + i].revents && all.post[i].command.pid)
			command_ended(&all.post[i]);
}

static bool is_finished(bool once)
{
	for (unsigned int i = 0; i < all.conf->domains; i++)
		if (!all.post[i].served)
			return false;
	return once;
}

static bool open_all(const struct rl_supervise_conf *conf, FILE *log)
{
	all.conf = conf;
	all.log = log;
	all.xs = xs_open(0);
	all.xc = xc_interface_open(NULL, NULL, 0);
	if (!all.xs || !all.xc || !xs_watch(all.xs, "@releaseDomain", "release") ||
		!xs_watch(all.xs, "@introduceDomain", "introduce"))
		return false;
	for (unsigned int i = 0; i < conf->domains; i++) {
		struct post *p = &all.post[i];

		p->conf = &conf->domain[i];
		p->domid = p->next = RL_SUPERVISE_NOBODY;
		for (unsigned int k = 0; k < RL_SUPERVISE_STANDBYS; k++)
			p->tried[k] = RL_SUPERVISE_NOBODY;
		p->disks = rl_supervise_disks_create();
		if (!p->disks)
			return false;
	}
	return true;
}

bool rl_supervise_loop(const struct rl_supervise_conf *conf, FILE *log, bool once)
{
	if (!open_all(conf, log))
		return false;
	while (!is_finished(once)) {
		for (unsigned int i = 0; i < conf->domains; i++)
			look(&all.post[i]);
		if (is_finished(once))
			break;
		wait_for_something();
		for (unsigned int i = 0; i < conf->domains; i++)
			if (has_clock(&all.post[i]) && left_ns(&all.post[i]) == 0)
				step(&all.post[i], RL_SUPERVISE_EXPIRED);
	}
	return true;
}
