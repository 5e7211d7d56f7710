#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab compare`: its sides are what simulate and explain say, parts add up to the difference, and
# what was planted is what it finds.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/one-core.yaml
	short=(--reps 3 --requests 300 --warmup tenth)
}

# compare ARG...: of short runs
compare() { "$RINGLAB" compare "${short[@]}" "$@"; }

# refused STATUS PATTERN ARG...: one line on stderr that matches, nothing on stdout.
refused() {
	local status_=$1 pattern=$2
	shift 2
	run --separate-stderr compare "$@"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq "$status_" ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	[ "$status_" -eq 2 ] || [ "${#stderr_lines[@]}" -eq 1 ]
}

# adds_up FILE: stages, purposes, domains and parts each are the whole difference.
adds_up() {
	jq -e 'def near($x): . as $v | ($v - $x | fabs) <= 1e-9 * (($v | fabs) + ($x | fabs));
		def d($s; $w): .account[] | select(.section == $s and .what == $w).difference;
		def all($s; f): [.account[] | select(.section == $s and (.what | f)) | .difference] | add;
		def shares($s; f): [.account[] | select(.section == $s and (.what | f)) | .share] | add;
		. as $o |
		(all("latency"; true) | near($o | d("result"; "lat_mean_ns"))) and
		(all("cpu"; startswith("guest: ") or startswith("driver: ")) | near($o | d("cpu"; "guest and driver domain"))) and
		(d("cpu"; "guest") + d("cpu"; "driver domain") | near($o | d("cpu"; "guest and driver domain"))) and
		(all("cpu"; startswith("guest: ")) | near($o | d("cpu"; "guest"))) and
		(shares("latency"; true) | near(1)) and
		(shares("cpu"; startswith("guest: ") or startswith("driver: ")) | near(1)) and
		([("iops", "clat_mean_ns", "clat_p99_ns") as $m | all("part"; startswith($m + " by ")) | near($o | d("result"; $m))] | all) and
		(all("part"; startswith("cpu_ns_per_request by ")) | near($o | d("cpu"; "guest and driver domain")))' "$1"
}

@test "sides are what simulate says of each, and all that it says differs by adds up" {
	compare "$scenario" --set-b back_policy=poll_port --set-b job.iodepth=4 --set-b costs.upcall_ns=20e3 --format json >o
	adds_up o
	"$RINGLAB" simulate "$scenario" "${short[@]}" --format json | jq .metrics >a
	"$RINGLAB" simulate "$scenario" "${short[@]}" --set back_policy=poll_port --set job.iodepth=4 \
		--set costs.upcall_ns=20e3 --format json | jq .metrics >b
	jq -e --slurpfile a a --slurpfile b b '.paired and all(.account[] | select(.section | IN("result", "latency", "events"));
		.a == $a[0][.what].value and .b == $b[0][.what].value)' o
	[ "$(jq -c '[.parts[] | .path] | sort' o)" = '["back_policy","costs.upcall_ns","job"]' ]
	jq -e '.parts | (map(select(.path == "back_policy"))[0] | .a == "event" and .b == "poll_port") and
		(map(select(.path == "costs.upcall_ns"))[0] | .a == "14000" and .b == "20000") and (map(select(.path == "job"))[0].a == null)' o
	jq -e 'all(.account[] | select(.ci_lo != null); .ci_lo <= .difference and .difference <= .ci_hi)' o
	# The second file and the same said of it are one.
	printf 'machine: {pcpus: 1}\nguest: {pcpu: 0}\ndriver: {pcpu: 0}\n' >x.yaml
	printf 'machine: {pcpus: 1}\nguest: {pcpu: 0}\ndriver: {pcpu: 0}\nback_policy: spin\n' >y.yaml
	compare x.yaml y.yaml --format csv | diff - <(compare x.yaml --set-b back_policy=spin --format csv)
	# --set is said of both
	compare x.yaml y.yaml --set job.iodepth=2 --format json | jq -e '[.a, .b | .scenario.job.iodepth] == [2, 2] and [.parts[].path] == ["back_policy"]'
}

@test "whatever two scenarios differ in" {
	for b in two-cores many-guests queues noisy-neighbour; do
		compare "$scenario" "$RL_SOURCE/data/scenarios/$b.yaml" --reps 2 --requests 100 --format json >o
		adds_up o
		jq -e '.parts | length > 0' o
	done
}

