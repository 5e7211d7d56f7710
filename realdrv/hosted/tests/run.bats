#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Cells on the hosted pair: what is refused before anything runs, and what comes home.
bats_require_minimum_version 1.5.0

setup_file() {
	load engine
	engine_build
}

setup() {
	load engine
	engine_or_skip
	cd "$BATS_TEST_TMPDIR" || return 1
	printf '%s\n' '[global]' ioengine=libaio direct=1 size=4m '[j]' rw=randread bs=4k iodepth=4 >j.fio
	good='front=rl:event back=rl:event job=j.fio'
}

# refuses LINE PLACE PATTERN: one complaint at 2:PLACE, exit 3, nothing written
refuses() {
	printf '# comment\n%s\n' "$1" >cells
	run cells
	echo "$output"
	[ "$status" -eq 3 ]
	[[ "$output" == "cells:2:$2: error: "*"$3"* ]]
	[ ! -e out ]
}

# counter FILE NAME
counter() {
	awk -v name="$2" '$1 == name { print $2 }' "$1"
}

@test "arguments: none, unknown, without a value" {
	for line in "" "--cells" "--cels x" "--cells cells --out out"; do
		# shellcheck disable=SC2086
		run "$RL_SOURCE/realdrv/hosted/run" $line
		[ "$status" -eq 2 ]
		[[ "$output" == "run: "* ]]
	done
}

@test "what a cells file must not say" {
	refuses "a $good grnats=map" 42 "unknown key 'grnats'"
	refuses "a $good job2=j.fio" 42 "unknown key 'job2'"
	refuses "a front=xen back=rl:event job=j.fio" 9 "no stock driver"
	# shellcheck disable=SC2016 # for the reader of cells, not for this shell
	refuses 'a front=rl:$(reboot) back=rl:event job=j.fio' 9 "bad front driver"
	refuses "a $good device=brd" 49 "expected null|ram|file"
	refuses "a $good trace=-1" 48 "whole number from 0 to 4194304"
	refuses "a $good cpus=0" 47 "expected FRONT,BACK"
	refuses "a $good cpus=0,4095" 47 "CPU 4095 cannot be used"
	refuses "a $good awake=yes" 48 "expected 0|1"
	refuses "a front=rl:event back=rl:event" 1 "no job="
}

@test "trace= brings both sides' stage timestamps home, and they agree with the statistics" {
	echo "a $good trace=65536" >cells
	cells
	"$RINGLAB" check out/a/front.trace out/a/back.trace out/a
	"$RINGLAB" import --db t.db out/a
	[ "$(sqlite3 t.db "SELECT n FROM stage WHERE stage = 'total'")" = "$(counter out/a/front.stats requests)" ]
	# One notification more in the statistics than in the trace.
	awk '$1 == "notifications_sent" { $2++ } { print }' out/a/back.stats >more
	mv more out/a/back.stats
	run -3 "$RINGLAB" check out/a
	[[ "$output" == *"notifications_sent (expected"* ]]
}

@test "several jobs are several rings: no trace of them, and the cell fails" {
	sed 's/^rw=/numjobs=2\nrw=/' j.fio >two.fio
	echo "a front=rl:event back=rl:event job=two.fio trace=65536" >cells
	run cells
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"2 rings were traced (expected a job with numjobs=1)"* ]]
}

@test "a policy that does not exist is bad input" {
	echo "a front=rl:event back=rl:no_such_policy job=j.fio" >cells
	run cells
	echo "$output"
	[ "$status" -eq 3 ]
	[[ "$output" == *"rl-backend: error: --policy 'no_such_policy'"* ]]
}

