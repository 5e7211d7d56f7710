#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every test: installs what they need, builds, runs the tests of all rooms, once more
# under the address and undefined-behaviour sanitizers, and boots Xen in QEMU to
# measure two stored cells again.
#
#   ./test.sh             all of it, under 30 minutes on two cores
#   ./test.sh --no-rig    without the boot
#
# A tool that is missing is a loud skip; with CI=true it is a failure. The last line of a
# green run reads 'N passed, N failed, N skipped'. Exit: 0 green, 1 not.
set -euo pipefail
cd "$(dirname "$0")"

passed=0 failed=0 skipped=0
rig=true

say() { echo "== $*"; }

# missing WHAT: a skip that nobody can overlook, or a failure where nothing may be skipped.
missing() {
	if [ "${CI:-}" = true ]; then
		echo "!! FAILED: $* (CI=true: nothing may be missing)"
		failed=$((failed + 1))
	else
		echo "!! SKIPPED: $*"
		skipped=$((skipped + 1))
	fi
}

attribute() { # attribute NAME < JUNIT: a number of ctest's own summary
	sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" | head -1
}

# suite PRESET LABELS: builds it, runs its tests but those, adds up what ctest counted.
suite() {
	local preset=$1 without=$2 log=build/$1.xml out=build/$1.log total bad skip status=0

	say "build $preset"
	if ! { cmake --preset "$preset" >"$out" 2>&1 &&
		cmake --build --preset "$preset" >>"$out" 2>&1; }; then
		tail -40 "$out"
		echo "!! FAILED: build $preset"
		failed=$((failed + 1))
		return
	fi
	say "ctest $preset"
	rm -f "$log"
	ctest --preset "$preset" -LE "$without" --no-tests=error -j2 --output-junit "$PWD/$log" || status=$?
	if [ ! -s "$log" ]; then
		echo "!! FAILED: ctest $preset left no result"
		failed=$((failed + 1))
		return
	fi
	total=$(tr '\n' ' ' <"$log" | attribute tests)
	bad=$(tr '\n' ' ' <"$log" | attribute failures)
	skip=$(tr '\n' ' ' <"$log" | attribute skipped)
	passed=$((passed + total - bad - skip))
	failed=$((failed + bad))
	if [ "$status" != 0 ] && [ "${bad:-0}" = 0 ]; then
		echo "!! FAILED: ctest $preset ended with exit code $status and names no test"
		failed=$((failed + 1))
	fi
	if [ "${CI:-}" = true ]; then failed=$((failed + skip)); else skipped=$((skipped + skip)); fi
	[ "$skip" = 0 ] || echo "!! $skip tests of $preset skipped themselves"
}

# remeasure: prints 'ok ...', 'not ok ...' and 'skip ...' lines; nothing else counts.
boot() {
	local line seen=0

	say "measure two stored cells again"
	while read -r line; do
		echo "$line"
		case $line in
		"ok "*) passed=$((passed + 1)) seen=1 ;;
		"not ok "*) failed=$((failed + 1)) seen=1 ;;
		"skip "*) missing "${line#skip }"; seen=1 ;;
		esac
	done < <(tests/remeasure || echo "not ok remeasure ended with exit code $?")
	[ $seen = 1 ] || { echo "!! FAILED: remeasure checked nothing"; failed=$((failed + 1)); }
}

for a in "$@"; do
	case $a in
	--no-rig) rig=false ;;
	*) echo "usage: test.sh [--no-rig]" >&2; exit 2 ;;
	esac
done

mkdir -p build
./packages.sh build test || { echo "!! FAILED: packages for building and testing"; exit 1; }
have_rig=true
if $rig; then ./packages.sh rig || have_rig=false; fi

RL_LONG=1 suite dev '^long$'
suite asan-ubsan '^(long|once)$'
if ! $rig; then
	missing "the rig (--no-rig)"
elif ! $have_rig; then
	missing "the rig: packages are missing"
else
	boot
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
