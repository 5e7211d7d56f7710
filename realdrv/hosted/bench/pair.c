/* SPDX-License-Identifier: MIT */
/* The pair against the floors: two processes, null device; see bench.h. */
#include "core/blkif.h"
#include "hosted/bench/bench.h"
#include "hosted/clock.h"
#include "hosted/front.h"
#include "hosted/serve.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_DEPTH 512u
#define BATCH	  8u /* I/Os that are taken and given out again at a time */

/* What the children tell. */
struct shared {
	struct rl_hstats front, back;
	rl_u64 ns, front_cpu_ns, back_cpu_ns;
	int rc;
};

static rl_u64 cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (rl_u64)t.tv_sec * 1000000000u + (rl_u64)t.tv_nsec;
}

static void parted(void *arg, const struct rl_hstats *stats, rl_u64 cpu)
{
	struct shared *sh = arg;

	sh->back = *stats;
	sh->back_cpu_ns = cpu;
}

static int backend(struct shared *sh, int sock, int cpu, const char *policy, rl_u32 trace_records)
{
	struct rl_hserve_conf c = {.policy = policy,
		.cpus = {cpu},
		.ncpus = 1,
		.parted = parted,
		.arg = sh,
		.trace_records = trace_records};
	const char *arg;
	char why[256];

	c.device = rl_hdevice_find("null", &arg);
	if (c.device->open(&c.dev, arg, &c.disk, why))
		return 1;
	return rl_hserve_frontend(&c, sock) != 0;
}

/* A closed loop: every I/O that comes back goes out again. */
static int loop(struct rl_hqueue *q, struct rl_hio *io, rl_u32 depth, rl_u32 n)
{
	struct rl_hio *done[MAX_DEPTH];
	rl_u32 out = 0, in = 0;

	for (; out < depth && out < n; out++)
		rl_hqueue_submit(q, &io[out]);
	while (in < n) {
		int got;

		rl_hqueue_commit(q);
		got = rl_hqueue_reap(q, 1, depth < BATCH ? depth : BATCH, RL_NEVER, done);
		if (got < 0)
			return got;
		in += (rl_u32)got;
		for (int i = 0; i < got && out < n; i++, out++)
			rl_hqueue_submit(q, done[i]);
	}
	return 0;
}

static int frontend(struct shared *sh, int sock, int cpu, const char *policy, rl_u32 bytes,
	rl_u32 depth, rl_u32 n, rl_u32 trace_records)
{
	struct rl_hfront_conf c = {.sock_fd = sock,
		.queues = 1,
		.ring_pages = 1,
		.mem_bytes = (rl_u64)bytes * depth,
		.policy = policy,
		.trace_records = trace_records};
	struct rl_hio io[MAX_DEPTH] = {0};
	char why[RL_HOSTED_ERR_BYTES];
	struct rl_hfront *f;
	struct rl_hqueue *q;
	rl_u64 t, used;
	int rc;

	rl_bench_pin(cpu);
	rc = rl_hfront_create(&f, &c, why);
	if (rc)
		return rc;
	q = rl_hfront_queue(f, 0);
	for (rl_u32 i = 0; i < depth; i++)
		io[i] = (struct rl_hio){.op = RL_HIO_READ,
			.sector = (rl_u64)i * (bytes / RL_SECTOR_BYTES),
			.buf = (rl_u8 *)rl_hfront_mem(f) + (size_t)i * bytes,
			.bytes = bytes};
	rc = loop(q, io, depth, n / 8 + depth);
	used = cpu_ns();
	t = rl_hclock_ns();
	rc = rc ? rc : loop(q, io, depth, n);
	sh->ns = rl_hclock_ns() - t;
	sh->front_cpu_ns = cpu_ns() - used;
	sh->front = *rl_hqueue_stats(q);
	rl_hfront_destroy(f);
	return rc;
}

static void sum_up(const struct shared *sh, rl_u32 n, struct rl_bench_pair *out)
{
	double all = (double)sh->back.requests;

	*out = (struct rl_bench_pair){
		.ns = (double)sh->ns / n,
		.front_cpu_ns = (double)sh->front_cpu_ns / n,
		.back_cpu_ns = (double)sh->back_cpu_ns / all,
		.sends = (double)(sh->front.notifications_sent + sh->back.notifications_sent) / all,
		.upcalls = (double)(sh->front.upcalls + sh->back.upcalls) / all,
		.spin_frac = (double)sh->back.spin_ns /
			     (double)(sh->back.spin_ns + sh->back.block_ns + 1),
	};
}

int rl_bench_pair(struct rl_bench_cpus cpus, const char *front, const char *back, rl_u32 bytes,
	rl_u32 depth, rl_u32 n, rl_u32 trace_records, struct rl_bench_pair *out)
{
	struct shared *sh;
	int sock[2], status, rc = -EINVAL;
	pid_t a, b;

	if (depth < 1 || depth > MAX_DEPTH)
		return rc;
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock))
		return -errno;
	b = fork();
	if (b == 0) {
		close(sock[0]);
		_exit(backend(sh, sock[1], cpus.back, back, trace_records));
	}
	close(sock[1]);
	a = fork();
	if (a == 0) {
		sh->rc = frontend(sh, sock[0], cpus.front, front, bytes, depth, n, trace_records);
		_exit(sh->rc != 0);
	}
	close(sock[0]);
	if (a < 0 || b < 0 || waitpid(a, &status, 0) != a || status)
		rc = sh->rc ? sh->rc : -EIO;
	else
		rc = 0;
	if (b > 0)
		waitpid(b, NULL, 0);
	if (rc == 0)
		sum_up(sh, n, out);
	munmap(sh, sizeof(*sh));
	return rc;
}
