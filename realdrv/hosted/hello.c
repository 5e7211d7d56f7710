/* SPDX-License-Identifier: MIT */
/* The handshake's two messages; see hello.h. */
#include "hosted/hello.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(RL_HELLO_MAX_FDS * sizeof(int))];
};

int rl_hello_send(int sock, const void *msg, size_t bytes, const int *fds, rl_u32 nfds)
{
	union control control = {0};
	struct iovec iov = {(void *)msg, bytes};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (nfds) {
		struct cmsghdr *c;

		h.msg_control = control.bytes;
		h.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	do
		n = sendmsg(sock, &h, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (size_t)n == bytes ? 0 : -EPROTO;
}

static rl_u32 take_fds(struct msghdr *h, int *fds)
{
	rl_u32 n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		rl_u32 count = (rl_u32)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (rl_u32 i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (fds && n < RL_HELLO_MAX_FDS)
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	return n;
}

int rl_hello_receive(int sock, void *msg, size_t bytes, int *fds, rl_u32 *nfds)
{
	union control control = {0};
	struct iovec iov = {msg, bytes};
	struct msghdr h = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	rl_u32 got;
	ssize_t n;

	do
		n = recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	got = take_fds(&h, fds);
	if ((size_t)n == bytes && !(h.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		if (nfds)
			*nfds = got;
		return 0;
	}
	while (got)
		close(fds[--got]);
	return n ? -EPROTO : -ECONNRESET; /* an empty packet may have brought descriptors */
}

/* A peer may pass any descriptor: one that is no eventfd could block us for good. */
static rl_bool is_eventfd(int fd)
{
	char path[32], to[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, to, sizeof(to) - 1);
	if (n < 0)
		return 0;
	to[n] = '\0';
	return strcmp(to, "anon_inode:[eventfd]") == 0;
}

const char *rl_hello_check(const struct rl_hello *h, const int *fds, rl_u32 nfds)
{
	if (h->magic != RL_HELLO_MAGIC)
		return "no frontend of ringlab";
	if (h->version != RL_HELLO_VERSION)
		return "another version of the protocol";
	if (h->queues < 1 || h->queues > RL_HELLO_MAX_QUEUES)
		return "1 to 64 queues";
	if (!h->ring_pages || h->ring_pages > 16 || (h->ring_pages & (h->ring_pages - 1)))
		return "1, 2, 4, 8 or 16 pages a ring";
	if (!h->pages || h->pages > RL_HELLO_MAX_PAGES)
		return "1 to 4194304 granted pages";
	if (nfds != RL_HELLO_EVTCHN + 2 * h->queues)
		return "descriptors of rings and pages and two a queue";
	for (rl_u32 i = RL_HELLO_EVTCHN; i < nfds; i++)
		if (!is_eventfd(fds[i]))
			return "an event channel that is no eventfd";
	return NULL;
}
