/* SPDX-License-Identifier: MIT */
/*
 * The hosted pair, whole: a backend in a process of its own, data there and back under every
 * policy on either side, protocol breakers, and a backend that is killed.
 */
#include "core/policy.h"
#include "hosted/front.h"
#include "hosted/serve.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DISK	   "size=4m"
#define DISK_BYTES (4u << 20)

/* A backend of @policy on a RAM disk; returns its process, @sock: our end of the connection. */
static pid_t start_backend(const char *policy, int *sock)
{
	int pair[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rl_hserve_conf c = {.policy = policy};
		const char *arg;
		char why[256];

		close(pair[0]);
		c.device = rl_hdevice_find("ram:" DISK, &arg);
		if (c.device->open(&c.dev, arg, &c.disk, why))
			_exit(9);
		_exit(rl_hserve_frontend(&c, pair[1]) ? 8 : 0);
	}
	close(pair[1]);
	*sock = pair[0];
	return pid;
}

static void end_backend(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static struct rl_hfront *connect_to(int sock, const char *policy, rl_u64 mem)
{
	struct rl_hfront_conf c = {
		.sock_fd = sock, .queues = 1, .ring_pages = 1, .mem_bytes = mem, .policy = policy};
	char why[RL_HOSTED_ERR_BYTES] = "";
	struct rl_hfront *f;
	int rc = rl_hfront_create(&f, &c, why);

	if (rc)
		fail_msg("%s: %s", policy, why);
	return f;
}

static void do_io(struct rl_hqueue *q, struct rl_hio *io)
{
	struct rl_hio *done;

	rl_hqueue_submit(q, io);
	rl_hqueue_commit(q);
	assert_int_equal(rl_hqueue_reap(q, 1, 1, 20000000000u, &done), 1);
	assert_ptr_equal(done, io);
}

static void fill(uint8_t *buf, uint32_t bytes, uint32_t seed)
{
	for (uint32_t i = 0; i < bytes; i++)
		buf[i] = (uint8_t)(seed = seed * 1664525u + 1013904223u, seed >> 24);
}

/* Sizes that need one sector, one segment, a whole request, several, and more than the ring. */
static const uint32_t sizes[] = {512, 1536, 4096, 5120, 45056, 45568, 1 << 20, 3 << 20};

static void write_and_read(struct rl_hqueue *q, uint8_t *out, uint8_t *in)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t sector = (uint32_t)(i * 7 + 1);
		struct rl_hio io = {
			.op = RL_HIO_WRITE, .sector = sector, .buf = out, .bytes = sizes[i]};

		fill(out, sizes[i], (uint32_t)i);
		do_io(q, &io);
		assert_int_equal(io.error, 0);
		memset(in, 0, sizes[i]);
		io.op = RL_HIO_READ;
		io.buf = in;
		do_io(q, &io);
		assert_int_equal(io.error, 0);
		assert_memory_equal(in, out, sizes[i]);
	}
}

static void check_counts(const struct rl_hqueue *q)
{
	const struct rl_hstats *s = rl_hqueue_stats(q);

	assert_true(s->requests > 0);
	assert_int_equal(s->requests, s->responses);
	assert_int_equal(s->io_errors, 0);
}

static void run_pair(const char *front, const char *back, bool mapped)
{
	uint8_t *out, *in;
	int sock;
	pid_t pid = start_backend(back, &sock);
	struct rl_hfront *f = connect_to(sock, front, mapped ? 2 * DISK_BYTES : 0);
	struct rl_hqueue *q = rl_hfront_queue(f, 0);

	assert_int_equal(rl_hfront_info(f)->capacity_sectors, DISK_BYTES / 512);
	out = mapped ? rl_hfront_mem(f) : malloc(DISK_BYTES);
	in = mapped ? out + DISK_BYTES : malloc(DISK_BYTES);
	write_and_read(q, out, in);
	check_counts(q);
	assert_true(mapped == (rl_hqueue_stats(q)->copy_bytes == 0));
	if (!mapped) {
		free(out);
		free(in);
	}
	rl_hfront_destroy(f);
	end_backend(pid);
}

static void test_every_pair_keeps_data(void **state)
{
	const struct rl_policy *const *it;

	(void)state;
	rl_for_each_policy (it) {
		run_pair((*it)->name, "event", false);
		run_pair("event", (*it)->name, false);
		run_pair((*it)->name, (*it)->name, true);
	}
}

static void test_depth(void **state)
{
	enum { N = 100 }; /* more than the ring has slots */
	static uint8_t data[N][4096], back[N][4096];
	struct rl_hio io[N] = {0}, *done[N];
	int sock;
	pid_t pid = start_backend("event", &sock);
	struct rl_hfront *f = connect_to(sock, "event", 0);
	struct rl_hqueue *q = rl_hfront_queue(f, 0);

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < N; i++) {
			if (pass == 0)
				fill(data[i], 4096, i);
			io[i].op = pass == 0 ? RL_HIO_WRITE : RL_HIO_READ;
			io[i].sector = i * 8;
			io[i].buf = pass == 0 ? data[i] : back[i];
			io[i].bytes = 4096;
			rl_hqueue_submit(q, &io[i]);
		}
		rl_hqueue_commit(q);
		assert_int_equal(rl_hqueue_reap(q, N, N, RL_NEVER, done), N);
		for (uint32_t i = 0; i < N; i++)
			assert_int_equal(io[i].error, 0);
	}
	assert_memory_equal(data, back, sizeof(data));
	check_counts(q);
	rl_hfront_destroy(f);
	end_backend(pid);
}

