/* SPDX-License-Identifier: MIT */
/*
 * file - a file or block device through io_uring: file:PATH.
 *
 * O_DIRECT where the file system can: a request whose pieces suit the device's blocks goes
 * round the page cache, any other through it, by a second descriptor. A lock on the file is the
 * fence between two backends: what a dead one still had in the kernel holds the lock until it is
 * done.
 */
#include "hosted/device.h"

#include "core/blkif.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	int fd, direct; /* direct: -1 when the file system cannot */
	rl_u32 block;	/* what direct I/O is aligned to */
	rl_bool read_only;
};

struct slot {
	struct iovec iov[RL_BLKIF_MAX_SEGMENTS];
	rl_u32 bytes;
};

struct queue {
	const struct file *f;
	struct io_uring ring;
	int event;
	rl_u32 queued; /* not yet told to the kernel */
	struct slot *slot;
};

static rl_u64 size_of(int fd, rl_u32 *block)
{
	struct stat st;
	rl_u64 bytes = 0;
	int ssz = 0;

	*block = 4096;
	if (fstat(fd, &st))
		return 0;
	if (S_ISREG(st.st_mode))
		return (rl_u64)st.st_size;
	if (!S_ISBLK(st.st_mode) || ioctl(fd, BLKGETSIZE64, &bytes))
		return 0;
	if (ioctl(fd, BLKSSZGET, &ssz) == 0 && ssz > 0)
		*block = (rl_u32)ssz;
	return bytes;
}

static rl_u64 id_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (rl_u64)st.st_dev << 40 ^ (rl_u64)st.st_ino;
}

static int file_open(void **dev, const char *path, struct rl_hdisk *disk, char *why)
{
	struct file *f = calloc(1, sizeof(*f));
	rl_u64 bytes;

	if (!f)
		return -ENOMEM;
	f->fd = open(path, O_RDWR | O_CLOEXEC);
	if (f->fd < 0 && (errno == EACCES || errno == EROFS)) {
		f->read_only = 1;
		f->fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (f->fd < 0 || flock(f->fd, LOCK_EX)) {
		int rc = -errno;

		snprintf(why, 256, "%s: %s", path, strerror(errno));
		if (f->fd >= 0)
			close(f->fd);
		free(f);
		return rc;
	}
	bytes = size_of(f->fd, &f->block);
	if (bytes < RL_SECTOR_BYTES) {
		snprintf(why, 256, "%s: no file or block device with at least a sector", path);
		close(f->fd);
		free(f);
		return -EINVAL;
	}
	f->direct = open(path, (f->read_only ? O_RDONLY : O_RDWR) | O_DIRECT | O_CLOEXEC);
	*disk = (struct rl_hdisk){.capacity_sectors = bytes / RL_SECTOR_BYTES,
		.id = id_of(f->fd),
		.read_only = f->read_only,
		.flush = 1};
	*dev = f;
	return 0;
}

static void file_close(void *dev)
{
	struct file *f = dev;

	if (f->direct >= 0)
		close(f->direct);
	close(f->fd);
	free(f);
}

static void file_detach(void *arg)
{
	struct queue *q = arg;

	io_uring_queue_exit(&q->ring);
	close(q->event);
	free(q->slot);
	free(q);
}

static int file_attach(void *dev, rl_u32 depth, void **out, int *fd)
{
	struct queue *q = calloc(1, sizeof(*q));
	int rc;

	if (!q)
		return -ENOMEM;
	q->f = dev;
	q->slot = calloc(depth, sizeof(*q->slot));
	q->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = q->slot && q->event >= 0 ? io_uring_queue_init(depth, &q->ring, 0) : -ENOMEM;
	if (rc) {
		if (q->event >= 0)
			close(q->event);
		free(q->slot);
		free(q);
		return rc;
	}
	rc = io_uring_register_eventfd(&q->ring, q->event);
	if (rc) {
		file_detach(q);
		return rc;
	}
	*out = q;
	*fd = q->event;
	return 0;
}

static rl_bool suits_direct(const struct file *f, const struct rl_hreq *req)
{
	rl_u64 all = req->sector * RL_SECTOR_BYTES;

	if (f->direct < 0)
		return 0;
	for (rl_u32 i = 0; i < req->niov; i++)
		all |= (rl_u64)(size_t)req->iov[i].iov_base | req->iov[i].iov_len;
	return all % f->block == 0;
}

static int file_submit(void *arg, const struct rl_hreq *req)
{
	struct queue *q = arg;
	struct slot *s = &q->slot[req->tag];
	struct io_uring_sqe *sqe = io_uring_get_sqe(&q->ring);
	int fd = suits_direct(q->f, req) ? q->f->direct : q->f->fd;
	rl_u64 at = req->sector * RL_SECTOR_BYTES;

	if (!sqe)
		return -EBUSY; /* cannot be: as many entries as tags */
	/* A flush that carries data writes it through. */
	memcpy(s->iov, req->iov, req->niov * sizeof(s->iov[0]));
	s->bytes = req->bytes;
	if (req->operation == RL_BLKIF_READ)
		io_uring_prep_readv(sqe, fd, s->iov, req->niov, at);
	else if (req->niov)
		io_uring_prep_writev2(sqe, fd, s->iov, req->niov, at,
			req->operation == RL_BLKIF_FLUSH ? RWF_DSYNC : 0);
	else
		io_uring_prep_fsync(sqe, q->f->fd, IORING_FSYNC_DATASYNC);
	io_uring_sqe_set_data64(sqe, req->tag);
	q->queued++;
	return RL_HDEVICE_DEFER;
}

static void file_commit(void *arg)
{
	struct queue *q = arg;

	if (q->queued) {
		q->queued = 0;
		io_uring_submit(&q->ring);
	}
}

static rl_u32 file_reap(void *arg, struct rl_hdone *done, rl_u32 max)
{
	struct queue *q = arg;
	struct io_uring_cqe *cqe;
	rl_u32 n = 0;

	while (n < max && io_uring_peek_cqe(&q->ring, &cqe) == 0) {
		rl_u32 tag = (rl_u32)io_uring_cqe_get_data64(cqe);
		int error = cqe->res < 0 ? cqe->res : 0;

		/* A short transfer of a checked request means that the file shrank: an error. */
		if (!error && (rl_u32)cqe->res != q->slot[tag].bytes)
			error = -EIO;
		done[n++] = (struct rl_hdone){tag, error};
		io_uring_cqe_seen(&q->ring, cqe);
	}
	return n;
}

RL_HDEVICE(file) = {
	.name = "file",
	.summary = "a file or block device through io_uring: file:PATH",
	.open = file_open,
	.close = file_close,
	.attach = file_attach,
	.detach = file_detach,
	.submit = file_submit,
	.commit = file_commit,
	.reap = file_reap,
};
