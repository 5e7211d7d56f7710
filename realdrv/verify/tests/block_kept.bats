#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the own and the stock pair stood of a block device's exercises, as kept in data/evidence/block: each exercise is there, the own pair
# stood it, and the README says what follows from the rows. long_block.bats runs all of it again.

setup() {
	block=$BATS_TEST_DIRNAME/../block
	kept=$RL_SOURCE/data/evidence/block
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "a row is kept for each exercise and pair" {
	for pair in own stock; do
		awk -F, -v pair=$pair '$1 == pair { print $2 }' "$kept/exercises.csv" | sort | diff <(cd "$block/exercises" && printf '%s\n' *.sh | sed 's/\.sh$//' | LC_ALL=C sort) -
	done
}

@test "the own pair stood all of them" {
	run awk -F, '$1 == "own" && ($3 == 0 || $4 + $5 + $6 + $7 > 0)' "$kept/exercises.csv"
	echo "$output"
	[ -z "$output" ]
}

@test "the README tells each check that the stock pair failed" {
	while IFS=, read -r pair name held failed _; do
		[ "$pair" = stock ] && [ "$failed" != 0 ] || continue
		grep -qF "\`$name\`: $failed of $((held + failed)) checks" "$RL_SOURCE/data/evidence/README.md"
	done <"$kept/exercises.csv"
	run awk -F, '{ n[$1] += $3 + $4; bad[$1] += $4 } END { printf "own %d of %d checks, stock %d of %d", n["own"] - bad["own"], n["own"], n["stock"] - bad["stock"], n["stock"] }' \
		"$kept/exercises.csv"
	grep -qF "$output" "$RL_SOURCE/data/evidence/README.md"
}

@test "rows are made from what an exercise said, and from both kernels' logs" {
	mkdir -p inside/own/one && cd inside/own/one
	printf 'ok a\nnot ok b: 1, 2\nok c\n' >said
	printf 'BUG: here\n' >guest.dmesg
	: >driver.dmesg
	echo '12 dd' >blocked
	echo whole >ended
	run "$block/run" --csv ../../..
	[ "$status" -eq 0 ]
	[ "${lines[1]}" = "own,one,2,1,1,1,0,b: 1; 2" ]
}

@test "an exercise that nobody knows is refused before the machine starts" {
	run "$block/run"
	[ "$status" -eq 2 ]
	[[ "$output" == *"run [--kmod DIR] OUT"* ]]
	run "$block/run" --kmod "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/out" no-such
	[ "$status" -eq 2 ]
	[[ "$output" == *"no exercise 'no-such'"* ]]
}
