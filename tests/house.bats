#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The house rules that no compiler holds: which room may see which, where SQLite ends,
# that nobody below the drivers knows a policy by name, licences, and file sizes.
# Every check is tried on a planted fault first, so that none of them is empty.

setup() {
	cd "$RL_SOURCE" || return 1
	load_rooms
}

# What each room may include, itself left out. Headers of realdrv are written from realdrv/.
load_rooms() {
	declare -gA may=(
		[core]="" [base]="" [model]="core base"
		[data]="core base model" [sim]="core base model"
		[calibrate]="core base model data sim"
		[paper]="core base model data sim calibrate"
		[cli]="core base model data sim calibrate paper"
		[main]="core base model data sim calibrate paper cli"
		[kern]="core" [front]="core kern" [back]="core kern"
	)
}

# sources PATTERN...: what is or will be under version control, without tests.
sources() {
	all_files "$@" | grep -v '/tests/' || true
}

all_files() {
	if [ -d .git ] || [ -f .git ]; then
		git ls-files -co --exclude-standard -- "$@" | while read -r f; do
			[ ! -f "$f" ] || echo "$f"
		done
	else
		find . -path ./build -prune -o -type f -printf '%P\n' | while read -r f; do
			for p in "$@"; do
				# shellcheck disable=SC2053
				if [[ $f == $p ]]; then echo "$f"; break; fi
			done
		done
	fi
}

room_of() {
	case $1 in
	model/base/*) echo base ;;
	realdrv/*) local r=${1#realdrv/}; echo "${r%%/*}" ;;
	core/* | kern/* | front/* | back/*) echo "${1%%/*}" ;;
	*/*) echo "${1%%/*}" ;;
	*) echo main ;;
	esac
}

# wrong_includes FILE: the includes of a file that its room must not have.
wrong_includes() {
	local room target inc
	room=$(room_of "$1")
	while read -r inc; do
		if [[ $inc != */* ]]; then continue; fi # a neighbour in the same folder
		target=$(room_of "$inc")
		[ "$target" = "$room" ] && continue
		[[ " ${may[$room]-} " == *" $target "* ]] || echo "$1: $room must not include $inc"
	done < <(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$1")
}

policy_names() {
	(cd realdrv/core/policy && ls ./*.c) | sed 's|^\./||; s|\.c$||'
}

# names_of_policies FILE...: lines that quote a policy's name or include its file.
names_of_policies() {
	local any
	any=$(policy_names | paste -sd '|')
	grep -nHE "\"($any)[:\",]|[\",]($any)\"|core/policy/($any)\.|rl_policy_($any)\b" "$@" || true
}

@test "includes point one way" {
	mkdir -p "$BATS_TEST_TMPDIR/sim"
	(cd "$BATS_TEST_TMPDIR" && echo '#include "data/store.h"' >sim/planted.c &&
		[ -n "$(wrong_includes sim/planted.c)" ])

	bad=$(sources '*.c' '*.h' | while read -r f; do wrong_includes "$f"; done)
	echo "$bad"
	[ -z "$bad" ]
}

@test "the core sees no system header" {
	bad=$(sources 'realdrv/core/*.c' 'realdrv/core/*.h' |
		xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' || true)
	echo "$bad"
	[ -z "$bad" ]
	[ "$(sources 'realdrv/core/*.c' | wc -l)" -gt 3 ]
}

@test "only data/store* includes sqlite3.h" {
	bad=$(sources '*.c' '*.h' | grep -v '^data/store' |
		xargs grep -nE 'include[[:space:]]*[<"]sqlite3' || true)
	echo "$bad"
	[ -z "$bad" ]
	grep -lq 'include <sqlite3' data/store*.[ch]
}

@test "no policy is named in sim, model or calibrate" {
	first=$(policy_names | head -1)
	planted=$BATS_TEST_TMPDIR/planted.c
	for line in "strcmp(p, \"$first\")" "x = \"$first:tau=1us\";" "y = \"a,$first\";" \
		"#include \"core/policy/$first.c\"" "&rl_policy_$first"; do
		echo "$line" >"$planted"
		[ -n "$(names_of_policies "$planted")" ]
	done
	bad=$(sources 'sim/*' 'model/*' 'calibrate/*' | tr '\n' '\0' | xargs -0 -r grep -lI '' |
		while read -r f; do names_of_policies "$f"; done)
	echo "$bad"
	[ -z "$bad" ]
}

licence_of() {
	case $1 in
	realdrv/core/*) echo MIT ;;
	realdrv/front/*.[ch] | realdrv/back/*.[ch] | realdrv/kern/* | realdrv/kmod/*) echo GPL-2.0-only ;;
	*) echo GPL-3.0-or-later ;;
	esac
}

# unlicensed FILE: says so when line 1 (line 2 after #!) is not the licence of its room.
unlicensed() {
	local want
	want="SPDX-License-Identifier: $(licence_of "$1")"
	if head -c 2 "$1" | grep -q '#!'; then sed -n 2p "$1"; else sed -n 1p "$1"; fi |
		grep -qF "$want" || echo "$1: no '$want' on its first line"
}

@test "every source names its licence on line 1" {
	echo 'int x;' >"$BATS_TEST_TMPDIR/planted.c"
	[ -n "$(unlicensed "$BATS_TEST_TMPDIR/planted.c")" ]
	bad=$({
		all_files '*.c' '*.h' '*.def' '*.cmake' '*CMakeLists.txt' '*.sh' '*.bats' '*.pml' '*.gp'
		all_files '*' | grep -v '\.' | while read -r f; do
			if head -c 2 "$f" | grep -q '#!'; then echo "$f"; fi
		done
	} | sort -u | while read -r f; do unlicensed "$f"; done)
	echo "$bad"
	[ -z "$bad" ]
	[ "$(all_files '*.c' | wc -l)" -gt 10 ]
}

@test "no source has 400 lines or more" {
	bad=$(all_files '*.c' '*.h' '*.def' '*.sh' '*.bats' '*CMakeLists.txt' | tr '\n' '\0' |
		xargs -0 wc -l | awk '$2 != "total" && $1 >= 400')
	echo "$bad"
	[ -z "$bad" ]
}

@test "C files are formatted" {
	command -v clang-format >/dev/null || skip "no clang-format"
	bad=$(all_files '*.c' '*.h' | tr '\n' '\0' | xargs -0 clang-format --dry-run 2>&1 |
		grep -o '^[^:]*:' | sort -u || true)
	echo "$bad"
	[ -z "$bad" ]
}
