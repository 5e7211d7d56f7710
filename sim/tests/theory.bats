#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Theory: the production actors under `ringlab simulate`, held against closed forms at a fixed seed
# by the run's own intervals; and each has to notice that the service takes 2 % longer. What each
# of them is, and what it needed, is in sim/tests/theory/README.md. The loads of 0.9 that take
# longest are in long_theory.bats.
# once: millions of requests of a kind that other tests have under sanitizers
bats_require_minimum_version 1.5.0
load theory/lib

setup_file() {
	export LEAST_COSTS=$BATS_FILE_TMPDIR/least
	least_costs "$LEAST_COSTS"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# regular POLICY RATE METRIC=VALUE...: the same for every I/O, exactly
regular() {
	local row=$1 rate=$2
	shift 2
	scenario "$row"
	"$RINGLAB" simulate "$row.yaml" --job "$HERE/regular.fio" --set "job.rate_iops=$rate" \
		--set costs.poll_ns=1 --set costs.upcall_ns=7e3 --requests 16000 --warmup tenth \
		--format json >run.json
	for m; do
		jq -e ".metrics.${m%=*} | .value == ${m#*=} and .ci_lo == .value and .ci_hi == .value" \
			run.json || { jq -c "\"$m\", .metrics.${m%=*}" run.json && return 1; }
	done
}

@test "D/D/1, exactly" {
	# 30 us of service every 50 us, at a spinner; every 100 us after a wake-up of 19 us
	regular spin 20000 lat_mean_ns=30000 back_spin_frac=0.4 notifications_per_request=1
	regular event 10000 lat_mean_ns=49000 cpu_ns_per_request=49000 notifications_per_request=2
	# Every 31.25 us: the first waits for 19 us, each of the next 15 for 1.25 us less, and again.
	regular event 32000 lat_mean_ns=39625 stage_back_wake_ns=1187.5 \
		notifications_per_request=1.0625
	run ! regular event 32000 lat_mean_ns=39625.1
}

@test "spin: Pollaczek-Khinchine, and the way to the next look" {
	scenario spin
	light spin -v gap=20e3
	loaded spin -v gap=20e3
	heavy spin -v gap=20e3
}

@test "event: a wake-up at the start of a busy period (Welch)" {
	scenario event
	light event -v d=20e3
	loaded event -v d=20e3
}

@test "spin for tau, then block" {
	scenario spin_block
	light spin_block -v d=20e3 -v tau=60e3
	loaded spin_block -v d=20e3 -v tau=60e3
}

@test "an event for eight (Yadin and Naor)" {
	scenario event_batch
	light event_batch -v d=20e3 -v n=8
	loaded event_batch -v d=20e3 -v n=8
}

@test "a poll timer restarted at emptiness (Levy and Yechiali)" {
	scenario poll_timer
	light poll_timer -v t=100001 # and the look
	loaded poll_timer -v t=100001
}

@test "one vacation, then polling (Levy and Yechiali)" {
	scenario one_vacation
	light one_vacation -v t=100e3
	loaded one_vacation -v t=100e3
}

@test "a server that is taken away" {
	scenario preempted # the mean service is 62.5 us with what interrupts it
	at preempted 4800 50000 -v f=2.5e-6 -v v=100e3
	at preempted 11200 150000 -v f=2.5e-6 -v v=100e3
}

@test "one spinning thread over four rings (Takagi)" {
	scenario rings
	at rings 1500 50000 -v k=4 -v sw=20e3
	at rings 3500 100000 -v k=4 -v sw=20e3
}

@test "a full ring: M/M/1 for those who wait, and how often they do" {
	scenario full_ring
	# shellcheck disable=SC2034 # it is of lib.bash
	LONGER=(--set disk.device=random:mean=102us)
	at full_ring 9000 600000 -v s=100e3 -v slots=32
}

@test "two stations in a closed loop, depth 1 to 32 (mean value analysis)" {
	scenario network
	for ((n = 1; n <= 32; n++)); do
		closed network job.iodepth disk.device=random:mean=102us "$n" 10000 \
			-v a=40e3 -v s=100e3
	done
}

@test "the machine repairman, 1 to 32 jobs" {
	scenario repairman
	for ((n = 1; n <= 32; n++)); do
		closed repairman job.numjobs disk.device=random:mean=102us "$n" 10000 \
			-v z=400e3 -v s=100e3
	done
}

@test "a single backend thread in a closed loop, batch by batch" {
	scenario thread
	for n in 1 2 3 4 8 16 32; do
		closed thread job.iodepth costs.back_request_ns=102e3 "$n" \
			$((n < 8 ? 20000 : n < 16 ? 60000 : 150000)) -v a=40e3 -v s=100e3
	done
}
