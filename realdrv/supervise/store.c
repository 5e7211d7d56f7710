// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The disks that a domain serves, as the toolstack wrote them. `xl destroy` removes a domain's home
 * in one transaction, before Xen ends the domain: so what is read counts only while the home is
 * there, and is kept until it is needed.
 *
 *	/local/domain/BACK/backend/vbd/GUEST/DEVICE/...  the toolstack's nodes below, written for
 *	                                                 the next domain with `state` Initialising
 *	/local/domain/GUEST/device/vbd/DEVICE/backend    the same directory's name
 *	                                   /backend-id   the next domain, which may read all
 *	                                                 that is there
 *	/libxl/GUEST/device/vbd/DEVICE/backend           where xl looks for it, when xl made
 *	                                                 the disk
 *
 * Where a hotplug script makes the disk, it runs in the next domain (xl devd) and writes anew what
 * only it knows there: physical-device, hotplug-status.
 */
#include "store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *const rl_supervise_kept[RL_SUPERVISE_KEPT] = {"params", "script", "type", "mode",
	"device-type", "dev", "removable", "bootable", "discard-enable", "direct-io-safe",
	"identity", "domain", "physical-device", "hotplug-status"};

void rl_supervise_path(char *path, const char *form, ...)
{
	va_list args;

	va_start(args, form);
	vsnprintf(path, RL_SUPERVISE_PATH_BYTES, form, args);
	va_end(args);
}

char *rl_supervise_node(struct xs_handle *xs, xs_transaction_t t, const char *path)
{
	unsigned int bytes;

	return xs_read(xs, t, path, &bytes);
}

unsigned int rl_supervise_number(const char *text)
{
	char *end;
	unsigned long value = text && *text ? strtoul(text, &end, 10) : 0;

	return text && *text && !*end && value < RL_SUPERVISE_NOBODY ? value : RL_SUPERVISE_NOBODY;
}

unsigned int rl_supervise_find(struct xs_handle *xs, const char *name)
{
	unsigned int count = 0, found = RL_SUPERVISE_NOBODY;
	char **ids = xs_directory(xs, XBT_NULL, "/local/domain", &count);

	for (unsigned int i = 0; i < count; i++) {
		char path[RL_SUPERVISE_PATH_BYTES], *its;

		rl_supervise_path(path, "/local/domain/%s/name", ids[i]);
		its = rl_supervise_node(xs, XBT_NULL, path);
		/* of two, as when one is dying, the younger */
		if (its && !strcmp(its, name) &&
			rl_supervise_number(ids[i]) != RL_SUPERVISE_NOBODY &&
			(found == RL_SUPERVISE_NOBODY || rl_supervise_number(ids[i]) > found))
			found = rl_supervise_number(ids[i]);
		free(its);
	}
	free(ids);
	return found;
}

/* ---- rl_supervise_kept
 * ---------------------------------------------------------------------------------- */

static void free_disk(struct rl_supervise_disk *disk)
{
	for (size_t k = 0; k < RL_SUPERVISE_KEPT; k++)
		free(disk->value[k]);
}

struct rl_supervise_disks *rl_supervise_disks_create(void)
{
	return calloc(1, sizeof(struct rl_supervise_disks));
}

void rl_supervise_disks_destroy(struct rl_supervise_disks *disks)
{
	for (unsigned int i = 0; disks && i < disks->count; i++)
		free_disk(&disks->disk[i]);
	if (disks)
		free(disks->disk);
	free(disks);
}

unsigned int rl_supervise_disks_count(const struct rl_supervise_disks *disks)
{
	return disks->count;
}

void rl_supervise_front(char *path, unsigned int guest, unsigned int device)
{
	rl_supervise_path(path, "/local/domain/%u/device/vbd/%u", guest, device);
}

void rl_supervise_back(char *path, unsigned int domid, unsigned int guest, unsigned int device)
{
	rl_supervise_path(path, "/local/domain/%u/backend/vbd/%u/%u", domid, guest, device);
}

bool rl_supervise_is_named(struct xs_handle *xs, xs_transaction_t t, unsigned int domid,
	unsigned int guest, unsigned int device)
{
	char path[RL_SUPERVISE_PATH_BYTES], back[RL_SUPERVISE_PATH_BYTES], *named;
	bool is;

	rl_supervise_front(path, guest, device);
	strcat(path, "/backend");
	rl_supervise_back(back, domid, guest, device);
	named = rl_supervise_node(xs, t, path);
	is = named && !strcmp(named, back);
	free(named);
	return is;
}

