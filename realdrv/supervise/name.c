// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Gives the disks that were kept to another domain; see store.c for the nodes.
 */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTED   4
#define INITIALISED "1"

struct writer {
	struct xs_handle *xs;
	xs_transaction_t t;
	bool failed;
};

static bool exists(struct writer *w, const char *dir, const char *name)
{
	char path[RL_SUPERVISE_PATH_BYTES], *value;

	rl_supervise_path(path, "%s/%s", dir, name);
	value = rl_supervise_node(w->xs, w->t, path);
	free(value);
	return value != NULL;
}

static void permit(struct writer *w, const char *path, unsigned int owner, unsigned int reader)
{
	struct xs_permissions permissions[2] = {
		{.id = owner, .perms = XS_PERM_NONE}, {.id = reader, .perms = XS_PERM_READ}};

	if (!w->failed && !xs_set_permissions(w->xs, w->t, path, permissions, 2))
		w->failed = true;
}

/* A node of a backend: its domain's, and the guest may read it. */
static void put(struct writer *w, const char *dir, const char *name, const char *value,
	unsigned int owner, unsigned int reader)
{
	char path[RL_SUPERVISE_PATH_BYTES];

	rl_supervise_path(path, "%s%s%s", dir, *name ? "/" : "", name);
	if (!w->failed && !xs_write(w->xs, w->t, path, value, strlen(value)))
		w->failed = true;
	permit(w, path, owner, reader);
}

/* The domain must be able to list what belongs to it. What is there already stays as it is. */
static void put_parents(struct writer *w, unsigned int domid, unsigned int guest)
{
	char home[RL_SUPERVISE_PATH_BYTES], last[32];
	const char *const parents[] = {"backend", "backend/vbd", last};

	rl_supervise_path(home, "/local/domain/%u", domid);
	snprintf(last, sizeof(last), "backend/vbd/%u", guest);
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++)
		if (!exists(w, home, parents[i]))
			put(w, home, parents[i], "", domid, domid);
}

static void put_backend(struct writer *w, const struct rl_supervise_disk *disk, unsigned int domid,
	const char *back)
{
	char text[RL_SUPERVISE_PATH_BYTES];
	bool script = disk->value[RL_SUPERVISE_SCRIPT] && *disk->value[RL_SUPERVISE_SCRIPT];

	put(w, back, "", "", domid, disk->guest);
	rl_supervise_front(text, disk->guest, disk->device);
	put(w, back, "frontend", text, domid, disk->guest);
	snprintf(text, sizeof(text), "%u", disk->guest);
	put(w, back, "frontend-id", text, domid, disk->guest);
	put(w, back, "online", "1", domid, disk->guest);
	for (size_t k = 0; k < (script ? RL_SUPERVISE_SCRIPTED : RL_SUPERVISE_KEPT); k++)
		if (disk->value[k])
			put(w, back, rl_supervise_kept[k], disk->value[k], domid, disk->guest);
	put(w, back, "state", INITIALISED, domid, disk->guest);
}

/* The guest's nodes were the last backend's to read, those among them that the guest wrote too. */
static void admit(struct writer *w, const char *front, unsigned int guest, unsigned int domid)
{
	unsigned int count = 0;
	char **nodes = xs_directory(w->xs, w->t, front, &count);

	w->failed |= !nodes;
	permit(w, front, guest, domid);
	for (unsigned int i = 0; i < count; i++) {
		char path[RL_SUPERVISE_PATH_BYTES];

		rl_supervise_path(path, "%s/%s", front, nodes[i]);
		if (strlen(nodes[i]) < RL_SUPERVISE_NAME_BYTES)
			permit(w, path, guest, domid);
	}
	free(nodes);
}

/* Its permissions stay as they are. */
static void rewrite(struct writer *w, const char *dir, const char *name, const char *value)
{
	char path[RL_SUPERVISE_PATH_BYTES];

	rl_supervise_path(path, "%s/%s", dir, name);
	if (!w->failed && !xs_write(w->xs, w->t, path, value, strlen(value)))
		w->failed = true;
}

static void name_disk(struct writer *w, const struct rl_supervise_disk *disk, unsigned int was,
	unsigned int domid)
{
	char front[RL_SUPERVISE_PATH_BYTES], back[RL_SUPERVISE_PATH_BYTES],
		libxl[RL_SUPERVISE_PATH_BYTES], id[16];

	if (!rl_supervise_is_named(w->xs, w->t, was, disk->guest, disk->device))
		return;
	rl_supervise_front(front, disk->guest, disk->device);
	rl_supervise_back(back, domid, disk->guest, disk->device);
	rl_supervise_path(libxl, "/libxl/%u/device/vbd/%u", disk->guest, disk->device);
	snprintf(id, sizeof(id), "%u", domid);
	put_parents(w, domid, disk->guest);
	put_backend(w, disk, domid, back);
	if (exists(w, libxl, "backend"))
		rewrite(w, libxl, "backend", back);
	admit(w, front, disk->guest, domid);
	rewrite(w, front, "backend-id", id);
	rewrite(w, front, "backend", back);
}

bool rl_supervise_disks_name(
	struct rl_supervise_disks *disks, struct xs_handle *xs, unsigned int domid)
{
	for (int i = 0; i < RL_SUPERVISE_TRIES; i++) {
		struct writer w = {.xs = xs, .t = xs_transaction_start(xs)};
		int error;

		if (w.t == XBT_NULL)
			return false;
		for (unsigned int d = 0; d < disks->count; d++)
			name_disk(&w, &disks->disk[d], disks->domid, domid);
		error = errno;
		if (xs_transaction_end(xs, w.t, w.failed) && !w.failed) {
			disks->domid = domid;
			return true;
		}
		if (w.failed)
			errno = error;
		if (w.failed || errno != EAGAIN)
			return false;
	}
	return false;
}

/* ---- served -------------------------------------------------------------------------------- */

static bool is_connected(struct xs_handle *xs, const char *dir)
{
	char path[RL_SUPERVISE_PATH_BYTES], *state;
	bool is;

	rl_supervise_path(path, "%s/state", dir);
	state = rl_supervise_node(xs, XBT_NULL, path);
	is = rl_supervise_number(state) == CONNECTED;
	free(state);
	return is;
}

bool rl_supervise_disks_served(
	struct rl_supervise_disks *disks, struct xs_handle *xs, unsigned int domid)
{
	for (unsigned int i = 0; i < disks->count; i++) {
		const struct rl_supervise_disk *d = &disks->disk[i];
		char front[RL_SUPERVISE_PATH_BYTES], back[RL_SUPERVISE_PATH_BYTES];

		rl_supervise_front(front, d->guest, d->device);
		rl_supervise_back(back, domid, d->guest, d->device);
		if (rl_supervise_is_named(xs, XBT_NULL, domid, d->guest, d->device) &&
			(!is_connected(xs, front) || !is_connected(xs, back)))
			return false;
	}
	return true;
}

void rl_supervise_disks_watch(struct rl_supervise_disks *disks, struct xs_handle *xs, bool on)
{
	for (unsigned int i = 0; i < disks->count; i++) {
		char path[RL_SUPERVISE_PATH_BYTES];

		rl_supervise_front(path, disks->disk[i].guest, disks->disk[i].device);
		strcat(path, "/state");
		if (on)
			xs_watch(xs, path, "end");
		else
			xs_unwatch(xs, path, "end");
	}
}
