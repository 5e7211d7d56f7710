#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What long work tells of itself: on a terminal always, elsewhere when SIGUSR1 asks.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	sweep=(sweep "$RL_SOURCE/data/scenarios/two-cores.yaml" --over "costs.line_socket_ns=1:400:1" --reps 1 --requests 3000 -j 1)
}

@test "SIGUSR1 asks a sweep how far it is, quiet or not, and does it no harm" {
	"$RINGLAB" "${sweep[@]}" -q --db s.db 2>said &
	local sweep=$!
	# it listens from its first line on, and makes the database later
	until [ -e s.db ]; do sleep 0.01; done
	until grep -q "^sweeping: [0-9]* of 400" said; do
		kill -USR1 $sweep || break
		sleep 0.02
	done
	cat said
	grep -q "^sweeping: [0-9]* of 400, [0-9]* s left$" said
	wait $sweep
	[ "$(sqlite3 s.db "SELECT count(*) FROM sweep_results")" = 400 ]
	tail -n 1 said | grep -q "400 configurations simulated"
}

@test "a terminal sees it on one line, a file does not" {
	"$RINGLAB" "${sweep[@]}" --db s.db >/dev/null 2>said
	run -1 grep sweeping said
	script -qec "'$RINGLAB' ${sweep[*]} --db t.db >/dev/null" /dev/null >terminal
	cat -v terminal
	tr '\r' '\n' <terminal | grep -q "^sweeping: [0-9]* of 400, [0-9]* s left"
	# gone at the end
	tail -n 1 terminal | grep -q $'\r\e\\[K[0-9a-z-]*: 400 configurations simulated'
}
