#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and keeps to it
# fio's engine: built for the fio that is here and for no other, and real jobs against a real
# backend, with fio's own verification of what they wrote.

setup_file() {
	load ../../tests/engine
	fio_room=$RL_SOURCE/realdrv/hosted/fio
	export fio_room
	engine_build
}

setup() {
	load ../../tests/engine
	engine_or_skip
	cd "$BATS_TEST_TMPDIR" || return 1
	unset RINGLAB_SOCKET RINGLAB_FRONT_STATS
	backend=
}

teardown() {
	[ -z "$backend" ] || kill "$backend" || true
}

# serve DEVICE [OPTION...]: a backend, ready when its socket is there.
serve() {
	"$RL_BUILD/rl-backend" --listen "$PWD/sock" --device "$@" 3>&- &
	backend=$!
	until [ -S sock ]; do kill -0 "$backend"; sleep 0.01; done
	export RINGLAB_SOCKET=$PWD/sock
}

# job OPTION...: one fio job with the engine.
job() {
	fio --name=j --ioengine="external:$so" "$@"
}

# counter FILE NAME
counter() {
	awk -v name="$2" '$1 == name { print $2 }' "$1"
}

# altered FILE SED WHAT: headers with a line changed, as another version or configuration has them.
altered() {
	local tree
	tree=$("$fio_room/source")
	cp -rs "$tree" tree # sed makes a file of the link that it changes
	sed -i "$2" "tree/$1"
	! cmp -s "$tree/$1" "tree/$1" || return 1
	RINGLAB_FIO_SOURCE=$PWD/tree run "$fio_room/build" "$PWD/out"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ "$output" == *"$3"* ]]
	[[ "$output" == *"build: error: the engine does not fit the installed fio"* ]]
	[ ! -e out/ringlab.so ]
}

@test "another size of fio's thread_data is refused, with what to do" {
	altered fio.h 's/^\tint io_ops_init;$/&\n\tchar more[8];/' \
		"ringlab: error: bytes of a segment of jobs"
	[[ "$output" == *"realdrv/hosted/fio/build"* ]]
}

@test "another order in a thread_data of the same size is refused" {
	altered fio.h 's/^\tint io_ops_init;$/\tint io_ops_init; void *moved;/; s/^\tvoid \*prof_data;$//' \
		"ringlab: error: address of verify_list"
}

@test "another io_u is refused" {
	altered io_u.h 's/^\tunsigned long long resid;$/&\n\tvoid *more;/' \
		"ringlab: error: number of an io_u"
}

@test "another version of the interface is refused" {
	altered ioengines.h 's/^#define FIO_IOOPS_VERSION.*/#define FIO_IOOPS_VERSION 30/' \
		"bad ioops version 30"
}

@test "an engine of another fio refuses at its start, before any I/O" {
	serve ram:size=64m --stats "$PWD/back.stats"
	# What an update of fio leaves behind: an engine that was built for the version before.
	sed "s/$(fio --version)/fio-1.23/g" "$so" >old.so
	! cmp -s "$so" old.so || return 1
	run fio --name=j --ioengine="external:$PWD/old.so" --rw=write --size=1m
	echo "$output"
	[ "$status" -ne 0 ]
	[[ "$output" == *"the engine was built for fio-1.23"*"realdrv/hosted/fio/build"* ]]
	[ ! -e back.stats ]
}

@test "no source: one clear error" {
	printf 'deb [trusted=yes] file:%s/none ./\n' "$PWD" >sources.list
	printf 'Dir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "/dev/null";\n' \
		"$PWD/sources.list" >apt.conf
	XDG_CACHE_HOME=$PWD/cache APT_CONFIG=$PWD/apt.conf run "$fio_room/build" "$PWD/out"
	echo "$output"
	[ "$status" -eq 3 ]
	[ "$(grep -c 'error' <<<"$output")" -eq 1 ]
	[[ "$output" == *"source: error: no source package fio "* ]]
	[ ! -e out/ringlab.so ]
}

@test "beside fio's null engine: a row a depth, with the ratio" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
	run "$fio_room/compare" "$so"
	[ "$status" -eq 2 ]
	"$fio_room/compare" "$so" "$RL_BUILD/rl-backend" 1 >rows
	cat rows
	jq -se 'length == 3 and all(.value > 0 and .limit > 0 and .ratio > 0 and .unit == "1/s")' rows
}

@test "options come with help" {
	run fio --enghelp="$so"
	[ "$status" -eq 0 ]
	for o in socket ring_pages front_policy mapping retry_ms front_stats front_trace trace_records; do
		[[ "$output" == *"$o"* ]]
	done
}

@test "no backend: one line says how to start one" {
	run job --size=1m
	[ "$status" -ne 0 ]
	[[ "$output" == *"no backend is named"*"RINGLAB_SOCKET"*"rl-backend --help"* ]]
	run job --size=1m --socket="$PWD/none"
	[ "$status" -ne 0 ]
	[[ "$output" == *"none: "*"rl-backend --help"* ]]
}

@test "what a ring cannot carry is refused before I/O" {
	serve ram:size=64m
	for line in "--rw=trim" "--bs=1000" "--nrfiles=2" "--front_policy=none" "--ring_pages=3" \
		"--bsrange=512-4k --bs_unaligned=1"; do
		# shellcheck disable=SC2086
		run job --size=1m $line
		echo "$line: $output"
		[ "$status" -ne 0 ]
		[[ "$output" == *"ringlab: error: "* || "$output" == *"failed parsing"* ]]
		[[ "$output" != *"IOPS="* ]]
	done
}

