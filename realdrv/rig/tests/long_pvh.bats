#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A guest that runs as PVH, our drivers in it and in the driver domain, which is PV: ctest --preset dev -L long.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/realdrv/kmod/build" kmod >&2
	. "$BATS_TEST_DIRNAME/jobs.bash"
	write_jobs 4k/35:8k/20:12k/10:20k/15:44k/20
	local data='job=written.fio job2=again.fio' grants policy
	{
		echo "one front=rl:event back=rl:event job=one.fio"
		for grants in persistent map; do
			for policy in event spin; do
				echo "$grants-$policy front=rl:$policy back=rl:$policy device=brd grants=$grants $data reload=1 nodes=1"
			done
		done
		echo "caught front=rl:event back=rl:event device=brd $data corrupt=1"
		for grants in persistent map; do
			echo "replace-$grants front=rl:event back=rl:event device=lent identity=lent grants=$grants $data fault=backend:replace"
		done
	} >cells
	nice -n 10 "$RL_SOURCE/realdrv/rig/run" --mode counted --guest pvh --cells cells --out out \
		--rlfront kmod/rlfront.ko --rlback kmod/rlback.ko >&2
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

@test "the guest says that it is a PVH guest, and its platform is one of its own" {
	[ "$(jq -r '.boots[] | .platform, .guest_type, (.facts[] | select(startswith("guest_type=")))' out/manifest.json | sort -u | paste -sd ' ')" = \
		"PVH guest_type=PVH xen-qemu-counted-pvh" ]
	"$RINGLAB" import --db t.db out/one
	[ "$("$RINGLAB" list runs --db t.db --format json | jq -r .platform)" = xen-qemu-counted-pvh ]
}

@test "what was written is read again, after other drivers came, and a flipped bit is caught" {
	for grants in persistent map; do
		for policy in event spin; do
			[ "$(cat out/$grants-$policy/status)" = 0 ]
			said=$(sed -n 's/.* sectors, \([a-z]*\) grants.*/\1/p' out/$grants-$policy/guest.dmesg | sort -u)
			[ "$said" = "${grants/map/mapped}" ]
			spun=$(sed -n 's/^spin_ns //p' out/$grants-$policy/front.stats)
			[ "$((spun > 0))" = "$([ $policy = event ] && echo 0 || echo 1)" ]
		done
	done
	[ "$(cat out/caught/status)" != 0 ]
	grep -Eq 'verify: bad|verify failed' out/caught/fio.2.log
}

@test "a guest whose driver domain is replaced goes on with the next, and reads what it wrote" {
	for grants in persistent map; do
		[ "$(cat out/replace-$grants/status)" = 0 ]
		[ "$(sed -n 's/^backends_adopted //p' out/replace-$grants/front.stats)" = 1 ]
		[ "$(sed -n 's/^requests_replayed //p' out/replace-$grants/front.stats)" -gt 0 ]
		[ ! -s out/replace-$grants/guest.blocked ]
		! grep -E 'BUG|WARNING|Oops|blocked for more than|soft lockup' out/replace-$grants/guest.dmesg
	done
}
