#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The house rules that no compiler holds: which room may see which, where SQLite ends,
# that nobody below the drivers knows a policy by name, licences, and file sizes.
# Every check is tried on a planted fault first, so that none of them is empty.
# once: it reads sources

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
		[cli]="core base model data sim calibrate paper hosted"
		[api]="core base model data sim"
		[doc]="core base model data cli"
		[main]="core base model data sim calibrate paper cli"
		[kern]="core" [front]="core kern" [back]="core kern" [hosted]="core"
		[verify]="core hosted"
	)
}

# sources PATTERN...: what is or will be under version control, without tests.
sources() {
	all_files "$@" | grep -v '/tests/' || true
}

all_files() {
	if [ -d .git ] || [ -f .git ]; then
		git ls-files -co --exclude-standard -- "$@" | sort |
			comm -23 - <(git ls-files -d | sort)
	else
		find . -path ./build -prune -o -type f -printf '%P\n' | while read -r f; do
			for p in "${@:-*}"; do
				# shellcheck disable=SC2053
				if [[ $f == $p ]]; then echo "$f"; break; fi
			done
		done
	fi
}

# wrong_includes FILE...: the includes of files that their rooms must not have.
wrong_includes() {
	local r rules=
	for r in "${!may[@]}"; do rules+="$r:${may[$r]};"; done
	awk -v rules="$rules" '
	function room(path, n, part) {
		n = split(path, part, "/")
		if (path ~ /^model\/base\//) return "base"
		if (part[1] == "realdrv") return part[2]
		return n > 1 ? part[1] : "main"
	}
	BEGIN {
		n = split(rules, rule, ";")
		for (i = 1; i < n; i++) {
			split(rule[i], half, ":")
			k = split(half[2], to, " ")
			for (j = 1; j <= k; j++) ok[half[1], to[j]] = 1
		}
	}
	match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
		inc = substr($0, RSTART, RLENGTH - 1)
		sub(/.*"/, "", inc)
		if (inc !~ /\//) next # a neighbour in the same folder
		from = room(FILENAME)
		to_ = room(inc)
		if (from != to_ && !((from, to_) in ok))
			print FILENAME ": " from " must not include " inc
	}' "$@"
}

policy_names() {
	(cd realdrv/core/policy && ls ./*.c) | sed 's|^\./||; s|\.c$||'
}

# names_of_policies FILE...: lines that quote a policy's name or include its file.
names_of_policies() {
	local any
	any=$(policy_names | paste -sd '|')
	grep -nHIE "\"($any)[:\",]|[\",]($any)\"|core/policy/($any)\.|rl_policy_($any)\b" "$@" || true
}

@test "includes point one way" {
	mkdir -p "$BATS_TEST_TMPDIR/sim"
	(cd "$BATS_TEST_TMPDIR" && echo '#include "data/store.h"' >sim/planted.c &&
		[ -n "$(wrong_includes sim/planted.c)" ])

	mapfile -t files < <(sources '*.c' '*.h')
	bad=$(wrong_includes "${files[@]}")
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

@test "only data/store* and its tests include sqlite3.h" {
	bad=$(sources '*.c' '*.h' | grep -vE '^data/(store|tests/)' |
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
	mapfile -t files < <(sources 'sim/*' 'model/*' 'calibrate/*')
	bad=$(names_of_policies "${files[@]}")
	echo "$bad"
	[ -z "$bad" ]
}

# unlicensed FILE...: those whose line 1 (line 2 after #!) is not the licence of their room.
unlicensed() {
	awk '
	function want(f) {
		if (f ~ /^realdrv\/hosted\/fio\/.*\.[ch]$/) return "GPL-2.0-only"
		if (f ~ /^realdrv\/(core|hosted)\//) return "MIT"
		if (f ~ /^realdrv\/(front|back|verify\/peers)\/.*\.[ch]$/ || f ~ /^realdrv\/(kern|kmod)\//)
			return "GPL-2.0-only"
		return "GPL-3.0-or-later"
	}
	FNR == 1 && /^#!/ { getline }
	FNR <= 2 {
		if (!index($0, "SPDX-License-Identifier: " want(FILENAME)))
			print FILENAME ": no SPDX-License-Identifier: " want(FILENAME) " on its first line"
		nextfile
	}' "$@"
}

@test "every source names its licence on line 1" {
	echo 'int x;' >"$BATS_TEST_TMPDIR/planted.c"
	[ -n "$(unlicensed "$BATS_TEST_TMPDIR/planted.c")" ]
	mapfile -t files < <({
		all_files '*.c' '*.h' '*.def' '*.cmake' '*CMakeLists.txt' '*.sh' '*.bats' '*.pml' '*.gp'
		all_files | grep -v '\.[^/]*$' | grep -v LICENSES | xargs grep -l -m1 '^#!'
	} | sort -u)
	bad=$(unlicensed "${files[@]}")
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
	if ! command -v clang-format >/dev/null; then
		[ "${CI:-}" != true ]
		skip "no clang-format (apt-get install clang-format)"
	fi
	bad=$(all_files '*.c' '*.h' | tr '\n' '\0' | xargs -0 clang-format --dry-run 2>&1 |
		grep -o '^[^:]*:' | sort -u || true)
	echo "$bad"
	[ -z "$bad" ]
}