@test "verified data, mixed sizes, by copy and by mapping, as processes and as threads" {
	serve ram:size=160m
	for thread in 0 1; do
		for mapping in 0 1; do
			job --rw=randrw --bsrange=512-1m --iodepth=16 --size=24m --verify=crc32c --fsync=8 \
				--numjobs=2 --offset_increment=64m --thread=$thread --mapping=$mapping \
				--output-format=json --output=out.json
			jq -e '[.jobs[] | .error == 0 and .write.io_bytes + .read.io_bytes > 24 * 1048576
				and .sync.total_ios > 0] | length == 2 and all' out.json
		done
	done
}

@test "one request at a time, more than the ring holds, workers of their own, memory of fio's" {
	serve ram:size=64m
	job --rw=randwrite --bs=4k --iodepth=1 --size=4m --verify=crc32c
	job --rw=randwrite --bs=1m --iodepth=64 --size=64m --verify=crc32c --ring_pages=1
	job --rw=randwrite --bs=4k --iodepth=8 --size=4m --verify=crc32c --io_submit_mode=offload --mapping=1
	job --rw=randwrite --bs=4k --iodepth=8 --size=4m --verify=crc32c --mem=mmap
}

@test "a flipped bit is found" {
	truncate -s 16m disk
	serve "file:$PWD/disk"
	job --rw=randwrite --bs=4k --size=16m --verify=crc32c --iodepth=8 --do_verify=0
	job --rw=randwrite --bs=4k --size=16m --verify=crc32c --iodepth=8 --verify_only=1
	was=$(od -An -tu1 -j 5000000 -N 1 disk | tr -d ' ')
	printf '%b' "\\x$(printf %02x $((was ^ 1)))" |
		dd of=disk bs=1 seek=5000000 conv=notrunc status=none
	run job --rw=randwrite --bs=4k --size=16m --verify=crc32c --iodepth=8 --verify_only=1
	[ "$status" -ne 0 ]
	[[ "$output" == *"verify"* ]]
}

@test "a job for a block device runs with another engine and nothing else changed" {
	serve ram:size=64m
	printf '%s\n' '[global]' filename=/dev/xvdb size=8m direct=1 ioengine=libaio '[j]' rw=randread \
		bs=16k iodepth=4 >dev.fio
	sed "s|^ioengine=.*|ioengine=external:$so|" dev.fio >here.fio
	fio --output-format=json --output=out.json here.fio
	jq -e '.jobs[0].read | .io_bytes == 8388608 and .total_ios == 512
		and .slat_ns.N == 512 and .clat_ns.N == 512 and .slat_ns.min > 0' out.json
}

@test "counters: every request once, a file a job" {
	serve null --stats "$PWD/back.stats"
	job --rw=randread --bs=64k --size=4m --iodepth=4 --numjobs=2 --front_stats="$PWD/front" --mapping=1
	for n in 1 2; do
		# 64 KiB are two requests: 11 segments and 5.
		[ "$(counter front.$n requests)" -eq 128 ]
		[ "$(counter front.$n responses)" -eq 128 ]
		[ "$(counter front.$n fio_read_sectors)" -eq 8192 ]
		[ "$(counter front.$n copy_bytes)" -eq 0 ]
		[ "$(counter front.$n cpu_ns)" -gt 0 ]
	done
	until [ "$(counter back.stats requests)" -eq 256 ]; do sleep 0.01; done
	RINGLAB_FRONT_STATS=$PWD/env job --rw=read --bs=4k --size=1m
	[ "$(counter env.1 requests)" -eq 256 ]
	[ "$(counter env.1 copy_bytes)" -eq 1048576 ]
}

@test "traces: stage timestamps of both sides, checked, and none lost" {
	serve null --trace "$PWD/back.trace" --stats "$PWD/back.stats"
	job --rw=randread --bs=4k --size=4m --iodepth=4 --front_trace="$PWD/front.trace" \
		--front_stats="$PWD/front.stats"
	until [ -e back.trace ]; do sleep 0.01; done
	run "$RINGLAB" check front.trace.1 back.trace
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == *"trace of the frontend"*" 0 lost" ]]
	[[ "${lines[1]}" == *"trace of the backend"*" 0 lost" ]]
	RINGLAB_FRONT_TRACE=$PWD/env job --rw=read --bs=4k --size=1m --trace_records=100
	run "$RINGLAB" check env.1
	[[ "$output" == *" 128 records, "* ]]
}

# await FILE: fio touches it when a job is connected and about to run.
await() {
	until [ -e "$1" ]; do kill -0 "$fio_pid"; sleep 0.01; done
}

@test "a backend that is gone ends the job with an error, not with a hang" {
	serve null
	job --rw=randread --bs=4k --size=64m --time_based --runtime=120 --iodepth=8 \
		--exec_prerun="touch started" >out.log 2>&1 3>&- &
	fio_pid=$!
	await started
	kill -9 "$backend"
	backend=
	status=0
	wait "$fio_pid" || status=$?
	cat out.log
	[ "$status" -ne 0 ]
	grep -q 'err= *5' out.log
}

@test "a backend that comes back is found, and no data is lost" {
	serve ram:size=64m --respawn
	job --rw=randrw --bsrange=4k-64k --size=64m --loops=4 --iodepth=16 --verify=crc32c \
		--retry_ms=20000 --exec_prerun="touch started" >out.log 2>&1 3>&- &
	fio_pid=$!
	await started
	for _ in 1 2 3; do
		until worker=$(pgrep -P "$backend"); do sleep 0.01; done
		kill -9 "$worker"
		sleep 0.2
	done
	status=0
	wait "$fio_pid" || status=$?
	cat out.log
	[ "$status" -eq 0 ]
}
