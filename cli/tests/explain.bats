#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab explain`: its rows are those of the run, they add up, and what would change it is what
# simulating the change says.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/one-core.yaml
	short=(--reps 2 --requests 300 --warmup tenth)
}

explain() { "$RINGLAB" explain "$@"; }

# refused STATUS PATTERN ARG...: one line on stderr that matches, nothing on stdout.
refused() {
	local status_=$1 pattern=$2
	shift 2
	run --separate-stderr explain "$@"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq "$status_" ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	[ "$status_" -eq 2 ] || [ "${#stderr_lines[@]}" -eq 1 ]
}

# adds_up FILE: stages are the latency; purposes are their domain's CPU time, domains that of the request; all are all pCPUs.
adds_up() {
	jq -e 'def near($x): (. / $x - 1 | fabs) < 1e-12;
		def cpu($w): .account[] | select(.section == "cpu" and .what == $w).value;
		def of($w): [.account[] | select(.section == "cpu" and (.what | startswith($w + ": "))).value] | add;
		([.account[] | select(.section == "latency").value] | add | near($lat)) and
		([.account[] | select(.section == "latency").share] | add | near(1)) and
		(of("guest") | near($in | cpu("guest"))) and (of("driver") | near($in | cpu("driver domain"))) and
		(cpu("guest") + cpu("driver domain") | near($in | cpu("guest and driver domain"))) and
		([.account[] | select(.section == "cpu" and (.what | contains(": "))).share] | add | near(1))' \
		--argjson in "$(cat "$1")" --argjson lat "$(jq '.account[] | select(.what == "lat_mean_ns").value' "$1")" "$1"
}

# store CELL...: t.db with these runs of data/measured
store() {
	local c
	for c; do
		mkdir -p "runs/${c%/*}"
		cp "$RL_SOURCE/data/measured/${c%/*}/manifest.json" "runs/${c%/*}"
		cp -r "$RL_SOURCE/data/measured/$c" "runs/${c%/*}"
	done
	"$RINGLAB" import --db t.db runs >/dev/null
}

@test "a scenario: what simulate says, stages that add up to the latency, cells that are all pCPUs" {
	explain "$scenario" "${short[@]}" --no-change --format json >o
	"$RINGLAB" simulate "$scenario" "${short[@]}" --format json >s
	jq -e --slurpfile s s '.measured == false and .change == null and .instead == null and .model == null and .repeats == null and
		all(.account[] | select(.section == "result" or .section == "latency" or .section == "events");
			[.value, .ci_lo, .ci_hi] == ($s[0].metrics[.what] | [.value, .ci_lo, .ci_hi]))' o
	adds_up o
	jq -e --slurpfile s s '[.account[] | select(.section == "limit") | {resource: .what, busy_frac: .value}] == $s[0].limits' o
	[[ $(explain "$scenario" "${short[@]}" --no-change) == *"Limited by: pCPU, busy "* ]]
}

@test "accounts add up whatever the scenario is" {
	for s in two-cores many-guests noisy-neighbour queues; do
		explain "$RL_SOURCE/data/scenarios/$s.yaml" --reps 3 --requests 200 --warmup tenth --no-change --format json >o
		adds_up o
	done
	explain "$scenario" "${short[@]}" --no-change --format json --set back_policy=spin --set front_policy=poll_port --set job.iodepth=64 \
		--set job.rw=randrw >o
	adds_up o
}

@test "what would change it is what simulating the change says; a cost that is never met is left out" {
	explain "$scenario" --reps 1 --requests 300 --warmup tenth --format json >o
	fio=$(jq .scenario.costs.fio_ns o)
	for by in 1/1.1 1.1; do
		"$RINGLAB" simulate "$scenario" --reps 1 --requests 300 --warmup tenth --format json \
			--set costs.fio_ns="$(jq -n "$fio * $by")" | jq .metrics.clat_mean_ns.value
	done >sides
	jq -e --slurpfile s sides '.change[] | select(.path == "costs.fio_ns").elasticity.clat_mean_ns |
		.ci_lo == null and (.value - (($s[1] / $s[0] | log) / (1.21 | log)) | fabs) < 1e-6' o
	jq -e '[.change[].path] | index("costs.mwait_wake_ns") == null and index("costs.upcall_ns") != null' o
	jq -e 'all(.change[]; any(.elasticity[]; .value != 0))' o
	explain "$scenario" "${short[@]}" --format csv -j 1 >j1
	explain "$scenario" "${short[@]}" --format csv -j 5 >j5
	cmp j1 j5
	# Intervals hold their values.
	jq -e 'all(.change[].elasticity[] | select(.ci_lo != null); .ci_lo <= .value and .value <= .ci_hi)' \
		<(explain "$scenario" "${short[@]}" --format json)
}

