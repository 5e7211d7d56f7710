#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The rows that are kept of the hostile backend against rlfront in a PVH guest under KASAN (data/evidence/hostile-kasan): every case is there,
# rlfront did what it owes, and neither kernel had anything to say. realdrv/verify/peers/run --kernel kasan OUT back makes them anew.

setup() {
	kept=$RL_SOURCE/data/evidence/hostile-kasan
	peers=$BATS_TEST_DIRNAME/../peers
}

@test "a row is kept for each case of the backend's menu, in their order" {
	sed -n "s/^item=\([0-9]*\).*\(fault\|nodes\)=.*/\1/p" "$peers/menu.back" >"$BATS_TEST_TMPDIR/menu"
	tail -n +2 "$kept/back.csv" | cut -d, -f1 | diff "$BATS_TEST_TMPDIR/menu" -
}

@test "rlfront did what it owes, and both kernels looked from first to last" {
	run "$peers/judge" "$kept"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(cut -d, -f1-3 "$kept/watch.csv" | tr '\n' ' ')" = "when,domain,kernel $(for when in begin back back-unloaded; do
		printf '%s,guest,6.1.192-kasan %s,driver,6.1.192-debug ' $when $when
	done)" ]
}

@test "one report of the guest's kernel is judged" {
	cp "$kept"/*.csv "$BATS_TEST_TMPDIR"
	awk -F, -v OFS=, '$2 == "id-size" { $(NF - 1) = 1 } { print }' "$kept/back.csv" >"$BATS_TEST_TMPDIR/back.csv"
	run "$peers/judge" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[[ "$output" == *"id-size: a kernel reports"* ]]
}

@test "the manifest names both kernels and the guest's type, on a platform of its own" {
	[ "$(jq -r '"\(.platform) \(.guest_type) \(.kernel) \(.driver_kernel) \(.kernel_package)"' "$kept/manifest.json")" = \
		"xen-qemu-counted-pvh-kasan PVH 6.1.192-kasan 6.1.192-debug linux-source-6.1 6.1.192-2" ]
	jq -e '.facts | index("guest_type=PVH")' "$kept/manifest.json"
	[ "$(jq -r '.kernel_config_sha256, .driver_kernel_config_sha256' "$kept/manifest.json" | grep -cE '^[0-9a-f]{64}$')" = 2 ]
	[ "$(jq -r .commit_dirty "$kept/manifest.json")" = false ]
}
