#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The judge of a disk by its ledger, on files that fio wrote here: what fio wrote is right; an older block in a newer one's place
# (a lost write, or one that was sent again too late), a bit, a block of elsewhere and one that was never written are not.

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o judge "$RL_SOURCE/realdrv/rig/judge/judge.c"
	write 1 "$((6 << 20))"
	cp image new && cp ledger_bw.1.log ledger
	# the same passes but for the last: what the disk held before it
	write 1 "$((4 << 20))"
	cp image old
	! cmp -s old new
}

# write SEED BYTES: passes over 1 MiB, written and read back
write() {
	rm -f ledger_* image
	truncate -s 1M image
	fio --output-format=terse --name=kill --filename=image --ioengine=psync --thread=1 --verify=crc32c --do_verify=1 \
		--randseed="$1" --rw=randwrite --size=1m --io_size="$2" --bssplit=4k/35:8k/20:44k/45 --write_bw_log=ledger \
		--log_offset=1 >fio.out
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	cp new disk
}

# block FROM N: block N of the disk becomes that of another file
block() {
	dd if="$1" of=disk bs=4096 skip="${3:-$2}" seek="$2" count=1 conv=notrunc status=none
}

@test "what fio wrote is right" {
	run ./judge ledger disk
	[ "$status" -eq 0 ]
	[ "$output" = "judged 256, wrong 0" ]
}

@test "a block of the pass before is found" {
	block old 17
	block old 200
	run ./judge ledger disk
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == "block 17, pass "*": is of another pass than the last write that was answered" ]]
	[ "${lines[2]}" = "judged 256, wrong 2" ]
}

@test "a flipped bit, a block of elsewhere and one that was never written are found" {
	printf '\x01' | dd of=disk bs=1 seek=$((5 * 4096 + 2000)) conv=notrunc status=none
	block new 6 7
	block /dev/zero 8
	run ./judge ledger disk
	echo "$output"
	[ "$status" -eq 1 ]
	[ "${lines[0]%%, pass*} ${lines[0]##*: }" = "block 5 is torn" ]
	[ "${lines[1]%%, pass*} ${lines[1]##*: }" = "block 6 holds another place's" ]
	[ "${lines[2]%%, pass*} ${lines[2]##*: }" = "block 8 holds nothing that was written" ]
	[ "${lines[3]}" = "judged 256, wrong 3" ]
}

# rewrite BYTES: pieces of a file, each of which is written over and over
rewrite() {
	rm -f ledger_* image issued
	truncate -s 1M image
	fio --output-format=terse --name=kill --filename=image --ioengine=libaio --iodepth=8 --serialize_overlap=1 --thread=1 \
		--verify=crc32c --do_verify=1 --randseed=3 --rw=randwrite --size=1m --io_size="$1" --bs=16k --verify_interval=4k \
		--norandommap=1 --zonemode=strided --zonerange=128k --zonesize=512k --write_bw_log=ledger --log_offset=1 \
		--write_iolog=issued >fio.out
}

@test "the write before the last one is found, where the pass does not tell" {
	rewrite 4m
	cp image older
	rewrite 4112k # one more
	last=$(awk '$3 == "write" { at = $4 } END { print at / 4096 }' issued)
	run ./judge ledger_bw.1.log image issued
	[ "$status" -eq 0 ]
	cp image disk
	block older "$last"
	run ./judge ledger_bw.1.log disk
	[ "$status" -eq 0 ]
	run ./judge ledger_bw.1.log disk issued
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == "block $last, pass "*": is of another write than the last one that was answered" ]]
	[[ "${lines[1]}" == "judged "*", wrong 1" ]]
	# what was answered was issued
	grep -v " write $((last * 4096)) " issued >fewer
	run ./judge ledger_bw.1.log disk fewer
	[ "$status" -eq 3 ]
	[[ "$output" == "fewer:"*":1: error: "* ]]
}

@test "a ledger that fio ended too early is made whole where all was answered, and judges nothing else" {
	rewrite 4m
	last=$(awk '$3 == "write" { at = $4 } END { print at / 4096 }' issued)
	. "$RL_SOURCE/realdrv/rig/lib/kills.bash"
	work=$PWD
	for job in right wrong unknown; do
		mkdir -p "jobs/kill-$job"
		head -n 40 ledger_bw.1.log >"jobs/kill-$job/ledger_bw.1.log"
		cp issued "jobs/kill-$job/"
		cp image "jobs/kill-$job/disk"
		echo '{"jobs":[{"write":{"total_ios":256}}]}' >"jobs/kill-$job/fio.json"
	done
	[ "$(grep -c ' write ' issued)" = 256 ]
	dd if=/dev/zero of=jobs/kill-wrong/disk bs=4096 seek="$last" count=1 conv=notrunc status=none
	echo '{"jobs":[{"write":{"total_ios":255}}]}' >jobs/kill-unknown/fio.json
	judge_all jobs
	tail -n 1 jobs/*/verdict
	[[ "$(cat jobs/kill-right/verdict)" == "judged "*", wrong 0" ]]
	[ "$(tail -n 1 jobs/kill-wrong/verdict | sed 's/.*, //')" = "wrong 1" ]
	[[ "$(cat jobs/kill-unknown/verdict)" == *":1:1: error: cannot judge this (expected 255 writes, as fio counted)" ]]
}

@test "bad input" {
	run ./judge ledger
	[ "$status" -eq 2 ]
	run ./judge none disk
	[ "$status" -eq 3 ]
	[[ "$output" == "none:1:1: error: "* ]]
	(head -n 3 ledger; echo "1, 2, x") >bad
	run ./judge bad disk
	[ "$status" -eq 3 ]
	[[ "$output" == "bad:4:1: error: "* ]]
	head -c 8192 new >short
	run ./judge ledger short
	[ "$status" -eq 3 ]
	: >empty
	run ./judge empty disk
	[ "$status" -eq 1 ]
}
