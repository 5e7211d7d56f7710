// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Xenstore's wire protocol (xen/io/xs_wire.h): a request is a header and its arguments, each ended
 * by NUL; the reply has the request's type or XS_ERROR; messages of watches come at any time
 * between and are queued here.
 */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#define QUEUE 64

struct rl_xs {
	int fd;
	char *tokens[QUEUE]; /* of watches that fired, oldest first */
	int count;
};

struct rl_xs *rl_xs_open(void)
{
	struct sockaddr_un daemon = {.sun_family = AF_UNIX, .sun_path = "/run/xenstored/socket"};
	struct rl_xs *xs = calloc(1, sizeof(*xs));

	xs->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (xs->fd >= 0 && connect(xs->fd, (struct sockaddr *)&daemon, sizeof(daemon)) == 0)
		return xs;
	if (xs->fd >= 0)
		close(xs->fd);
	xs->fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);
	if (xs->fd >= 0)
		return xs;
	free(xs);
	return NULL;
}

void rl_xs_close(struct rl_xs *xs)
{
	while (xs->count)
		free(xs->tokens[--xs->count]);
	close(xs->fd);
	free(xs);
}

static bool read_all(int fd, void *to, size_t bytes)
{
	for (size_t done = 0; done < bytes;) {
		ssize_t got = read(fd, (char *)to + done, bytes - done);

		if (got == 0)
			errno = EPIPE;
		if (got <= 0 && errno != EINTR)
			return false;
		if (got > 0)
			done += got;
	}
	return true;
}

static bool write_all(int fd, const void *from, size_t bytes)
{
	for (size_t done = 0; done < bytes;) {
		ssize_t put = write(fd, (const char *)from + done, bytes - done);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0)
			done += put;
	}
	return true;
}

/* The next message's payload with a NUL behind it. */
static char *read_message(struct rl_xs *xs, struct xsd_sockmsg *head)
{
	char *payload;

	if (!read_all(xs->fd, head, sizeof(*head)))
		return NULL;
	if (head->len > XENSTORE_PAYLOAD_MAX) {
		errno = EPROTO;
		return NULL;
	}
	payload = calloc(1, head->len + 1);
	if (!payload || !read_all(xs->fd, payload, head->len)) {
		free(payload);
		return NULL;
	}
	return payload;
}

/* A watch's message is "path\0token\0". Tokens tell what to look at, so one too many may be dropped
 * only as a duplicate. */
static void queue_event(struct rl_xs *xs, const char *payload)
{
	const char *token = payload + strlen(payload) + 1;

	for (int i = 0; i < xs->count; i++)
		if (strcmp(xs->tokens[i], token) == 0)
			return;
	if (xs->count < QUEUE)
		xs->tokens[xs->count++] = strdup(token);
}

static int errno_of(const char *name)
{
	for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
		if (strcmp(name, xsd_errors[i].errstring) == 0)
			return xsd_errors[i].errnum;
	return EPROTO;
}

/* One request and its reply; NULL with errno set. */
static char *talk(struct rl_xs *xs, enum xsd_sockmsg_type type, uint32_t tx, const void *arguments,
	size_t bytes, size_t *reply_bytes)
{
	struct {
		struct xsd_sockmsg head;
		char arguments[XENSTORE_PAYLOAD_MAX];
	} request = {.head = {.type = type, .tx_id = tx, .len = bytes}};
	struct xsd_sockmsg head;
	char *payload;

	if (bytes > sizeof(request.arguments)) {
		errno = E2BIG;
		return NULL;
	}
	memcpy(request.arguments, arguments, bytes);
	if (!write_all(xs->fd, &request, sizeof(request.head) + bytes))
		return NULL;
	while ((payload = read_message(xs, &head)) && head.type == XS_WATCH_EVENT) {
		queue_event(xs, payload);
		free(payload);
	}
	if (payload && head.type == XS_ERROR) {
		errno = errno_of(payload);
		free(payload);
		return NULL;
	}
	if (payload && reply_bytes)
		*reply_bytes = head.len;
	return payload;
}

static bool done(char *reply)
{
	free(reply);
	return reply != NULL;
}

char *rl_xs_read(struct rl_xs *xs, uint32_t tx, const char *path, size_t *bytes)
{
	return talk(xs, XS_READ, tx, path, strlen(path) + 1, bytes);
}

bool rl_xs_write(struct rl_xs *xs, uint32_t tx, const char *path, const void *value, size_t bytes)
{
	char arguments[XENSTORE_PAYLOAD_MAX];
	size_t path_bytes = strlen(path) + 1;

	if (path_bytes + bytes > sizeof(arguments)) {
		errno = E2BIG;
		return false;
	}
	memcpy(arguments, path, path_bytes);
	memcpy(arguments + path_bytes, value, bytes);
	return done(talk(xs, XS_WRITE, tx, arguments, path_bytes + bytes, NULL));
}

bool rl_xs_remove(struct rl_xs *xs, uint32_t tx, const char *path)
{
	return done(talk(xs, XS_RM, tx, path, strlen(path) + 1, NULL));
}

bool rl_xs_watch(struct rl_xs *xs, const char *path, const char *token)
{
	char arguments[512];
	size_t bytes = snprintf(arguments, sizeof(arguments), "%s%c%s", path, 0, token) + 1;

	return done(talk(xs, XS_WATCH, RL_XS_NO_TX, arguments, bytes, NULL));
}

bool rl_xs_give(
	struct rl_xs *xs, uint32_t tx, const char *path, unsigned int owner, unsigned int reader)
{
	char arguments[512];
	size_t bytes =
		snprintf(arguments, sizeof(arguments), "%s%cn%u%cr%u", path, 0, owner, 0, reader) +
		1;

	return done(talk(xs, XS_SET_PERMS, tx, arguments, bytes, NULL));
}

uint32_t rl_xs_begin(struct rl_xs *xs)
{
	char *reply = talk(xs, XS_TRANSACTION_START, RL_XS_NO_TX, "", 1, NULL);
	uint32_t tx = reply ? strtoul(reply, NULL, 10) : 0;

	free(reply);
	return tx;
}

bool rl_xs_end(struct rl_xs *xs, uint32_t tx, bool commit)
{
	return done(talk(xs, XS_TRANSACTION_END, tx, commit ? "T" : "F", 2, NULL));
}

char *rl_xs_wait(struct rl_xs *xs, int wait_ms)
{
	struct pollfd fd = {.fd = xs->fd, .events = POLLIN};
	char *token;

	if (!xs->count) {
		struct xsd_sockmsg head;
		char *payload;

		if (poll(&fd, 1, wait_ms) <= 0)
			return NULL;
		payload = read_message(xs, &head);
		if (!payload)
			return NULL;
		if (head.type == XS_WATCH_EVENT)
			queue_event(xs, payload);
		free(payload);
		if (!xs->count)
			return NULL;
	}
	token = xs->tokens[0];
	memmove(xs->tokens, xs->tokens + 1, --xs->count * sizeof(xs->tokens[0]));
	return token;
}
