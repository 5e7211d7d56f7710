/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rl-supervise - replaces a driver domain that died, in dom0. See rl-supervise(8).
 *
 *	conf.c     what is supervised, and by whom it is replaced
 *	machine.c  what comes after what; knows neither Xen nor time
 *	command.c  commands of the configuration, run beside the loop
 *	domain.c   what Xen says of a domain
 *	store.c    the nodes of the disks that a domain serves, kept while it lives
 *	name.c     the same, written for the one that takes its place
 *	loop.c     carries out what machine.c says
 */
#ifndef RL_SUPERVISE_H
#define RL_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define RL_SUPERVISE_DOMAINS	8
#define RL_SUPERVISE_STANDBYS	8
#define RL_SUPERVISE_FUNCTIONS	8
#define RL_SUPERVISE_NAME_BYTES 64
#define RL_SUPERVISE_FENCE_S	2 /* what the first try to destroy a domain may take */
#define RL_SUPERVISE_NOBODY	0xffffffffu

/* ---- conf.c -------------------------------------------------------------------------------- */

/* One section: a driver domain. Commands are for /bin/sh; null: none. */
struct rl_supervise_domain {
	char name[RL_SUPERVISE_NAME_BYTES];
	char standby[RL_SUPERVISE_STANDBYS][RL_SUPERVISE_NAME_BYTES];
	unsigned int standbys;
	char pci[RL_SUPERVISE_FUNCTIONS][16]; /* 0000:00:00.0 */
	unsigned int pcis;
	char *start, *prepare, *destroy;
	unsigned int wait_s; /* until a step is tried again, at most */
	unsigned int line;
};

struct rl_supervise_conf {
	struct rl_supervise_domain domain[RL_SUPERVISE_DOMAINS];
	unsigned int domains;
};

/**
 * rl_supervise_conf_read - read a configuration whole, or complain of its first mistake.
 * @conf: out; to be given to rl_supervise_conf_free() in either case.
 * @path: for the message, which is "path:line:column: error: what (expected ...)".
 * Returns: true when it may be used.
 */
bool rl_supervise_conf_read(
	struct rl_supervise_conf *conf, FILE *from, const char *path, FILE *complain);
void rl_supervise_conf_free(struct rl_supervise_conf *conf);

/* ---- machine.c ----------------------------------------------------------------------------- */

enum rl_supervise_state {
	RL_SUPERVISE_ABSENT,	 /* there was no domain of that name yet */
	RL_SUPERVISE_WATCHING,	 /* it lives */
	RL_SUPERVISE_FENCING,	 /* it is to be destroyed, and is not yet */
	RL_SUPERVISE_RESETTING,	 /* its PCI functions are reset */
	RL_SUPERVISE_CHOOSING,	 /* nobody is there to take its place */
	RL_SUPERVISE_STARTING,	 /* a new one is started */
	RL_SUPERVISE_PREPARING,	 /* the next one is prepared; it serves nothing yet */
	RL_SUPERVISE_NAMING,	 /* the disks' nodes are to be written */
	RL_SUPERVISE_CONNECTING, /* the next one is named, not all disks are served */
	RL_SUPERVISE_STATES,
};

enum rl_supervise_event {
	RL_SUPERVISE_FOUND,   /* a domain of that name lives */
	RL_SUPERVISE_DOWN,    /* the domain crashed or shut down, and still holds what it had */
	RL_SUPERVISE_DYING,   /* the domain is being destroyed */
	RL_SUPERVISE_DEAD,    /* it is destroyed: nobody has anything of it any more */
	RL_SUPERVISE_DONE,    /* what was to be done is */
	RL_SUPERVISE_FAILED,  /* what was to be done is not */
	RL_SUPERVISE_NONE,    /* no standby lives */
	RL_SUPERVISE_EXPIRED, /* this state has lasted as long as a step may */
	RL_SUPERVISE_EVENTS,
};

enum rl_supervise_act {
	RL_SUPERVISE_DO_NOTHING,
	RL_SUPERVISE_DO_WATCH,	 /* the domain that is named serves */
	RL_SUPERVISE_DO_DESTROY, /* the domain that is named */
	RL_SUPERVISE_DO_RESET,	 /* PCI functions; then DONE or FAILED */
	RL_SUPERVISE_DO_CHOOSE,	 /* a standby; then DONE or NONE */
	RL_SUPERVISE_DO_START,	 /* a new one; then DONE or FAILED */
	RL_SUPERVISE_DO_PREPARE, /* the next one; then DONE or FAILED */
	RL_SUPERVISE_DO_NAME,	 /* the next one; then DONE or FAILED */
	RL_SUPERVISE_DO_AWAIT,	 /* that all disks are served; then DONE */
	RL_SUPERVISE_ACTS,
};