@test "a cost that was planted is what the difference comes from" {
	compare "$scenario" --set-b costs.front_response_ns=20e3 --format json >o
	adds_up o
	[ "$(jq -c '[.parts[].path]' o)" = '["costs.front_response_ns"]' ]
	# 7000 ns more, in the frontend and nowhere else but in what time itself brings.
	jq -e '.account[] | select(.what == "guest: frontend") | .difference - 7000 | fabs < 1e-6' o
	jq -e '.account[] | select(.what == "stage_complete_ns") | .difference - 7000 | fabs < 1e-6' o
	jq -e '[.account[] | select(.section == "cpu" and (.what | test("^(guest|driver): ")))] | max_by(.difference).what == "guest: frontend"' o
	jq -e '[.account[] | select(.section == "latency")] | max_by(.difference).what == "stage_complete_ns"' o
	compare "$scenario" --set-b costs.front_response_ns=20e3 >table
	grep -q '^Latency of a request: +.*most of the difference: stage_complete_ns' table
	grep -q '^CPU time of a request: +.*most of the difference: guest: frontend' table
	# Of two the greater comes first, and each has its own.
	compare "$scenario" --set-b costs.back_request_ns=6500 --set-b costs.fio_ns=48e3 --format json >o
	adds_up o
	[ "$(jq -c '[.parts[].path]' o)" = '["costs.fio_ns","costs.back_request_ns"]' ]
	jq -e '[.account[] | select(.section == "part" and (.what | startswith("cpu_ns_per_request by "))).difference] |
		(.[0] / 20e3 - 1 | fabs) < 0.1 and (.[1] / 1e3 - 1 | fabs) < 0.1' o
}

@test "one against itself: no difference, to the last bit" {
	compare "$scenario" "$scenario" --format json >o
	jq -e '.parts == [] and all(.account[]; .difference == null or (.difference == 0 and .ci_lo == 0 and .ci_hi == 0 or .section == "limit"))' o
	jq -e 'all(.account[] | select(.section == "limit"); .difference == 0)' o
	compare "$scenario" "$scenario" >table
	grep -q '^Latency of a request: +0 %\.$' table
}

# Random numbers in common: a microsecond, which the intervals of the sides would hide, is seen.
@test "an interval is that of replications paired by their random numbers" {
	compare "$scenario" --set-b costs.fio_ns=29000 --set costs.jitter_frac=0.3 --format json >o
	"$RINGLAB" simulate "$scenario" "${short[@]}" --set costs.jitter_frac=0.3 --format json >s
	jq -e --slurpfile s s '.account[] | select(.what == "iops") | (.ci_hi - .ci_lo) < ($s[0].metrics.iops | .ci_hi - .ci_lo) / 4 and .ci_hi < 0' o
}

@test "the same bytes for any number of threads and twice" {
	args=("$scenario" --set-b back_policy=spin --set-b job.iodepth=2 --format json)
	for j in 1 2 5; do compare "${args[@]}" -j $j >"j$j"; done
	cmp j1 j2
	cmp j1 j5
	compare "${args[@]}" | cmp - j1
	run ! cmp -s j1 <(compare "${args[@]}" --seed 3)
}

@test "with a precision both have as many replications" {
	"$RINGLAB" compare "$scenario" --set-b costs.jitter_frac=0.4 --requests 100 --warmup tenth --precision 2% --format json >o
	adds_up o
	jq -e '.manifest.replications > 3 and (.account[] | select(.what == "iops").ci_lo != null)' o
}

@test "what fits together alone is changed together" {
	# On one pCPU nobody can be pinned to the second: neither of the two alone makes sense.
	printf 'machine: {pcpus: 1}\nguest: {pcpu: 0}\ndriver: {pcpu: 0}\n' >x.yaml
	printf 'machine: {pcpus: 2}\nguest: {pcpu: 0}\ndriver: {pcpu: 1}\njob: {iodepth: 4}\n' >y.yaml
	compare x.yaml y.yaml --format json >o
	adds_up o
	[ "$(jq -c '[.parts[].path] | sort' o)" = '["job","machine and domains"]' ]
}

