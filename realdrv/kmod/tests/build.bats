#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The build of the kernel modules: from a copy of the sources, so that files can come and go.
# once: kbuild makes the modules

setup_file() {
	[ -n "$(find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64')" ] || skip "no linux-headers-amd64"
	COPY=$BATS_FILE_TMPDIR/realdrv
	cp -r "$BATS_TEST_DIRNAME/../.." "$COPY"
	export COPY OUT=$BATS_FILE_TMPDIR/out
	"$COPY/kmod/build" "$OUT"
}

objects() { # with their times
	find "$OUT" -name '*.o' -printf '%p %T@\n' | sort
}

@test "both modules come out, licensed, with the parameters that the docs name" {
	for m in rlfront rlback; do
		[ "$(modinfo -F license "$OUT/$m.ko")" = GPL ] || [ "$(modinfo -F license "$OUT/$m.ko")" = "GPL v2" ]
		modinfo -F parm "$OUT/$m.ko" | grep -q '^policy:'
		modinfo -F parm "$OUT/$m.ko" | grep -q '^log_decisions:'
		modinfo -F parm "$OUT/$m.ko" | grep -q '^trace:'
	done
	modinfo -F parm "$OUT/rlfront.ko" | grep -q '^deadline:'
	modinfo -F parm "$OUT/rlback.ko" | grep -q '^cache_outlives:'
	[ "$(modinfo -F vermagic "$OUT/rlback.ko" | cut -d' ' -f1)" = "$(cat "$OUT/kernelrelease")" ]
}

@test "a build without a change compiles nothing" {
	before=$(objects)
	"$COPY/kmod/build" "$OUT"
	[ "$(objects)" = "$before" ]
}

@test "the same sources give the same modules in another folder" {
	"$COPY/kmod/build" "$BATS_TEST_TMPDIR/some/where/else"
	for m in rlfront rlback; do
		cmp "$OUT/$m.ko" "$BATS_TEST_TMPDIR/some/where/else/$m.ko"
	done
}

@test "a source that was removed is in the module no longer, one that came is" {
	cat >"$COPY/kern/came.c" <<-'E'
	// SPDX-License-Identifier: GPL-2.0-only
	int rlk_came(void);
	int rlk_came(void)
	{
		return 1;
	}
	E
	"$COPY/kmod/build" "$OUT"
	nm "$OUT/rlback.ko" | grep -q ' rlk_came$'
	rm "$COPY/kern/came.c"
	"$COPY/kmod/build" "$OUT"
	! nm "$OUT/rlback.ko" | grep -q ' rlk_came$'
}

@test "a warning fails the build" {
	printf '// SPDX-License-Identifier: GPL-2.0-only\nstatic int never_used;\n' >"$COPY/kern/warns.c"
	run "$COPY/kmod/build" "$OUT"
	rm "$COPY/kern/warns.c"
	[ "$status" -ne 0 ]
	[[ "$output" == *never_used* ]]
}

@test "one side alone builds" {
	mv "$COPY/front" "$COPY/front.away"
	run "$COPY/kmod/build" "$BATS_FILE_TMPDIR/alone"
	mv "$COPY/front.away" "$COPY/front"
	[ "$status" -eq 0 ]
	[ -f "$BATS_FILE_TMPDIR/alone/rlback.ko" ]
	[ ! -e "$BATS_FILE_TMPDIR/alone/rlfront.ko" ]
}

@test "a folder in which a kernel was built does as well as its release" {
	"$COPY/kmod/build" "$OUT" # a build that failed may stand there
	release=$(cat "$OUT/kernelrelease") before=$(objects)
	"$COPY/kmod/build" "$OUT" "/usr/src/linux-headers-$release"
	[ "$(cat "$OUT/kernelrelease")" = "$release" ]
	[ "$(objects)" = "$before" ]
	run "$COPY/kmod/build" "$OUT" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 3 ]
	[[ "$output" == "build: error: no kernel headers for '$BATS_TEST_TMPDIR'"* ]]
}

@test "wrong use and a kernel that is not there are told apart" {
	run "$COPY/kmod/build"
	[ "$status" -eq 2 ]
	run "$COPY/kmod/build" "$OUT" 0.0.0-nowhere
	[ "$status" -eq 3 ]
	[[ "$output" == *"linux-headers-amd64"* ]]
}
