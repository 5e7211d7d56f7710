#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# fio's own verification while the backend is killed and comes back.

setup_file() {
	load ../../tests/engine
	engine_build
}

@test "fio verifies everything over 10 kills of the backend" {
	load ../../tests/engine
	engine_or_skip
	run timeout 300 "$RL_SOURCE/realdrv/hosted/campaign/kill-fio" "$so" "$RL_BUILD/rl-backend" 10
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"kills 10"* ]]
	[[ $output != *"fio_runs_verified 0"* ]]
}
