// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Joins a guest's block device to a backend in the driver domain and takes it away again, as a
 * toolstack would but without hotplug scripts, which would have to run in the driver domain.
 *
 *   attach: both directories in one transaction, states Initialising; wait until both ends say
 * Connected detach: online = 0, backend's state = Closing; the frontend closes, the backend
 * follows; wait; remove both
 *
 * The frontend's state must exist before the backend's: a backend that reads 'unknown' there
 * unregisters itself without a word. One transaction makes both appear at once.
 */
#include "rigtool.h"

#include <stdlib.h>
#include <string.h>

enum { STATE_CONNECTED = 4, STATE_CLOSED = 6 };

struct vbd {
	struct rl_xs *xs;
	unsigned int back_domid, front_domid, devid;
	char back[96], front[96];
};

static bool open_vbd(struct vbd *vbd, char **argv)
{
	vbd->xs = rl_xs_open();
	vbd->back_domid = atoi(argv[1]);
	vbd->front_domid = atoi(argv[2]);
	vbd->devid = atoi(argv[3]);
	snprintf(vbd->back, sizeof(vbd->back), "/local/domain/%u/backend/vbd/%u/%u",
		vbd->back_domid, vbd->front_domid, vbd->devid);
	snprintf(vbd->front, sizeof(vbd->front), "/local/domain/%u/device/vbd/%u", vbd->front_domid,
		vbd->devid);
	return vbd->xs != NULL;
}

/* A node belongs to its own domain, and the other one may read it. */
static bool put(struct vbd *vbd, uint32_t t, const char *dir, const char *name, unsigned int owner,
	unsigned int reader, const char *value)
{
	char path[160];

	snprintf(path, sizeof(path), "%s%s%s", dir, *name ? "/" : "", name);
	return rl_xs_write(vbd->xs, t, path, value, strlen(value)) &&
	       rl_xs_give(vbd->xs, t, path, owner, reader);
}

static bool put_front(struct vbd *vbd, uint32_t t, const char *name, const char *value)
{
	return put(vbd, t, vbd->front, name, vbd->front_domid, vbd->back_domid, value);
}

static bool put_back(struct vbd *vbd, uint32_t t, const char *name, const char *value)
{
	return put(vbd, t, vbd->back, name, vbd->back_domid, vbd->front_domid, value);
}

static bool write_both(struct vbd *vbd, uint32_t t, const char *physical)
{
	char back_id[16], front_id[16], devid[16];

	snprintf(back_id, sizeof(back_id), "%u", vbd->back_domid);
	snprintf(front_id, sizeof(front_id), "%u", vbd->front_domid);
	snprintf(devid, sizeof(devid), "%u", vbd->devid);
	return put_front(vbd, t, "", "") && put_front(vbd, t, "backend", vbd->back) &&
	       put_front(vbd, t, "backend-id", back_id) &&
	       put_front(vbd, t, "virtual-device", devid) &&
	       put_front(vbd, t, "device-type", "disk") && put_front(vbd, t, "state", "1") &&
	       put_back(vbd, t, "", "") && put_back(vbd, t, "frontend", vbd->front) &&
	       put_back(vbd, t, "frontend-id", front_id) && put_back(vbd, t, "online", "1") &&
	       put_back(vbd, t, "removable", "0") && put_back(vbd, t, "bootable", "0") &&
	       put_back(vbd, t, "mode", "w") && put_back(vbd, t, "type", "phy") &&
	       put_back(vbd, t, "device-type", "disk") && put_back(vbd, t, "dev", "xvda") &&
	       put_back(vbd, t, "physical-device", physical) &&
	       put_back(vbd, t, "hotplug-status", "connected") && put_back(vbd, t, "state", "1");
}

/* The backend domain must be able to list what belongs to it. */
static void open_parents(struct vbd *vbd, uint32_t t)
{
	char path[96];

	snprintf(path, sizeof(path), "/local/domain/%u/backend", vbd->back_domid);
	put(vbd, t, path, "", vbd->back_domid, vbd->back_domid, "");
	put(vbd, t, path, "vbd", vbd->back_domid, vbd->back_domid, "");
	snprintf(path, sizeof(path), "/local/domain/%u/backend/vbd/%u", vbd->back_domid,
		vbd->front_domid);
	put(vbd, t, path, "", vbd->back_domid, vbd->back_domid, "");
}

static int state_of(struct vbd *vbd, const char *dir)
{
	char *text = rl_rig_read(vbd->xs, dir, "state");
	int state = text ? atoi(text) : 0;

	free(text);
	return state;
}

/* Wait for both ends; a node that is gone counts as closed. */
static int await_state(struct vbd *vbd, int wanted, int timeout_s)
{
	long long deadline_ns = rl_rig_now_ns() + timeout_s * 1000000000LL;
	char path[112];

	snprintf(path, sizeof(path), "%s/state", vbd->back);
	rl_xs_watch(vbd->xs, path, "back");
	snprintf(path, sizeof(path), "%s/state", vbd->front);
	rl_xs_watch(vbd->xs, path, "front");
	rl_xs_watch(vbd->xs, "@releaseDomain", "death");
	for (;;) {
		char *token = rl_rig_wait(vbd->xs, deadline_ns);
		int back = state_of(vbd, vbd->back), front = state_of(vbd, vbd->front);
		bool closing = wanted == STATE_CLOSED;

		if ((back == wanted || (closing && !back)) &&
			(front == wanted || (closing && !front)))
			return RL_RIG_OK;
		if (!token) {
			fprintf(stderr, "rigtool: states stay at back %d, front %d (expected %d)\n",
				back, front, wanted);
			return RL_RIG_TIMEOUT;
		}
		if (!rl_rig_alive(vbd->back_domid) || !rl_rig_alive(vbd->front_domid))
			return RL_RIG_DIED;
		free(token);
	}
}

int rl_rig_cmd_attach(int argc, char **argv)
{
	struct vbd vbd;
	uint32_t t;

	if (argc != 6 || !open_vbd(&vbd, argv))
		return RL_RIG_USAGE;
	do {
		t = rl_xs_begin(vbd.xs);
		open_parents(&vbd, t);
		if (!write_both(&vbd, t, argv[4])) {
			fprintf(stderr, "rigtool: cannot write the device: %m\n");
			rl_xs_end(vbd.xs, t, false);
			return RL_RIG_BROKEN;
		}
	} while (!rl_xs_end(vbd.xs, t, true));
	return await_state(&vbd, STATE_CONNECTED, atoi(argv[5]));
}

int rl_rig_cmd_detach(int argc, char **argv)
{
	struct vbd vbd;
	int status;

	if (argc != 5 || !open_vbd(&vbd, argv))
		return RL_RIG_USAGE;
	if (!rl_rig_write(vbd.xs, vbd.back, "online", "0") ||
		!rl_rig_write(vbd.xs, vbd.back, "state", "5"))
		return RL_RIG_BROKEN;
	status = await_state(&vbd, STATE_CLOSED, atoi(argv[4]));
	if (status == RL_RIG_OK) {
		rl_xs_remove(vbd.xs, RL_XS_NO_TX, vbd.front);
		rl_xs_remove(vbd.xs, RL_XS_NO_TX, vbd.back);
	}
	return status;
}
