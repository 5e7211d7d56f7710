#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What must follow when a scenario is changed in a known way, as a person at the command line
# would try it; sim/tests/test_metamorphic.c does the same for every policy, device and workload.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	# Nothing drawn, and no slices: the same bits of what is compared.
	cat >base.yaml <<-'EOS'
	machine: {pcpus: 2, scheduler: "null"}
	guest: {pcpu: 0}
	driver: {pcpu: 1}
	EOS
}

# costs FACTOR [NAME=VALUE...]: all that are times, as a scenario has them
costs() {
	local factor=$1 set
	shift
	echo costs:
	"$RINGLAB" list parameters --format json | jq -r --argjson k "$factor" '
		select(.unit == "ns" or .unit == "ns/B") |
		select(.parameter | IN("tick_period_ns", "dom0_period_ns", "copy_ns_per_byte", "clock_ns") | not) |
		"  \(.parameter): \(.default * $k)"'
	for set in tick_period_ns=0 dom0_period_ns=0 "copy_ns_per_byte=$(jq -n "$factor / 4")" "$@"; do
		echo "  ${set%%=*}: ${set#*=}"
	done
}

# metrics FILE OPTION...: name and value of each
metrics() {
	local file=$1
	shift
	set -o pipefail
	"$RINGLAB" simulate "$file" --reps 2 --format json "$@" | jq -S '.metrics | map_values(.value)'
}

@test "all times doubled: latencies double, rates halve, shares stay" {
	{ cat base.yaml; costs 1 clock_ns=3000; } >once.yaml
	{ cat base.yaml; costs 2 clock_ns=6000; } >twice.yaml
	for job in job.iodepth=1 job.iodepth=8; do
		metrics once.yaml --set $job --set disk.device=fixed:time=30us >once
		metrics twice.yaml --set $job --set disk.device=fixed:time=60us >twice
		jq '.iops, .clat_mean_ns' once twice
		"$RINGLAB" list metrics --format json | jq -s '
			map({(.metric): (if .unit == "ns" then 2 elif .unit | endswith("/s") then 0.5 else 1 end)}) |
			add' >factor
		jq -es '.[0] as $a | .[1] as $b | .[2] as $k | ($a | length) > 50 and
			all($a | keys[]; . as $m | if $a[$m] == null then $b[$m] == null
				else $b[$m] == $a[$m] * $k[$m] end)' once twice factor
	done
}

# A policy that has options looks at the clock to see how long it waited: free here.
@test "no time to poll is event" {
	{ cat base.yaml; costs 1 clock_ns=0; } >s.yaml
	for depth in 1 4 32; do
		metrics s.yaml --set job.iodepth=$depth --set back_policy=event >event
		for policy in spin_block:tau=0ns adaptive:max=0ns tapdisk:duration=0ns; do
			metrics s.yaml --set job.iodepth=$depth --set "back_policy=$policy" >now
			diff event now
		done
		metrics s.yaml --set job.iodepth=$depth --set front_policy=spin_block:tau=0ns >now
		diff event now
	done
}

@test "for ever to poll is spin: it never blocks" {
	{ cat base.yaml; costs 1 clock_ns=0; } >s.yaml
	for depth in 1 4 32; do
		metrics s.yaml --set job.iodepth=$depth --set back_policy=spin >spin
		jq -e '.notifications_per_request < 1.01 and .back_cpu_frac > 0.999' spin
		metrics s.yaml --set job.iodepth=$depth --set back_policy=spin_block:tau=1s >now
		diff spin now
	done
}
