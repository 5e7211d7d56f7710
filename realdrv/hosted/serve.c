/* SPDX-License-Identifier: MIT */
/* A frontend's connection from hello to its end; see serve.h. */
#include "hosted/serve.h"

#include "hosted/back.h"
#include "hosted/hello.h"
#include "hosted/share.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct ring {
	struct rl_hback back;
	pthread_t thread;
	int result;
	rl_u64 cpu_ns;
};

struct guest {
	const struct rl_hserve_conf *conf;
	int sock, fds[RL_HELLO_MAX_FDS];
	rl_u32 nfds, running;
	struct rl_hello hello;
	struct rl_share rings, pages;
	struct ring *ring[RL_HELLO_MAX_QUEUES];
};

static void *ring_thread(void *arg)
{
	struct ring *r = arg;
	struct timespec t;

	r->result = rl_hback_run(&r->back);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	r->cpu_ns = (rl_u64)t.tv_sec * 1000000000u + (rl_u64)t.tv_nsec;
	return NULL;
}

static void pin(const struct rl_hserve_conf *c, rl_u32 i, pthread_t thread)
{
	cpu_set_t set;

	if (!c->ncpus)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)c->cpus[i % c->ncpus], &set);
	if (pthread_setaffinity_np(thread, sizeof(set), &set))
		fprintf(stderr, "rl-backend: warning: cannot run on CPU %d\n",
			c->cpus[i % c->ncpus]);
}

static int start_ring(struct guest *g, rl_u32 i)
{
	rl_u32 bytes = g->hello.ring_pages * RL_PAGE_BYTES;
	struct rl_hback_conf c = {.ring = g->rings.base + (size_t)i * bytes,
		.ring_pages = g->hello.ring_pages,
		.pages = g->pages.base,
		.npages = g->hello.pages,
		.evtchn = g->fds[RL_HELLO_TO_BACK(i)],
		.peer_evtchn = g->fds[RL_HELLO_TO_FRONT(i)],
		.device = g->conf->device,
		.dev = g->conf->dev,
		.disk = &g->conf->disk,
		.policy = g->conf->policy,
		.trace_records = g->conf->trace_records,
		.queue = i};
	struct ring *r = aligned_alloc(64, (sizeof(*r) + 63) & ~(size_t)63);
	int rc = r ? rl_hback_init(&r->back, &c) : -ENOMEM;

	if (rc == 0) {
		rc = -pthread_create(&r->thread, NULL, ring_thread, r);
		if (rc)
			rl_hback_fini(&r->back);
	}
	if (rc) {
		free(r);
		return rc;
	}
	pin(g->conf, i, r->thread);
	g->ring[g->running++] = r;
	return 0;
}

/* A thread may sit in a write to an event channel that its peer has filled: empty it until the
 * thread is out. */
static void join(struct guest *g, rl_u32 i)
{
	int fd = g->fds[RL_HELLO_TO_FRONT(i)];

	while (pthread_tryjoin_np(g->ring[i]->thread, NULL)) {
		struct pollfd p = {fd, POLLIN, 0};
		rl_u64 count;

		if (poll(&p, 1, 1) > 0)
			(void)!read(fd, &count, sizeof(count));
	}
}

static int stop_rings(struct guest *g)
{
	struct rl_hstats sum = {0};
	rl_u64 cpu_ns = 0;
	int rc = 0;

	for (rl_u32 i = 0; i < g->running; i++)
		rl_hwaiter_attract(&g->ring[i]->back.w);
	for (rl_u32 i = 0; i < g->running; i++) {
		join(g, i);
		if (g->ring[i]->back.trace.buf.head && g->conf->traced)
			g->conf->traced(g->conf->arg, &g->ring[i]->back.trace,
				rl_htrace_ring(g->rings.fd, i));
		rl_hback_fini(&g->ring[i]->back);
		rl_hstats_add(&sum, &g->ring[i]->back.stats);
		cpu_ns += g->ring[i]->cpu_ns;
		rc = rc ? rc : g->ring[i]->result;
		free(g->ring[i]);
	}
	if (g->running && g->conf->parted)
		g->conf->parted(g->conf->arg, &sum, cpu_ns);
	return rc;
}

static int map(struct guest *g)
{
	int rc =
		rl_share_attach(&g->rings, g->fds[RL_HELLO_RINGS], rl_hello_rings_bytes(&g->hello));

	g->fds[RL_HELLO_RINGS] = -1;
	if (rc)
		return rc;
	rc = rl_share_attach(&g->pages, g->fds[RL_HELLO_PAGES], rl_hello_pages_bytes(&g->hello));
	g->fds[RL_HELLO_PAGES] = -1;
	return rc;
}

static int refuse(int sock, int rc, const char *why)
{
	struct rl_hello_answer a = {
		.magic = RL_HELLO_MAGIC, .version = RL_HELLO_VERSION, .error = rc};

	snprintf(a.why, sizeof(a.why), "%s", why);
	rl_hello_send(sock, &a, sizeof(a), NULL, 0);
	return rc;
}

static int greet(struct guest *g)
{
	const struct rl_hdisk *d = &g->conf->disk;
	struct rl_hello_answer a = {.magic = RL_HELLO_MAGIC,
		.version = RL_HELLO_VERSION,
		.flags = (d->read_only ? RL_HELLO_READ_ONLY : 0) | (d->flush ? RL_HELLO_FLUSH : 0),
		.capacity_sectors = d->capacity_sectors,
		.disk_id = d->id};
	const char *wrong;
	int rc = rl_hello_receive(g->sock, &g->hello, sizeof(g->hello), g->fds, &g->nfds);

	if (rc)
		return refuse(g->sock, rc, "a hello of another length");
	wrong = rl_hello_check(&g->hello, g->fds, g->nfds);
	if (wrong)
		return refuse(g->sock, -EPROTO, wrong);
	rc = map(g);
	if (rc)
		return refuse(g->sock, rc, "memory that is not sealed to its size");
	for (rl_u32 i = 0; i < g->hello.queues && rc == 0; i++)
		rc = start_ring(g, i);
	if (rc)
		return refuse(g->sock, rc, "cannot start a ring");
	return rl_hello_send(g->sock, &a, sizeof(a), NULL, 0);
}

int rl_hserve_frontend(const struct rl_hserve_conf *conf, int sock)
{
	struct guest *g = calloc(1, sizeof(*g));
	struct pollfd p = {sock, POLLIN, 0};
	int rc, end;

	if (!g) {
		close(sock);
		return -ENOMEM;
	}
	*g = (struct guest){.conf = conf, .sock = sock, .rings.fd = -1, .pages.fd = -1};
	rc = greet(g);
	/* A frontend has nothing more to say: whatever comes is its end. */
	while (rc == 0 && poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	end = stop_rings(g);
	for (rl_u32 i = 0; i < g->nfds; i++)
		if (g->fds[i] >= 0)
			close(g->fds[i]);
	rl_share_fini(&g->rings);
	rl_share_fini(&g->pages);
	close(sock);
	free(g);
	return rc ? rc : end;
}

int rl_hserve_listen(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct stat st;
	int sock, rc;

	if (strlen(path) >= sizeof(at.sun_path))
		return -ENAMETOOLONG;
	if (lstat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return -EEXIST;
		unlink(path);
	}
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (bind(sock, (struct sockaddr *)&at, sizeof(at)) || listen(sock, 64)) {
		rc = -errno;
		close(sock);
		return rc;
	}
	return sock;
}
