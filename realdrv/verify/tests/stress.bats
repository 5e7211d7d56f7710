#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The ring between two real CPUs: no wake-up is lost, across the wrap of its indices, and
# every broken ring.h is caught. The long run is in long_stress.bats.

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	stress=$RL_SOURCE/realdrv/verify/stress
	FLAGS=$(sed -n 's/^CMAKE_C_FLAGS:STRING=//p' "$RL_BUILD/CMakeCache.txt")
}

# passed N: the last run passed at least N messages, some across the wrap, and blocked on both sides.
passed() {
	local across

	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ messages,\ [0-9]+\ rounds\ \(([0-9]+)\ across\ 2\^32\),\ 0\ lost ]]
	across=${BASH_REMATCH[2]}
	[ "${BASH_REMATCH[1]}" -ge "$1" ]
	[ "$across" -gt 0 ]
	[ "$(grep -cE 'blocked [1-9]' <<<"$output")" -eq 2 ]
}

@test "two threads: policies of the registry, indices that wrap, no lost wake-up" {
	run env CFLAGS="-O2 -g $FLAGS" "$stress" --messages 3000000
	passed 3000000
}

@test "two processes" {
	run env CFLAGS="-O2 -g $FLAGS" "$stress" --messages 1000000 --processes --seed 7
	passed 1000000
}

@test "no data race, says the thread sanitizer" {
	run env CFLAGS="-O1 -g -fsanitize=thread -Wno-tsan" "$stress" --messages 400000
	passed 400000
	[[ $output != *WARNING* ]]
}

@test "every broken ring.h is caught" {
	names=()
	# Sanitizers change nothing here: a few are enough then.
	[ -z "$FLAGS" ] || names=(back-no-recheck front-event-behind hold-off-flat)
	run "$stress" --mutants "${names[@]}"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c 'caught in .*lost wake-up' <<<"$output")" -eq "${#lines[@]}" ]
	[ ${#lines[@]} -ge 3 ]
	[ -n "$FLAGS" ] || [ ${#lines[@]} -ge 16 ]
}

@test "wrong options are usage errors" {
	for wrong in "--messages 0" "--messages 1x" "--back-policy nope" "--cpus 1" "extra"; do
		# shellcheck disable=SC2086
		run "$stress" $wrong
		echo "$wrong: $status $output"
		[ "$status" -eq 2 ]
	done
	run "$stress" --mutants no-such
	[ "$status" -eq 4 ]
	[[ $output == *"unknown mutant"* ]]
}
