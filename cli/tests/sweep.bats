#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab sweep`: the points that it tries, what it refuses before it runs, and that neither kills
# nor threads change what ends up in the database.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/two-cores.yaml
	short=(--reps 2 --requests 200)
}

# sweep ARG...: a short one of two-cores.yaml
sweep() { "$RINGLAB" sweep "$scenario" "${short[@]}" "$@"; }

# refused STATUS PATTERN ARG...: one line on stderr that matches, nothing on stdout, no database.
refused() {
	local status_=$1 pattern=$2
	shift 2
	run --separate-stderr sweep --db none.db "$@"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq "$status_" ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	[ "$status_" -eq 2 ] || [ "${#stderr_lines[@]}" -eq 1 ]
	[ ! -e none.db ]
}

points() { sqlite3 "$1" "SELECT point FROM sweep_results ORDER BY config"; }

@test "a grid is every combination, and each is what simulate says of it" {
	sweep --over back_policy=event,spin --over job.iodepth=1:8:*2 --format json >rows
	[ "$(jq -s length rows)" = 8 ]
	[ "$(jq -r '[.back_policy, ."job.iodepth"] | map(tostring) | join(" ")' rows | paste -sd,)" = \
		"event 1,event 2,event 4,event 8,spin 1,spin 2,spin 4,spin 8" ]
	for i in 0 5 7; do
		jq -c "select(.config == $i) | del(.config, .failed, .limited_by, .replications, .requests, .warmup_found,
			.back_policy, .\"job.iodepth\")" rows >swept
		"$RINGLAB" simulate "$scenario" "${short[@]}" --format json \
			--set "back_policy=$(jq -r "select(.config == $i).back_policy" rows)" \
			--set "job.iodepth=$(jq -r "select(.config == $i).\"job.iodepth\"" rows)" |
			jq -c '.metrics | map_values(.value)' >alone
		diff swept alone
	done
}

@test "ranges by steps and factors, with units, of options, within a list" {
	sweep -q --db a.db --over costs.poll_ns=10:30:10 --over load.busy=1ms:4ms:*2,20ms
	[ "$(points a.db | wc -l)" = 12 ]
	[ "$(points a.db | sed 's/.*=//' | sort -u | paste -sd' ')" = "1ms 20ms 2ms 4ms" ]
	[ "$(sqlite3 a.db "SELECT group_concat(number) FROM (SELECT DISTINCT number FROM sweep_points
		WHERE path = 'load.busy' ORDER BY 1)")" = "1000000.0,2000000.0,4000000.0,20000000.0" ]
	sweep -q --db b.db --over 'back_policy=event,event_batch:n=2:4:2,timer=10us:20us:10us,spin'
	[ "$(points b.db | cut -d= -f2- | paste -sd' ')" = "event event_batch:n=2,timer=10us event_batch:n=2,timer=20us \
event_batch:n=4,timer=10us event_batch:n=4,timer=20us spin" ]
	sweep -q --db c.db --over job.bs=4k:16k:*2,64k --over costs.poll_ns=1.5:2:0.25
	[ "$(points c.db | head -4 | paste -sd,)" = \
		"job.bs=4k costs.poll_ns=1.5,job.bs=4k costs.poll_ns=1.75,job.bs=4k costs.poll_ns=2,job.bs=8k costs.poll_ns=1.5" ]
}

@test "a Latin hypercube has each part of each axis once; both designs are the same twice" {
	for design in lhs sobol; do
		sweep -q --db $design.db --name d --design $design --points 16 --over costs.poll_ns=10:170 --over job.iodepth=1:16
		[ "$(points $design.db | wc -l)" = 16 ]
		[ "$(sqlite3 $design.db "SELECT count(DISTINCT CAST((number - 10) / 10 AS INTEGER)) FROM sweep_points
			WHERE path = 'costs.poll_ns' AND number < 170")" = 16 ] || [ $design = sobol ]
		[ "$(sqlite3 $design.db "SELECT count(DISTINCT number) FROM sweep_points WHERE path = 'job.iodepth'")" -ge 8 ]
		points $design.db >one
		sweep -q --db again.db --name d --design $design --points 16 --over costs.poll_ns=10:170 --over job.iodepth=1:16
		points again.db | diff one -
		rm again.db
	done
	[ "$(sqlite3 lhs.db "SELECT count(DISTINCT number) FROM sweep_points WHERE path = 'job.iodepth'")" = 16 ]
}

