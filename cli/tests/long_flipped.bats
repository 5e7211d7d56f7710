#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A bit of every byte of a small database, then every bit of its first pages, under the verbs that read it: ctest --preset dev -L long.
bats_require_minimum_version 1.5.0

@test "no flipped bit crashes a verb, hangs it, or changes what it tells while check finds nothing" {
	cd "$RL_SOURCE"
	RL_EVERY_BYTE=1 TMPDIR=/dev/shm run -0 nice -n 15 "$RL_BUILD/test_cli_flipped"
	echo "$output"
	[[ $output == *"none crashed or hung"* ]]
}
