#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the everyday tests do a little of: 500 kills, every change of the disk failed in turn, a bit of every byte of a database flipped.

bats_require_minimum_version 1.5.0

setup() { cd "$RL_SOURCE" || exit; }

@test "500 kills while importing, 500 while saving parameters" {
	RL_KILLS=500 run -0 "$RL_BUILD/test_data_store_kill"
	echo "$output"
	[[ $output == *"import: 500 kills"* ]]
	[[ $output == *"calibrate --save: 500 kills"* ]]
}

@test "every change of the disk failed in turn" {
	RL_EVERY_CHANGE=1 run -0 "$RL_BUILD/test_data_store_faults"
	echo "$output"
	[[ $output == *"each 1. failed"* ]]
}

@test "a bit of every byte of a database flipped, and the file cut at every byte" {
	RL_EVERY_BIT=1 TMPDIR=/dev/shm run -0 "$RL_BUILD/test_data_store_hostile"
	echo "$output"
}

# many N: a platform's directory with N runs of different content.
many() {
	mkdir -p many
	cp "$RL_SOURCE/data/tests/sample/manifest.json" many/
	for i in $(seq "$1"); do
		cp -r "$RL_SOURCE"/data/tests/sample/event-spin-randread-4k-qd8 "many/a.r$i"
		sed -i "s/\"timestamp\" : /&$i/" "many/a.r$i/fio.json"
	done
}

@test "500 kills of ringlab import: nothing or all of it, and then all of it" {
	cd "$BATS_TEST_TMPDIR"
	many 30
	"$RINGLAB" import "$RL_SOURCE/data/tests/sample" >/dev/null
	cp ringlab.db before.db
	old=0 new=0
	for kill in $(seq 500); do
		if [ "$((kill % 5))" = 0 ]; then rm -f ringlab.db*; cp before.db ringlab.db; fi
		"$RINGLAB" import many >/dev/null 2>&1 &
		sleep "0.$(printf %03d $((RANDOM % 90)))"
		kill -KILL $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		n=$(sqlite3 ringlab.db 'SELECT count(*) FROM run')
		case $n in 1) old=$((old + 1)) ;; 31) new=$((new + 1)) ;; *) false ;; esac
	done
	"$RINGLAB" import many >/dev/null
	[ "$(sqlite3 ringlab.db 'SELECT count(*) FROM run')" = 31 ]
	[ "$(sqlite3 ringlab.db 'PRAGMA integrity_check')" = ok ]
	"$RINGLAB" check ringlab.db
	echo "$old times the old state, $new the new"
	[ "$old" -gt 0 ]
	[ "$new" -gt 0 ]
}
