#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The debug kernel says what a plain one would not, and the judge of hostile peers counts it: faults planted into the drivers, and the
# drivers as they are: ctest --preset dev -L long -R long_watch. The first time the kernel is built.

@test "each planted fault is reported and counted, and nothing is said of the drivers as they are" {
	run nice -n 10 "$BATS_TEST_DIRNAME/../peers/plants/run" "$BATS_TEST_TMPDIR/plants"
	echo "$output"
	[ "$status" -eq 0 ]
	for plant in "$BATS_TEST_DIRNAME"/../peers/plants/*.plant; do
		name=${plant##*/}
		[[ "$output" == *"${name%.plant}: "[1-9]* ]]
	done
	[[ "$output" == *"clean: no report"* ]]
}
