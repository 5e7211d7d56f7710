#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The rows that are kept of hostile peers on the rig (data/evidence/hostile): every case is there, each driver did what it owes, and
# the judge sees it when one did not. long_peers.bats runs all of it again.

setup() {
	kept=$RL_SOURCE/data/evidence/hostile
	peers=$BATS_TEST_DIRNAME/../peers
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "a row is kept for each case of both menus, in their order" {
	for side in back front; do
		sed -n "s/^item=\([0-9]*\).*\(fault\|nodes\)=.*/\1/p" "$peers/menu.$side" >menu
		[ "$(wc -l <menu)" -ge 37 ]
		tail -n +2 "$kept/$side.csv" | cut -d, -f1 | diff menu -
	done
	# each input of a backend, but for a death at each state, which is another campaign; each of a frontend
	[ "$(tail -q -n +2 "$kept"/back.csv "$kept"/front.csv | cut -d, -f1 | sort -nu | tr '\n' ' ')" = \
		"0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 19 20 21 22 23 24 25 " ]
}

@test "each driver did what it owes" {
	run "$peers/judge" "$kept"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a row that tells otherwise is found" {
	cp "$kept/back.csv" "$kept/front.csv" .
	awk -F, -v OFS=, '$2 == "no-flush" { $7 = "works"; $9 = 4 } { print }' "$kept/back.csv" >back.csv
	run "$peers/judge" .
	[ "$status" -eq 1 ]
	[[ "$output" == *"12 no-flush: seen works (expected error)"*"reported as done"* ]]
	cp "$kept/back.csv" .
	for change in '$2 == "last-8" { $7 = "0" }' '$2 == "sector-high" { $9 = "changed" }' '$2 == "batch" { $14-- }' '$2 == "prod-far" { $10 = "fails" }' \
		'$2 == "segments-12" { $18 = 1 }'; do
		awk -F, -v OFS=, "$change"' { print }' "$kept/front.csv" >front.csv
		run "$peers/judge" .
		echo "$change: $output"
		[ "$status" -eq 1 ]
	done
}
