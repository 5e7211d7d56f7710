#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The rows that are kept of hostile peers under the debug kernel (data/evidence/hostile-debug): every case is there, each driver did what
# it owes, and neither kernel had anything to say. realdrv/verify/peers/run --kernel debug makes them anew.

setup() {
	kept=$RL_SOURCE/data/evidence/hostile-debug
	peers=$BATS_TEST_DIRNAME/../peers
}

@test "a row is kept for each case of both menus, in their order" {
	for side in back front; do
		sed -n "s/^item=\([0-9]*\).*\(fault\|nodes\)=.*/\1/p" "$peers/menu.$side" >"$BATS_TEST_TMPDIR/menu"
		tail -n +2 "$kept/$side.csv" | cut -d, -f1 | diff "$BATS_TEST_TMPDIR/menu" -
	done
}

@test "each driver did what it owes, and both kernels looked from first to last" {
	run "$peers/judge" "$kept"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(cut -d, -f1-3 "$kept/watch.csv" | tr '\n' ' ')" = "when,domain,kernel $(for when in begin back back-unloaded front front-unloaded; do
		printf '%s,guest,6.1.192-debug %s,driver,6.1.192-debug ' $when $when
	done)" ]
}

@test "the manifest names the kernel, on a platform of its own" {
	for manifest in manifest front; do
		[ "$(jq -r '"\(.platform) \(.kernel) \(.kernel_package)"' "$kept/$manifest.json")" = "xen-qemu-counted-debug 6.1.192-debug linux-source-6.1 6.1.192-2" ]
		[[ "$(jq -r .kernel_config_sha256 "$kept/$manifest.json")" =~ ^[0-9a-f]{64}$ ]]
	done
}
