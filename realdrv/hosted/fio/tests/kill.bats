#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# fio's own verification while the backend is killed and comes back.

@test "fio verifies everything over 10 kills of the backend" {
	so=$RL_SOURCE/build/fio/ringlab.so
	if ! "$RL_SOURCE/realdrv/hosted/fio/build" "$RL_SOURCE/build/fio" 2>"$BATS_TEST_TMPDIR/log"; then
		cat "$BATS_TEST_TMPDIR/log"
		grep -q '^source: error: no source package' "$BATS_TEST_TMPDIR/log" || return 1
		[ "${CI:-}" != true ] || return 1
		skip "fio's source package cannot be had"
	fi
	run timeout 300 "$RL_SOURCE/realdrv/hosted/campaign/kill-fio" "$so" "$RL_BUILD/rl-backend" 10
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"kills 10"* ]]
	[[ $output != *"fio_runs_verified 0"* ]]
}
