#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Half an hour of each reader: ctest --preset dev -L long.

fuzz=$BATS_TEST_DIRNAME/fuzz/fuzz

setup_file() {
	export RL_FUZZ_OBJECTS=$BATS_FILE_TMPDIR/objects
}

long() {
	run nice -n 10 "$fuzz" "$1" --seconds 1800
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "scenarios: half an hour, clean" { long scenario; }

@test "job files: half an hour, clean" { long job; }

@test "fio's output: half an hour, clean" { long fio_json; }

@test "decision logs: half an hour, clean" { long decisions; }

@test "files of points: half an hour, clean" { long points; }
