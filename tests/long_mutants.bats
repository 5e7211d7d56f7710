#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every mutant of tests/mutants is caught by the test that is named for it, and there are enough of
# them.
bats_require_minimum_version 1.5.0

@test "every mutant is caught" {
	run -0 "$RL_SOURCE/tests/mutants/run"
	echo "$output"
	[[ $output == *" mutants, 0 not caught"* ]]
	[ "$(grep -c ' caught$' <<<"$output")" -ge 50 ]
}
