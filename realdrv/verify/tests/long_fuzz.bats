#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# 10^8 executions of the request validator, and every rule: ctest --preset dev -L long.

fuzz=$BATS_TEST_DIRNAME/../fuzz

@test "requests: 10^8 executions, clean" {
	run nice -n 10 "$fuzz" blkif --runs 100000000
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ \ ([0-9]+)\ executions\ clean ]]
	[ "${BASH_REMATCH[1]}" -ge 100000000 ]
}

@test "handshake: half an hour, clean" {
	run nice -n 10 "$fuzz" hello --seconds 1800
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "handshake: every rule that is taken out is found missing" {
	run nice -n 10 "$fuzz" hello --rules
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ' found in ' <<<"$output")" -ge 21 ]
}
