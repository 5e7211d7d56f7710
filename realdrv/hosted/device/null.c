/* SPDX-License-Identifier: MIT */
/* null - answers at once and keeps nothing: what the driver pair alone costs. */
#include "hosted/device.h"

#define CAPACITY_SECTORS (250ull << 21) /* 250 GiB, as null_blk offers */

static int null_open(void **dev, const char *arg, struct rl_hdisk *disk, char *why)
{
	(void)arg;
	(void)why;
	*dev = 0;
	*disk = (struct rl_hdisk){.capacity_sectors = CAPACITY_SECTORS, .flush = 1};
	return 0;
}

static void null_close(void *dev)
{
	(void)dev;
}

static int null_attach(void *dev, rl_u32 depth, void **q, int *fd)
{
	(void)depth;
	*q = dev;
	*fd = -1;
	return 0;
}

static void null_detach(void *q)
{
	(void)q;
}

static int null_submit(void *q, const struct rl_hreq *req)
{
	(void)q;
	(void)req;
	return 0;
}

RL_HDEVICE(null) = {
	.name = "null",
	.summary = "answers at once, keeps no data",
	.open = null_open,
	.close = null_close,
	.attach = null_attach,
	.detach = null_detach,
	.submit = null_submit,
};
