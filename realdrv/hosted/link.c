/* SPDX-License-Identifier: MIT */
/* Meeting a backend, and the next one after its death; see front_private.h. */
#include "hosted/clock.h"
#include "hosted/front_private.h"
#include "hosted/hello.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RETRY_EVERY_US 1000

static int complain(char *why, int rc, const char *what)
{
	if (why)
		snprintf(why, RL_HOSTED_ERR_BYTES, "%s: %s", what, strerror(-rc));
	return rc;
}

static int dial(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int sock;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (connect(sock, (struct sockaddr *)&to, sizeof(to))) {
		int rc = -errno;

		close(sock);
		return rc;
	}
	return sock;
}

static void free_link(struct rl_hlink *l)
{
	for (rl_u32 i = 0; i < RL_HOSTED_MAX_QUEUES; i++) {
		if (l->to_back[i] >= 0)
			close(l->to_back[i]);
		if (l->to_front[i] >= 0)
			close(l->to_front[i]);
	}
	if (l->sock >= 0)
		close(l->sock);
	rl_share_fini(&l->rings);
	free(l);
}

/* Rings, empty and armed on both sides, and the event channels. */
static int make_link(struct rl_hfront *f, struct rl_hlink **out)
{
	size_t ring_bytes = (size_t)f->conf.ring_pages * RL_PAGE_BYTES;
	struct rl_hlink *l = calloc(1, sizeof(*l));
	int rc;

	if (!l)
		return -ENOMEM;
	l->sock = l->rings.fd = -1;
	for (rl_u32 i = 0; i < RL_HOSTED_MAX_QUEUES; i++)
		l->to_back[i] = l->to_front[i] = -1;
	rc = rl_share_create(&l->rings, f->conf.queues * ring_bytes);
	for (rl_u32 i = 0; i < f->conf.queues && rc == 0; i++) {
		rl_ring_init_shared((struct rl_ring_shared *)(l->rings.base + i * ring_bytes));
		l->to_back[i] = eventfd(0, EFD_CLOEXEC);
		l->to_front[i] = eventfd(0, EFD_CLOEXEC);
		if (l->to_back[i] < 0 || l->to_front[i] < 0)
			rc = -errno;
	}
	if (rc)
		free_link(l);
	else
		*out = l;
	return rc;
}

static int greet(struct rl_hfront *f, struct rl_hlink *l, struct rl_hello_answer *answer, char *why)
{
	struct rl_hello h = {.magic = RL_HELLO_MAGIC,
		.version = RL_HELLO_VERSION,
		.queues = f->conf.queues,
		.ring_pages = f->conf.ring_pages,
		.pages = (rl_u32)(f->pages.bytes / RL_PAGE_BYTES)};
	int fds[RL_HELLO_MAX_FDS] = {
		[RL_HELLO_RINGS] = l->rings.fd, [RL_HELLO_PAGES] = f->pages.fd};
	int rc;

	for (rl_u32 i = 0; i < h.queues; i++) {
		fds[RL_HELLO_TO_BACK(i)] = l->to_back[i];
		fds[RL_HELLO_TO_FRONT(i)] = l->to_front[i];
	}
	rc = rl_hello_send(l->sock, &h, sizeof(h), fds, RL_HELLO_EVTCHN + 2 * h.queues);
	rc = rc ? rc : rl_hello_receive(l->sock, answer, sizeof(*answer), NULL, NULL);
	if (rc)
		return complain(why, rc, "no answer from the backend");
	if (answer->magic != RL_HELLO_MAGIC || answer->version != RL_HELLO_VERSION)
		return complain(why, -EPROTO, "what listens there is no backend of this version");
	if (answer->error == 0)
		return 0;
	answer->why[sizeof(answer->why) - 1] = '\0';
	return complain(why, answer->error < 0 ? answer->error : -EPROTO, answer->why);
}