/* One that is being detached (online 0) is none. */
static bool keep_disk(struct rl_supervise_disks *disks, struct xs_handle *xs, xs_transaction_t t,
	unsigned int guest, unsigned int device)
{
	struct rl_supervise_disk *grown = realloc(disks->disk, (disks->count + 1) * sizeof(*grown));
	char dir[RL_SUPERVISE_PATH_BYTES], path[RL_SUPERVISE_PATH_BYTES], *online;
	struct rl_supervise_disk *disk;

	if (!grown)
		return false;
	disks->disk = grown;
	rl_supervise_back(dir, disks->domid, guest, device);
	rl_supervise_path(path, "%s/online", dir);
	online = rl_supervise_node(xs, t, path);
	if (online && !strcmp(online, "1") &&
		rl_supervise_is_named(xs, t, disks->domid, guest, device)) {
		disk = &grown[disks->count++];
		*disk = (struct rl_supervise_disk){.guest = guest, .device = device};
		for (size_t k = 0; k < RL_SUPERVISE_KEPT; k++) {
			rl_supervise_path(path, "%s/%s", dir, rl_supervise_kept[k]);
			disk->value[k] = rl_supervise_node(xs, t, path);
		}
	}
	free(online);
	return true;
}

static bool keep_guest(struct rl_supervise_disks *disks, struct xs_handle *xs, xs_transaction_t t,
	const char *base, const char *guest)
{
	unsigned int count = 0;
	char dir[RL_SUPERVISE_PATH_BYTES], **devices;
	bool good = true;

	rl_supervise_path(dir, "%s/%s", base, guest);
	devices = xs_directory(xs, t, dir, &count);
	for (unsigned int i = 0; good && i < count; i++)
		if (rl_supervise_number(guest) != RL_SUPERVISE_NOBODY &&
			rl_supervise_number(devices[i]) != RL_SUPERVISE_NOBODY)
			good = keep_disk(disks, xs, t, rl_supervise_number(guest),
				rl_supervise_number(devices[i]));
	free(devices);
	return good;
}

/* What is there in a transaction; false when the home is not, or without memory. */
static bool keep_all(struct rl_supervise_disks *disks, struct xs_handle *xs, xs_transaction_t t,
	unsigned int domid)
{
	unsigned int count = 0;
	char base[RL_SUPERVISE_PATH_BYTES], *name, **guests;
	bool good;

	disks->domid = domid;
	rl_supervise_path(base, "/local/domain/%u/name", domid);
	name = rl_supervise_node(xs, t, base);
	good = name != NULL;
	free(name);
	rl_supervise_path(base, "/local/domain/%u/backend/vbd", domid);
	guests = good ? xs_directory(xs, t, base, &count) : NULL;
	for (unsigned int i = 0; good && i < count; i++)
		good = keep_guest(disks, xs, t, base, guests[i]);
	free(guests);
	return good;
}

/* What was read before stays. */
static void remember(struct rl_supervise_disks *now, struct rl_supervise_disks *old)
{
	for (unsigned int i = 0; i < now->count; i++)
		for (unsigned int o = 0; old->domid == now->domid && o < old->count; o++) {
			struct rl_supervise_disk *n = &now->disk[i], *was = &old->disk[o];

			for (size_t k = 0; n->guest == was->guest && n->device == was->device &&
					   k < RL_SUPERVISE_KEPT;
				k++)
				if (was->value[k]) {
					free(n->value[k]);
					n->value[k] = was->value[k];
					was->value[k] = NULL;
				}
		}
}

bool rl_supervise_disks_keep(
	struct rl_supervise_disks *disks, struct xs_handle *xs, unsigned int domid)
{
	for (int i = 0; i < RL_SUPERVISE_TRIES; i++) {
		struct rl_supervise_disks *now = rl_supervise_disks_create(), old = *disks;
		xs_transaction_t t = now ? xs_transaction_start(xs) : XBT_NULL;
		bool good = t != XBT_NULL && keep_all(now, xs, t, domid);
		bool ended = t != XBT_NULL && xs_transaction_end(xs, t, !good);

		if (good && ended) {
			remember(now, &old);
			*disks = *now;
			*now = old;
		}
		rl_supervise_disks_destroy(now);
		if (ended || errno != EAGAIN)
			return good && ended;
	}
	return false;
}
