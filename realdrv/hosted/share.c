/* SPDX-License-Identifier: MIT */
/* Shared memory of the pair; see share.h. */
#include "hosted/share.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static int map(struct rl_share *s, int fd, size_t bytes)
{
	void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);

	if (base == MAP_FAILED)
		return -errno;
	*s = (struct rl_share){.fd = fd, .base = base, .bytes = bytes};
	return 0;
}

int rl_share_create(struct rl_share *s, size_t bytes)
{
	int fd, rc;

	*s = (struct rl_share){.fd = -1};
	fd = memfd_create("ringlab", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)bytes) || fcntl(fd, F_ADD_SEALS, SEALS))
		rc = -errno;
	else
		rc = map(s, fd, bytes);
	if (rc)
		close(fd);
	return rc;
}

int rl_share_attach(struct rl_share *s, int fd, size_t bytes)
{
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS), rc;

	*s = (struct rl_share){.fd = -1};
	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) || (size_t)st.st_size != bytes)
		rc = -EPROTO;
	else
		rc = map(s, fd, bytes);
	if (rc)
		close(fd);
	return rc;
}

void rl_share_fini(struct rl_share *s)
{
	if (s->base)
		munmap(s->base, s->bytes);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct rl_share){.fd = -1};
}
