#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A block device's exercises on the rig, by the own and the stock pair: ctest --preset dev -L long.

@test "the own pair stands every exercise" {
	run nice -n 10 "$BATS_TEST_DIRNAME/../block/run" "$BATS_TEST_TMPDIR/out"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ^own, <<<"$output")" = "$(find "$BATS_TEST_DIRNAME/../block/exercises" -name '*.sh' | wc -l)" ]
}
