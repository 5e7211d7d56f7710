/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Schedulers: weights share, caps cap, no pCPU idles while work may go there, a waker comes in
 * when its scheduler says so and not before.
 */
#include "sim/xen/credit2.h" /* before the world of the tests, a global */
#include "sim/xen/tests/machine.h"
#include "sim/xen/tests/poller.h"

#include <math.h>

static const char *const both[] = {"credit", "credit2"};

static double share(const struct rl_vcpu *v, const struct rl_vcpu *other)
{
	return (double)v->st.run_ps / (double)(v->st.run_ps + other->st.run_ps);
}

static void about(double x, double want, double within)
{
	if (!(fabs(x - want) <= within * want))
		fail_msg("%s: %g instead of %g", w->sched->name, x, want);
}

/* Both always want the pCPU: they get it by weight, 256:512 as 1:2. */
static void weights_share(void **state)
{
	const uint32_t weight[] = {256, 512, 1024, 300};

	(void)state;
	for (int k = 0; k < 8; k++) {
		const struct rl_vcpu *a, *b;
		double wa = weight[k % 4];

		machine(both[k / 4], 1, 1, 1);
		a = domain(weight[k % 4], 0, 1, 0, NULL);
		b = domain(256, 0, 1, 0, NULL);
		begin();
		run_until(100 * SEC);
		about(share(a, b), wa / (wa + 256), 0.01);
	}
}

/* Ten times the weights are the same weights, to the picosecond and the last switch. */
static void only_ratios_of_weights_matter(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		rl_ps run_ps[2];
		uint64_t switches = 0;

		for (uint32_t times = 1; times <= 10; times *= 10) {
			machine(both[k], 1, 1, 1);
			domain(256 * times, 0, 1, 0, NULL);
			domain(512 * times, 0, 1, 0, NULL);
			begin();
			run_until(5 * SEC);
			if (times == 1)
				switches = w->pcpu[0].switches;
			for (int i = 0; i < 2 && times == 1; i++)
				run_ps[i] = w->vcpu[i].st.run_ps;
			for (int i = 0; i < 2; i++)
				assert_true(w->vcpu[i].st.run_ps == run_ps[i]);
			assert_int_equal(w->pcpu[0].switches, switches);
		}
	}
}

/* Four vCPUs on two pCPUs: the same by domain. */
static void weights_share_many_pcpus(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		const struct rl_vcpu *a, *b;

		machine(both[k], 1, 2, 1);
		a = domain(256, 0, 4, -1, NULL);
		b = domain(512, 0, 4, -1, NULL);
		begin();
		run_until(100 * SEC);
		about(used(a->dom, 0, NULL), 2.0 / 3, 0.01);
		about(used(b->dom, 0, NULL), 4.0 / 3, 0.01);
	}
}

/* One vCPU alone on a pCPU gets no more than its cap, and as much; two share theirs. */
static void caps_cap(void **state)
{
	const uint32_t cap[] = {5, 10, 25, 50, 80};

	(void)state;
	for (int k = 0; k < 10; k++) {
		const struct rl_vcpu *v;

		machine(both[k / 5], 1, 1, 1);
		v = domain(256, cap[k % 5], 1, 0, NULL);
		begin();
		run_until(100 * SEC);
		about(used(v->dom, 0, NULL), cap[k % 5] / 100.0, 0.01);
	}
	for (int k = 0; k < 2; k++) {
		const struct rl_vcpu *v;

		machine(both[k], 1, 4, 1);
		v = domain(256, 150, 4, -1, NULL);
		begin();
		run_until(100 * SEC);
		about(used(v->dom, 0, NULL), 1.5, 0.01);
	}
}

/* A cap so small that its vCPUs' shares would be shorter than a slice; and a capped vCPU beside
 * others, on another pCPU of its queue when the epoch ends. */
