#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The simulator broken on purpose, and seen by its tests: two ways here, all of them in
# long_mutants.bats. And what breaks nothing, or does not fit any more, is told apart from that.
bats_require_minimum_version 1.5.0

@test "a cost charged twice and a line served backwards are seen" {
	run -0 "$RL_SOURCE/tests/mutants/run" backend-twice ports-lifo
	echo "$output"
	[[ $output == *"2 mutants, 0 not caught"* ]]
}

@test "every mutant still fits its line" {
	"$RL_SOURCE/tests/mutants/run" --fits
}

@test "a mutant that nobody sees, or whose edit does not fit, is a failure" {
	export MUTANTS=$BATS_TEST_TMPDIR
	mutant() { printf '# %s\nfile: sim/xen/port.c\ntest: sim_xen_port\nedit: %s\n' "$1" "$2" >"$MUTANTS/$1.mutant"; }
	mutant harmless 's|^/\* What interrupts a vCPU|/* What else interrupts a vCPU|'
	mutant stale 's/no such line/x/'
	mutant wide 's/p->/(p)->/'
	mutant broken 's/^static void enqueue/static void enqueue enqueue/'
	run -1 "$RL_SOURCE/tests/mutants/run"
	echo "$output"
	[[ $output =~ harmless\ .*survived ]]
	[[ $output =~ stale\ .*stale ]]
	[[ $output =~ wide\ .*stale ]]
	[[ $output =~ broken\ .*"does not compile" ]]
	[[ $output == *"4 mutants, 4 not caught"* ]]
}
