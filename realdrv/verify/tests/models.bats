#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The models of the ring: they take the steps of core/ring.h, hold in every state, and do
# not hold once anything that matters is left out. Larger ones are in long_models.bats.
# once: the models are no part of the build

models=$BATS_TEST_DIRNAME/../models

@test "the model takes the steps of ring.h, and a reordered ring.h is seen" {
	run "$models" --trace
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ accesses\ equal,\ ([0-9]+)\ mutants ]]
	[ "${BASH_REMATCH[1]}" -ge 100 ]
	[ "${BASH_REMATCH[2]}" -ge 20 ]
}

@test "every state of every model, and every broken one caught" {
	local pattern='' holds=9 caught=31

	# A build of the project under sanitizers changes nothing here: then a part of it is enough.
	if grep -q '^CMAKE_C_FLAGS:STRING=.*sanitize' "$RL_BUILD/CMakeCache.txt"; then
		pattern='event x event\||no re-check' holds=1 caught=2
	fi
	run "$models" --states "$pattern"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -cE ' [1-9][0-9]+ states  holds$' <<<"$output")" -eq $holds ]
	[ "$(grep -c ' states  caught: ' <<<"$output")" -eq $caught ]
}
