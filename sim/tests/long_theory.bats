#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What theory.bats holds at loads of 0.3 and 0.7, at 0.9: ten million I/Os and more each.
bats_require_minimum_version 1.5.0
load theory/lib

setup_file() {
	export LEAST_COSTS=$BATS_FILE_TMPDIR/least
	least_costs "$LEAST_COSTS"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "event: a wake-up at the start of a busy period (Welch)" {
	scenario event
	heavy event -v d=20e3
}

@test "spin for tau, then block" {
	scenario spin_block
	heavy spin_block -v d=20e3 -v tau=60e3
}

@test "an event for eight (Yadin and Naor)" {
	scenario event_batch
	heavy event_batch -v d=20e3 -v n=8
}

@test "a poll timer restarted at emptiness (Levy and Yechiali)" {
	scenario poll_timer
	heavy poll_timer -v t=100001
}

@test "one vacation, then polling (Levy and Yechiali)" {
	scenario one_vacation
	heavy one_vacation -v t=100e3
}

@test "a server that is taken away" {
	scenario preempted
	at preempted 14400 1000000 -v f=2.5e-6 -v v=100e3
}

@test "one spinning thread over four rings (Takagi)" {
	scenario rings
	at rings 4500 600000 -v k=4 -v sw=20e3
}
