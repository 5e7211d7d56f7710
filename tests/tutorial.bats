#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command of TUTORIAL.md runs, exits as it says there, and prints what is shown there, to the last digit.
# When the simulator has changed on purpose: tests/console TUTORIAL.md >new, where this test would run it; then read
# whether the words around the figures still hold.
# once: the same bits whatever the build
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir bin
	ln -s "$RINGLAB" bin/ringlab
	ln -s "$RL_SOURCE/data" data
	PATH=$PWD/bin:$PATH
	export LC_ALL=C HOME=$PWD
	page=$RL_SOURCE/TUTORIAL.md
}

@test "the tutorial shows what its commands print" {
	for program in sqlite3 gnuplot; do
		command -v $program >/dev/null || { [ "${CI:-}" = true ] && false; skip "no $program"; }
	done
	[ "$(grep -c '^\$ ringlab' "$page")" -ge 10 ]
	"$RL_SOURCE/tests/console" "$page" >new
	diff "$page" new
}

@test "what is wrong on a page is found" {
	printf '%s\n' 'a page' '```console' '$ echo "a' '> $((1 + 1))"' a 2 '$ x=1' '$ (exit $((x + 1)))  # exit 2' '```' 'its end' >page
	"$RL_SOURCE/tests/console" page | diff page -
	sed 's/^2$/c/' page >other
	run -1 diff <("$RL_SOURCE/tests/console" other) other
	[[ $output == *'< 2'*'> c'* ]]
	sed 's/exit 2/exit 3/' page >other
	run -1 --separate-stderr "$RL_SOURCE/tests/console" other
	[[ $stderr == 'other:8:1: error: exit 2 (expected 3) of: '* ]]
	printf '%s\n' '```console' '$ false | true' '```' >other
	run -1 "$RL_SOURCE/tests/console" other
}
