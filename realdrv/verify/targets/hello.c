// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fuzz target: what a backend of the hosted pair believes of a frontend that it meets, in the
 * order of hosted/serve.c: receive, judge, map rings and pages. Beside it the rules, said once
 * more. After each input every descriptor that came with it is closed again.
 *
 * Input: what differs from a sound hello of one queue; zero, or nothing, differs in nothing.
 * 24 bytes that are XORed into it, a byte for its length, a byte for the number of descriptors,
 * 4 bits for what each of them is.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hosted/hello.h"
#include "hosted/share.h"

/* What a descriptor may be; a sound frontend sends MEMORY, MEMORY, then EVENTFD only. */
enum kind { MEMORY, EVENTFD, UNSEALED, HALF_SEALED, OTHER_SIZE, OTHER, KINDS };

#define FDS_MAX	  40u
#define FD_LAST	  128  /* above what one input opens */
#define PAGES_MAX 320u /* rings of the most queues that FDS_MAX allows; more is never mapped */

struct input {
	struct rl_hello hello;
	size_t bytes; /* of the message */
	unsigned int nfds;
	enum kind kind[FDS_MAX];
};

static int fake; /* what is no memory and no event channel */

static int make_memory(enum kind kind, size_t bytes)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

	if (kind == OTHER_SIZE)
		bytes += 4096;
	if (kind == HALF_SEALED)
		seals = F_SEAL_GROW | F_SEAL_SEAL;
	if (fd < 0 || ftruncate(fd, (off_t)bytes) ||
		(kind != UNSEALED && fcntl(fd, F_ADD_SEALS, seals)))
		abort();
	return fd;
}

static int make_fd(const struct input *in, unsigned int i)
{
	size_t pages = in->hello.pages;

	if (i == RL_HELLO_RINGS)
		pages = (size_t)in->hello.queues * in->hello.ring_pages;
	switch (in->kind[i]) {
	case EVENTFD:
		return eventfd(0, EFD_CLOEXEC);
	case OTHER:
		return dup(fake);
	default:
		/* A size that is refused anyway need not be made. */
		return make_memory(in->kind[i], (pages <= PAGES_MAX ? pages : 1) * 4096);
	}
}

/* A byte of the input; those that are missing are zero. */
static uint8_t byte_at(const uint8_t *data, size_t size, size_t at)
{
	return at < size ? data[at] : 0;
}

static void read_input(struct input *in, const uint8_t *data, size_t size)
{
	const struct rl_hello sound = {.magic = RL_HELLO_MAGIC,
		.version = RL_HELLO_VERSION,
		.queues = 1,
		.ring_pages = 1,
		.pages = 4};
	uint8_t *h = (uint8_t *)&in->hello;
	size_t at = sizeof(sound);

	memset(in, 0, sizeof(*in));
	in->hello = sound;
	for (size_t i = 0; i < sizeof(sound); i++)
		h[i] ^= byte_at(data, size, i);
	in->bytes = (sizeof(sound) + byte_at(data, size, at++)) % (2 * sizeof(sound));
	in->nfds = byte_at(data, size, at++);
	in->nfds = in->nfds ? in->nfds - 1 : RL_HELLO_EVTCHN + 2 * in->hello.queues;
	if (in->nfds > FDS_MAX)
		in->nfds = FDS_MAX;
	for (unsigned int i = 0; i < in->nfds; i++) {
		uint8_t b = byte_at(data, size, at + i / 2);

		b = (i % 2 ? b >> 4 : b) & 15;
		in->kind[i] = b && b <= KINDS ? b - 1 : i < RL_HELLO_EVTCHN ? MEMORY : EVENTFD;
	}
}

/* The rules: a hello that may be believed, with its event channels. */
static int fine(const struct input *in)
{
	const struct rl_hello *h = &in->hello;
	uint32_t p = h->ring_pages;

	if (h->magic != 0x726c6d65 || h->version != 1)
		return 0;
	if (h->queues == 0 || h->queues > 64 || h->pages == 0 || h->pages > 4194304)
		return 0;
	if (!(p == 1 || p == 2 || p == 4 || p == 8 || p == 16))
		return 0;
	if (in->nfds != 2 + 2 * h->queues)
		return 0;
	for (unsigned int i = 2; i < in->nfds; i++)
		if (in->kind[i] != EVENTFD)
			return 0;
	return 1;
}

/* And one that is served: of the right length, its memory sealed to its size. */
static int welcome(const struct input *in)
{
	return in->bytes == sizeof(in->hello) && fine(in) && in->kind[0] == MEMORY &&
	       in->kind[1] == MEMORY;
}

static void differ(const char *what, int is, int expected)
{
	if (is == expected)
		return;
	fprintf(stderr, "hello: %s is %d (expected %d)\n", what, is, expected);
	abort();
}

/* What hosted/serve.c does with a socket, up to the mapped memory. Returns 0 when welcome. */
static int serve(const struct input *in, int sock)
{
	const char *wrong;

	struct rl_share rings = {.fd = -1}, pages = {.fd = -1};
	int fds[RL_HELLO_MAX_FDS], rc;
	struct rl_hello h;
	rl_u32 n = 0;

	rc = rl_hello_receive(sock, &h, sizeof(h), fds, &n);
	if (rc)
		return rc;
	wrong = rl_hello_check(&h, fds, n);
	differ("the verdict", wrong == NULL, fine(in));
	if (wrong) {
		while (n)
			close(fds[--n]);
		return -1;
	}
	rc = rl_share_attach(&rings, fds[RL_HELLO_RINGS], rl_hello_rings_bytes(&h));
	if (rc)
		close(fds[RL_HELLO_PAGES]);
	else
		rc = rl_share_attach(&pages, fds[RL_HELLO_PAGES], rl_hello_pages_bytes(&h));
	if (rc == 0) { /* every byte that was promised can be touched */
		memset(rings.base, 1, rl_hello_rings_bytes(&h));
		memset(pages.base, 1, rl_hello_pages_bytes(&h));
	}
	rl_share_fini(&rings);
	rl_share_fini(&pages);
	while (n > RL_HELLO_EVTCHN)
		close(fds[--n]);
	return rc;
}

static void send_input(const struct input *in, int sock)
{
	uint8_t message[2 * sizeof(in->hello)] = {0};
	int fds[FDS_MAX];

	memcpy(message, &in->hello, sizeof(in->hello));
	for (unsigned int i = 0; i < in->nfds; i++)
		fds[i] = make_fd(in, i);
	if (rl_hello_send(sock, message, in->bytes, fds, in->nfds))
		abort();
	for (unsigned int i = 0; i < in->nfds; i++)
		close(fds[i]);
}

/* A leak need not show in the lowest free number: all of them are counted. */
static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < FD_LAST; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fake = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fake < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	int pair[2], fds = open_fds(), accepted;

	read_input(&in, data, size);
	if (in.hello.pages > PAGES_MAX && in.hello.pages <= RL_HELLO_MAX_PAGES && welcome(&in))
		return 0; /* sound, and gigabytes */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		abort();
	send_input(&in, pair[0]);
	accepted = serve(&in, pair[1]) == 0;
	close(pair[0]);
	close(pair[1]);
	differ("whether it is served", accepted, welcome(&in));
	differ("the number of open descriptors", open_fds(), fds);
	return 0;
}