/* The first backend says what the disk is; a later one must serve the same. */
static int accept_disk(struct rl_hfront *f, const struct rl_hello_answer *a, char *why)
{
	struct rl_hfront_info info = {.capacity_sectors = a->capacity_sectors,
		.read_only = (a->flags & RL_HELLO_READ_ONLY) != 0,
		.flush = (a->flags & RL_HELLO_FLUSH) != 0};

	if (!f->link) {
		f->info = info;
		f->disk_id = a->disk_id;
		return 0;
	}
	if (a->disk_id != f->disk_id || info.capacity_sectors != f->info.capacity_sectors ||
		info.read_only != f->info.read_only || info.flush < f->info.flush)
		return complain(why, -ENXIO, "the backend came back with another disk");
	return 0;
}

int rl_hlink_connect(struct rl_hfront *f, char *why)
{
	struct rl_hello_answer answer;
	struct rl_hlink *l;
	int rc = make_link(f, &l);

	if (rc)
		return complain(why, rc, "rings");
	l->sock = f->conf.socket ? dial(f->conf.socket) : f->conf.sock_fd;
	if (l->sock < 0)
		rc = complain(why, l->sock, f->conf.socket);
	rc = rc ? rc : greet(f, l, &answer, why);
	rc = rc ? rc : accept_disk(f, &answer, why);
	if (rc) {
		free_link(l);
		return rc;
	}
	pthread_mutex_lock(&f->lock);
	l->older = f->link;
	__atomic_store_n(&f->link, l, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	return 0;
}

/* ---- the watcher --------------------------------------------------------------------------- */

static void attract_all(struct rl_hfront *f)
{
	for (rl_u32 i = 0; i < f->conf.queues; i++)
		rl_hwaiter_attract(&f->queues[i]->w);
}

static void give_up(struct rl_hfront *f, int rc)
{
	pthread_mutex_lock(&f->lock);
	__atomic_store_n(&f->failed, rc, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	attract_all(f);
}

static rl_bool asked_to_quit(struct rl_hfront *f, int timeout_ms)
{
	struct pollfd p = {f->quit, POLLIN, 0};

	return poll(&p, 1, timeout_ms) > 0;
}

/* Returns 0 with a new link, or why there will be none. */
static int find_next(struct rl_hfront *f)
{
	rl_u64 until = rl_hclock_monotonic_ns() + (rl_u64)f->conf.retry_ms * 1000000u;
	int rc = -EIO;

	if (!f->conf.socket)
		return rc;
	while (rl_hclock_monotonic_ns() < until && !asked_to_quit(f, 0)) {
		rc = rl_hlink_connect(f, NULL);
		if (rc == 0 || rc == -ENXIO)
			return rc;
		usleep(RETRY_EVERY_US);
	}
	return -EIO;
}

static void *watch(void *arg)
{
	struct rl_hfront *f = arg;

	for (;;) {
		struct pollfd p[2] = {{f->link->sock, POLLIN, 0}, {f->quit, POLLIN, 0}};
		int rc;

		while (poll(p, 2, -1) < 0)
			;
		if (p[1].revents)
			return NULL;
		/* A backend has nothing more to say: whatever came is its end. */
		__atomic_store_n(&f->link->gone, 1, __ATOMIC_RELEASE);
		attract_all(f);
		rc = find_next(f);
		if (rc) {
			give_up(f, rc);
			return NULL;
		}
		attract_all(f);
	}
}

int rl_hlink_watch(struct rl_hfront *f)
{
	f->quit = eventfd(0, EFD_CLOEXEC);
	return f->quit < 0 ? -errno : -pthread_create(&f->watcher, NULL, watch, f);
}

void rl_hlink_stop(struct rl_hfront *f)
{
	rl_u64 one = 1;

	if (f->quit >= 0) {
		(void)!write(f->quit, &one, sizeof(one));
		pthread_join(f->watcher, NULL);
		close(f->quit);
	}
	while (f->link) {
		struct rl_hlink *older = f->link->older;

		free_link(f->link);
		f->link = older;
	}
}
