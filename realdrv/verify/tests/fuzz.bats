#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What judges an untrusted peer agrees with its rules said once more, and a rule that is taken
# out is found missing. The long run is in long_fuzz.bats.
# once: it builds its programs with sanitizers by itself

fuzz=$BATS_TEST_DIRNAME/../fuzz

setup() {
	command -v clang-14 >/dev/null || command -v clang >/dev/null || {
		[ "${CI:-}" != true ]
		skip "no clang (apt-get install clang libclang-rt-dev)"
	}
	SANITIZED=$(sed -n 's/^CMAKE_C_FLAGS:STRING=//p' "$RL_BUILD/CMakeCache.txt")
}

# clean TARGET RUNS
clean() {
	run "$fuzz" "$1" --runs "$2"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ executions\ clean ]]
	[ "${BASH_REMATCH[1]}" -ge "$2" ]
}

# found TARGET LEAST NUMBER...: these rules are found missing, all when none is named.
found() {
	local target=$1 least=$2

	shift 2
	run "$fuzz" "$target" --rules "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ' found in ' <<<"$output")" -ge "$least" ]
	[ "$(grep -c 'NOT found' <<<"$output")" -eq 0 ]
}

@test "requests: the validator is clean" {
	clean blkif 300000
}

@test "requests: a rule that is taken out is found missing" {
	# The sanitizers are the fuzzer's own: a second build of the project changes nothing.
	if [ -n "$SANITIZED" ]; then found blkif 3 1 5 10; else found blkif 34; fi
}

@test "handshake: what judges it is clean" {
	clean hello 5000
}

@test "handshake: a rule that is taken out is found missing" {
	# All of them are in long_fuzz.bats: each execution is some forty system calls.
	found hello 3 1 10 18
}