# Spinning never gives up without a scheduler that takes the pCPU away: between the two nothing can be simulated.
@test "where nothing between the two can run, the account is told without parts" {
	printf 'machine: {pcpus: 1, scheduler: "null"}\nguest: {pcpu: 0}\ndriver: {pcpu: 0}\n' >x.yaml
	printf 'machine: {pcpus: 2}\nguest: {pcpu: 0}\ndriver: {pcpu: 1}\nback_policy: spin\n' >y.yaml
	compare x.yaml y.yaml --format json >o
	jq -e '.parts == null and (.parts_unknown | contains("never gives up")) and all(.account[]; .section != "part")' o
	compare x.yaml y.yaml | grep -q '^What each field does is not known: .*never gives up'
	compare x.yaml y.yaml --no-parts --format json | jq -e '.parts == null and .parts_unknown == null'
}

@test "measured cells: Welch's interval, the model's difference beside them, its parts" {
	p=$RL_SOURCE/data/measured/xen-qemu-parallel
	mkdir -p runs/xen-qemu-parallel
	cp -r "$p/manifest.json" "$p"/event-event-randread-4k-qd1.r[123] "$p"/event-spin-randread-4k-qd1.r[123] runs/xen-qemu-parallel
	"$RINGLAB" import --db t.db runs >/dev/null
	compare --db t.db event-event-randread-4k-qd1 event-spin-randread-4k-qd1 --format json >o
	jq -e '.paired == false and .parts == null and .parts_unknown == null and .a.repeats == 3 and all(.account[]; .model == null)' o
	sqlite3 t.db "SELECT (SELECT avg(iops) FROM runs WHERE cell LIKE 'event-spin%') - (SELECT avg(iops) FROM runs WHERE cell LIKE 'event-event%')" >d
	jq -e --slurpfile d d '.account[] | select(.what == "iops") | (.difference / $d[0] - 1 | fabs) < 1e-9 and .ci_lo < .difference and .difference < .ci_hi' o
	sqlite3 t.db "INSERT INTO param_set VALUES (1, 'xen-qemu-parallel', 'xen-qemu-parallel', 'now', '{}');
		INSERT INTO param VALUES (1, 'upcall_ns', 15000, 14000, 16000, 1, 'ns')"
	compare --db t.db event-event-randread-4k-qd1 event-spin-randread-4k-qd1 --format json >m
	jq -e '[.parts[].path] == ["back_policy"] and .a.params == "xen-qemu-parallel"' m
	jq -e '(.account[] | select(.what == "iops" and .section == "result").model) as $model |
		.account[] | select(.what == "iops by back_policy") | (.difference / $model - 1 | fabs) < 1e-9' m
	diff <(jq '[.account[] | select(.section != "part") | del(.model)]' m) <(jq '[.account[] | del(.model)]' o)
	refused 3 '^--set-b:1:1: error: .*measured as it is' --db t.db 1 --set-b job.iodepth=2
	refused 3 '^--job-b:1:1: error: .*measured as it is' --db t.db 1 --job-b x.fio
	refused 3 "^t.db: error: no run '9'" --db t.db 1 9
	# And one that was measured beside one that was not.
	compare --db t.db event-event-randread-4k-qd1 "$RL_SOURCE/data/scenarios/two-cores.yaml" --format json |
		jq -e '.paired == false and .parts == null and .a.measured and (.b.measured | not)'
}

@test "what does not make sense is one error" {
	refused 2 'nothing to compare with' "$scenario"
	refused 2 'A and B' "$scenario" "$scenario" "$scenario"
	refused 2 'SCENARIO|A and B|nothing'
	refused 2 'stdin' - - </dev/null
	refused 2 'stdin' - --set-b job.iodepth=2 </dev/null
	refused 3 '^--set-b:1:13: error: ' "$scenario" --set-b job.iodepth=4q
	refused 3 "^--set-b:1:13: error: .*did you mean 'iodepth'" "$scenario" --set-b job.iodepht=4
	refused 3 '^--set-b:1:1: error: ' "$scenario" --set-b iodepth
	refused 3 '^--set:1:13: error: ' "$scenario" --set job.iodepth=0 --set-b back_policy=spin
	refused 3 '^nowhere.yaml.*error: ' "$scenario" nowhere.yaml
	refused 3 '^none.db: error: ' "$scenario" --params-b x --db none.db
	refused 3 '^--job-b: error: .*nowhere.fio' "$scenario" --job-b nowhere.fio
	[ ! -e none.db ]
	printf 'machine: {pcpus: 4q}\n' >bad.yaml
	refused 3 '^bad.yaml:1:[0-9]+: error: ' "$scenario" bad.yaml
	refused 4 'never gives up' "$scenario" --set-b machine.scheduler=null --set-b back_policy=spin
}
