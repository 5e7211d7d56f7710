#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The models of the ring take the steps of core/ring.h.

models=$BATS_TEST_DIRNAME/../models

@test "the model takes the steps of ring.h, and a reordered ring.h is seen" {
	run "$models" --trace
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ accesses\ equal,\ ([0-9]+)\ mutants ]]
	[ "${BASH_REMATCH[1]}" -ge 100 ]
	[ "${BASH_REMATCH[2]}" -ge 20 ]
}
