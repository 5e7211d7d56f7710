# SPDX-License-Identifier: MIT
# fio's engine for tests of cells on the hosted pair; sourced by them.
# shellcheck shell=bash

# engine_build: makes the engine once a file, as $so; without fio's source package the file's tests are skipped, in CI they fail.
engine_build() {
	so=$RL_SOURCE/build/fio/ringlab.so
	if ! "$RL_SOURCE/realdrv/hosted/fio/build" "$RL_SOURCE/build/fio" 2>"$BATS_FILE_TMPDIR/build.log"; then
		cat "$BATS_FILE_TMPDIR/build.log" >&2
		grep -q '^source: error: no source package' "$BATS_FILE_TMPDIR/build.log" || return 1
		[ "${CI:-}" != true ] || return 1
		touch "$BATS_FILE_TMPDIR/offline"
	fi
	export so
}

engine_or_skip() {
	[ ! -e "$BATS_FILE_TMPDIR/offline" ] || skip "fio's source package cannot be had"
}

# cells ARGUMENT...: runs the file cells
cells() {
	"$RL_SOURCE/realdrv/hosted/run" --cells cells --out out --engine "$so" \
		--backend "$RL_BUILD/rl-backend" "$@"
}
