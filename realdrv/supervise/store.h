/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What store.c, which keeps the disks of a domain, and name.c, which gives them to another, share.
 */
#ifndef RL_SUPERVISE_STORE_H
#define RL_SUPERVISE_STORE_H

#include "supervise.h"

#include <xenstore.h>

#define RL_SUPERVISE_PATH_BYTES 256
#define RL_SUPERVISE_TRIES	100 /* of a transaction that others came between */

/* The toolstack's nodes that are kept, by their index; a hotplug script writes the last two. */
enum {
	RL_SUPERVISE_PARAMS,
	RL_SUPERVISE_SCRIPT,
	RL_SUPERVISE_SCRIPTED = 12,
	RL_SUPERVISE_KEPT = 14
};
extern const char *const rl_supervise_kept[RL_SUPERVISE_KEPT];

struct rl_supervise_disk {
	unsigned int guest, device;
	char *value[RL_SUPERVISE_KEPT]; /* null: there was none */
};

struct rl_supervise_disks {
	unsigned int domid; /* who serves them */
	struct rl_supervise_disk *disk;
	unsigned int count;
};

/* Into RL_SUPERVISE_PATH_BYTES; all that is put together is short: numbers and words of ours. */
void rl_supervise_path(char *path, const char *form, ...) __attribute__((format(printf, 2, 3)));
void rl_supervise_front(char *path, unsigned int guest, unsigned int device);
void rl_supervise_back(char *path, unsigned int domid, unsigned int guest, unsigned int device);

/* A node's text, to be freed; null when there is none. */
char *rl_supervise_node(struct xs_handle *xs, xs_transaction_t t, const char *path);

/* A number behind which nothing else stands; RL_SUPERVISE_NOBODY for any other text. */
unsigned int rl_supervise_number(const char *text);

/* Whether a guest's own nodes name this backend: a backend may claim what it likes. */
bool rl_supervise_is_named(struct xs_handle *xs, xs_transaction_t t, unsigned int domid,
	unsigned int guest, unsigned int device);

#endif
