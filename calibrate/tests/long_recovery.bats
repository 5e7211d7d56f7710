#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# once: whole fits, which others make of fewer cells.
# 200 data sets (600 to 799) whose parameters are known are fitted anew: each identifiable parameter's 95 % interval
# holds the truth in 90 to 99 % of them, and what is switched off is never identifiable.

@test "the fit recovers known parameters, and its intervals hold as often as they say" {
	run "$RL_BUILD/test_calibrate_recovery" 200 600 "$BATS_TEST_TMPDIR/sets.csv"
	echo "$output"
	[ "$status" -eq 0 ]
}
