#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command of realdrv/README.md, as it stands there: xl, xl devd and Xen's hotplug scripts in the rig, whose own two domains are
# destroyed before. ctest --preset dev -L long.

# with_agent IMAGE: what a user's ramdisk has not, in an archive behind it: the rig's agent executes what a user would type
with_agent() {
	mkdir -p agent/bin agent/etc
	cp "$rigtool" agent/bin/
	printf '%s\n' '#!/bin/busybox sh' 'exec rigtool agent' >agent/etc/rc.local
	chmod +x agent/etc/rc.local
	(cd agent && find . | cpio -o -H newc --quiet -R 0:0) >>"$1"
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	ln -s "$RL_SOURCE/realdrv" realdrv
	local step rigtool=$PWD/rigtool
	realdrv/xl/tests/steps realdrv/README.md in/steps
	for step in in/steps/*.where; do
		[ "$(cat "$step")" = host ] || continue
		step=${step%.where}
		bash "$step.command" >"$step.out" 2>&1 </dev/null
		echo $? >"$step.rc"
	done
	realdrv/rig/tool/build rigtool >&2
	for step in disks web; do with_agent images/$step.img; done
	mv images in/
	cp realdrv/xl/tests/inside.sh in/main
	printf '%s\n' '[j]' ioengine=libaio direct=1 thread=1 rw=randread bs=4k size=64k >j.fio
	echo "begin front=xen back=xen job=j.fio device=null" >cells
	nice -n 10 realdrv/rig/run --mode counted --limit 3600 --cells cells --out out --inside in >&2
	cp out/inside/steps/* in/steps/
}

@test "the page's commands do what it says" {
	cd "$BATS_FILE_TMPDIR"
	"$RL_SOURCE/realdrv/xl/tests/judge" in/steps || {
		tail -n 40 out/inside/*.log
		false
	}
	[ "$(ls in/steps/*.rc | wc -l)" -ge 25 ]
}

@test "data went through the pair, and both disks were served by the driver domain" {
	cd "$BATS_FILE_TMPDIR"
	grep -q 'backend/vbd/[0-9]*/51728/state = "4"' out/inside/store
	grep -q 'backend/vbd/[0-9]*/51728/script = "/etc/xen/scripts/block"' out/inside/store
	! grep -E 'BUG|WARNING|Oops|soft lockup' out/inside/disks.log out/inside/web.log
}