@test "every device, by copy and by mapping: both sides count alike, and import reads it" {
	for device in null ram file; do
		for grants in persistent map; do
			echo "$device-$grants $good device=$device grants=$grants" >>cells
		done
	done
	cells
	[ "$(find out -mindepth 1 -type d | wc -l)" -eq 6 ]
	for cell in out/*/; do
		[ "$(cat "$cell/status")" -eq 0 ]
		cmp j.fio "$cell/job.fio"
		[ "$(counter "$cell/front.stats" requests)" -eq 1024 ]
		[ "$(counter "$cell/back.stats" reads)" -eq 1024 ]
		[ "$(counter "$cell/back.stats" sectors)" -eq 8192 ]
		copied=$(counter "$cell/front.stats" copy_bytes)
		case $cell in
		*-map/) [ "$copied" -eq 0 ] ;;
		*) [ "$copied" -eq 4194304 ] ;;
		esac
		jq -e '.disk.read_sectors == 8192 and .window_ns > 0 and .cpu_ns.guest > 0 and .cpu_ns.driver > 0' \
			"$cell/cpu.json"
		[ -z "$(find "$cell" -name disk)" ]
	done
	jq -e '.platform == "hosted" and (.note | test("eventfd"))' out/manifest.json
	# No place of this machine in what is kept.
	! grep -rl "$RL_SOURCE" out || return 1
	"$RINGLAB" import --db x.db out
	[ "$(sqlite3 x.db "SELECT count(*) FROM run WHERE platform = 'hosted'")" -eq 6 ]
}

@test "jobs have a ring each, and are counted together" {
	echo 'numjobs=3' >>j.fio
	echo "a $good grants=map front_args=ring_pages=2" >cells
	cells
	[ "$(counter out/a/front.stats requests)" -eq 3072 ]
	[ "$(counter out/a/back.stats requests)" -eq 3072 ]
	jq -e '."global options".ring_pages == "2"' out/a/fio.json
}

@test "the CPUs of a cell are in its manifest, and one core is one CPU" {
	cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
	echo "a $good cpus=$cpu,$cpu" >cells
	cells
	jq -e --argjson cpu "$cpu" '.cpus == 1 and .cpu_of == {front: $cpu, back: $cpu}
		and .pinning == {guest: 0, driver: 0}' out/a/manifest.json
}

@test "awake=1: no CPU may halt while the cell runs, and it is another platform's" {
	[ -w /dev/cpu_dma_latency ] || skip "not root, or no CPU idle states"
	latency() { od -An -td4 /dev/cpu_dma_latency; }
	before=$(latency)
	sed -i 's/^size=4m/size=4m\ntime_based=1\nruntime=3/' j.fio
	echo "a $good awake=1" >cells
	cells &
	until [ -e out/a.partial/fio.log ]; do sleep 0.05; done
	[ "$(latency)" -eq 0 ]
	wait $!
	[ "$(latency)" -eq "$before" ]
	jq -e '.platform == "hosted-awake" and .cpu_dma_latency_us == 0' out/a/manifest.json
	"$RINGLAB" import --db t.db out/a
	[ "$(sqlite3 t.db 'SELECT platform FROM run')" = hosted-awake ]
}

@test "fio's failure is exit 4, and --resume takes up the rest" {
	printf '%s\n' '[j]' rw=trim size=1m >bad.fio
	printf '%s\n' "a $good" "b front=rl:event back=rl:event job=bad.fio" "c $good" >cells
	run cells
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"cell b: fio ended with status 1"* ]]
	[ -e out/a/status ] && [ "$(cat out/b/status)" -eq 1 ] && [ ! -e out/c ]
	run cells
	[ "$status" -eq 3 ]
	[[ "$output" == *"results are there already"* ]]
	cells --resume
	[ -e out/c/status ]
	run cells --resume
	[[ "$output" == *"nothing to do, 3 cells"* ]]
}

@test "measure: from a job file to a stored run, on the default platform" {
	"$RINGLAB" measure --job j.fio --back-policy event --device ram --db m.db --out m --format json >m.json
	jq -se '[.[] | select(.metric == "iops")][0].value > 0' m.json
	[ "$(sqlite3 m.db "SELECT platform || ' ' || cell FROM run")" = "hosted event-event-randread-4k-qd4" ]
	[ "$(counter m/event-event-randread-4k-qd4/back.stats requests)" -eq 1024 ]
}

@test "campaign all: the cells of both campaigns once a repeat, and their roles as the repository has them" {
	local hosted="$BATS_TEST_DIRNAME/.."
	"$hosted/campaign/all" list 2
	cut -d' ' -f1 list/cells | sed 's/\.r[0-9]*$//' | sort | uniq -c | awk '$1 != 2 { exit 1 }'
	diff <(sort list/split.csv) <(grep '^hosted,' "$hosted/../../data/measured/split.csv" | sort)
	diff <(cut -d, -f2 list/split.csv | sort) <(cut -d' ' -f1 list/cells | sed 's/\.r[0-9]*$//' | sort -u)
}
