#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab calibrate --save`, the whole program, killed at any moment and at every change that it makes to the database: then
# the parameters are the old ones or the new ones, `ringlab check` finds nothing, and doing it again succeeds.
bats_require_minimum_version 1.5.0

platform=xen-qemu-parallel

# part FOLDER REPEAT...: the calibration cells of the platform, with these repeats
part() {
	local to=$1/$platform cell repeat
	shift
	mkdir -p "$to"
	cp "$RL_SOURCE/data/measured/split.csv" "$to/.."
	cp "$RL_SOURCE/data/measured/$platform/manifest.json" "$to"
	while IFS=, read -r _ cell _; do
		for repeat; do cp -r "$RL_SOURCE/data/measured/$platform/$cell.r$repeat" "$to"; done
	done < <(grep "^$platform,.*,calibrate" "$to/../split.csv")
}

# Two states that differ: old.db, whose parameters somebody wrote by hand, and what the program makes of it when it is left alone.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	part both 1 2
	"$RINGLAB" import --db old.db both >/dev/null
	sqlite3 old.db "INSERT INTO param_set VALUES (1, 'p', '$platform', 'then', '{}');
		INSERT INTO param VALUES (1, 'page_ns', 77, 70, 80, 1, 'ns'), (1, 'submit_return_ns', 77, 70, 80, 1, 'ns')" \
		'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	dump old.db >old
	cp old.db new.db
	start=${EPOCHREALTIME/./}
	save new.db
	echo $(((${EPOCHREALTIME/./} - start) / 1000)) >whole_ms
	dump new.db >new
	[ "$(comm -13 <(grep '^value' old | sort) <(grep '^value' new | sort) | wc -l)" -gt 1 ]
	cc -D_GNU_SOURCE -shared -fPIC -O1 -Wall -o killer.so "$RL_SOURCE/cli/tests/killer.c" -ldl
}

setup() { cd "$BATS_FILE_TMPDIR" || return 1; }

save() { "$RINGLAB" calibrate --db "$1" --platform $platform --save p >/dev/null 2>&1; }

# All that is kept of the parameters, but when they were made.
dump() {
	sqlite3 "$1" "SELECT 'set', name, platform, manifest FROM param_set; SELECT 'value', name, value, lo, hi FROM param WHERE identifiable;
		SELECT 'rest', * FROM param; SELECT 'run', run_hash FROM calibration_run ORDER BY 2"
}

# judge WHAT: the database after a kill; counts
judge() {
	"$RINGLAB" check t.db >said 2>&1 || { echo "$1:"; cat said; return 1; }
	dump t.db >now
	[ "$(sqlite3 t.db 'SELECT count(*) FROM param_set')" = 1 ]
	echo "$1" >>judged
	if cmp -s now old; then
		old=$((old + 1))
	elif cmp -s now new; then
		new=$((new + 1))
	else
		echo "$1: neither the old parameters nor the new ones"
		diff old now || true
		return 1
	fi
}

again() {
	save t.db
	dump t.db >now
	cmp now new
}

@test "killed at any moment: the old set or the new one, and again succeeds" {
	old=0 new=0
	for kill in $(seq 24); do
		rm -f t.db*
		cp old.db t.db
		# Three in four at any moment of the whole, the fourth while it writes, which is a moment at its end.
		"$RINGLAB" calibrate --db t.db --platform $platform --save p >/dev/null 2>&1 &
		pid=$!
		if [ $((kill % 4)) != 0 ]; then
			sleep "$(awk -v ms="$(cat whole_ms)" -v r=$RANDOM 'BEGIN { print ms / 1000 * r / 32767 * 1.05 }')"
		else
			while kill -0 $pid 2>/dev/null && [ ! -s t.db-wal ]; do :; done
			sleep "0.00$((RANDOM % 10))"
		fi
		kill -KILL $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		judge "kill $kill"
		[ $((kill % 8)) != 0 ] || again
	done
	echo "24 kills: $old times the old set, $new the new"
	[ "$old" -gt 0 ]
}

# The files that a kill at each change would leave come from one run of the program; in the midst of them it is killed indeed, and
# leaves these.
@test "killed at every change that it makes to the database, each write half done" {
	old=0 new=0
	mkdir -p keep
	cp old.db t.db
	RL_KEEP=$PWD/keep LD_PRELOAD=$PWD/killer.so save t.db
	dump t.db >now
	cmp now new
	changes=$(find keep -mindepth 1 -type d | wc -l)
	[ "$changes" -gt 10 ]
	for at in $(seq "$changes"); do
		rm -f t.db*
		cp keep/"$at"/t.db* .
		judge "change $at"
		[ "$at" != 20 ] || again
	done
	at=$((changes / 2))
	rm -f t.db*
	cp old.db t.db
	RL_KILL_AT=$at LD_PRELOAD="$PWD/killer.so" run -137 "$RINGLAB" calibrate --db t.db --platform $platform --save p
	for file in keep/"$at"/t.db*; do [ "$(stat -c %s "$file")" = "$(stat -c %s "${file##*/}")" ]; done
	judge "kill at $at"
	echo "$changes changes, a kill at each: $old times the old set, $new the new"
	[ "$old" -gt 0 ]
	[ "$new" -gt 0 ]
}
