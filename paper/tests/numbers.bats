#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The report's numbers: each that the page holds is one that `ringlab validate` prints or a view of the store tells, to
# the page's six digits; numbers/compare.js says of each where it is from. long_report.bats: the same of all runs.
# once: it is about numbers, not about memory
bats_require_minimum_version 1.5.0
load browser/look

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	command -v node >/dev/null || { missing "no node (./packages.sh test)"; return 0; }
	"$RL_SOURCE/paper/tests/store" report.db
	"$RINGLAB" report --db report.db --tolerances report.db.csv -o page.html --figures figures --answer >answer
	sed -n '/id="data">/{n;p}' page.html >data.json
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	[ ! -e missing ] || skip "$(cat missing)"
}

compare() { # compare STORE PAGE [FIGURES]
	node "$RL_SOURCE/paper/tests/numbers/compare.js" "$RINGLAB" "$1" report.db.csv "${@:2}"
}

counted() { # counted PART LEAST: so many were compared in this part of the page, and none differs
	[ "$(sed -n "s/^$1: \([0-9]*\) compared, 0 differ$/\1/p" compared)" -ge "$2" ]
}

@test "every number of data, text, tables, provenance and pictures: what validate and the views say" {
	compare report.db page.html figures >compared || { cat compared; false; }
	cat compared
	counted data 5000
	counted text 150
	counted provenance 50
	counted 'medians by validate, and by view cells' 2000
	counted 'still pictures' 200
}

@test "a wrong number is seen in every kind of place, and one that nobody tells" {
	node "$RL_SOURCE/paper/tests/numbers/planted.js" "$RINGLAB" report.db report.db.csv page.html figures >planted || { cat planted; false; }
	cat planted
	[ "$(sed -n 's/^kinds of places: \([0-9]*\) planted, 0 not seen$/\1/p' planted)" -ge 150 ]
}

@test "without parameters: what was measured, and who won" {
	sqlite3 report.db "VACUUM INTO 'measured.db'"
	sqlite3 measured.db 'PRAGMA foreign_keys = ON; DELETE FROM param_set'
	"$RINGLAB" report --db measured.db --tolerances report.db.csv -o measured.html --figures of-measured
	[ "$(jq '[.platforms[].duels[]] | length' <(sed -n '/id="data">/{n;p}' measured.html))" -ge 10 ]
	compare measured.db measured.html of-measured >compared || { cat compared; false; }
	counted data 3000
}

@test "what CPUs are used for: what explain says of the model" {
	for cell in event-randread-4k-qd1 spin-randread-64k-qd4 spin-randread-16k-qd32; do
		"$RINGLAB" explain --db report.db --no-change --format json "xen-qemu-counted/$cell" |
			jq -r '.model[] | select(.section == "cpu" and (.what | contains(": "))) | ["'"$cell"'", .what, .value] | @tsv'
	done | LC_ALL=C sort >told
	[ "$(wc -l <told)" -ge 30 ]
	jq -r '. as $d | .platforms[].cells[] | . as $c | $c[9] | to_entries[] | select(.value > 0 and $d.uses[.key][0] != "") |
		[$c[0], ($d.uses[.key] | join(": ")), .value] | @tsv' data.json | LC_ALL=C sort >page
	awk -F'\t' 'NR == FNR { page[$1, $2] = $3; next } { d = page[$1, $2] - $3; if (d < 0) d = -d; if (d > 5.01e-6 * $3) { print; failed = 1 } }
		END { exit failed }' page told
}

@test "the answer is the page's first sentence" {
	grep -qF "<p class=\"answer\">$(head -1 answer)</p>" page.html
	grep -q 'beats' answer
}

@test "a page is written whole or not at all" {
	mkdir -p full
	run --separate-stderr "$RINGLAB" report --db report.db --tolerances report.db.csv -o full/no/such/page.html
	[ "$status" -ne 0 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ -z "$(ls full)" ]
}

@test "it links a page of explore where it is told of one, and names no other place" {
	sqlite3 report.db "VACUUM INTO 'plain.db'" # nothing to predict: it is about a link
	sqlite3 plain.db 'PRAGMA foreign_keys = ON; DELETE FROM param_set'
	"$RINGLAB" report --db plain.db -o linked.html --explorer 'my "page" <1>.html'
	grep -qF '<a href="my%20%22page%22%20%3C1%3E.html">' linked.html
	run ! grep -q '<a href' page.html
	grep -q 'ringlab explore SCENARIO.yaml --params xen-qemu-counted -o explore.html' page.html
	for bad in '' /etc/passwd //there/page.html; do
		run --separate-stderr "$RINGLAB" report --db plain.db -o bad.html --explorer "$bad"
		[ "$status" -eq 2 ]
		[ ! -e bad.html ]
	done
	"$RINGLAB" report --db plain.db -o linked.html --explorer 'javascript:alert(1)'
	grep -qF '<a href="javascript%3Aalert%281%29">' linked.html
}

@test "validate prints the tables that are asked for, and no other" {
	validate=("$RINGLAB" validate --db report.db --tolerances report.db.csv --platform xen-qemu-counted)
	run "${validate[@]}" --show winners,slices --format csv
	[ "$status" -le 1 ]
	[ "$(grep -c '^cell,against,metric,' <<<"$output")" = 1 ]
	[ "$(grep -A1 -x '' <<<"$output" | tail -1)" = "slice,metric,cells,mean_abs_error,mean_error,largest_abs_error,covered,bilinear_error,regression_error" ]
	for bad in cells, ,cells cell '' metrics,nonsense; do
		run --separate-stderr "${validate[@]}" --show "$bad"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
	done
}
