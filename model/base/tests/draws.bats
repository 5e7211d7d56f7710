#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The draws have the same bits whoever compiled them, however, and whatever the CPU offers.
# once: it builds what it compares by itself
bats_require_minimum_version 1.5.0

# bits COMPILER FLAG...: digest of the draws as a program of so many flags prints them.
bits() {
	local out=$BATS_TEST_TMPDIR/draws
	"$@" -std=gnu11 -ffp-contract="${CONTRACT:-off}" -I"$RL_SOURCE" -o "$out" "$BATS_TEST_TMPDIR/main.c" \
		"$RL_SOURCE"/model/base/{rng,draw,real}.c -lm
	"$out" | sha256sum
}

setup() {
	cat >"$BATS_TEST_TMPDIR/main.c" <<-'END'
	#include "model/base/draw.h"
	#include "model/base/real.h"
	#include <stdio.h>
	int main(void)
	{
		static const struct rl_points points = {.n = 2, .p = {{1, 1, 9}, {2, 4, 1}}};
		for (int kind = RL_DIST_EXPONENTIAL; kind <= RL_DIST_EMPIRICAL; kind++)
			for (double cv = 0.3; cv < 3; cv *= 2) {
				struct rl_dist d;
				struct rl_rng g;
				rl_dist_init(&d, kind, 80e3, cv, &points);
				rl_rng_init(&g, 1, 2, 3, 4);
				for (int i = 0; i < 20000; i++)
					printf("%a\n", rl_dist_draw(&d, &g));
			}
		for (double x = 1e-300; x < 1e300; x *= 1.37)
			printf("%a %a\n", rl_real_log(x), rl_real_exp(1 / x));
		return 0;
	}
	END
}

@test "gcc at any level of optimisation" {
	want=$(bits gcc -O0)
	for flags in -O1 -O2 -O3; do
		[ "$(bits gcc "$flags")" = "$want" ]
	done
}

@test "clang as gcc" {
	command -v clang-14 >/dev/null || skip "no clang-14"
	for flags in -O0 -O2; do
		[ "$(bits clang-14 "$flags")" = "$(bits gcc -O2)" ]
	done
}

@test "with the CPU's fused multiply-add, and with a C library that must not use it" {
	grep -qw fma /proc/cpuinfo || skip "no FMA in this CPU"
	want=$(bits gcc -O2)
	[ "$(bits gcc -O3 -mfma -mavx2)" = "$want" ]
	bits gcc -O2
	[ "$(GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 "$BATS_TEST_TMPDIR/draws" | sha256sum)" = "$want" ]
	# a compiler that may contract a*b+c does, and the bits change
	[ "$(CONTRACT=fast bits gcc -O3 -mfma)" != "$want" ]
}
