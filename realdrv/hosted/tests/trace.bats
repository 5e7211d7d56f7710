#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What rl-backend says of a trace that it cannot make, and what `ringlab check` says of one that is none.

@test "a bad number of records is refused" {
	for n in 0 -1 4k 4194305 ''; do
		run "$RL_BUILD/rl-backend" --listen "$BATS_TEST_TMPDIR/s" --trace t --trace-records "$n"
		echo "$n: $output"
		[ "$status" -eq 3 ]
		[ "$output" = "rl-backend: error: --trace-records '$n': expected 1 to 4194304" ]
	done
}

@test "what is no trace is refused with its place" {
	cd "$BATS_TEST_TMPDIR"
	printf 'rltrace\n\001\0\0\0' >short
	printf 'something else' >back.trace
	run "$RINGLAB" check short
	[ "$status" -eq 3 ]
	[ "$output" = "short: error: byte 12: the file ends (expected a header of 80 bytes)" ]
	head -c 100 /dev/zero >back.trace
	run "$RINGLAB" check back.trace
	[ "$status" -eq 3 ]
	[ "$output" = 'back.trace: error: byte 0: no trace (expected "rltrace")' ]
}