@test "what another choice does is what simulating it says" {
	for d in one-core two-cores; do
		s=$RL_SOURCE/data/scenarios/$d.yaml
		"$RINGLAB" explain "$s" "${short[@]}" --format json >o
		"$RINGLAB" simulate "$s" "${short[@]}" --format json | jq .metrics >now
		for set in back_policy=poll_port front_policy=spin job.iodepth=2 disk.grants=copy; do
			"$RINGLAB" simulate "$s" "${short[@]}" --format json --set $set | jq .metrics >with
			jq -e --arg path ${set%=*} --arg value ${set#*=} --slurpfile n now --slurpfile w with \
				'.instead[] | select(.path == $path and .value == $value).change | to_entries | length == 4 and all(.[];
				((.value.value - ($w[0][.key].value / $n[0][.key].value - 1)) | fabs) < 1e-9 and .value.ci_lo <= .value.value and .value.value <= .value.ci_hi)' o
		done
		jq -e '([.instead[].path] | unique) == ["back_policy", "disk.grants", "front_policy", "job.iodepth"] and
			all(.instead[]; .value != "event" and .value != "persistent")' o
	done
}

@test "a measured run: by id, by cell, with its drivers' statistics; what nobody measured is null" {
	store xen-qemu-counted/event-spin-randread-4k-qd8
	explain --db t.db 1 --format json >o
	explain --db t.db event-spin-randread-4k-qd8 --format json | jq .account | diff - <(jq .account o)
	explain --db t.db xen-qemu-counted/event-spin-randread-4k-qd8 --format json | jq .account | diff - <(jq .account o)
	jq -e '.measured and .repeats == 1 and .model == null and .change == null and .manifest.params == null' o
	jq -e --argjson iops "$(sqlite3 t.db 'SELECT iops FROM runs')" 'any(.account[]; .what == "iops" and .value == $iops)' o
	jq -e --argjson polls "$(sqlite3 t.db "SELECT (SELECT value FROM stat WHERE side = 'back' AND key = 'polls') /
		(SELECT value FROM stat WHERE side = 'back' AND key = 'requests')")" \
		'.account[] | select(.what == "back polls") | (.value / $polls - 1 | fabs) < 1e-9' o
	jq -e '[.account[] | select(.section == "cpu") | {(.what): .value}] | add |
		((.guest + ."driver domain") / ."guest and driver domain" - 1 | fabs) < 1e-12' o
	jq -e '[.account[] | select(.section == "latency").value] | length > 10 and all(. == null)' o
	jq -e '[.account[] | select(.section == "limit")][0] | .what == "pCPU" and .value > 0.9' o
	# A dash each, no 0.
	explain --db t.db 1 | grep -q '^latency stage_device_ns  *-  *-  *- ns  *-'
}

@test "repeats are put together, one of them is asked for apart" {
	c=xen-qemu-parallel/event-backoff-randread-4k-qd1
	store $c.r1 $c.r2 $c.r3
	explain --db t.db $c --format json >o
	jq -e --argjson mean "$(sqlite3 t.db 'SELECT avg(iops) FROM runs')" '.repeats == 3 and (.account[] | select(.what == "iops") |
		(.value / $mean - 1 | fabs) < 1e-9 and .ci_lo < .value and .value < .ci_hi)' o
	explain --db t.db $c.r2 --format json >o
	jq -e --argjson iops "$(sqlite3 t.db 'SELECT iops FROM runs WHERE repeat = 2')" '.repeats == 1 and
		(.account[] | select(.what == "iops") | .value == $iops and .ci_lo == null)' o
	store xen-qemu-counted/event-spin-randread-4k-qd8 xen-qemu-parallel/event-spin-randread-4k-qd8.r1
	refused 3 '^t.db: error: .*measured on xen-qemu-counted and on xen-qemu-parallel' --db t.db event-spin-randread-4k-qd8
}

@test "traces tell the stages" {
	"$RINGLAB" import --db t.db "$RL_SOURCE/data/tests/traced" >/dev/null
	explain --db t.db 1 --format json >o
	jq -e '[.account[] | select(.section == "latency" and .value != null)] | length > 4 and (map(.share) | add - 1 | fabs) < 1e-9' o
}

@test "what does not make sense is one error" {
	store xen-qemu-counted/event-spin-randread-4k-qd8
	refused 2 'SCENARIO'
	refused 2 'one SCENARIO' "$scenario" "$scenario"
	refused 3 '^t.db: error: no run .7.' --db t.db 7
	refused 3 '^t.db: error: no run .no-such.' --db t.db no-such
	refused 3 '^none.db: error: ' --db none.db 1
	refused 3 'nowhere.yaml.*error: ' nowhere.yaml
	refused 3 '^--set:1:1: error: .*measured as it is' --db t.db 1 --set job.iodepth=4
	refused 3 'error: .*no parameters named' --db t.db 1 --params no-such
	[ ! -e none.db ]
	printf 'machine: {pcpus: 4q}\n' >bad.yaml
	refused 3 '^bad.yaml:1:[0-9]+: error: ' bad.yaml
	refused 4 'never gives up' "$scenario" "${short[@]}" --set machine.scheduler=null --set back_policy=spin
}
