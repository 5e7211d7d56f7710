#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page in Chromium, opened from a file: sliders, cursor, refusals, a telephone, the dark; no error, no request, nothing blank,
# nothing that keeps people out. RL_SHOTS=DIR leaves pictures there, to be looked at.
# once: it is about the page, not about memory
bats_require_minimum_version 1.5.0
load tools

setup_file() {
	export W=$BATS_FILE_TMPDIR
	pages two-cores
}

setup() {
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here" || return 1
}

# The judge comes from the npm registry, as the report's package-lock.json pins it; into the build, not the source, and into a
# folder of its own: the report's tests may run meanwhile.
axe() {
	local dir=$RL_BUILD/explore from=$RL_SOURCE/paper/tests/browser

	AXE=$dir/node_modules/axe-core/axe.min.js
	mkdir -p "$dir"
	cmp -s "$from/package-lock.json" "$dir/package-lock.json" && [ -e "$dir/fetched" ] && return
	rm -f "$dir/fetched"
	cp "$from"/package*.json "$dir"
	if (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund) >"$dir/log" 2>&1; then
		touch "$dir/fetched"
	else
		cat "$dir/log"
		absent "npm could not fetch axe-core"
	fi
}

@test "it works from a file as a reader uses it, and its own command lines give its digests" {
	module
	needs chromium npm
	axe
	timeout 900 node "$HERE/look.js" "$W/two-cores.html" "$PWD/profile" "$AXE" ${RL_SHOTS:+"$RL_SHOTS"} >seen.json
	cat seen.json
	# "--set" of both sides, and the digests: the program's own
	jq -r .again seen.json >again
	[ "$(wc -l <again)" -eq 2 ]
	while read -r line; do
		command=${line%%#*}
		run --separate-stderr bash -c "cd '$RL_SOURCE' && '$RINGLAB' ${command#ringlab } --format json"
		[ "$status" -eq 0 ]
		[ "$(jq -r .manifest.digest <<<"$output")" = "${line##* }" ]
	done <again
	echo "# a slider: a first look on the screen after $(jq .first_ms seen.json) ms, all of it after $(jq .whole_ms seen.json) ms" >&3
}

@test "the benchmark says how fast the page is beside the program" {
	module
	needs chromium
	run -0 "$RL_SOURCE/paper/explore/bench" "$RINGLAB" 1 500 6
	echo "$output"
	[ "$(grep -cE '^(one-core|two-cores|many-guests) .* [0-9]+\.[0-9]+ +[0-9]+\.[0-9]+ +[0-9]+\.[0-9]+$' <<<"$output")" -ge 4 ]
	[[ $output =~ first\ look\ on\ the\ screen\ after\ median\ [0-9]+\ ms ]]
}
