#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Backends that are lost under fio, on the rig: adopted without a loss, or EIO at the deadline and a guest that goes on:
# ctest --preset dev -L long. The saved machine is taken up for each but those that rl-supervise follows one another in.
# Disks of two queues (`campaign queues`) are lost and adopted here too.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/realdrv/kmod/build" kmod >&2
	printf '%s\n' '[global]' ioengine=libaio direct=1 thread=1 iodepth=16 randseed=20131212 verify=crc32c do_verify=1 \
		verify_fatal=1 '[verify]' rw=randwrite size=16m bssplit=4k/35:8k/20:12k/10:20k/15:44k/20 >write.fio
	for n in 1 2 3; do
		sed "s/^randseed=.*/randseed=$n/" write.fio >write$n.fio # else an older cell's blocks would pass for this one's
	done
	for n in '' 1 2 3; do
		sed 's/^do_verify=1/&\nverify_only=1/' write$n.fio >again$n.fio
	done
	local own='front=rl:event back=rl:event' fails='fails=1 front_args=deadline=5'
	{
		echo "supervise $own device=lent identity=lent job=write1.fio job2=again1.fio fault=backend:supervise"
		echo "crash $own device=lent identity=lent job=write2.fio job2=again2.fio fault=backend:crash"
		echo "supervise-map $own grants=map device=lent identity=lent job=write3.fio job2=again3.fio fault=backend:supervise"
		echo "caught $own device=lent identity=lent job=write.fio job2=again.fio corrupt=1 fault=backend:supervise"
		echo "rebind $own device=brd job=write.fio job2=again.fio fault=backend:rebind"
		echo "rebind-map $own device=brd grants=map job=write.fio job2=again.fio fault=backend:rebind"
		echo "destroy $own device=brd job=write.fio fault=backend:destroy $fails"
		echo "pause $own device=brd grants=map job=write.fio fault=backend:pause $fails"
		echo "stranger $own device=brd job=write.fio fault=backend:replace $fails"
		echo "replace $own device=lent identity=lent job=write.fio job2=again.fio fault=backend:replace"
	} >cells
	nice -n 10 "$RL_SOURCE/realdrv/rig/run" --mode counted --cells cells --out out \
		--rlfront kmod/rlfront.ko --rlback kmod/rlback.ko --supervise "$RL_BUILD/rl-supervise" >&2
	"$RL_SOURCE/realdrv/rig/campaign" queues q >&2
	nice -n 10 "$RL_SOURCE/realdrv/rig/run" --keep-going --mode counted --cells q/cells --out out/q \
		--rlfront kmod/rlfront.ko --rlback kmod/rlback.ko >&2 || true # what failed is told below
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

# counted CELL KEY: what the frontend counted
counted() {
	sed -n "s/^$2 //p" "out/$1/front.stats"
}

# lives CELL: the guest answered, and no task of it hangs
lives() {
	[ -s "out/$1/guest.dmesg" ]
	[ ! -s "out/$1/guest.blocked" ]
	! grep -E 'BUG|WARNING|Oops|blocked for more than|soft lockup' "out/$1/guest.dmesg"
}

# steps CELL: what rl-supervise did, in one line
steps() {
	jq -r .step "out/$1/supervise.log" | paste -sd ' '
}

# failed_after CELL: seconds from the last answer that can have come to the end of all requests
failed_after() {
	awk -F'[][ ]+' '/fio begins|is lost/ && !from { from = $2 } /requests failed/ { print int($2 - from + 0.5); exit }' \
		"out/$1/guest.dmesg"
}

@test "a backend that comes back is given what it had not answered, and no block is lost" {
	for cell in rebind rebind-map; do
		lives $cell
		[ "$(cat out/$cell/status)" = 0 ]
		[ "$(counted $cell backends_lost)" -ge 1 ]
		[ "$(counted $cell backends_adopted)" = "$(counted $cell backends_lost)" ]
		[ "$(counted $cell requests_replayed)" -ge 1 ]
		[ "$(counted $cell requests_failed)" = 0 ]
		[ "$(counted $cell deadlines_passed)" = 0 ]
	done
}

