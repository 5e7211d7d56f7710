#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The kept campaign of data/evidence/recovery, judged again: nothing is fitted, all 200 sets are there.

@test "the kept 200 data sets say what is said of them" {
	local kept=$RL_SOURCE/data/evidence/recovery/sets.csv
	[ "$(tail -n +2 "$kept" | cut -d, -f1 | sort -u | wc -l)" -eq 200 ]
	cp "$kept" "$BATS_TEST_TMPDIR"
	run "$RL_BUILD/test_calibrate_recovery" 200 600 "$BATS_TEST_TMPDIR/sets.csv"
	echo "$output"
	[ "$status" -eq 0 ]
	cmp "$kept" "$BATS_TEST_TMPDIR/sets.csv"
}

@test "a parameter that is held too seldom fails" {
	# of each set's first parameter the interval goes to where the truth is not
	awk -F, -v OFS=, 'NR > 1 && $2 == "fio_ns" && $1 % 5 == 0 { $6 = $4 * 2; $7 = $4 * 3 } { print }' \
		"$RL_SOURCE/data/evidence/recovery/sets.csv" >"$BATS_TEST_TMPDIR/sets.csv"
	run "$RL_BUILD/test_calibrate_recovery" 200 600 "$BATS_TEST_TMPDIR/sets.csv"
	[ "$status" -ne 0 ]
}
