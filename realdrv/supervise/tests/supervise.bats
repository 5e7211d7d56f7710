#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# rl-supervise where there is no Xen: its arguments, its configuration, its words. What it does in a dom0 is tested on the
# rig (realdrv/rig/tests/long_loss.bats).

setup() {
	supervise=$RL_BUILD/rl-supervise
	[ -x "$supervise" ] || { echo "no $supervise: the build found no libxen-dev" >&2; return 1; }
	cd "$BATS_TEST_TMPDIR" || return 1
	printf '%s\n' 'domain driver' '  standby driver-b' >good
}

@test "--check takes a good configuration and refuses a bad one with its place" {
	run "$supervise" --config good --check
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	echo '  wait never' >>good
	run "$supervise" --config good --check
	[ "$status" -eq 3 ]
	[ "$output" = "good:3:8: error: bad wait (expected whole seconds from 1 to 3600)" ]
	run "$supervise" --config none --check
	[ "$status" -eq 3 ]
	[[ "$output" == "none:1:1: error: cannot read it: "* ]]
}

@test "arguments" {
	run "$supervise" --help
	[ "$status" -eq 0 ]
	[[ "$output" == "usage: rl-supervise "* ]]
	for bad in --confg=x --nothing "--check more" --log; do
		# shellcheck disable=SC2086
		run "$supervise" $bad
		[ "$status" -eq 2 ]
	done
}

@test "without Xen it says so" {
	[ ! -e /proc/xen/privcmd ] || skip "this is a Xen domain"
	run "$supervise" --config good
	[ "$status" -eq 4 ]
	[[ "${lines[-1]}" == "rl-supervise: error: cannot reach Xen: "* ]]
}

@test "the manual names each word of the configuration and each step of the log" {
	page=$RL_SOURCE/realdrv/supervise/rl-supervise.8
	for word in domain standby start prepare destroy pci wait; do grep -q "^\.B[RI]* *$word\b" "$page"; done
	mapfile -t steps < <(grep -o 'tell(p, [^;]*' "$RL_SOURCE/realdrv/supervise/loop.c" | grep -o '"[a-z-]*"' | tr -d '"' | sort -u)
	[ "${#steps[@]}" -gt 10 ]
	for step in "${steps[@]}"; do
		echo "$step"
		grep -q "^\.B ${step//-/\\\\-}$" "$page"
	done
}
