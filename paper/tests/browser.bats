#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The report in Chromium: no error, no request, no blank chart, nothing that keeps people out; by keyboard, in the dark, on
# a narrow screen, on paper, without scripts. One visit looks at all of it (browser/page.mjs), the tests judge what it saw.
# RL_SHOTS=DIR leaves screenshots there, to be looked at.
# once: it is about the page, not about memory
bats_require_minimum_version 1.5.0

load browser/look

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	ready || return 0
	"$RL_SOURCE/paper/tests/store" report.db
	"$RINGLAB" report --db report.db --tolerances report.db.csv -o page.html
	sed 's|</header>|<script>document.title = "ran"</script><p style="color:#fefefe">unseen</p><img src="data:,"></header>|' page.html >planted.html
	sed -n '/id="data">/{n;p}' page.html >data.json
	look planted.html
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	[ ! -e missing ] || skip "$(cat missing)"
}

@test "the eyes are open: planted faults are seen, and the policy stops a planted script and style" {
	seen '[.planted.axe.violations[].id] | index("image-alt") != null' .planted.axe
	seen '.planted.title | startswith("ringlab")' .planted.title
	seen '[.planted.complaints[] | select(test("Content Security Policy"))] | length >= 2' .planted.complaints
}

@test "the first chart comes" {
	seen '.first_ms > 0' .first_ms
	echo "# first chart $(jq '.first_ms | round' seen.json) ms after the start of the page" >&3
}

@test "the page has no complaint" {
	seen '.complaints == []' .complaints
}

@test "no request leaves the page" {
	seen '.requests | length >= 5 and all(test("^file://.*/page.html$"))' .requests
}

@test "charts are not blank, in the light, in the dark and on a narrow screen" {
	for way in light dark narrow; do
		seen ".$way.pictures | length >= 9 and all(.ink > 0.0002 and .marks > 0 and (.bad | not))" ".$way.pictures"
		for section in explore latency stages cpu map errors sweeps; do
			seen "[.$way.pictures[] | select(.section == \"$section\")] | length > 0" "$section"
		done
	done
}

@test "axe finds no serious fault, in the light, in the dark and on a narrow screen" {
	for way in light dark narrow; do
		seen ".$way.axe.passes > 15" ".$way.axe.passes"
		seen "[.$way.axe.violations[] | select(.impact == \"serious\" or .impact == \"critical\")] == []" ".$way.axe.violations"
	done
}

@test "nothing is wider than a narrow screen" {
	seen '.narrow.wider <= 0' .narrow.wider
	seen '.light.wider <= 0' .light.wider
}

@test "the keyboard reaches the controls and the charts, and reads values" {
	seen '[.keyboard.stops[] | select(.tag == "SELECT")] | length >= 5' .keyboard.stops
	seen '.keyboard.stops[-1].cls == "plot"' '.keyboard.stops[-1]'
	seen '.keyboard.read | test("^requests in flight [0-9]+\\. event: [0-9.]+ ")' .keyboard.read
	seen '.keyboard.after.focus == "SELECT" and .keyboard.after.value == "clat_mean_ns" and (.keyboard.after.title | startswith("Mean latency"))' .keyboard.after
	seen '.keyboard.hidden | .after == .before - 1 and .focus == "checkbox"' .keyboard.hidden
}

@test "every choice can be made" {
	seen '.everything.n >= 30 and (.everything.bad | not)' .everything
}

@test "what a reader sees are the numbers of the data" {
	cp "$(dirname "$BATS_TEST_FILENAME")/browser/shown.jq" .
	jq -e --slurpfile data data.json -f shown.jq seen.json >judged || { cat judged; false; }
}

@test "on paper there are charts without controls, on white" {
	seen '.print | .controls == false and .charts >= 8 and .background == "rgb(255, 255, 255)" and .bytes > 50000' .print
}

@test "without scripts there are pictures and tables" {
	seen '.still | .noscript and .pictures >= 3 and .tables >= 5' .still
}
