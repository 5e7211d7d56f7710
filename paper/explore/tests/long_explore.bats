#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The page's simulator and the program's, at full length: twenty scenarios as `simulate` runs them, and every line of the program
# that sim/tests/bits.bats compares between compilers.
bats_require_minimum_version 1.5.0
load tools

setup_file() {
	export W=$BATS_FILE_TMPDIR
	mapfile -t names < <(grep -v '^#' "$RL_SOURCE/paper/explore/tests/twenty" | cut -d' ' -f1 | sort -u)
	pages "${names[@]}"
}

setup() {
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here" || return 1
}

@test "twenty scenarios at full length: the same digests" {
	module
	twenty 5000 5
}

@test "every metric of every scenario of sim/tests/bits.c, to the last bit" {
	module
	needs gcc
	"$RL_SOURCE/paper/explore/wasm/build" "$W" bits sim/tests/bits.c
	# the program: as bits.bats builds it
	(cd "$RL_SOURCE" && find sim model realdrv/core -name '*.c' -not -path '*/tests/*' -not -path 'model/analytic/*' \
		-not -path 'model/sensitivity/*' -not -path model/design.c -print0 |
		xargs -0 gcc -O2 -std=gnu11 -ffp-contract=off -D_GNU_SOURCE -DRL_VERSION='"0"' -I. -Irealdrv -o "$W/bits" \
			sim/tests/bits.c "$W/registry.c" "$W/scheds.c" "$W/devices.c" -lm -lpthread)
	"$W/bits" 1 1 >native
	[ "$(wc -l <native)" -gt 30 ]
	node -e 'const fs = require("fs");
		const { engine } = require(process.argv[1]).open(process.argv[2]);
		const { code, out } = engine.main(new WebAssembly.Module(fs.readFileSync(process.argv[3])), ["1", "1"]);
		process.stdout.write(out);
		process.exitCode = code;' "$HERE/page.js" "$W/one-core.html" "$W/bits.wasm" >own
	cmp native own
}
