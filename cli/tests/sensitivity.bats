#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab sensitivity`: what it refuses, that threads change nothing, and that its indices are those
# which counting out every configuration gives.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/one-core.yaml
	short=(--reps 1 --requests 200 --warmup tenth)
}

# sensitivity ARG...: of short runs of one-core.yaml
sensitivity() { "$RINGLAB" sensitivity "$scenario" "${short[@]}" "$@"; }

# refused STATUS PATTERN ARG...: one line on stderr that matches, nothing on stdout.
refused() {
	local status_=$1 pattern=$2
	shift 2
	run --separate-stderr sensitivity "$@"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq "$status_" ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	[ "$status_" -eq 2 ] || [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "what does not make sense is one error before anything runs" {
	x=costs.poll_ns=10:20
	refused 2 'method' --over $x --method cube
	refused 2 'metric' --over $x --metric iopz
	refused 2 'metric' --over $x --metric iops,
	refused 2 'samples' --over $x --samples 1
	refused 2 'samples' --over $x --samples 4q
	refused 2 'factor' --factor 1
	refused 2 'factor' --factor nan
	refused 2 'beside --over' --factor 3 --over $x
	refused 3 "^--over:1:1: error: .*did you mean 'iodepth'" --over job.iodepht=1:2
	refused 3 '^--over:1:13: error: .*one value' --over job.iodepth=4
	refused 3 '^--over:1:13: error: .*one value' --over job.iodepth=4:4
	refused 3 '^--over:1:13: error: .*not below' --over job.iodepth=4:1
	refused 3 '^--over:1:13: error: ' --over job.iodepth=0:4
	refused 3 'once' --over $x --over costs.poll_ns=1:2
	refused 3 'words have no order' --over back_policy=event,spin,poll_port
	refused 3 '^--over:1:17: error: ' --over costs.submit_ns=12us:48us
	refused 3 '^--method:1:1: error: .*at most 20' --method sobol
	refused 3 '^--samples:1:1: error: .*configurations' --over $x --samples 10000000
	refused 3 '^none.db: error: ' --over $x --params no-such --db none.db
	[ ! -e none.db ]
}

@test "elementary effects: named, in their units, and exactly 0 for a cost that is never met" {
	sensitivity --samples 4 --metric iops --metric back_upcalls_per_request,clat_p99_99_ns --over costs.submit_ns=12e3:48e3 \
		--over costs.mwait_wake_ns=1e3:4e3:log --over job.iodepth=1:8 --format json >o
	[ "$(jq -c '.manifest | [.method, .samples, .configurations]' o)" = '["morris",4,16]' ]
	[ "$(jq -c '.metrics | keys' o)" = '["back_upcalls_per_request","clat_p99_99_ns","iops"]' ]
	[ "$(jq -r '.metrics.iops.parameters[-1].path' o)" = costs.mwait_wake_ns ]
	[ "$(jq -c '.metrics.iops.parameters[-1] | [.low, .high, .scale, .mu_star.value, .mu_star.ci_hi, .sigma]' o)" = \
		'["1000","4000","log",0,0,0]' ]
	jq -e '.metrics.iops.parameters[] | select(.path == "costs.submit_ns") |
		.mu < 0 and .mu_star.value >= -.mu and .mu_star.ci_lo <= .mu_star.value and .mu_star.value <= .mu_star.ci_hi' o
	jq -e '.metrics.clat_p99_99_ns | .mean == null and all(.parameters[]; .mu_star.value == null and .mu == null)' o
	sensitivity --samples 4 --metric iops --over costs.submit_ns=12e3:48e3 --over costs.mwait_wake_ns=1e3:4e3 >table
	grep -q 'iops: 1 parameters .* left out' table
	[ "$(sensitivity --samples 4 --metric iops --over costs.submit_ns=12e3:48e3 --over costs.mwait_wake_ns=1e3:4e3 --format csv | wc -l)" = 3 ]
}

@test "what nothing changes has effects of 0 and no shares" {
	over=(--metric iops --samples 4 --over costs.mwait_wake_ns=1e3:4e3 --over costs.hvm_upcall_ratio=1:2)
	sensitivity "${over[@]}" --format json | jq -e '.metrics.iops | .sd == 0 and all(.parameters[]; .mu_star.value == 0 and .sigma == 0)'
	sensitivity "${over[@]}" --method sobol --format json | jq -e '.metrics.iops | .sd == 0 and .mean > 0 and
		all(.parameters[]; .first == {value: null, ci_lo: null, ci_hi: null} and .total.value == null)'
	[[ $(sensitivity "${over[@]}" --method sobol) == *"iops: the same in all configurations"* ]]
}

# One axis: its ends and thirds, so each effect is a difference of two runs.
@test "an effect is the difference of what simulate says" {
	sensitivity --samples 40 --metric iops --over job.iodepth=1:4:3 --format json >o
	for d in 1 4; do
		"$RINGLAB" simulate "$scenario" "${short[@]}" --set job.iodepth=$d --format json | jq .metrics.iops.value
	done >ends
	jq -e --slurpfile e ends '.metrics.iops.parameters[0] |
		((.mu_star.value - (($e[1] - $e[0]) * 1.5 | fabs)) / .mu_star.value | fabs) < 1e-9' o
}

@test "options of a policy and of a device, with units" {
	sensitivity --samples 3 --metric iops --set machine.pcpus=2 --set driver.pcpu=1 --over back_policy=spin_block:tau=1us:64us:log \
		--over disk.device=fixed:time=10us:40us --format csv >o
	[ "$(wc -l <o)" = 3 ]
	grep -q 'back_policy,spin_block:tau=1us,spin_block:tau=64us' o
}

@test "the same bytes for any number of threads and twice; another seed is another answer" {
	for how in "morris 5" "sobol 8"; do
		# shellcheck disable=SC2086
		set -- --method $how
		args=(--method "$2" --samples "$3" --over job.iodepth=1:16 --over costs.upcall_ns=7e3:28e3 --over back_policy=event,spin)
		for j in 1 3 7; do sensitivity "${args[@]}" -j $j --format csv >"j$j"; done
		cmp j1 j3
		cmp j1 j7
		run ! cmp -s j1 <(sensitivity "${args[@]}" --seed 9 --format csv)
	done
}

@test "a configuration that stands still ends it: the same one for any number of threads" {
	for j in 1 4; do
		run --separate-stderr sensitivity --set machine.scheduler=null --method sobol --samples 8 --metric iops -j $j \
			--over back_policy=event,spin --over costs.poll_ns=10:100
		echo "$status $stderr"
		[ "$status" -eq 4 ]
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == *"back_policy=spin costs.poll_ns="*"never gives up"* ]]
		echo "$stderr" >"e$j"
	done
	cmp e1 e4
}