static void a_small_cap_caps_many(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		const struct rl_vcpu *v;

		machine(both[k], 1, 2, 1);
		v = domain(256, 10, 4, -1, NULL);
		domain(256, 0, 1, 0, NULL);
		begin();
		run_until(100 * SEC);
		about(used(v->dom, 0, NULL), 0.1, k ? 0.02 : 0.1); /* credit counts by its tick */
		assert_true(w->vcpu[4].st.run_ps > 89 * SEC);
	}
}

/* What a capped domain leaves is another's, whatever the weights. */
static void a_cap_leaves_the_rest(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		const struct rl_vcpu *a, *b;

		machine(both[k], 1, 1, 1);
		a = domain(1024, 20, 1, 0, NULL);
		b = domain(256, 0, 1, 0, NULL);
		begin();
		run_until(100 * SEC);
		about(used(a->dom, 0, NULL), 0.2, 0.01);
		about(used(b->dom, 0, NULL), 0.8, 0.01);
	}
}

/* Three that may run anywhere keep two pCPUs busy; pinned ones are not taken away. */
static void work_is_stolen_unless_pinned(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		const struct rl_vcpu *v;

		machine(both[k], 1, 2, 1);
		v = domain(256, 0, 3, -1, NULL);
		begin();
		run_until(30 * SEC);
		assert_true(w->pcpu[0].idle_ps + w->pcpu[1].idle_ps < 20 * MSEC);
		for (int i = 0; i < 3; i++)
			about((double)v[i].st.run_ps / (double)w->now, 2.0 / 3, 0.02);
		machine(both[k], 1, 2, 1);
		domain(256, 0, 3, 0, NULL);
		begin();
		run_until(30 * SEC);
		assert_true(w->pcpu[1].idle_ps == w->now);
	}
}

/*
 * One is always busy, the other wakes every 3 ms for 10 us: it is let in at once when the busy one
 * had its rate limit, so it runs about every 3 ms and switches come in pairs.
 */
static void a_sleeper_preempts(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct sleeper s = {MSEC / 100, 3 * MSEC, 100 * SEC};
		const struct rl_vcpu *v;
		double per_s;

		machine(both[k], 1, 1, 1);
		domain(256, 0, 1, 0, NULL);
		v = domain(256, 0, 1, 0, &s);
		begin();
		run_until(20 * SEC);
		per_s = (double)v->st.blocks / 20;
		assert_true(per_s > 270 && per_s < 335);
		assert_true(w->pcpu[0].switches <= 2 * v->st.blocks + 800);
	}
}

/* How often a sleeper comes in that wakes 0.3 ms after it went, beside one that is busy. */
static double turns_per_s(const char *sched, rl_ps work)
{
	struct sleeper s = {work, 3 * MSEC / 10, 100 * SEC};
	const struct rl_vcpu *v;

	machine(sched, 1, 1, 1);
	domain(256, 0, 1, 0, NULL);
	v = domain(256, 0, 1, 0, &s);
	begin();
	run_until(20 * SEC);
	return (double)v->st.blocks / 20;
}

/*
 * Woken inside the rate limit: credit's boost lets it in when the limit ends, 1 ms and two
 * switches after it went; credit2 does not look before the slice ends, up to 10 ms.
 */
static void the_rate_limit_holds_a_waker(void **state)
{
	(void)state;
	about(turns_per_s("credit", MSEC / 100), 1000 / (1 + 0.012), 0.02);
	assert_true(turns_per_s("credit2", MSEC / 100) < 130);
}

/*
 * Always boosted it would have 2 ms of each 3; but whoever uses more than its half has no credit
 * left, and waking does not boost it.
 */
static void no_boost_without_credit(void **state)
{
	(void)state;
	about(turns_per_s("credit", 2 * MSEC), 1000 * 0.5 / 2, 0.03);
}

