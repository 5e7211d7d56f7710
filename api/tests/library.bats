#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# libringlab as others use it: installed under a prefix of its own, found by pkg-config, linked, run,
# and its answers beside those of `ringlab simulate`, to the last bit.
# once: it installs what was built
bats_require_minimum_version 1.5.0

setup_file() {
	export PREFIX=$BATS_FILE_TMPDIR/prefix
	cmake --install "$RL_BUILD" --prefix "$PREFIX" >"$BATS_FILE_TMPDIR/log"
	LIB=$(dirname "$(find "$PREFIX" -name libringlab.so)")
	export LIB PKG_CONFIG_PATH=$LIB/pkgconfig
	# shellcheck disable=SC2046 # words
	cc -std=c11 -Wall -Wextra -Werror -o "$BATS_FILE_TMPDIR/example" \
		"$PREFIX/share/doc/libringlab-dev/examples/simulate.c" $(pkg-config --cflags --libs ringlab)
	export EXAMPLE=$BATS_FILE_TMPDIR/example
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

functions() { sed -n 's/^[a-z].*[ *]\(ringlab_[a-z_]*\)(.*);$/\1/p' "$PREFIX/include/ringlab.h" | sort; }

@test "it shows the calls of its header and nothing else" {
	nm -D --defined-only "$LIB/libringlab.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >shown
	functions | diff - shown
	[ "$(wc -l <shown)" -ge 11 ]
	readelf -d "$LIB/libringlab.so" | grep -q 'SONAME.*\[libringlab\.so\.0\]'
	[ "$(pkg-config --modversion ringlab)" = "$("$RINGLAB" --version | cut -d' ' -f2)" ]
	# what a simulation needs: no database, no tables, no io_uring
	run readelf -d "$LIB/libringlab.so"
	[[ $output == *libfyaml* && ! $output =~ sqlite|smartcols|uring|gsl ]]
}

# both SCENARIO SEED REPS THREADS PATH=VALUE...: the example and the program on the same
both() {
	local set=() s
	for s in "${@:5}"; do set+=(--set "$s"); done
	LD_LIBRARY_PATH=$LIB "$EXAMPLE" "$@" | jq -S . >ours
	"$PREFIX/bin/ringlab" simulate "$1" --seed "$2" --reps "$3" -j "$4" "${set[@]}" --format json | jq -S .metrics >theirs
	cmp ours theirs
	jq -e '.iops.value > 0 and .iops.ci_lo <= .iops.value' ours
}

@test "the example answers as the program does, bit for bit" {
	s=$PREFIX/share/ringlab/data/scenarios
	both "$s/one-core.yaml" 0 5 1
	both "$s/two-cores.yaml" 7 3 2 back_policy=spin_block:tau=5us job.iodepth=8
	both "$s/flash.yaml" 9 2 1 job.rw=randrw
	both "$s/noisy-neighbour.yaml" 1 1 1
	# it would see a difference
	"$PREFIX/bin/ringlab" simulate "$s/flash.yaml" --seed 10 --reps 2 --format json | jq -S .metrics >theirs
	LD_LIBRARY_PATH=$LIB "$EXAMPLE" "$s/flash.yaml" 9 2 1 | jq -S . >ours
	run ! cmp -s ours theirs
}

@test "what is refused is one line, and nothing is printed" {
	printf 'machine: {pcpus: 1}\nno_such_key: 1\n' >bad.yaml
	export LD_LIBRARY_PATH=$LIB
	run -3 --separate-stderr "$EXAMPLE" bad.yaml 0 1 1
	[ -z "$output" ]
	[ ${#stderr_lines[@]} -eq 1 ]
	[[ $stderr == "bad.yaml:2:1: error: "*no_such_key* ]]
	run -3 --separate-stderr "$EXAMPLE" "$PREFIX/share/ringlab/data/scenarios/one-core.yaml" 0 1 1 job.iodepth=4q
	[ -z "$output" ]
	[[ $stderr == "ringlab_set:1:"*": error: "*4q* ]]
	run -3 --separate-stderr "$EXAMPLE" /dev/null 0 1 1
	[[ $stderr == "/dev/null:1:1: error: "* ]]
}

@test "each call has a page whose example compiles" {
	for f in $(functions); do
		[ -s "$(find "$PREFIX" -name "$f.3.gz")" ] || { echo "no $f.3"; false; }
		{
			printf '#include <ringlab.h>\n#include <stdio.h>\n#include <string.h>\nint main(void)\n{\n'
			gunzip -c "$PREFIX"/share/man/man3/"$f.3.gz" |
				sed -n '/^\.EX/,/^\.EE/{/^\.E[XE]/d;s/\\-/-/g;s/\\e/\\/g;p}'
			printf 'return 0;\n}\n'
		} >"$f.c"
		grep -q "$f" "$f.c"
		cc -std=c11 -Wall -Wextra -Werror -fsyntax-only -I "$PREFIX/include" "$f.c"
	done
	gunzip -c "$PREFIX/share/man/man3/libringlab.3.gz" |
		sed -n '/^\.EX/,/^\.EE/{/^\.E[XE]/d;s/\\-/-/g;s/\\e/\\/g;p}' >overview.c
	# shellcheck disable=SC2046 # words
	cc -std=c11 -Wall -Wextra -Werror -o overview overview.c $(pkg-config --cflags --libs ringlab)
	LD_LIBRARY_PATH=$LIB ./overview | grep -q '^[0-9.e+]* 1/s, 95 %: '
}

@test "the installed program finds its data, also where the tree was moved to" {
	mv "$PREFIX" "$PREFIX.moved"
	run "$PREFIX.moved/bin/ringlab" validate --platform published-no-such
	echo "$output"
	[ "$status" -eq 3 ]
	run "$PREFIX.moved/bin/ringlab" validate --platform published-persistent-grants-2012-10 --format csv
	mv "$PREFIX.moved" "$PREFIX"
	echo "$output"
	[ "$status" -le 1 ]
	[ ${#lines[@]} -gt 2 ]
}