# brute FILE NAME: first and total index of each of three axes with 6 values, from all 216 rows.
brute() {
	awk -F, -v name="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) col = i; next }
	{ y[$1] = $col; mean += $col / 216; square += $col * $col / 216 }
	END {
		all = square - mean * mean
		for (axis = 0; axis < 3; axis++) {
			size = axis == 0 ? 36 : axis == 1 ? 6 : 1
			split("", own); split("", rest)
			for (c = 0; c < 216; c++) {
				at = int(c / size) % 6
				own[at] += y[c] / 36
				rest[c - at * size] += y[c] / 6
			}
			first = left = 0
			for (k in own) first += (own[k] - mean) ^ 2 / 6
			for (k in rest) left += (rest[k] - mean) ^ 2 / 36
			print first / all, 1 - left / all
		}
	}' "$1"
}

@test "Sobol indices are those of counting out all configurations" {
	over=(--over job.iodepth=1:6:1 --over costs.fio_ns=14e3:84e3:14e3 --over costs.upcall_ns=7e3:42e3:7e3)
	"$RINGLAB" sweep "$scenario" "${short[@]}" -j 2 --name all "${over[@]}" --format csv >all.csv
	[ "$(wc -l <all.csv)" = 217 ]
	sensitivity --method sobol --samples 512 -j 2 --metric clat_mean_ns,cpu_ns_per_request "${over[@]}" --format json >o
	for metric in clat_mean_ns cpu_ns_per_request; do
		brute all.csv $metric >truth
		jq -r --arg m $metric '.metrics[$m].parameters as $p | ("job.iodepth", "costs.fio_ns", "costs.upcall_ns") as $n |
			$p[] | select(.path == $n) | [.first, .total] | map([.value, .ci_lo, .ci_hi]) | flatten | join(" ")' o >estimated
		paste -d' ' truth estimated
		paste -d' ' truth estimated | awk '
		function off(truth, value, lo, hi) { return truth < lo || truth > hi || (truth - value) ^ 2 > 0.03 ^ 2 }
		off($1, $3, $4, $5) || off($2, $6, $7, $8) { wrong++ }
		END { exit NR != 3 || wrong }'
	done
}
