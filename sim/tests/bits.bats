#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The same bits of all results, intervals included, whatever the compiler, its optimisation, the
# CPU's features and the number of threads; shown on a program (bits.c) made of the simulator alone.
# once: it builds what it compares by itself
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$RL_SOURCE" || return 1
	export W=$BATS_FILE_TMPDIR
	realdrv/core/registry realdrv/core/policy >"$W/registry.c"
	sim/registry sim/xen >"$W/scheds.c"
	sim/registry sim/device >"$W/devices.c"
	build gcc-O2 gcc -O2
}

# build NAME COMPILER FLAG...: the simulator as the project builds it but for these
build() {
	local name=$1
	shift
	find sim model realdrv/core -name '*.c' -not -path '*/tests/*' -not -path 'model/analytic/*' \
		-not -path 'model/sensitivity/*' -not -path model/design.c -print0 |
		xargs -0 "$@" -std=gnu11 -ffp-contract=off -D_GNU_SOURCE -DRL_VERSION='"0"' \
			-I. -Irealdrv -o "$W/$name" sim/tests/bits.c \
			"$W/registry.c" "$W/scheds.c" "$W/devices.c" -lm -lpthread
}

same() { # same NAME: prints what the first program prints
	[ -s "$W/first" ] || "$W/gcc-O2" 1 >"$W/first"
	[ "$(wc -l <"$W/first")" -gt 30 ]
	"$W/$1" 1 >"$W/now"
	cmp "$W/first" "$W/now"
}

compiler() {
	command -v "$1" >/dev/null && return
	[ "${CI:-}" != true ]
	skip "no $1 (apt-get install $1)"
}

@test "the program is built with the flags that matter as the project is" {
	grep -q -- -ffp-contract=off "$RL_SOURCE/CMakeLists.txt"
	run ! grep -rnE 'march=|ffast-math|Ofast' "$RL_SOURCE/CMakeLists.txt" \
		"$RL_SOURCE/CMakePresets.json"
}

@test "another seed, other bits; and the same twice" {
	same gcc-O2
	"$W/gcc-O2" 2 >"$W/other"
	run ! cmp -s "$W/first" "$W/other"
}

@test "one, two and eight threads" {
	same gcc-O2
	for j in 2 8; do
		"$W/gcc-O2" 1 "$j" | cmp "$W/first" -
	done
}

@test "gcc without optimisation" {
	cd "$RL_SOURCE"
	build gcc-O0 gcc -O0
	same gcc-O0
}

@test "gcc for this very CPU" {
	cd "$RL_SOURCE"
	build gcc-native gcc -O3 -march=native
	same gcc-native
}

@test "clang with and without optimisation" {
	compiler clang-14
	cd "$RL_SOURCE"
	for o in -O0 -O2; do
		build clang clang-14 $o
		same clang
	done
}

@test "a C library that takes the CPU for one without FMA and AVX" {
	same gcc-O2
	off=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-FMA_Usable,-AVX512F
	"$W/gcc-O2" libm >"$W/libm"
	GLIBC_TUNABLES=$off "$W/gcc-O2" libm >"$W/libm.off"
	if cmp -s "$W/libm" "$W/libm.off"; then
		skip "nothing changes here: the CPU has none, or this libc knows no such tunable"
	fi
	GLIBC_TUNABLES=$off "$W/gcc-O2" 1 | cmp "$W/first" -
}
