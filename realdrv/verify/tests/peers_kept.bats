#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The rows that are kept of hostile peers on the rig (data/evidence/hostile): every case is there, each driver did what it owes, and
# the judge sees it when one did not. long_peers.bats runs all of it again.

setup() {
	kept=$RL_SOURCE/data/evidence/hostile
	peers=$BATS_TEST_DIRNAME/../peers
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "a row is kept for each case of both menus, in their order" {
	for side in back front; do
		sed -n "s/^item=\([0-9]*\).*\(fault\|nodes\)=.*/\1/p" "$peers/menu.$side" >menu
		[ "$(wc -l <menu)" -ge 47 ]
		tail -n +2 "$kept/$side.csv" | cut -d, -f1 | diff menu -
	done
	# each input of a backend, but for a death at each state, which is another campaign; each of a frontend
	[ "$(tail -q -n +2 "$kept"/back.csv "$kept"/front.csv | cut -d, -f1 | sort -nu | tr '\n' ' ')" = \
		"0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 19 20 21 22 23 24 25 " ]
}

@test "each driver did what it owes" {
	run "$peers/judge" "$kept"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a row that tells otherwise is found" {
	cp "$kept/back.csv" "$kept/front.csv" .
	awk -F, -v OFS=, '$2 == "no-flush" { $7 = "works"; $9 = 4 } { print }' "$kept/back.csv" >back.csv
	run "$peers/judge" .
	[ "$status" -eq 1 ]
	[[ "$output" == *"12 no-flush: seen works (expected error)"*"reported as done"* ]]
	cp "$kept/back.csv" .
	for change in '$2 == "last-8" { $7 = "0" }' '$2 == "sector-high" { $9 = "changed" }' '$2 == "batch" { $14-- }' '$2 == "prod-far" { $10 = "fails" }' \
		'$2 == "segments-12" { $18 = 1 }'; do
		awk -F, -v OFS=, "$change"' { print }' "$kept/front.csv" >front.csv
		run "$peers/judge" .
		echo "$change: $output"
		[ "$status" -eq 1 ]
	done
}

@test "a thousand connections, twice: nothing is left over" {
	run "$peers/judge" "$kept/flips"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(cut -d, -f1-3 "$kept/flips/flips.csv" | tr '\n' ' ')" = "domain,first,second guest,1000,1000 driver,1000,1000 " ]
	for change in '2s/1000,1000/1000,999/|not a thousand' '2s/1000,1000,[0-9]*/1000,1000,999/|not read' \
		'3s/,\([0-9]*\),\([0-9]*\),\([0-9]*\),\([0-9]*\),\([^,]*,[^,]*,0\)$/,\1,\2,9\3,\4,\5/|event channels' \
		'3s/,\([^,]*,[^,]*,0\)$/9,\1/|mapped grants' '2s/,[0-9]*,0$/,500,0/|slab' '2s/0$/1/|reports'; do
		sed "${change%|*}" "$kept/flips/flips.csv" >flips.csv
		run "$peers/judge" .
		echo "$change: $output"
		[ "$status" -eq 1 ]
		[[ "$output" == *"${change#*|}"* ]]
	done
}

@test "what a kernel says of itself is judged, and a kernel that does not look is not believed" {
	printf '%s\n' when,domain,kernel,reports,unreferenced,lockdep begin,guest,6.1.0-56-amd64,0,-,- back,driver,6.1.192-debug,0,0,1 >well.csv
	cp well.csv watch.csv
	run "$peers/judge" .
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	for change in 's/amd64,0/amd64,1/|reports' 's/debug,0/debug,2/|reports' 's/0,1$/3,1/|kmemleak: 3' 's/0,1$/off,1/|kmemleak: off' \
		's/0,1$/-,1/|kmemleak: -' 's/1$/0/|lockdep is off' 's/1$/-/|lockdep is off' 's/debug,0,0/kasan,0,2/|kmemleak: 2'; do
		sed "${change%|*}" well.csv >watch.csv
		run "$peers/judge" .
		echo "$change: $output"
		[ "$status" -eq 1 ]
		[[ "$output" == *"${change#*|}"* ]]
	done
}

@test "a kernel's reports are counted, its other words are not" {
	eval "$(grep '^REPORTS=' "$peers/../../rig/dom0/dom0-reports")"
	while read -r line; do
		echo "$line"
		[ "$(grep -cE "$REPORTS" <<<"$line")" = 1 ]
	done <<-'E'
	[    1.0] WARNING: possible circular locking dependency detected
	[    1.0] WARNING: inconsistent lock state
	[    1.0] WARNING: CPU: 0 PID: 17 at lookup_object_or_alloc.part.0.cold+0x18/0x46
	[    1.0] WARNING: suspicious RCU usage
	[    1.0] INFO: trying to register non-static key.
	[    1.0] turning off the locking correctness validator.
	[    1.0] INFO: lockdep is turned off.
	[    1.0] BUG: sleeping function called from invalid context at include/linux/sched/mm.h:274
	[    1.0] BUG kmalloc-64 (Tainted: G           O      ): Poison overwritten
	[    1.0] BUG: KASAN: slab-out-of-bounds in rlfront_drain+0xe59/0x1080 [rlfront]
	[    1.0] UBSAN: shift-out-of-bounds in realdrv/front/store.c:107:27
	[    1.0] ODEBUG: object ffffc900002e7d68 is on stack ffffc900002e4000, but NOT annotated.
	[    1.0] list_del corruption. next->prev should be ffff88800004c0e0, but was 6b6b6b6b6b6b6b6b.
	[    1.0] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
	[    1.0] INFO: task kworker/0:1:7 blocked for more than 60 seconds.
	[    1.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [kworker/0:1:7]
	[    1.0] rcu: INFO: rcu_sched self-detected stall on CPU
	E
	while read -r line; do
		echo "$line"
		[ "$(grep -cE "$REPORTS" <<<"$line")" = 0 ]
	done <<-'E'
	[    1.0] installing Xen timer for CPU 0
	[    1.0] xen:grant_table: WARNING: g.e. 0x61 still in use!
	[    1.0] Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
	[    1.0] kmemleak: Kernel memory leak detector initialized (mem pool available: 15389)
	[    1.0] rlfront vbd-51712: the backend is disabled: rsp_prod claims more responses than requests in flight
	E
}
