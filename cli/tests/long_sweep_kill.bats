#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep is killed fifty times at random moments; its database ends as that of an undisturbed one.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	kills=${KILLS:-50} polls=${POLLS:-100}
	# The program itself, for $! of a function is a shell's.
	space=("$RINGLAB" sweep "$RL_SOURCE/data/scenarios/two-cores.yaml" -q --name s --reps 1 --requests 500 --warmup tenth
		--over back_policy=event,spin --over job.iodepth=1:32:1 --over costs.poll_ns=10:"$polls"0:10)
}

have() { sqlite3 -readonly "$1" "SELECT count(*) FROM sweep_config" 2>/dev/null || echo 0; }

@test "killed fifty times and begun again: the database of an undisturbed sweep" {
	cut=0
	"${space[@]}" --db whole.db -j 2 2>/dev/null
	[ "$(have whole.db)" = $((64 * polls)) ]
	for ((i = 0; i < kills; i++)); do
		"${space[@]}" --db killed.db -j $((i % 3 + 1)) 2>/dev/null &
		pid=$!
		sleep "0.$(printf %03d $((RANDOM % 500)))"
		if kill -9 $pid 2>/dev/null; then cut=$((cut + 1)); fi
		wait $pid 2>/dev/null || true
		n=$(have killed.db)
		# Done too early: from the start again, so that each kill meets work.
		[ "$n" -lt $((64 * polls)) ] || rm -f killed.db*
		echo "kill $i: $n stored"
	done
	[ "$cut" -ge $((kills / 2)) ]
	"${space[@]}" --db killed.db -j 2 2>/dev/null
	sqlite3 whole.db .dump | sha256sum >whole
	sqlite3 killed.db .dump | sha256sum | diff whole -
	[ "$(sqlite3 killed.db 'PRAGMA integrity_check')" = ok ]
}
