/* SPDX-License-Identifier: MIT */
/*
 * ram - a disk in memory: ram:size=64m, or ram:fd=N, a memfd that somebody else holds.
 *
 * With fd= the disk outlives the process that serves it: whoever made the memory keeps it, and
 * the next backend finds what the last one wrote. A lock on it, which the kernel lets go of when
 * its holder is dead and not before, is the fence between two of them.
 */
#include "hosted/device.h"

#include "core/blkif.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct ram {
	int fd; /* locked: the memory has one server at a time */
	rl_u8 *base;
	size_t bytes;
};

static int parse_size(const char *text, rl_u64 *bytes)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);
	unsigned int shift = *end == 'k' ? 10 : *end == 'm' ? 20 : *end == 'g' ? 30 : 0;

	if (end == text || *text == '-' || (shift ? end[1] : end[0]) || n == 0 ||
		n > (1ull << 40) >> shift)
		return -EINVAL;
	*bytes = (rl_u64)n << shift;
	return *bytes % RL_PAGE_BYTES ? -EINVAL : 0;
}

static int bad(char *why, const char *arg)
{
	snprintf(why, 256, "ram: '%s' (expected size=BYTES, pages of 4k, with k, m or g; or fd=N)",
		arg);
	return -EINVAL;
}

/* The memory: made here, or one that was inherited, opened again for a lock of our own. */
static int memory(const char *arg, int *fd, char *why)
{
	char path[48], *end;
	rl_u64 bytes;
	long n;

	if (strncmp(arg, "fd=", 3) == 0) {
		n = strtol(arg + 3, &end, 10);
		if (end == arg + 3 || *end || n < 0)
			return bad(why, arg);
		snprintf(path, sizeof(path), "/proc/self/fd/%ld", n);
		*fd = open(path, O_RDWR | O_CLOEXEC);
	} else {
		if (strncmp(arg, "size=", 5) || parse_size(arg + 5, &bytes))
			return bad(why, arg);
		*fd = memfd_create("ringlab-ram", MFD_CLOEXEC);
		if (*fd >= 0 && ftruncate(*fd, (off_t)bytes)) {
			close(*fd);
			*fd = -1;
		}
	}
	if (*fd < 0) {
		snprintf(why, 256, "ram: '%s': %s", arg, strerror(errno));
		return -errno;
	}
	return 0;
}

static int map(struct ram *r, struct rl_hdisk *disk)
{
	struct stat st;

	if (flock(r->fd, LOCK_EX) || fstat(r->fd, &st))
		return -errno;
	if (st.st_size < RL_PAGE_BYTES)
		return -EINVAL;
	r->bytes = (size_t)st.st_size;
	r->base = mmap(NULL, r->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, 0);
	if (r->base == MAP_FAILED)
		return -errno;
	*disk = (struct rl_hdisk){.capacity_sectors = r->bytes / RL_SECTOR_BYTES,
		.id = (rl_u64)st.st_ino,
		.flush = 1};
	return 0;
}

static int ram_open(void **dev, const char *arg, struct rl_hdisk *disk, char *why)
{
	struct ram *r = calloc(1, sizeof(*r));
	int rc = r ? memory(arg, &r->fd, why) : -ENOMEM;

	if (rc == 0) {
		rc = map(r, disk);
		if (rc) {
			snprintf(why, 256, "ram: '%s': %s", arg, strerror(-rc));
			close(r->fd);
		}
	}
	if (rc)
		free(r);
	else
		*dev = r;
	return rc;
}

static void ram_close(void *dev)
{
	struct ram *r = dev;

	munmap(r->base, r->bytes);
	close(r->fd);
	free(r);
}

static int ram_attach(void *dev, rl_u32 depth, void **q, int *fd)
{
	(void)depth;
	*q = dev;
	*fd = -1;
	return 0;
}

static void ram_detach(void *q)
{
	(void)q;
}

static int ram_hold(void *dev)
{
	const struct ram *r = dev;
	int fd;

	/* Another description than ours: a lock of ours must not live on in it. */
	char path[48];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", r->fd);
	fd = open(path, O_RDWR);
	return fd < 0 ? -errno : fd;
}

static int ram_submit(void *q, const struct rl_hreq *req)
{
	const struct ram *r = q;
	rl_u8 *at = r->base + req->sector * RL_SECTOR_BYTES;

	for (rl_u32 i = 0; i < req->niov; i++) {
		const struct iovec *v = &req->iov[i];

		if (req->operation == RL_BLKIF_READ)
			memcpy(v->iov_base, at, v->iov_len);
		else
			memcpy(at, v->iov_base, v->iov_len);
		at += v->iov_len;
	}
	return 0;
}

RL_HDEVICE(ram) = {
	.name = "ram",
	.summary = "memory: ram:size=64m, or ram:fd=N, a memfd that outlives the backend",
	.open = ram_open,
	.close = ram_close,
	.attach = ram_attach,
	.detach = ram_detach,
	.submit = ram_submit,
	.hold = ram_hold,
};
