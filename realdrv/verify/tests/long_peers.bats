#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Hostile peers against both drivers, on one machine of the rig: ctest --preset dev -L long.

setup_file() {
	nice -n 10 "$BATS_TEST_DIRNAME/../peers/run" "$BATS_FILE_TMPDIR/out" >&2
}

setup() {
	cd "$BATS_FILE_TMPDIR/out/inside" || return 1
	peers=$BATS_TEST_DIRNAME/../peers
}

@test "every case of both menus was run" {
	for side in back front; do
		[ "$(($(wc -l <$side.csv) - 1))" = "$(grep -c '^item=' "$peers/menu.$side")" ]
	done
}

@test "each driver did what it owes" {
	cat back.csv front.csv
	run "$peers/judge" .
	echo "$output"
	[ "$status" -eq 0 ]
}
