#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# demo.sh and paper/build as they are, with the program that was built and a slice of the runs: what they call is there, says
# what they read, and ends as they expect. tests/long_clone.bats runs them whole.
# once: two scripts, whose programs have tests of their own
bats_require_minimum_version 1.5.0

# take PLATFORM ROLE CELLS: those cells of the split that match, with their first two repeats
take() {
	local cell dir from=$RL_SOURCE/data/measured/$1
	mkdir -p "runs/$1"
	cp "$from/manifest.json" "runs/$1/"
	for cell in $(awk -F, -v p="$1" -v r="$2" -v c="^($3)\$" '$1 == p && $3 == r && $2 ~ c { print $2 }' "$RL_SOURCE/data/measured/split.csv"); do
		for dir in "$from/$cell" "$from/$cell.r1" "$from/$cell.r2"; do
			[ ! -d "$dir" ] || cp -r "$dir" "runs/$1/"
		done
	done
}

# Two machines that are fitted, and one that nothing calibrates.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	take xen-qemu-counted calibrate 'event-(event|spin)-randread-(4k|32k|64k)-qd(1|2|4|8|32)' # four for each of seven costs
	take xen-qemu-parallel calibrate 'event-(event|spin)-randread-.*'
	for p in xen-qemu-counted xen-qemu-parallel; do
		take $p validate 'event-(event|spin)-randread-(4k-qd4|4k-qd16|16k-qd1)'
	done
	take hosted-awake validate 'event-(event|spin)-randread-16k-qd1-(one|two)'
	cp "$RL_SOURCE/data/measured/split.csv" runs/
	[ "$(find runs -name fio.json | wc -l)" -ge 40 ]
	export RINGLAB RINGLAB_RUNS=$PWD/runs
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

@test "demo.sh answers, and leaves what it says" {
	run --separate-stderr "$RL_SOURCE/demo.sh" "$PWD/demo"
	[ "$status" = 0 ] || [ "$status" = 1 ] # 1: a bound does not hold; of so few cells that says nothing
	[[ $output == *"On one core, event beats spin"* ]]
	[[ $output == *"xen-qemu-counted: fit the costs"*"xen-qemu-parallel: predict the held-out cells"* ]]
	[[ $output != *"hosted-awake: fit"* ]]
	[[ $output == *"Report:   $PWD/demo/report.html"* ]]
	grep -q hosted-awake demo/report.html
	ls demo/figures/*.svg
	"$RINGLAB" check demo/demo.db
	[ "$(sqlite3 demo/demo.db "SELECT count(*) FROM sweep_results WHERE failed = ''")" = "$(sqlite3 demo/demo.db "SELECT sum(configs) FROM sweeps")" ]
}

@test "paper/build prints the paper, with every machine and the deaths" {
	if ! command -v pdflatex >/dev/null; then
		[ "${CI:-}" != true ]
		skip "no pdflatex (./packages.sh paper)"
	fi
	run --separate-stderr "$RL_SOURCE/paper/build" "$PWD/paper.pdf"
	[ "$status" = 0 ]
	[ "$output" = "$PWD/paper.pdf" ]
	head -c 5 paper.pdf | grep -q '%PDF-'
	[ -s paper.d/numbers.csv ]
	grep -q '^"hosted-awake"' paper.d/runs.csv
	grep -q '^told-deaths,"[1-9]' paper.d/numbers.csv
	! grep -q 'multiply defined\|undefined' paper.d/paper.log
}

@test "neither goes on after a step that failed" {
	printf '#!/bin/sh\n[ "$1" != calibrate ] || exit 4\nexec "%s" "$@"\n' "$RINGLAB" >broken && chmod +x broken
	run env RINGLAB="$PWD/broken" "$RL_SOURCE/demo.sh" "$PWD/none"
	[ "$status" = 4 ]
	[ ! -e none/report.html ]
	run env RINGLAB="$PWD/broken" "$RL_SOURCE/paper/build" "$PWD/none.pdf"
	[ "$status" = 4 ]
	[ ! -e none.pdf ]
}
