#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that the driver domain owns, in a boot of the rig: ctest --preset dev -L long.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/realdrv/kmod/build" kmod >&2
	. "$BATS_TEST_DIRNAME/jobs.bash"
	write_jobs 4k/50:44k/50
	{
		echo "one front=rl:event back=rl:event device=nvme job=one.fio back_args=trace=16384"
		echo "own front=rl:event back=rl:spin_block device=nvme job=written.fio reload=1 job2=again.fio"
		echo "caught front=rl:event back=rl:event device=nvme job=written.fio corrupt=1 job2=again.fio"
		echo "stock front=xen back=xen device=nvme job=written.fio reload=1 job2=again.fio"
		echo "started front=rl:event back=rl:event device=nvme identity=controller job=written.fio job2=again.fio fault=backend:start"
		echo "null front=rl:event back=rl:event device=null job=one.fio"
	} >cells
	nice -n 10 "$RL_SOURCE/realdrv/rig/run" --mode counted --cells cells --out out \
		--rlfront kmod/rlfront.ko --rlback kmod/rlback.ko --supervise "$RL_BUILD/rl-supervise" >&2
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

@test "what was written is read again, after other drivers came, and a flipped bit is caught" {
	[ "$(cat out/own/status)" = 0 ]
	[ "$(cat out/stock/status)" = 0 ]
	[ "$(cat out/caught/status)" != 0 ]
	grep -Eq 'verify: bad|verify failed' out/caught/fio.2.log
}

@test "the run says which disk, on a platform of its own" {
	"$RINGLAB" import --db t.db out/one out/null
	run "$RINGLAB" list runs --db t.db --format json
	echo "$output"
	[ "$(jq -r '"\(.cell) \(.platform) \(.device)"' <<<"$output" | sort)" = \
		$'null xen-qemu-counted-nvme null\none xen-qemu-counted-nvme nvme' ]
}

@test "a request waits for the controller's interrupt, not for a function call" {
	[ "$(jq '.jobs[0].read.clat_ns.percentile["50.000000"]' out/one/fio.json)" -gt \
		"$(jq '.jobs[0].read.clat_ns.percentile["50.000000"]' out/null/fio.json)" ]
	grep -q nvme out/one/back.interrupts
}

@test "the controller's driver domain is destroyed: rl-supervise resets the controller and starts another, fio verifies" {
	[ "$(cat out/started/status)" = 0 ]
	[ "$(jq -r .step out/started/supervise.log | paste -sd ' ')" = "watching dying fenced reset started named served" ]
	[ "$(sed -n 's/^requests_replayed //p' out/started/front.stats)" -ge 1 ]
	[ "$(sed -n 's/^requests_failed //p' out/started/front.stats)" = 0 ]
	[ ! -s out/started/guest.blocked ]
}
