/* SPDX-License-Identifier: MIT */
/*
 * What stands behind the backend. A device is one file in device/ that ends with
 * RL_HDEVICE(name); the build finds it.
 *
 * A device is opened once a process and attached once a ring; a ring's thread alone uses what
 * attach() gave it. A request either completes in submit() or later, and then reap() says so.
 */
#ifndef RL_HOSTED_DEVICE_H
#define RL_HOSTED_DEVICE_H

#include "core/types.h"

#include <stddef.h>
#include <sys/uio.h>

#define RL_HDEVICE_DEFER 1 /* submit(): the answer comes by reap() */

struct rl_hdisk {
	rl_u64 capacity_sectors;
	rl_u64 id; /* the same disk has the same, in every process that opens it */
	rl_bool read_only, flush;
};

/* A checked request: its pieces lie in the ring's granted pages. */
struct rl_hreq {
	rl_u8 operation; /* enum rl_blkif_op: READ, WRITE or FLUSH */
	rl_u32 tag;	 /* of the backend, given back by reap() */
	rl_u64 sector;
	rl_u32 bytes, niov;
	const struct iovec *iov; /* valid during submit() only */
};

struct rl_hdone {
	rl_u32 tag;
	int error; /* 0 or a negative errno */
};

struct rl_hdevice {
	const char *name, *summary;
	/* @arg: what follows "name:" in the specification, or "". @why: 256 bytes. */
	int (*open)(void **dev, const char *arg, struct rl_hdisk *disk, char *why);
	void (*close)(void *dev);
	/* @fd: out, an eventfd, not blocking, that is signalled after reap() has something; the
	 * caller reads it. -1 when every request completes at once. */
	int (*attach)(void *dev, rl_u32 depth, void **q, int *fd);
	void (*detach)(void *q);
	/* Returns 0, a negative errno, or RL_HDEVICE_DEFER. */
	int (*submit)(void *q, const struct rl_hreq *req);
	/* What submit() deferred begins no later than here. May be null. */
	void (*commit)(void *q);
	rl_u32 (*reap)(void *q, struct rl_hdone *done, rl_u32 max);
	/* A descriptor that keeps the disk's contents alive, for "name:fd=N" in another process;
	 * null when they live outside of processes anyway. */
	int (*hold)(void *dev);
};

#define RL_HDEVICE(id) const struct rl_hdevice rl_hdevice_##id

/* Generated: every device of device/, sorted by name; ends with a null pointer. */
extern const struct rl_hdevice *const rl_hdevices[];

/** rl_hdevice_find - the device that a specification "name[:arg]" names, or null; @arg: out. */
const struct rl_hdevice *rl_hdevice_find(const char *spec, const char **arg);

/**
 * rl_hdevice_hold - make sure that a disk's contents outlive whoever serves it.
 * @spec: of a device that exists. @held: out, @size: what a serving process is to open instead.
 * @why:  out on error, 256 bytes.
 * Returns: 0 or a negative errno. What is held is held until this process ends.
 */
int rl_hdevice_hold(const char *spec, char *held, size_t size, char *why);

#endif
