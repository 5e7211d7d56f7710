#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The readers of what people write take any bytes: no crash, no undefined behaviour, one line that
# says what is wrong, and what is taken is in range. A guard that is taken out is found missing. The
# long run is in long_fuzz.bats.
# once: it builds its programs with sanitizers by itself

fuzz=$BATS_TEST_DIRNAME/fuzz/fuzz

setup_file() {
	export RL_FUZZ_OBJECTS=$BATS_FILE_TMPDIR/objects
}

setup() {
	command -v clang-14 >/dev/null || command -v clang >/dev/null || {
		[ "${CI:-}" != true ]
		skip "no clang (apt-get install clang libclang-rt-dev)"
	}
	[ -z "$(sed -n 's/^CMAKE_C_FLAGS:STRING=//p' "$RL_BUILD/CMakeCache.txt")" ] ||
		skip "the sanitizers are the fuzzer's own"
}

# clean READER RUNS
clean() {
	run "$fuzz" "$1" --runs "$2"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ executions\ clean ]]
	[ "${BASH_REMATCH[1]}" -ge "$2" ]
}

# found READER FILE SCRIPT WHAT
found() {
	run "$fuzz" "$1" --runs 2000000 --without "$2" "$3"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$4"* ]]
}

@test "scenarios" { clean scenario 30000; }

@test "job files" { clean job 20000; }

@test "fio's output" { clean fio_json 20000; }

@test "fio's logs" { clean fio_log 20000; }

@test "xenalyze's texts" { clean xenalyze 20000; }

@test "perf stat" { clean perf 20000; }

@test "decision logs" { clean decisions 20000; }

@test "files of points" { clean points 20000; }

@test "cells" { clean cell 20000; }

@test "drivers' counters" { clean stats 20000; }

@test "CPU times of domains" { clean cpu 20000; }

@test "stage traces of both sides, joined" { clean trace 20000; }

@test "records of I/O: iologs and blkparse" { clean iolog 20000; }

@test "splits of cells" { clean split 20000; }

@test "a field that is longer than its place is found, were it not refused" {
	found scenario scenario.c 's/if (n >= size || /if (/' AddressSanitizer
}

@test "a part of a value that is longer than its place is found, were it not refused" {
	found job fio_value.c 's/if (n >= PART_BYTES)/if (0)/' 'is not clean'
}
