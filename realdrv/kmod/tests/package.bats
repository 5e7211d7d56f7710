#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What a user installs: DKMS, modinfo, manual pages; and what the kernel's own checkers say of the sources.
# once: kbuild makes the modules

setup_file() {
	[ -n "$(find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64')" ] || skip "no linux-headers-amd64"
	export OUT=$BATS_FILE_TMPDIR/out
	# kbuild runs sparse on each file that it compiles
	MAKEFLAGS="$(command -v sparse >/dev/null && echo C=1 || true)" "$BATS_TEST_DIRNAME/../build" "$OUT" 2>"$BATS_FILE_TMPDIR/log"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# need PROGRAM PACKAGE: a skip that names what is missing, a failure where nothing may be skipped
need() {
	command -v "$1" >/dev/null && return
	[ "${CI:-}" != true ] && skip "no $1 (apt-get install $2)"
	false
}

@test "dkms builds both modules for the kernel that is there and installs them" {
	need dkms dkms
	[ "$(id -u)" = 0 ] || skip "dkms wants to be root"
	cd "$BATS_TEST_TMPDIR"
	release=$(cat "$OUT/kernelrelease")
	mkdir -p src tree "inst/$release"
	"$BATS_TEST_DIRNAME/../dkms" src
	version=$(basename src/ringlab-*) version=${version#ringlab-}
	[ -f "src/ringlab-$version/back/rlback.4" ]
	[ -z "$(find src -name tests)" ]
	run dkms install "ringlab/$version" -k "$release" --no-depmod --sourcetree "$PWD/src" --dkmstree "$PWD/tree" --installtree "$PWD/inst"
	echo "$output"
	[ "$status" -eq 0 ]
	for m in rlfront rlback; do
		ko=$(find inst -name "$m.ko*")
		[ "$(modinfo -F vermagic "$ko" | cut -d' ' -f1)" = "$release" ]
		[ "$(modinfo -F srcversion "$ko")" = "$(modinfo -F srcversion "$OUT/$m.ko")" ]
	done
	run "$BATS_TEST_DIRNAME/../dkms" src
	[ "$status" -eq 3 ]
}

@test "dkms builds both modules for the kernel of bookworm-backports too" {
	need dkms dkms
	[ "$(id -u)" = 0 ] || skip "dkms wants to be root"
	cd "$BATS_TEST_TMPDIR"
	if ! headers=$("$BATS_TEST_DIRNAME/../headers" backports); then
		[ "${CI:-}" != true ]
		skip "no headers of bookworm-backports (is there a network?)"
	fi
	release=${headers##*/linux-headers-}
	[[ "$release" == 6.12.* ]]
	mkdir -p src tree "inst/$release"
	"$BATS_TEST_DIRNAME/../dkms" src
	version=$(basename src/ringlab-*) version=${version#ringlab-}
	run dkms install "ringlab/$version" -k "$release" --kernelsourcedir "$headers" --no-depmod \
		--sourcetree "$PWD/src" --dkmstree "$PWD/tree" --installtree "$PWD/inst"
	echo "$output"
	[ "$status" -eq 0 ]
	for m in rlfront rlback; do
		[ "$(modinfo -F vermagic "$(find inst -name "$m.ko*")" | cut -d' ' -f1)" = "$release" ]
	done
}

@test "modinfo tells who, what, under which licence, and what each parameter is" {
	for m in rlfront rlback; do
		for field in description author license; do [ -n "$(modinfo -F $field "$OUT/$m.ko")" ]; done
		objcopy -O binary -j .modinfo "$OUT/$m.ko" "$BATS_TEST_TMPDIR/info"
		tr '\0' '\n' <"$BATS_TEST_TMPDIR/info" >"$BATS_TEST_TMPDIR/$m"
		[ "$(grep -c ^parmtype= "$BATS_TEST_TMPDIR/$m")" -ge 5 ]
		while read -r parameter; do
			echo "$m $parameter"
			grep -qE "^parm=$parameter:.{10}" "$BATS_TEST_TMPDIR/$m"
			grep -q "^\.B $parameter$" ./*/"$m.4"
		done < <(sed -n 's/^parmtype=\([^:]*\):.*/\1/p' "$BATS_TEST_TMPDIR/$m")
	done
}

@test "the manual pages are well formed, and name each file and statistic of losses that there is" {
	need mandoc mandoc
	need groff groff-base
	for page in */*.[48]; do
		echo "$page"
		[ -z "$(mandoc -T lint -W warning "$page")" ]
		[ -z "$(groff -man -ww -T utf8 "$page" 2>&1 >/dev/null)" ]
	done
	[ "$(find . -name '*.[48]' | wc -l)" = 3 ]
	while read -r statistic; do
		echo "$statistic"
		grep -q "$statistic" front/rlfront.4
	done < <(sed -n '/define RLFRONT_STATS/,/^$/s/.*X(\([a-z_]*\)).*/\1/p' front/rlfront.h)
	# a page with a fault is found
	sed 's/^\.TP$/.TPX/' front/rlfront.4 >"$BATS_TEST_TMPDIR/bad.4"
	[ -n "$(mandoc -T lint -W warning "$BATS_TEST_TMPDIR/bad.4")" ]
}

# What is not asked for. SPDX_LICENSE_TAG, NEW_TYPEDEFS: core/ is C of several programs. COMPLEX_MACRO, TRAILING_SEMICOLON:
# lists that expand in several ways. LINUX_VERSION_CODE, CONSTANT_COMPARISON: Debian 12 has two kernels. SPLIT_STRING,
# SPACING: clang-format's. EMBEDDED_FUNCTION_NAME: a word that is a function's too.
ignored=SPACING,SPDX_LICENSE_TAG,NEW_TYPEDEFS,COMPLEX_MACRO,TRAILING_SEMICOLON,SPLIT_STRING,EMBEDDED_FUNCTION_NAME,LINUX_VERSION_CODE,CONSTANT_COMPARISON

@test "checkpatch of Linux 6.1 has nothing to say" {
	tarball=/usr/src/linux-source-6.1.tar.xz
	if [ ! -r "$tarball" ]; then
		[ "${CI:-}" != true ]
		skip "no $tarball (apt-get install linux-source-6.1)"
	fi
	tar -C "$BATS_TEST_TMPDIR" -xJf "$tarball" --strip-components=2 --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
	check() { perl "$BATS_TEST_TMPDIR/checkpatch.pl" --no-tree --terse --no-summary --max-line-length=100 --ignore "$ignored" -f "$@"; }
	printf '// SPDX-License-Identifier: GPL-2.0-only\nvoid f(void) {\n}\n' >"$BATS_TEST_TMPDIR/bad.c"
	run check "$BATS_TEST_TMPDIR/bad.c"
	[ "$status" -ne 0 ]
	run check front/*.[ch] back/*.[ch] kern/*.[ch] verify/peers/*/*.[ch]
	echo "$output"
	[ -z "$output" ]
}

@test "sparse has nothing to say of our sources" {
	need sparse sparse
	# The kernel's own headers are not ours; and a request holds its bio, whose own vectors (flexible) are not used.
	run sed -nE "\|^$OUT/|{/array of flexible structures/d; /(warning|error):/p}" "$BATS_FILE_TMPDIR/log"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	# it did look: a pointer to user space that is read is found
	cp -r "$BATS_TEST_DIRNAME/../.." "$BATS_TEST_TMPDIR/realdrv"
	rm -rf "$BATS_TEST_TMPDIR/realdrv/back"
	cat >"$BATS_TEST_TMPDIR/realdrv/front/planted.c" <<-'C'
	// SPDX-License-Identifier: GPL-2.0-only
	#include <linux/compiler.h>
	int rlfront_planted(int __user *p);
	int rlfront_planted(int __user *p)
	{
		return *p;
	}
	C
	MAKEFLAGS=C=1 "$BATS_TEST_TMPDIR/realdrv/kmod/build" "$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/log"
	grep -q 'planted.c:.*warning: dereference of noderef expression' "$BATS_TEST_TMPDIR/log"
}
