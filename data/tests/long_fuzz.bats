#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Half an hour of the other readers of what people write, ten million executions of each importer and of the job reader: ctest --preset dev -L long.

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

@test "decision logs: half an hour, clean" { long decisions; }

@test "files of points: half an hour, clean" { long points; }

million() {
	run nice -n 10 "$fuzz" "$1" --runs 10000000
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ executions\ clean ]]
	[ "${BASH_REMATCH[1]}" -ge 10000000 ]
}

@test "job files: ten million executions, clean" { million job; }

@test "fio's output: ten million executions, clean" { million fio_json; }

@test "fio's logs: ten million executions, clean" { million fio_log; }

@test "cells: ten million executions, clean" { million cell; }

@test "drivers' counters: ten million executions, clean" { million stats; }

@test "CPU times of domains: ten million executions, clean" { million cpu; }

@test "stage traces of both sides: ten million executions, clean" { million trace; }

@test "xenalyze's texts: ten million executions, clean" { million xenalyze; }

@test "perf stat: ten million executions, clean" { million perf; }

@test "records of I/O: ten million executions, clean" { million iolog; }

@test "splits of cells: ten million executions, clean" { million split; }
