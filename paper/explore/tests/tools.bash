# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of the page share: what they need, and what the program and the page say of a scenario.
# shellcheck shell=bash

HERE=$RL_SOURCE/paper/explore/tests
SCENARIOS=$RL_SOURCE/data/scenarios

# absent WHAT: a skip that nobody overlooks; where nothing may be missing, a failure.
absent() {
	[ "${CI:-}" != true ] || { echo "$1 (CI=true: nothing may be missing)"; return 1; }
	skip "$1"
}

needs() { # needs TOOL...
	for tool in "$@"; do
		command -v "$tool" >/dev/null || { absent "no $tool (./packages.sh test)"; return; }
	done
}

module() {
	needs node
	[ -s "$RL_BUILD/wasm/ringlab.wasm" ] || absent "this build has no simulator for pages (./packages.sh page, then cmake again)"
}

# pages NAME...: $W/NAME.html of each scenario, which links a report
pages() {
	[ -s "$RL_BUILD/wasm/ringlab.wasm" ] || return 0
	for n in "$@"; do "$RINGLAB" explore "$SCENARIOS/$n.yaml" --report report.html -o "$W/$n.html"; done
}

# same LENGTH...: the twenty scenarios, so many I/Os and replications: digests of the page and of the program
twenty() {
	local name fields sets f
	grep -v '^#' "$HERE/twenty" >list
	[ "$(wc -l <list)" -eq 20 ]
	while read -r name fields; do
		sets=()
		for f in $fields; do sets+=(--set "$f"); done
		"$RINGLAB" simulate "$SCENARIOS/$name.yaml" "${sets[@]}" --requests "$1" --reps "$2" --seed 7 --format json |
			jq -r .manifest.digest
	done <list >native
	sed "s|^[^ ]*|$W/&.html requests=$1 reps=$2 seed=7|" list | node "$HERE/simulate.js" >answers
	jq -r .digest answers >own
	paste -d ' ' native own list
	[ "$(grep -cxE '[0-9a-f]{16}' native)" -eq 20 ]
	[ "$(sort -u native | wc -l)" -eq 20 ]
	cmp native own
}
