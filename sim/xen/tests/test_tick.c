/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One clock for ticks and timers: who comes late, who in time, and who takes whom along. */
#include "sim/xen/tests/machine.h"

#include "sim/xen/tick.h"

#define US   (MSEC / 1000)
#define TICK (4 * MSEC)

/* At @now, with a tick due every 4 ms, the next one set; ticks take 45 us, going idle 20. */
static struct rl_vcpu *kernel(rl_ps now)
{
	struct rl_vcpu *v;

	machine("null", 1, 1, 1);
	w->cost[RL_PARAM_tick_period_ns] = TICK;
	w->cost[RL_PARAM_tick_ns] = 45 * US;
	w->cost[RL_PARAM_timer_min_ns] = 100 * US;
	w->cost[RL_PARAM_thread_switch_ns] = 15 * US;
	w->cost[RL_PARAM_hypercall_ns] = 5 * US;
	v = domain(256, 0, 1, 0, NULL);
	v->ticks = true;
	w->now = now;
	rl_tick_next(v);
	return v;
}

static void a_timer_is_set_no_nearer_than_that(void **state)
{
	struct rl_vcpu *v = kernel(MSEC);

	(void)state;
	assert_int_equal(rl_tick_timer(v, MSEC + 20 * US), MSEC + 100 * US);
	assert_int_equal(rl_tick_timer(v, MSEC - 20 * US), MSEC + 100 * US);
	assert_int_equal(rl_tick_timer(v, MSEC + 150 * US), MSEC + 150 * US);
	assert_int_equal(rl_world_at(w, v->tick_slot), TICK);
}

static void a_timer_before_the_tick_takes_it_along(void **state)
{
	struct rl_vcpu *v = kernel(TICK - 50 * US);

	(void)state;
	assert_int_equal(rl_tick_timer(v, TICK - 20 * US), TICK + 50 * US);
	assert_int_equal(rl_world_at(w, v->tick_slot), TICK + 50 * US);
}

/* The first two find their time passed when the tick is over; the third is set anew then. */
static void a_timer_after_the_tick_waits_for_it(void **state)
{
	struct rl_vcpu *v = kernel(TICK - 10 * US);

	(void)state;
	assert_int_equal(rl_tick_timer(v, TICK), TICK);
	assert_int_equal(rl_tick_timer(v, TICK + 45 * US), TICK);
	assert_int_equal(rl_tick_timer(v, TICK + 46 * US), TICK + 145 * US);
	assert_int_equal(rl_tick_timer(v, TICK + 200 * US), TICK + 200 * US);
	assert_int_equal(rl_world_at(w, v->tick_slot), TICK);
}

/* The tick is stopped before it came, and the clock set to the timer alone. */
static void an_idle_kernel_stops_the_tick(void **state)
{
	struct rl_vcpu *v = kernel(TICK - 30 * US);

	(void)state;
	assert_int_equal(rl_tick_timer(v, TICK + 10 * US), TICK + 90 * US);
	assert_int_equal(rl_world_at(w, v->tick_slot), TICK + 90 * US);
}

/* An interrupt 30 us before the tick: it comes 70 us late, and a timer set meanwhile with it. */
static void an_interrupt_puts_the_tick_off(void **state)
{
	struct rl_vcpu *v = kernel(TICK - 30 * US);

	(void)state;
	rl_tick_reset(v, w->now);
	assert_int_equal(rl_world_at(w, v->tick_slot), TICK + 70 * US);
	w->now = TICK + 55 * US;
	assert_int_equal(rl_tick_timer(v, TICK + 60 * US), TICK + 70 * US);
	rl_tick_next(v); /* taken: the next one is due in its time */
	assert_int_equal(rl_world_at(w, v->tick_slot), 2 * TICK);
	rl_tick_reset(v, w->now);
	assert_int_equal(rl_world_at(w, v->tick_slot), 2 * TICK);
}

static void without_ticks_timers_are_alone(void **state)
{
	struct rl_vcpu *v = kernel(TICK - 10 * US);

	(void)state;
	rl_world_cancel(w, v->tick_slot);
	assert_int_equal(rl_tick_timer(v, TICK + 5 * US), TICK + 90 * US);
	rl_tick_reset(v, w->now);
	assert_false(rl_world_armed(w, v->tick_slot));
	rl_tick_wake(v);
	assert_int_equal(rl_world_at(w, v->tick_slot), TICK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_is_set_no_nearer_than_that),
		cmocka_unit_test(a_timer_before_the_tick_takes_it_along),
		cmocka_unit_test(a_timer_after_the_tick_waits_for_it),
		cmocka_unit_test(an_idle_kernel_stops_the_tick),
		cmocka_unit_test(an_interrupt_puts_the_tick_off),
		cmocka_unit_test(without_ticks_timers_are_alone),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
