#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The models of the ring: they take the steps of core/ring.h, hold in every state, and do
# not hold once anything that matters is left out. Larger ones are in long_models.bats.

models=$BATS_TEST_DIRNAME/../models

@test "every state of every model, and every broken one caught" {
	run "$models"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} =~ ([0-9]+)\ accesses\ equal,\ ([0-9]+)\ mutants ]]
	[ "${BASH_REMATCH[1]}" -ge 100 ]
	[ "${BASH_REMATCH[2]}" -ge 20 ]
	[ "$(grep -cE ' [1-9][0-9]+ states  holds$' <<<"$output")" -ge 9 ]
	[ "$(grep -c ' states  caught: ' <<<"$output")" -ge 31 ]
}
