#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The script for a real host, on a Xen that is emulated: in the rig's dom0, with xl, xentop, xentrace and the two domains
# as they are. ctest --preset dev -L long.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/realdrv/kmod/build" kmod >&2
	mkdir -p in/root
	cp -r "$RL_SOURCE/realdrv/xenhost" in/xenhost
	cp "$RL_SOURCE/realdrv/xenhost/tests/inside.sh" in/main
	cp -r "$("$RL_SOURCE/realdrv/rig/build")/xenalyze-root/." in/root/
	# a rate that leaves the machine idle most of the time: idle time costs the emulator nothing
	printf '%s\n' '[global]' ioengine=libaio direct=1 thread=1 size=64m time_based=1 ramp_time=250ms runtime=4s \
		'[j]' rw=randread bs=4k iodepth=1 rate_iops=150 >in/j.fio
	{
		echo "event front=rl:event back=rl:event job=j.fio device=null grants=persistent"
		echo "block front=rl:event back=rl:spin_block:tau=20us job=j.fio device=null grants=persistent"
		echo "map front=xen back=rl:event job=j.fio device=null grants=map"
		echo "stock front=xen back=xen job=j.fio device=null grants=persistent"
	} >in/cells
	sed 's/runtime=4s/runtime=500ms/; /rate_iops/d' in/j.fio >j.fio
	echo "loads-the-modules front=rl:event back=rl:event job=j.fio device=null" >cells
	nice -n 10 "$RL_SOURCE/realdrv/rig/run" --mode counted --limit 7200 --cells cells --out out --inside in \
		--rlfront kmod/rlfront.ko --rlback kmod/rlback.ko >&2
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	cat out/inside/run.log
}

@test "what is missing is told, one line each, and nothing is touched" {
	cat out/inside/check.log out/inside/wrong.log out/inside/taken.log
	[ "$(cat out/inside/check.status)" = 0 ]
	[ "$(cat out/inside/wrong.status)" = 3 ]
	[ "$(grep -c 'run: error: ' out/inside/wrong.log)" = 2 ]
	grep -q "no disk /dev/ram7 in the driver domain" out/inside/wrong.log
	grep -q "the guest has a disk xvda" out/inside/wrong.log
	[ "$(cat out/inside/taken.status)" = 3 ]
	grep -q "the driver 'driver' does not answer" out/inside/taken.log
}

@test "all cells are measured, and the disk is gone after them" {
	[ "$(cat out/inside/run.status)" = 0 ]
	[ "$(cat out/inside/again.status)" = 0 ]
	grep -q '0 cells measured' out/inside/again.log
	for cell in event block map stock; do
		[ "$(cat out/inside/xen-host-rig/$cell/status)" = 0 ]
		jq -e '.cpu_ns.guest > 0 and .cpu_ns.driver > 0 and .disk.reads > 0' out/inside/xen-host-rig/$cell/cpu.json
		[ -s out/inside/xen-host-rig/$cell/trace.txt ]
	done
	[ "$(tail -n 1 out/inside/left)" = 1 ]
	[ "$(grep -c '^[0-9]* = ' out/inside/left)" = 1 ] # the rig's own
}

@test "the drivers and policies were those that the cells name" {
	grep -qx 'spin_ns 0' out/inside/xen-host-rig/event/back.stats
	grep -qx 'spin_ns [1-9][0-9]*' out/inside/xen-host-rig/block/back.stats
	[ -s out/inside/xen-host-rig/map/back.stats ] && [ ! -e out/inside/xen-host-rig/map/front.stats ]
	[ ! -e out/inside/xen-host-rig/stock/back.stats ]
}

@test "the pack imports as a platform of its own" {
	tar xzf out/inside/xen-host-rig.tar.gz
	"$RINGLAB" import --db t.db xen-host-rig
	run "$RINGLAB" list runs --db t.db --format json
	echo "$output"
	[ "$(jq -r '"\(.cell) \(.platform) \(.device)"' <<<"$output" | sort)" = \
		$'block xen-host-rig null\nevent xen-host-rig null\nmap xen-host-rig null\nstock xen-host-rig null' ]
	[ "$(jq -s 'map(select(.iops > 0 and .cpu_ns_per_request > 0)) | length' <<<"$output")" = 4 ]
	jq -e '.emulated and .cpus == 1 and .pinning == {dom0: 0, driver: 0, guest: 0} and .scheduler == "credit2"' xen-host-rig/manifest.json
	"$RINGLAB" check xen-host-rig/event
	[ "$(sqlite3 t.db "SELECT count(DISTINCT run) FROM schedules WHERE state = 'running' AND total_ns > 0")" = 4 ]
}
