#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The drivers as they are pass `ringlab validate --driver`, and three planted regressions are caught with
# their stage named. Boots the rig four times, two to four minutes each.
bats_require_minimum_version 1.5.0

@test "planted regressions are caught, the clean drivers are not" {
	db=$BATS_TEST_TMPDIR/db
	"$RINGLAB" import --db "$db" "$RL_SOURCE"/data/measured/xen-qemu-counted{,-jobs,-driver}
	"$RINGLAB" calibrate --db "$db" --platform xen-qemu-counted --save xen-qemu-counted
	RINGLAB=$RINGLAB run -0 "$RL_SOURCE/tests/regressions/run" "$db"
	echo "$output"
	[ "$(grep -c '^ok ' <<<"$output")" = 4 ]
}
