/* SPDX-License-Identifier: MIT */
/* The floors under a ring: bare loops without policy, statistics or I/O; see bench.h. */
#include "core/blkif.h"
#include "hosted/bench/bench.h"
#include "hosted/clock.h"
#include "hosted/evtchn.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define SLOTS 32u

struct shared {
	_Alignas(64) rl_u32 there;
	_Alignas(64) rl_u32 back;
	_Alignas(64) rl_u8 slot[SLOTS][RL_BLKIF_SLOT_BYTES];
	double ns;
};

struct loop {
	struct shared *sh;
	struct rl_bench_cpus cpus;
	int evt[2];
	rl_u32 n, depth;
	void (*near)(struct loop *l);
	void (*far)(struct loop *l);
};

void rl_bench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void wait_for(const rl_u32 *word, rl_u32 value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value)
		rl_hcpu_relax();
}

static void line_near(struct loop *l)
{
	for (rl_u32 i = 1; i <= l->n; i++) {
		__atomic_store_n(&l->sh->there, i, __ATOMIC_RELEASE);
		wait_for(&l->sh->back, i);
	}
}

static void line_far(struct loop *l)
{
	for (rl_u32 i = 1; i <= l->n; i++) {
		wait_for(&l->sh->there, i);
		__atomic_store_n(&l->sh->back, i, __ATOMIC_RELEASE);
	}
}

static void event_near(struct loop *l)
{
	for (rl_u32 i = 0; i < l->n; i++) {
		rl_evtchn_send(l->evt[0]);
		rl_evtchn_wait(l->evt[1]);
	}
}

static void event_far(struct loop *l)
{
	for (rl_u32 i = 0; i < l->n; i++) {
		rl_evtchn_wait(l->evt[0]);
		rl_evtchn_send(l->evt[1]);
	}
}

static void fill(struct rl_blkif_request *req, rl_u64 id)
{
	req->operation = RL_BLKIF_READ;
	req->nr_segments = 1;
	req->handle = 0;
	req->id = id;
	req->sector_number = id * 8;
	req->seg[0] = (struct rl_blkif_segment){.gref = (rl_u32)id, .last_sect = 7};
}

/* Keeps @depth requests under way and takes responses as they come, a batch at a time. */
static void slots_near(struct loop *l)
{
	rl_u32 prod = 0, cons = 0;

	while (cons < l->n) {
		rl_u32 rsp;

		while (prod < l->n && prod - cons < l->depth)
			fill((struct rl_blkif_request *)l->sh->slot[prod % SLOTS], prod % SLOTS),
				prod++;
		__atomic_store_n(&l->sh->there, prod, __ATOMIC_RELEASE);
		while ((rsp = __atomic_load_n(&l->sh->back, __ATOMIC_ACQUIRE)) == cons)
			rl_hcpu_relax();
		for (; cons != rsp; cons++) {
			struct rl_blkif_response r;

			memcpy(&r, l->sh->slot[cons % SLOTS], sizeof(r));
			if (r.id != cons % SLOTS || r.status != RL_BLKIF_OKAY)
				abort();
		}
	}
}

static void slots_far(struct loop *l)
{
	const struct rl_blkif_limits limits = {.capacity_sectors = 1u << 20, .flush = 1};
	rl_u32 done = 0;

	while (done < l->n) {
		rl_u32 prod;

		while ((prod = __atomic_load_n(&l->sh->there, __ATOMIC_ACQUIRE)) == done)
			rl_hcpu_relax();
		for (; done != prod; done++) {
			void *slot = l->sh->slot[done % SLOTS];
			struct rl_blkif_response *rsp = slot;
			struct rl_blkif_request req;
			struct rl_blkif_plan plan;

			memcpy(&req, slot, sizeof(req));
			if (!rl_blkif_check(&req, &limits, &plan))
				abort();
			rsp->id = plan.id;
			rsp->operation = plan.operation;
			rsp->pad = 0;
			rsp->status = plan.status;
			rsp->pad2 = 0;
		}
		__atomic_store_n(&l->sh->back, done, __ATOMIC_RELEASE);
	}
}

/* Two children, so that the caller's own placement stays as it is. */
static double run(struct loop *l)
{
	rl_u32 warm = l->n / 8 + 1;
	rl_u32 n = l->n;
	double ns = 0;
	pid_t a, b;

	l->sh = mmap(
		NULL, sizeof(*l->sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (l->sh == MAP_FAILED)
		return 0;
	l->evt[0] = eventfd(0, EFD_CLOEXEC);
	l->evt[1] = eventfd(0, EFD_CLOEXEC);
	rl_hclock_init();
	for (int pass = 0; pass < 2; pass++) {
		l->n = pass ? n : warm;
		l->sh->there = l->sh->back = 0;
		b = fork();
		if (b == 0) {
			rl_bench_pin(l->cpus.back);
			l->far(l);
			_exit(0);
		}
		a = fork();
		if (a == 0) {
			rl_u64 t;

			rl_bench_pin(l->cpus.front);
			t = rl_hclock_ns();
			l->near(l);
			l->sh->ns = (double)(rl_hclock_ns() - t) / l->n;
			_exit(0);
		}
		waitpid(a, NULL, 0);
		waitpid(b, NULL, 0);
	}
	ns = l->sh->ns;
	close(l->evt[0]);
	close(l->evt[1]);
	munmap(l->sh, sizeof(*l->sh));
	return ns;
}

double rl_limit_line_ns(struct rl_bench_cpus cpus, rl_u32 n)
{
	struct loop l = {.cpus = cpus, .n = n, .near = line_near, .far = line_far};

	return run(&l);
}

double rl_limit_eventfd_ns(struct rl_bench_cpus cpus, rl_u32 n)
{
	struct loop l = {.cpus = cpus, .n = n, .near = event_near, .far = event_far};

	return run(&l);
}

double rl_limit_slots_ns(struct rl_bench_cpus cpus, rl_u32 depth, rl_u32 n)
{
	struct loop l = {
		.cpus = cpus, .n = n, .depth = depth, .near = slots_near, .far = slots_far};

	return run(&l);
}