/**
 * rl_supervise_event - the next state, and what is to be done there.
 * @state: in and out.
 * @event: DOWN, DYING and DEAD tell of the next domain while PREPARING and NAMING, else of the one
 * that was named last. An event that means nothing in this state changes nothing.
 */
enum rl_supervise_act rl_supervise_event(
	enum rl_supervise_state *state, enum rl_supervise_event event);

/**
 * rl_supervise_patience_s - how long a state may last before EXPIRED.
 * @expired: how often this one has, one time after the other.
 * @wait_s: of the configuration, from 1.
 * Returns: seconds, from 1 to @wait_s. While FENCING RL_SUPERVISE_FENCE_S, twice that after each
 * EXPIRED; else @wait_s.
 */
unsigned int rl_supervise_patience_s(
	enum rl_supervise_state state, unsigned int expired, unsigned int wait_s);

/** rl_supervise_state_name - for the log. */
const char *rl_supervise_state_name(enum rl_supervise_state state);

/* ---- command.c ----------------------------------------------------------------------------- */

struct rl_supervise_command {
	pid_t pid; /* 0: none runs */
	int fd;	   /* readable when it has ended */
};

/**
 * rl_supervise_command_start - run a command by /bin/sh, beside the caller.
 * @environment: "NAME=value" each, null at the end.
 * Returns: false with errno set when it cannot be started.
 */
bool rl_supervise_command_start(
	struct rl_supervise_command *command, const char *text, const char *const *environment);

/** rl_supervise_command_end - of one whose fd is readable. Returns: true when its status was 0. */
bool rl_supervise_command_end(struct rl_supervise_command *command);

/** rl_supervise_command_stop - kill one that takes too long, its children included. */
void rl_supervise_command_stop(struct rl_supervise_command *command);

/** rl_supervise_reset - reset a PCI function. @root: where sysfs is. Returns: false, errno set. */
bool rl_supervise_reset(const char *root, const char *function);

/* ---- domain.c ------------------------------------------------------------------------------ */

enum rl_supervise_life {
	RL_SUPERVISE_LIVES,
	RL_SUPERVISE_IS_DOWN,
	RL_SUPERVISE_IS_DYING,
	RL_SUPERVISE_IS_DEAD,
};

struct xc_interface_core;

/** rl_supervise_life - what Xen says of a domain. Returns: false when Xen did not answer. */
bool rl_supervise_life(
	struct xc_interface_core *xc, unsigned int domid, enum rl_supervise_life *life);

/* ---- store.c, name.c ----------------------------------------------------------------------- */

struct xs_handle;
struct rl_supervise_disks;

/** rl_supervise_find - the domain of a name. Returns: its domid, or RL_SUPERVISE_NOBODY. */
unsigned int rl_supervise_find(struct xs_handle *xs, const char *name);

/** rl_supervise_disks_create - no disk. Returns: null when there is no memory. */
struct rl_supervise_disks *rl_supervise_disks_create(void);
void rl_supervise_disks_destroy(struct rl_supervise_disks *disks);
unsigned int rl_supervise_disks_count(const struct rl_supervise_disks *disks);

/**
 * rl_supervise_disks_keep - read what a domain serves, to be known when it is gone.
 * Values of a disk stay what they were when they were first read: the domain owns the nodes, and
 * what it writes there later must not choose its successor's disk.
 * Returns: false when the domain has no home any more, or on an error: nothing is changed then.
 */
bool rl_supervise_disks_keep(
	struct rl_supervise_disks *disks, struct xs_handle *xs, unsigned int domid);

/**
 * rl_supervise_disks_name - give all disks to another domain, in one transaction.
 * A disk whose guest has gone, or names another backend by now, is left out. Returns: false with
 * errno set, nothing being written.
 */
bool rl_supervise_disks_name(
	struct rl_supervise_disks *disks, struct xs_handle *xs, unsigned int domid);

/** rl_supervise_disks_served - true when both ends of each disk are connected, or its guest is
 * gone. */
bool rl_supervise_disks_served(
	struct rl_supervise_disks *disks, struct xs_handle *xs, unsigned int domid);

/** rl_supervise_disks_watch - hear of the guests' ends, or (on false) no more. */
void rl_supervise_disks_watch(struct rl_supervise_disks *disks, struct xs_handle *xs, bool on);

/* ---- loop.c -------------------------------------------------------------------------------- */

/**
 * rl_supervise_loop - supervise, for ever or (once) until each domain was replaced.
 * @log: a line of JSON a step.
 * Returns: false with errno set when Xen or xenstore cannot be reached.
 */
bool rl_supervise_loop(const struct rl_supervise_conf *conf, FILE *log, bool once);

#endif