@test "another driver domain takes a disk up that outlived the first" {
	lives replace
	[ "$(cat out/replace/status)" = 0 ]
	[ "$(counted replace backends_adopted)" = 1 ]
	[ "$(counted replace requests_replayed)" -ge 1 ]
	[ "$(counted replace requests_failed)" = 0 ]
}

@test "a disk of two queues goes on with a backend that has as many, fewer, or more than it began with" {
	for cell in replay-queues:2 replay-fewer-queues:2 replay-more-queues:1; do
		queues=${cell#*:} cell=q/${cell%:*}
		lives $cell
		[ "$(cat out/$cell/status)" = 0 ]
		grep -qx "hw_queues $queues" "out/$cell/guest.queue"
		[ "$(counted $cell backends_adopted)" = 1 ]
		[ "$(counted $cell requests_replayed)" -gt $((32 * (queues - 1))) ] # more than one queue has
		[ "$(counted $cell requests_failed)" = 0 ]
	done
	for cell in queues-event queues-spin; do
		[ "$(cat out/q/$cell/status)" = 0 ]
		grep -qx "hw_queues 2" "out/q/$cell/guest.queue"
	done
}

@test "rl-supervise sees a driver domain destroyed, waits for the fence and names the standby: fio verifies" {
	for cell in supervise supervise-map; do
		lives $cell
		[ "$(cat out/$cell/status)" = 0 ]
		[[ "$(steps $cell)" =~ ^"watching "(dying|destroyed)" fenced chosen named served"$ ]]
		[ "$(jq -r 'select(.step == "served") | .disks' out/$cell/supervise.log)" = 1 ]
		[ "$(($(counted $cell backends_adopted) - $(sed -n 's/^backends_adopted //p' out/$cell/front.stats.before)))" = 1 ]
		grep -q 'requests are sent again' out/$cell/guest.dmesg
		[ "$(grep -c 'requests failed' out/$cell/guest.dmesg)" = 0 ]
	done
}

@test "rl-supervise destroys a driver domain that crashed before it names another" {
	lives crash
	[ "$(cat out/crash/status)" = 0 ]
	[ "$(steps crash)" = "watching down destroying fenced chosen named served" ]
	[ "$(grep -c 'requests failed' out/crash/guest.dmesg)" = 0 ]
}

@test "after a replacement a bit that is flipped on the disk is found" {
	[ "$(cat out/caught/status)" != 0 ]
	grep -Eq 'verify: bad|verify failed' out/caught/fio.2.log
	[[ "$(steps caught)" == *" served" ]]
}

@test "a domain that is destroyed and not replaced: EIO at the deadline" {
	lives destroy
	[ "$(counted destroy deadlines_passed)" = 1 ]
	[ "$(counted destroy requests_failed)" -ge 1 ]
	[ "$(counted destroy requests_replayed)" = 0 ]
	[ "$(failed_after destroy)" = 5 ]
}

@test "a domain that is frozen: EIO at the deadline, and nothing is sent again" {
	lives pause
	[ "$(counted pause deadlines_passed)" = 1 ]
	[ "$(counted pause requests_failed)" -ge 1 ]
	[ "$(counted pause requests_replayed)" = 0 ]
}

@test "another disk of the same size is refused, and never sees a request" {
	lives stranger
	grep -q 'is refused: it has another identity' out/stranger/guest.dmesg
	[ "$(counted stranger backends_refused)" -ge 1 ]
	[ "$(counted stranger backends_adopted)" = 0 ]
	[ "$(counted stranger requests_failed)" -ge 1 ]
	[ "$(sed -n 's/^requests //p' out/stranger/back.stats)" = 0 ]
}
