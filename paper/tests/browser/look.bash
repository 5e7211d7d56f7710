# SPDX-License-Identifier: GPL-3.0-or-later
# What tests of the report in Chromium share. RL_SHOTS=DIR leaves screenshots there.
# shellcheck shell=bash

missing() {
	[ "${CI:-}" != true ] || { echo "$1 (CI=true: nothing may be missing)"; exit 1; }
	echo "$1" >"$BATS_FILE_TMPDIR/missing"
	return 1
}

# The browser's driver and its judge come from the npm registry, as package-lock.json pins them; into the build, not the source.
fetch() {
	local dir=$RL_BUILD/browser

	mkdir -p "$dir"
	cmp -s "$RL_SOURCE/paper/tests/browser/package-lock.json" "$dir/package-lock.json" && [ -e "$dir/fetched" ] && return
	rm -f "$dir/fetched"
	cp "$RL_SOURCE"/paper/tests/browser/package*.json "$dir" &&
		(cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund) >"$dir/log" 2>&1 && touch "$dir/fetched"
}

# What is missing makes the file's tests skip, see setup() in each; where nothing may be missing, fail.
ready() {
	for tool in chromium node npm; do
		command -v $tool >/dev/null || { missing "no $tool (./packages.sh test)"; return; }
	done
	fetch || missing "npm could not fetch playwright-core and axe-core, see $RL_BUILD/browser/log"
}

# look PLANTED: at page.html, and at PLANTED with its faults; what is seen is in seen.json
look() {
	cp "$RL_SOURCE/paper/tests/browser/page.mjs" "$RL_BUILD/browser/"
	(cd "$RL_BUILD/browser" && timeout 900 node page.mjs "$BATS_FILE_TMPDIR/page.html" "$BATS_FILE_TMPDIR/$1" \
		"$BATS_FILE_TMPDIR/seen.json" ${RL_SHOTS:+"$RL_SHOTS"})
}

seen() { # seen FILTER: it is true of what was seen; says what it is when not
	jq -e "$1" seen.json >/dev/null || { jq -c "${2:-$1}" seen.json | head -c 3000; false; }
}
