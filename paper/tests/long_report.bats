#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The report of all runs that come with the source, as demo.sh makes it: how large it is, how soon it is there, and what a
# browser says of it. RL_STORE=FILE: a store in which demo.sh has fitted already.
bats_require_minimum_version 1.5.0
load browser/look

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	ready || return 0
	local store=${RL_STORE:-$PWD/report.db} platforms p
	if [ -z "${RL_STORE:-}" ]; then
		"$RINGLAB" import --db report.db "$RL_SOURCE/data/measured"
		mapfile -t platforms < <("$RINGLAB" list platforms --db report.db --format csv | awk -F, 'NR > 1 && $4 > 0 { print $1 }')
		for p in "${platforms[@]}"; do "$RINGLAB" calibrate --db report.db --platform "$p" --save "$p"; done
	fi
	[ "$store" = "$PWD/report.db" ] || ln -s "$store" report.db
	"$RINGLAB" report --db report.db -o page.html --figures figures --explorer explore.html
	sed 's|</header>|<img src="data:,"></header>|' page.html >planted.html
	look planted.html
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	[ ! -e missing ] || skip "$(cat missing)"
}

@test "below 2 MB" {
	echo "# $(stat -c %s page.html) bytes, first chart $(jq '.first_ms | round' seen.json) ms after the start of the page" >&3
	[ "$(stat -c %s page.html)" -lt 2000000 ]
}

@test "no complaint, no request, no blank chart, every choice can be made" {
	seen '.complaints == []' .complaints
	seen '.requests | length >= 5 and all(test("^file://.*/page.html$"))' .requests
	for way in light dark narrow; do
		seen ".$way.pictures | length >= 9 and all(.ink > 0.0002 and .marks > 0 and (.bad | not))" ".$way.pictures"
		seen ".$way.wider <= 0" ".$way.wider"
	done
	seen '.everything.n >= 40 and (.everything.bad | not)' .everything
}

@test "every number of data, text, tables, provenance and pictures: what validate and the views say" {
	node "$RL_SOURCE/paper/tests/numbers/compare.js" "$RINGLAB" report.db "$RL_SOURCE/data/params/tolerances.csv" page.html figures >compared ||
		{ cat compared; false; }
	sed 's/^/# /' compared >&3
	[ "$(sed -n 's/^data: \([0-9]*\) compared, 0 differ$/\1/p' compared)" -ge 50000 ]
}

@test "axe finds no serious fault, and would have found a planted one" {
	seen '[.planted.axe.violations[].id] | index("image-alt") != null' .planted.axe
	for way in light dark narrow; do
		seen "[.$way.axe.violations[] | select(.impact == \"serious\" or .impact == \"critical\")] == []" ".$way.axe.violations"
	done
}
