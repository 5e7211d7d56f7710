#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab predict`: its values against formulas that were written apart from it (those of
# sim/tests/theory, in awk) and against the simulator, on scenarios for which the forms are exact;
# and it has to notice that the service takes 2 % longer.
# once: millions of requests of a kind that other tests have under sanitizers
bats_require_minimum_version 1.5.0
load ../../sim/tests/theory/lib

setup_file() {
	export LEAST_COSTS=$BATS_FILE_TMPDIR/least
	least_costs "$LEAST_COSTS"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# predicted FORM ARGS...: predict's values of a form as lines "METRIC VALUE IS AGREES SIM LO HI"
predicted() {
	local form=$1
	shift
	"$RINGLAB" predict "$@" --no-explain --format json >predict.json
	jq -r --arg f "$form" '.forms[] | select(.name == $f and .applies) | .is as $is |
		.values | to_entries[] | "\(.key) \(.value.value) \($is) \(.value.agrees)
		\(.value.simulated.value) \(.value.simulated.ci_lo) \(.value.simulated.ci_hi)"' \
		predict.json | paste - - >predicted
	[ -s predicted ]
}

# as_theory: every metric of `theory` (awk's) is predicted, exactly, to nine digits
as_theory() {
	awk 'function abs(x) { return x < 0 ? -x : x }
		NR == FNR { theory[$1 == "wait" ? "wait_ns" : $1] = $2; next }
		$1 in theory {
			seen[$1] = 1
			ok = abs($2 / theory[$1] - 1) < 1e-8 && $3 == "exact"
			print $1, theory[$1], $2, $3, ok ? "" : "BAD"
			if (!ok) bad = 1
		}
		END {
			for (m in theory) if (!(m in seen)) { print m, "is not predicted"; bad = 1 }
			exit bad
		}' theory predicted
}

# The simulator: inside its 99.9 % interval (20 replications), which is narrow enough to tell.
inside() {
	awk 'function abs(x) { return x < 0 ? -x : x }
		$5 != "null" {
			half = ($7 - $6) / 2
			ok = abs($2 - $5) <= 3.883406 / 2.093024 * half
			print $1, $2, $5, half, ok ? "" : "BAD"
			if (!ok) bad = 1
			n++
		}
		END { exit bad || n < 2 }' predicted
}

# What is predicted for a longer service is not what the shorter one gives.
noticed_by() {
	local form=$1 metric=lat_mean_ns
	shift
	awk -v m=$metric '$1 == m { print $5, $7 - $5 }' predicted >short
	predicted "$form" "$@" --requests 100 --reps 2
	awk -v m=$metric 'NR == FNR { x = $1; half = $2; next }
		$1 == m { print "longer:", $2, x, half; out = $2 - x > 3.883406 / 2.093024 * half }
		END { exit !out }' short predicted
}

# open FORM ROW RATE REQUESTS AWK...
open() {
	local form=$1 row=$2 rate=$3 n=$4
	local job=("$row.yaml" --job "$HERE/poisson.fio" --set "job.rate_iops=$rate")
	shift 4
	scenario "$row"
	awk -v row="$row" -v lambda="${rate}e-9" "${SERVICE[@]}" "$@" -f "$HERE/forms.awk" >theory
	predicted "$form" "${job[@]}" --requests "$n" --reps "$REPS" -j 2
	as_theory
	inside
	noticed_by "$form" "${job[@]}" "${LONGER[@]}"
}

# loop FORM ROW FIELD N LONGER AWK...
loop() {
	local form=$1 row=$2 field=$3 n=$4 longer=$5 requests=20000
	[ "$row$n" != thread32 ] || requests=100000 # batches of many vary more
	shift 5
	scenario "$row"
	awk -v row="$row" -v n="$n" "$@" -f "$HERE/closed.awk" >theory
	predicted "$form" "$row.yaml" --set "$field=$n" --requests "$requests" --reps "$REPS" -j 2
	as_theory
	inside
	noticed_by "$form" "$row.yaml" --set "$field=$n" --set "$longer"
}

@test "M/G/1 with a spinner, a wake-up, and both" {
	open mg1_poll spin 6000 50000 -v gap=20e3
	open mg1_poll spin 14000 100000 -v gap=20e3
	open mg1_wakeup event 6000 50000 -v d=20e3
	open mg1_wakeup event 14000 100000 -v d=20e3
	open mg1_poll_block spin_block 6000 50000 -v d=20e3 -v tau=60e3
}

@test "batches, vacations" {
	open mg1_batch event_batch 6000 50000 -v d=20e3 -v n=8
	open mg1_poll_timer poll_timer 6000 50000 -v t=100001
	open mg1_one_vacation one_vacation 6000 50000 -v t=100e3
}

@test "a server that is taken away; one over four rings" {
	open mg1_preempted preempted 4800 50000 -v f=2.5e-6 -v v=100e3
	open polling_rings rings 1500 50000 -v k=4 -v sw=20e3
}

@test "closed loops: two stations, the repairman, batch by batch" {
	for n in 1 32; do
		loop mva network job.iodepth "$n" disk.device=random:mean=102us -v a=40e3 -v s=100e3
		loop mva repairman job.numjobs "$n" disk.device=random:mean=102us \
			-v z=400e3 -v s=100e3
		loop repairman repairman job.numjobs "$n" disk.device=random:mean=102us \
			-v z=400e3 -v s=100e3
		loop thread_chain thread job.iodepth "$n" costs.back_request_ns=102e3 \
			-v a=40e3 -v s=100e3
	done
}

@test "a full ring: M/M/1 for those who wait" {
	scenario full_ring
	awk -v row=full_ring -v lambda=9000e-9 -v s=100e3 -v slots=32 -f "$HERE/forms.awk" |
		grep -v stage_slot >theory
	predicted device_queue full_ring.yaml --job "$HERE/poisson.fio" --set job.rate_iops=9000 \
		--requests 100000 --reps "$REPS" -j 2
	as_theory
	inside
}

@test "bounds hold, with all the costs and every policy" {
	"$RINGLAB" predict "$RL_SOURCE/data/scenarios/two-cores.yaml" --reps 2 --requests 2000 \
		--job "$RL_SOURCE/data/scenarios/bursts.fio" --no-explain --format json |
		jq -e '.forms[] | select(.name == "asymptotic") | all(.values[]; .agrees)' >/dev/null
	for d in 1 8 64; do
		"$RINGLAB" list policies --format csv | tail -n +2 | cut -d, -f1 | sort -u | while read -r policy; do
			"$RINGLAB" predict "$RL_SOURCE/data/scenarios/two-cores.yaml" --reps 2 \
				--requests 2000 --set "back_policy=$policy" --set "job.iodepth=$d" \
				--no-explain --format json |
				jq -e '.forms[] | select(.name == "asymptotic") | .applies and
					all(.values[]; .agrees)' >/dev/null ||
				{ echo "$policy at depth $d" && return 1; }
		done
	done
}

@test "what a form leaves out explains the difference" {
	"$RINGLAB" predict "$RL_SOURCE/data/scenarios/two-cores.yaml" -j 2 \
		--job "$RL_SOURCE/data/scenarios/open-loop.fio" --format json >predict.json
	jq -e '.forms[] | select(.name == "mg1_wakeup") |
		.is == "approximate" and (.explained_by | length) == (.broken | length) and
		((([.explained_by[].amount] | add) + .unexplained_ns - .difference_ns) | fabs) < 1e-3' \
		predict.json
	# Before: a fifth of the latency; after: a hundredth of it.
	jq -e '.forms[] | select(.name == "mg1_wakeup") |
		.difference_ns > 20000 and (.unexplained_ns | fabs) < 500' predict.json
}

# gain DEPTH: how much more the simulator gives when the backend spins, in %
gain() {
	local iops=()
	for p in spin event; do
		iops+=("$("$RINGLAB" simulate "$RL_SOURCE/data/scenarios/two-cores.yaml" --reps 3 \
			--set "back_policy=$p" --set "job.iodepth=$1" --format json | jq .metrics.iops.value)")
	done
	awk -v s="${iops[0]}" -v e="${iops[1]}" 'BEGIN { print 100 * (s / e - 1) }'
}

@test "crossovers: the simulator crosses there, too" {
	two=$RL_SOURCE/data/scenarios/two-cores.yaml
	"$RINGLAB" predict "$two" --no-explain --format json >predict.json
	at=$(jq '.crossovers[] | select(.name == "depth") | .at' predict.json)
	awk -v at="$at" -v one="$(gain 1)" -v deep="$(gain "$(printf '%.0f' "$at")")" \
		'BEGIN { exit !(at > 1 && one > 3 && deep < 3) }'
	# Nobody spins beside his guest; and where waking is free there is nothing to gain.
	"$RINGLAB" predict "$RL_SOURCE/data/scenarios/one-core.yaml" --no-explain --format json |
		jq -e '.crossovers[] | select(.name == "depth") | .at == null and (.what | test("no depth"))'
	"$RINGLAB" predict "$two" --no-explain --format json --set costs.evtchn_send_ns=0 \
		--set costs.upcall_ns=0 --set costs.thread_switch_ns=0 --set costs.ipi_ns=0 \
		--set costs.halt_wake_ns=0 --set costs.block_ns=0 |
		jq -e '.crossovers[] | select(.name == "depth") | .at == null'
	# Looks a wake-up's way apart: at low rates half of one is waited, at high ones all of less.
	"$RINGLAB" predict "$two" --job "$HERE/poisson.fio" --set job.rate_iops=1000 --no-explain \
		--set back_policy=backoff:gap=70us,growth=1000,max=70us --format json |
		jq -e '.crossovers[] | select(.name == "rate_latency") | .at > 1000 and .at < 156250'
	# A rate at which the formula says that both are even, put in by hand.
	"$RINGLAB" predict "$two" --no-explain --format json >predict.json
	jq -e '.crossovers[] | select(.name == "rate_cpu") | (.at - 1e9 / (50300 - 40300) | fabs) < 1' \
		predict.json
	"$RINGLAB" predict "$two" --no-explain --format dat | grep -q '^crossover depth mva [0-9.]* '
}

@test "why a form does not apply" {
	why() { jq -r --arg f "$1" '.forms[] | select(.name == $f) | .why' predict.json; }
	cd "$RL_SOURCE/data/scenarios"
	"$RINGLAB" predict one-core.yaml --no-explain --format json >"$BATS_TEST_TMPDIR/predict.json"
	cd "$BATS_TEST_TMPDIR"
	[[ $(why mg1_wakeup) == *"closed loop (expected io_submit_mode=offload"* ]]
	[[ $(why thread_chain) == *"blocks until an event comes"* ]]
	"$RINGLAB" predict "$RL_SOURCE/data/scenarios/two-cores.yaml" --no-explain --reps 2 --requests 500 \
		--set job.thinktime=1ms --set job.iodepth=8 --format json >predict.json
	[[ $(why mva) == "thinktime stops all I/Os of a job"* ]]
	# Overload says so, with an end or it is refused before.
	scenario spin
	"$RINGLAB" predict spin.yaml --job "$HERE/poisson.fio" --set job.rate_iops=21000 \
		--set job.runtime=100ms --no-explain --format json >predict.json
	[[ $(why mg1_poll) == "overloaded: rho = 1.05 (expected below 1"* ]]
	echo 'job: {rw: randread, iodepth: 64, rate_iops: 35000, rate_process: poisson, io_submit_mode: offload}' >>spin.yaml
	run -3 "$RINGLAB" predict spin.yaml
	[[ $output == *"job.rate_iops out of range: 1.05 times what"* ]]
}

@test "bad input: exit 3 and the place" {
	run -3 "$RINGLAB" predict /nowhere.yaml
	run -3 "$RINGLAB" predict "$RL_SOURCE/data/scenarios/one-core.yaml" --set machine.pcpus=x
	[[ $output == *"--set:1:15: error:"* ]]
	run -3 "$RINGLAB" predict "$RL_SOURCE/data/scenarios/one-core.yaml" --params none --db none.db
	run -2 "$RINGLAB" predict
	run -2 "$RINGLAB" predict a b
	printf 'job: {iodepth: 65536, numjobs: 16}\n' >deep.yaml
	# The simulator does not get anywhere with so many; the forms are told all the same.
	run -4 --separate-stderr "$RINGLAB" predict deep.yaml --reps 1 --requests 100 --no-explain \
		--format json
	echo "$output" >predict.json
	jq -e '.forms[] | select(.name == "asymptotic") | .values.iops |
		.value > 0 and .simulated == null and .agrees == null' predict.json
	jq -e '.forms[] | select(.name == "mva") | .why | test("1048576 I/Os in flight")' predict.json
}

@test "nothing takes any time: no number is made of it" {
	{ echo 'costs:' && cat "$LEAST_COSTS"; } >free.yaml
	"$RINGLAB" predict free.yaml --reps 1 --requests 100 --no-explain --format json >predict.json ||
		[ $? -eq 4 ]
	run grep -iE 'nan|inf[^o]' predict.json
	[ "$status" -eq 1 ]
}

@test "a new form is a new file" {
	cp -r "$RL_SOURCE/model/analytic/form" form
	echo >form/zz_new.c
	"$RL_SOURCE/model/analytic/registry" form | grep -q '&rl_form_zz_new,'
}
