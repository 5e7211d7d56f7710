#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Stage timestamps of the modules, in a boot of the rig: ctest --preset dev -L long.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/realdrv/kmod/build" kmod >&2
	printf '%s\n' '[global]' ioengine=libaio direct=1 thread=1 size=64m time_based=1 ramp_time=100ms runtime=400ms \
		'[j]' rw=randread bs=4k >one.fio
	sed 's/^bs=4k/bs=4k\niodepth=16/' one.fio >many.fio
	local on='front_args=trace=131072 back_args=trace=131072'
	{
		echo "event front=rl:event back=rl:event job=one.fio $on"
		echo "many front=rl:event back=rl:event job=many.fio $on"
		echo "spin front=rl:event back=rl:spin job=one.fio $on"
		echo "stock front=xen back=rl:event job=many.fio back_args=trace=131072"
		echo "off front=rl:event back=rl:event job=one.fio"
	} >cells
	nice -n 10 "$RL_SOURCE/realdrv/rig/run" --mode counted --cells cells --out out \
		--rlfront kmod/rlfront.ko --rlback kmod/rlback.ko >&2
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

@test "both domains stamp by Xen's clock, and lose nothing" {
	for cell in event many spin; do
		run "$RINGLAB" check "out/$cell/front.trace" "out/$cell/back.trace"
		echo "$output"
		[ "$status" -eq 0 ]
		[ "$(grep -c 'clock xen, [0-9]* records, 0 lost$' <<<"$output")" -eq 2 ]
	done
	[ ! -e out/off/front.trace ] && [ ! -e out/off/back.trace ]
	[ ! -e out/stock/front.trace ]
}

@test "traces and statistics agree, and no response is stamped before its request" {
	for cell in event many spin stock off; do
		run "$RINGLAB" check "out/$cell"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "a run's stages are stored, and add up" {
	"$RINGLAB" import --db t.db --platform rig out/event out/many out/spin out/stock
	run sqlite3 t.db "SELECT cell, round(sum(mean_ns * n * (stage <> 'total')) /
		sum(mean_ns * n * (stage = 'total')), 3) FROM stage JOIN run ON run.id = run
		WHERE cell <> 'stock' GROUP BY cell ORDER BY cell"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = $'event|1.0\nmany|1.0\nspin|1.0' ]
	[ "$(sqlite3 t.db "SELECT count(*) FROM stage JOIN run ON run.id = run WHERE cell = 'stock' AND stage = 'device'")" = 1 ]
}

@test "clocks that are not one are found" {
	cp -r out/event bad
	cp out/manifest.json .
	# A domain's own clock starts when the domain does: without its offset it is seconds away.
	dd if=/dev/zero of=bad/back.trace bs=1 seek=40 count=8 conv=notrunc status=none
	run "$RINGLAB" check bad
	echo "$output"
	[ "$status" -eq 3 ]
	[[ "$output" == *"were answered before they were asked"* || "$output" == *"no request is in both"* ]]
}
