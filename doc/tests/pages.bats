#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Manual pages: there is one for each verb, file format and call, it is well formed, and says what
# the program says.
# once: it reads what the build wrote

setup() {
	MAN=$RL_BUILD/doc/man
	mapfile -t VERBS < <("$RINGLAB" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
}

# need PROGRAM PACKAGE: a skip that names what is missing, a failure where nothing may be skipped
need() {
	command -v "$1" >/dev/null && return
	[ "${CI:-}" != true ] && skip "no $1 (apt-get install $2)"
	false
}

# shown PAGE: as plain text
shown() {
	gunzip -c "$1" | mandoc -T ascii -O width=400 | sed 's/.\x08//g'
}

@test "all pages are well formed" {
	need mandoc mandoc
	need groff groff-base
	for page in "$MAN"/man?/*.gz; do
		bad=$(gunzip -c "$page" | mandoc -T lint -W style | grep -vE 'referenced manual not found|longer than 80 bytes' || true)
		echo "${page##*/}: $bad"
		[ -z "$bad" ]
		[ -z "$(gunzip -c "$page" | groff -man -ww -T utf8 2>&1 >/dev/null)" ]
	done
	[ "$(find "$MAN" -name '*.gz' | wc -l)" -ge 30 ]
	# a page with a fault is found
	gunzip -c "$MAN/man1/ringlab.1.gz" | sed 's/^\.TP$/.TPX/' >"$BATS_TEST_TMPDIR/bad.1"
	[ -n "$(mandoc -T lint -W warning "$BATS_TEST_TMPDIR/bad.1")" ]
}

@test "each verb's page has each option and each word of its --help" {
	need mandoc mandoc
	[ ${#VERBS[@]} -ge 11 ]
	for v in "${VERBS[@]}"; do
		text=$(shown "$MAN/man1/ringlab-$v.1.gz")
		mapfile -t options < <("$RINGLAB" help "$v" | sed -nE 's/^ +(-., )?(--[a-z-]+).*/\2/p')
		[ ${#options[@]} -gt 1 ]
		for o in "${options[@]}"; do
			grep -qE -- "(^| )$o(=| |$)" <<<"$text" || { echo "$v: no $o"; false; }
		done
		missing=$("$RINGLAB" help "$v" | sed '/^Mandatory or optional/,/^for any/d; s/^Usage: .*//' |
			tr -s ' \n' '\n\n' | sed 's/\[=.*//' | sort -u | grep '^[A-Za-z]\{5\}' |
			comm -23 - <(tr -s ' \n' '\n\n' <<<"$text" | sort -u))
		echo "$v: $missing"
		[ -z "$missing" ]
	done
	ls "$MAN/man1" | sed -n 's/^ringlab-\(.*\)\.1\.gz$/\1/p' | diff - <(printf '%s\n' "${VERBS[@]}" | sort)
}

@test "each file format has a page, with the fields that the program reads" {
	need mandoc mandoc
	for page in scenario job cell split tolerances db; do [ -s "$MAN/man5/ringlab-$page.5.gz" ]; done
	text=$(shown "$MAN/man5/ringlab-scenario.5.gz")
	for name in $("$RINGLAB" list parameters --format csv | sed -n '2,$s/,.*//p'); do
		grep -qE "^ *costs\.$name( |$)" <<<"$text" || { echo "no $name"; false; }
	done
	for name in $("$RINGLAB" list policies --format csv | sed -n '2,$s/,.*//p'); do
		grep -qE "^ *$name( |$)" <<<"$text" || { echo "no $name"; false; }
	done
	text=$(shown "$MAN/man5/ringlab-job.5.gz")
	for name in $("$RINGLAB" list workloads --format csv | sed -n '2,$s/,.*//p'); do
		grep -qE "^ *$name(=| |$)" <<<"$text" || { echo "no $name"; false; }
	done
	# the keys of a cell, of its reader; the statistics of tolerances
	text=$(shown "$MAN/man5/ringlab-cell.5.gz")
	keys=$(sed -n '/key_names\[KEYS\] = {/,/};/p' "$RL_SOURCE/data/format/cell.c" | grep -o '"[a-z0-9_]*"' | tr -d '"')
	[ "$(wc -w <<<"$keys")" -ge 17 ]
	for name in $keys; do grep -qE "(^|[ ,])$name([ ,]|$)" <<<"$text" || { echo "no $name"; false; }; done
	text=$(shown "$MAN/man5/ringlab-tolerances.5.gz")
	names=$(sed -n '/statistic_names\[/,/};/p' "$RL_SOURCE/data/format/tolerance.c" | grep -o '"[a-z_]*"' | tr -d '"')
	[ "$(wc -w <<<"$names")" -ge 8 ]
	for name in $names; do grep -qE "^ *$name( |$)" <<<"$text" || { echo "no $name"; false; }; done
}

@test "the page of the database has each view and column" {
	need mandoc mandoc
	cd "$BATS_TEST_TMPDIR"
	"$RINGLAB" import --db new.db "$RL_SOURCE/data/tests/sample"
	text=$(shown "$MAN/man5/ringlab-db.5.gz")
	views=$(sqlite3 new.db "SELECT name FROM sqlite_schema WHERE type = 'view'")
	[ "$(wc -w <<<"$views")" -ge 8 ]
	for v in $views; do grep -qE "^ *$v$" <<<"$text" || { echo "no $v"; false; }; done
}

@test "examples of formats are what they say" {
	cd "$BATS_TEST_TMPDIR"
	example() { gunzip -c "$MAN/man5/ringlab-$1.5.gz" | sed -n '/^\.EX/,/^\.EE/{/^\.E[XE]/d;s/\\-/-/g;p}'; }
	example scenario >s.yaml
	example job >j.fio
	example cell >cell.txt
	example split >split.csv
	example tolerances >tolerances.csv
	for f in s.yaml j.fio cell.txt split.csv tolerances.csv; do
		run "$RINGLAB" check "$f"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}
