#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Measure: what is wrong with a request is said before anything is built, booted or written.
bats_require_minimum_version 1.5.0

setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return 1
	printf '%s\n' '[global]' 'ioengine=libaio' '[job]' 'rw=randread' 'bs=4k' 'runtime=1s' >good.fio
	{ cat good.fio; echo 'iodepth=4q'; } >bad.fio
	before=$(find . | sort)
}

# refused CODE PATTERN ARGUMENT...: measure ends with CODE, one line that matches, nothing written.
refused() {
	local code=$1 pattern=$2
	shift 2
	run --separate-stderr "$RINGLAB" measure "$@"
	echo "exit $status, stderr '$stderr'"
	[ "$status" -eq "$code" ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	diff <(echo "$before") <(find . | sort)
}

@test "a bad job" {
	refused 3 'bad.fio:7:[0-9]+: error: .*4q' --platform xen-qemu --job bad.fio
	refused 3 'none.fio' --platform xen-qemu --job none.fio
	refused 3 '^.: error|:1: error' --platform xen-qemu --job .
}

@test "a bad policy" {
	refused 3 "^--back-policy:1:1: error: .*unknown policy" --platform xen-qemu --job good.fio \
		--back-policy no_such_policy
	first=$(cd "$RL_SOURCE/realdrv/core/policy" && ls ./*.c | head -1)
	first=$(basename "$first" .c)
	refused 3 "^--front-policy:1:$((${#first} + 2)): error: .*unknown option" --platform xen-qemu \
		--job good.fio --front-policy "$first:no_such_option=1"
}

@test "a platform that is measured elsewhere, unknown words, nothing said" {
	refused 2 'xen-host.*realdrv/xenhost/run.*ringlab import' --platform xen-host --job good.fio
	[ -x "$RL_SOURCE/realdrv/xenhost/run" ]
	refused 2 'xen-qem' --platform xen-qem --job good.fio
	refused 2 'countd' --platform xen-qemu --job good.fio --mode countd
	refused 2 'nul' --platform xen-qemu --job good.fio --device nul
	refused 2 'mapp' --platform xen-qemu --job good.fio --grants mapp
	refused 2 'no --job' --platform xen-qemu
	refused 2 'no --job' --platform hosted
	refused 2 'brd.*null.ram.file' --platform hosted --job good.fio --device brd
	refused 2 'file.*null.brd' --platform xen-qemu --job good.fio --device file
	refused 2 'mode.*xen-qemu' --platform hosted --job good.fio --mode counted
	refused 2 'cpus.*hosted' --platform xen-qemu --job good.fio --cpus 0,1
	refused 2 "cpus 'one'" --job good.fio --cpus one
	refused 2 'unexpected' --platform xen-qemu --job good.fio more
}

@test "a database of another program costs no boot" {
	sqlite3 other.db 'PRAGMA application_id = 77; CREATE TABLE t(x); INSERT INTO t VALUES(1)'
	sum=$(sha256sum <other.db)
	before=$(find . | sort)
	refused 3 'other.db.* error: ' --platform xen-qemu --job good.fio --db other.db
	[ "$sum" = "$(sha256sum <other.db)" ]
}

@test "a build without its tree says what it looked for" {
	RINGLAB_SOURCE=/nonexistent refused 3 'realdrv/rig/run.*RINGLAB_SOURCE' --platform xen-qemu \
		--job good.fio
	RINGLAB_SOURCE=/nonexistent refused 3 'realdrv/hosted/run.*RINGLAB_SOURCE' --job good.fio
}

@test "a rig that fails is exit 4, with nothing stored" {
	mkdir -p "$BATS_TEST_TMPDIR/tree/realdrv/rig" "$BATS_TEST_TMPDIR/tree/realdrv/kmod"
	printf '#!/bin/sh\nexit 0\n' >"$BATS_TEST_TMPDIR/tree/realdrv/kmod/build"
	printf '#!/bin/sh\necho domain crashed >&2\nexit 4\n' >"$BATS_TEST_TMPDIR/tree/realdrv/rig/run"
	chmod +x "$BATS_TEST_TMPDIR"/tree/realdrv/*/*
	export RINGLAB_SOURCE=$BATS_TEST_TMPDIR/tree
	run --separate-stderr "$RINGLAB" measure --platform xen-qemu --job good.fio --out o --db new.db
	[ "$status" -eq 4 ]
	[ ! -e new.db ]
	cmp good.fio o/job.fio
	[ "$(wc -l <o/cells)" -eq 1 ]
	grep -qx 'event-event-randread-4k-qd1 front=rl:event back=rl:event device=null grants=persistent job=job.fio' o/cells
}

@test "a rig that brings nothing home is exit 4 as well" {
	mkdir -p "$BATS_TEST_TMPDIR/tree/realdrv/rig" "$BATS_TEST_TMPDIR/tree/realdrv/kmod"
	printf '#!/bin/sh\nexit 0\n' | tee "$BATS_TEST_TMPDIR/tree/realdrv/kmod/build" \
		>"$BATS_TEST_TMPDIR/tree/realdrv/rig/run"
	chmod +x "$BATS_TEST_TMPDIR"/tree/realdrv/*/*
	export RINGLAB_SOURCE=$BATS_TEST_TMPDIR/tree
	run --separate-stderr "$RINGLAB" measure --platform xen-qemu --job good.fio --out o --db new.db
	[ "$status" -eq 4 ]
	[[ $stderr == *o/event-event-randread-4k-qd1*error:* ]]
	[ ! -e new.db ]
}