@test "what does not make sense is one error before anything runs" {
	refused 2 'nothing to vary'
	refused 2 'points' --over job.iodepth=1 --points 3
	refused 2 'without --points' --over job.iodepth=1:3 --design lhs
	refused 2 'design' --over job.iodepth=1 --design cube
	refused 2 'shard' --over job.iodepth=1 --shard 3/2
	refused 3 "^--over:1:1: error: .*iodepht.*did you mean 'iodepth'" --over job.iodepht=1,2
	refused 3 '^--over:1:17: error: .*4q' --over job.iodepth=1,4,4q
	refused 3 '^--over:1:1[57]: error: .*job.iodepth.*once' --over job.iodepth=1,2,2
	refused 3 'once' --over job.iodepth=1 --over job.iodepth=2
	refused 3 'without a step' --over job.iodepth=1:4
	refused 3 'not below' --over job.iodepth=4:1:1
	refused 3 'factor above 1' --over job.iodepth=1:4:*1
	refused 3 'begin above 0' --over job.iodepth=0:4:*2
	refused 3 'LOW:HIGH' --over job.iodepth=1:4:x
	refused 3 'between two commas' --over job.iodepth=1,,2
	refused 3 'PATH=VALUE' --over job.iodepth
	refused 3 'too many combinations' --over costs.poll_ns=1:100000:1 --over job.iodepth=1:1000:1
	# A pCPU that one of the machines has not: only the whole configuration is wrong.
	refused 3 '^--over:1:[0-9]+: error: .*at configuration 1: machine.pcpus=1' --over machine.pcpus=2,1
}

@test "the same command does nothing twice; another sweep needs another name" {
	sweep -q --name a --over job.iodepth=1,2,3
	sqlite3 ringlab.db .dump >once
	run --separate-stderr sweep --name a --over job.iodepth=1,2,3
	[ "$status" -eq 0 ]
	[[ $stderr == *"0 configurations simulated, 3 were there"* ]]
	[ "${#lines[@]}" -eq 4 ]
	sqlite3 ringlab.db .dump | diff once -
	run --separate-stderr sweep --name a --over job.iodepth=1,2
	[ "$status" -eq 3 ]
	[[ $stderr == "ringlab.db: error: 'a' is another sweep: its axes differ"* ]]
	run --separate-stderr sweep --name a --seed 1 --over job.iodepth=1,2,3
	[ "$status" -eq 3 ]
	[[ $stderr == *"its seed differ"* ]]
	sqlite3 ringlab.db .dump | diff once -
}

@test "a configuration that stands still is told, stored, and stops no other" {
	run --separate-stderr "$RINGLAB" sweep "$RL_SOURCE/data/scenarios/one-core.yaml" "${short[@]}" --set machine.scheduler=null \
		--over back_policy=event,spin,poll_port --format json
	echo "$status $stderr"
	[ "$status" -eq 4 ]
	[[ $stderr == *"error: 1 configurations stand still"* ]]
	[ "$(jq -sc 'map([.config, .iops != null, (.failed // "" | contains("never gives up"))])' <<<"$output")" = \
		"[[0,true,false],[1,false,true],[2,true,false]]" ]
	[ "$(sqlite3 ringlab.db "SELECT done, failed FROM sweeps")" = "3|1" ]
	[ "$(sqlite3 ringlab.db "SELECT count(*) FROM sweep_metrics WHERE config = 1")" = 0 ]
}

have() { sqlite3 -readonly "$1" "SELECT count(*) FROM sweep_config" 2>/dev/null || echo 0; }

@test "killed at random moments and begun again: the database of an undisturbed run, for any number of threads" {
	# The program itself: $! of a function would be a shell's.
	space=("$RINGLAB" sweep "$scenario" -q --name s --reps 1 --requests 2000 --warmup tenth --over back_policy=event,spin
		--over job.iodepth=1:32:1 --over costs.poll_ns=10:100:10)
	begun=$(date +%s%N)
	"${space[@]}" --db whole.db -j 2
	took=$((($(date +%s%N) - begun) / 1000000))
	all=$(have whole.db)
	[ "$all" = 640 ]
	cut=0
	for ((i = 0; cut < 4 && i < 60; i++)); do
		before=$(have killed.db)
		"${space[@]}" --db killed.db -j $((i % 3 + 1)) 2>/dev/null &
		sleep "$(awk -v ms=$((took * (RANDOM % 80 + 10) / 100)) 'BEGIN { print ms / 1000 }')"
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		n=$(have killed.db)
		echo "kill $i: $n stored"
		if [ "$n" -lt "$all" ]; then cut=$((cut + (n > before))); else rm -f killed.db*; fi
	done
	[ "$cut" = 4 ]
	"${space[@]}" --db killed.db -j 3
	sqlite3 whole.db .dump >whole
	[ "$(wc -l <whole)" -gt 12000 ]
	sqlite3 killed.db .dump | diff -q whole -
	[ "$(sqlite3 killed.db 'PRAGMA integrity_check')" = ok ]
}