/* With a limit longer than what the sleeper ever leaves it, even a boost waits for it. */
static void a_longer_rate_limit_waits_longer(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct sleeper s = {MSEC / 100, 3 * MSEC, 100 * SEC};
		const struct rl_vcpu *v;

		machine(both[k], 1, 1, 1);
		w->cost[RL_PARAM_ratelimit_ns] = 20 * MSEC;
		domain(256, 0, 1, 0, NULL);
		v = domain(256, 0, 1, 0, &s);
		begin();
		run_until(2 * SEC);
		assert_true(v->st.blocks < 2 * 1000 / 20 + 2);
	}
}

/*
 * Who polls and offers its pCPU between two looks gives way at the next one to whoever wakes
 * meanwhile, rate limit or not.
 */
static void a_yielder_gives_way_at_its_next_look(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct sleeper s = {MSEC / 100, 3 * MSEC / 10, 100 * SEC};
		const struct rl_vcpu *v;

		machine(both[k], 1, 1, 1);
		spin = (struct rl_spin){.look_ps = MSEC / 10000,
			.growth = 1000,
			.yield = true,
			.deadline = RL_PS_NEVER,
			.visible = RL_PS_NEVER};
		of_vcpu[domain(256, 0, 1, 0, NULL)->id].thread->done = polls;
		v = domain(256, 0, 1, 0, &s);
		begin();
		run_until(5 * SEC);
		about((double)v->st.blocks / 5, 1000 / 0.3121, 0.01);
	}
}

/* Two sockets, a queue each: when the work of one goes to rest, it is given some of the other. */
static void queues_share_the_load(void **state)
{
	struct sleeper s = {10 * MSEC, MSEC, 2 * SEC};
	rl_ps idle = 0;

	(void)state;
	machine("credit2", 2, 2, 1);
	for (int i = 0; i < 8; i++)
		domain(256, 0, 1, -1, i % 2 ? &s : NULL);
	begin();
	run_until(6 * SEC);
	for (int i = 0; i < 4; i++)
		idle -= w->pcpu[i].idle_ps;
	run_until(16 * SEC);
	for (int i = 0; i < 4; i++)
		idle += w->pcpu[i].idle_ps;
	/* Four are left for four pCPUs; unmoved, two pCPUs of one socket would idle: 20 s. */
	assert_true(idle < SEC);
}

/* The least credit that a vCPU of credit2 ever has. */
static int64_t least_credit(struct rl_vcpu *v, int64_t least)
{
	struct rl_c2_unit *u = rl_c2_unit(v);
	int64_t credit = u->credit + u->rq->given - u->given;

	return credit < least ? credit : least;
}

/* Slices end a little late: who used its up owes it, the lighter the more. */
static void lateness_is_owed(void **state)
{
	const double late = 1780. * RL_PS_PER_NS;
	struct rl_vcpu *light;
	int64_t least = 0;

	(void)state;
	machine("credit2", 1, 1, 1);
	w->cost[RL_PARAM_slice_late_ns] = (rl_ps)late;
	light = domain(256, 0, 1, 0, NULL);
	domain(512, 0, 1, 0, NULL);
	begin();
	while (w->now < 5 * SEC) {
		assert_true(rl_world_step(w));
		least = least_credit(light, least);
	}
	about((double)-least, 2 * late, 0.02); /* the other one's ends the epoch, unseen */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_share),
		cmocka_unit_test(only_ratios_of_weights_matter),
		cmocka_unit_test(weights_share_many_pcpus),
		cmocka_unit_test(caps_cap),
		cmocka_unit_test(a_small_cap_caps_many),
		cmocka_unit_test(a_cap_leaves_the_rest),
		cmocka_unit_test(work_is_stolen_unless_pinned),
		cmocka_unit_test(a_sleeper_preempts),
		cmocka_unit_test(the_rate_limit_holds_a_waker),
		cmocka_unit_test(no_boost_without_credit),
		cmocka_unit_test(a_longer_rate_limit_waits_longer),
		cmocka_unit_test(a_yielder_gives_way_at_its_next_look),
		cmocka_unit_test(queues_share_the_load),
		cmocka_unit_test(lateness_is_owed),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
