#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab bench engine|requests`: the rows that scripts rely on, measured, never timed here.
bats_require_minimum_version 1.5.0

@test "engine: five rows with a limit of this run" {
	run --separate-stderr "$RINGLAB" bench engine --repeats 1 --format json
	[ "$status" -eq 0 ]
	[ "$(echo "$output" | jq -r .name | paste -sd' ')" = \
		"mm1 hold_10 hold_100 hold_1000 hold_100000" ]
	echo "$output" | jq -se 'all(.unit == "events/s" and .value > 0 and .limit > 0 and
		(.value / .limit / .ratio - 1 | fabs) < 1e-9)'
}

@test "requests: event and spin, and the events that one takes on stderr" {
	run --separate-stderr "$RINGLAB" bench requests --repeats 1 --format json
	[ "$status" -eq 0 ]
	[ "$(echo "$output" | jq -r .name | grep -v _j2 | paste -sd' ')" = \
		"requests_event requests_spin requests_guests_10 requests_guests_100 requests_guests_1000 \
requests_guests_10_pcpus_64 requests_guests_100_pcpus_64 requests_guests_1000_pcpus_64 idle_hour" ]
	[ "$(nproc)" -lt 2 ] || grep -q requests_j2 <<<"$output"
	echo "$output" | jq -se 'all((.unit == "requests/s") != (.name == "idle_hour") and .value > 0 and .limit > 0 and .ratio > 0)'
	[[ $stderr =~ requests_event:\ [0-9.]+\ events\ a\ request ]]
}

@test "sweep: short configurations beside long runs of as many requests" {
	run --separate-stderr "$RINGLAB" bench sweep --repeats 1 --configs 40 --format json
	echo "$stderr"
	[ "$status" -eq 0 ]
	[ "$(echo "$output" | jq -r .name | grep -v _j2 | paste -sd' ')" = "sweep_1x10000 sweep_5x2000" ]
	echo "$output" | jq -se 'all(.unit == "requests/s" and .value > 0 and .limit > 0 and .ratio > 0)'
	[ -z "$(ls /tmp/ringlab-bench-* 2>/dev/null)" ]
}

@test "bench of what there is not, or as often as cannot be: exit 2" {
	run --separate-stderr "$RINGLAB" bench engines
	[ "$status" -eq 2 ]
	[[ $stderr == *"engine, requests"* ]]
	run "$RINGLAB" bench
	[ "$status" -eq 2 ]
	run "$RINGLAB" bench engine --repeats 0
	[ "$status" -eq 2 ]
}