/* One connection, a ring a thread, rings of several pages. */
struct user {
	struct rl_hqueue *q;
	uint32_t index;
	bool ok;
};

static void *use_queue(void *arg)
{
	enum { N = 200, BYTES = 4096 };
	struct user *u = arg;
	uint8_t(*data)[BYTES] = malloc(2 * N * sizeof(*data));
	struct rl_hio *io = calloc(N, sizeof(*io)), *done[N];

	u->ok = data && io;
	for (uint32_t pass = 0; pass < 2 && u->ok; pass++) {
		for (uint32_t i = 0; i < N; i++) {
			if (pass == 0)
				fill(data[i], BYTES, u->index * N + i);
			io[i] = (struct rl_hio){.op = pass == 0 ? RL_HIO_WRITE : RL_HIO_READ,
				.sector = (u->index * N + i) * 8,
				.buf = data[pass * N + i],
				.bytes = BYTES};
			rl_hqueue_submit(u->q, &io[i]);
		}
		rl_hqueue_commit(u->q);
		u->ok = rl_hqueue_reap(u->q, N, N, RL_NEVER, done) == N;
		for (uint32_t i = 0; i < N; i++)
			u->ok = u->ok && io[i].error == 0;
	}
	u->ok = u->ok && memcmp(data, data + N, N * sizeof(*data)) == 0;
	free(data);
	free(io);
	return NULL;
}

static void test_queues(void **state)
{
	enum { QUEUES = 4 };
	struct rl_hfront_conf c = {.queues = QUEUES, .ring_pages = 4, .policy = "event"};
	char why[RL_HOSTED_ERR_BYTES] = "";
	struct user user[QUEUES];
	pthread_t thread[QUEUES];
	struct rl_hfront *f;
	pid_t pid;

	(void)state;
	pid = start_backend("event", &c.sock_fd);
	assert_int_equal(rl_hfront_create(&f, &c, why), 0);
	for (uint32_t i = 0; i < QUEUES; i++) {
		user[i] = (struct user){rl_hfront_queue(f, i), i, false};
		assert_int_equal(pthread_create(&thread[i], NULL, use_queue, &user[i]), 0);
	}
	for (uint32_t i = 0; i < QUEUES; i++) {
		pthread_join(thread[i], NULL);
		assert_true(user[i].ok);
		check_counts(user[i].q);
	}
	rl_hfront_destroy(f);
	end_backend(pid);
}

static void test_flush_and_bounds(void **state)
{
	static uint8_t buf[4096];
	struct rl_hio io = {.op = RL_HIO_FLUSH};
	int sock;
	pid_t pid = start_backend("event", &sock);
	struct rl_hfront *f = connect_to(sock, "event", 0);
	struct rl_hqueue *q = rl_hfront_queue(f, 0);

	(void)state;
	do_io(q, &io);
	assert_int_equal(io.error, 0);
	io = (struct rl_hio){
		.op = RL_HIO_READ, .sector = DISK_BYTES / 512 - 1, .buf = buf, .bytes = 4096};
	do_io(q, &io);
	assert_int_equal(io.error, -EIO);
	io.bytes = 512;
	do_io(q, &io);
	assert_int_equal(io.error, 0);
	rl_hfront_destroy(f);
	end_backend(pid);
}

static void test_timeout_and_death(void **state)
{
	static uint8_t buf[4096];
	struct rl_hio io = {.op = RL_HIO_READ, .buf = buf, .bytes = 4096}, *done;
	int sock, status;
	pid_t pid = start_backend("event", &sock);
	struct rl_hfront *f = connect_to(sock, "event", 0);
	struct rl_hqueue *q = rl_hfront_queue(f, 0);

	(void)state;
	assert_int_equal(rl_hqueue_reap(q, 1, 1, 2000000, &done), 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	rl_hqueue_submit(q, &io);
	rl_hqueue_commit(q);
	assert_int_equal(rl_hqueue_reap(q, 1, 1, RL_NEVER, &done), 1);
	assert_int_equal(io.error, -EIO);
	rl_hfront_destroy(f);
}

/* What another program keeps where a socket is asked for stays there. */
static void test_listen_replaces_sockets_alone(void **state)
{
	char path[] = "/tmp/rl-listen.XXXXXX";
	int fd = mkstemp(path), sock;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(rl_hserve_listen(path), -EEXIST);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	sock = rl_hserve_listen(path);
	assert_true(sock >= 0);
	close(sock);
	sock = rl_hserve_listen(path); /* left behind by a backend that died */
	assert_true(sock >= 0);
	close(sock);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_keeps_data),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_flush_and_bounds),
		cmocka_unit_test(test_timeout_and_death),
		cmocka_unit_test(test_listen_replaces_sockets_alone),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
