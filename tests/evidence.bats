#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The simulator runs the driver's decisions: logs of a real boot, replayed through the build of the
# policies that the simulator has, must come out the same, decision by decision.

@test "decisions that the modules recorded are equal in replay" {
	local log seen=0
	for log in "$RL_SOURCE"/data/evidence/*/*/*.decisions; do
		run "$RINGLAB" check "$log"
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output == *"equal in replay"* ]]
		seen=$((seen + 1))
	done
	[ "$seen" -ge 4 ]
}

@test "a decision that was changed by hand is found, with its line" {
	local log
	for log in "$RL_SOURCE"/data/evidence/*/*/*.decisions; do break; done
	# the tenth line is a decision or a result; change the action of the next decision
	awk 'NR > 10 && $1 == "idle" && !done { $6 = ($6 + 1) % 6; done = 1 } { print }' "$log" >"$BATS_TEST_TMPDIR/changed"
	run "$RINGLAB" check "$BATS_TEST_TMPDIR/changed"
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"changed:1"[0-9]* ]]
}
