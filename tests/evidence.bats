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

# The median of three repeats: front policy, back policy, block size, depth, CPUs, awake.
median_iops() {
	awk -F, -v cell="$1" '$1 "," $2 "," $3 "," $4 "," $5 "," $6 == cell { print $8 }' "$RL_SOURCE/data/evidence/awake/runs.csv" | sort -n | sed -n 2p
}

@test "the table of CPUs that halt and that do not is the median of the kept runs" {
	local policy depth halting awake rows=0
	while IFS='|' read -r _ policy halting awake _; do
		[[ $policy =~ (event|spin),\ depth\ ([0-9]+) ]]
		policy=${BASH_REMATCH[1]} depth=${BASH_REMATCH[2]}
		echo "$policy $depth"
		[ "$(median_iops "event,$policy,4k,$depth,2,0")" = "$(tr -d ', ' <<<"$halting")" ]
		[ "$(median_iops "event,$policy,4k,$depth,2,1")" = "$(tr -d ', ' <<<"$awake")" ]
		rows=$((rows + 1))
	done < <(sed -n '/^| two CPUs, 4k reads.*awake/,/^$/p' "$RL_SOURCE/data/measured/README.md" | grep '| \(event\|spin\), depth')
	[ "$rows" -eq 5 ]
}

@test "a nap ends early where a late tick comes before the halt, and nowhere else" {
	local log early=0 late=0 n
	for log in "$RL_SOURCE"/data/evidence/naps/*/back.decisions; do
		read -r -a n < <(awk -f "$RL_SOURCE/tests/late_ticks.awk" "$log")
		echo "$log: ${n[*]}"
		[ "${n[1]}" = 0 ]
		[ "${n[2]}" = 0 ]
		early=$((early + n[0])) late=$((late + n[3]))
	done
	[ "$early $late" = "42 2749" ]
}
