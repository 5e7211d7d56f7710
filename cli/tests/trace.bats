#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab simulate --trace`: the file is well formed, and its times are those of the result: what a
# viewer shows adds up to what the simulator says.

bats_require_minimum_version 1.5.0

# Reads a trace; times become whole picoseconds. What is on a track does not overlap, so its spans
# are pairs; async spans are paired as a viewer pairs them, by a stack an id.
# shellcheck disable=SC2016 # jq's variables
READ='
def ps: (. * 1e6 | round);
def spans: map(select(.ph == "B" or .ph == "E")) | group_by(.tid) | map(
	[range(0; length; 2) as $i | .[$i] as $b | .[$i + 1] as $e
		| if $b.ph != "B" or $e.ph != "E" then error("not a pair") else . end
		| $b + {from: ($b.ts | ps), to: ($e.ts | ps)}]);
def asyncs: map(select(.ph == "b" or .ph == "e")) | group_by(.id) | map(
	reduce .[] as $e ({open: [], out: []};
		if $e.ph == "b" then .open += [$e]
		else .open[-1] as $b
			| if $b.name != $e.name then error("ends another one") else . end
			| .open |= .[:-1]
			| .out += [$b + {from: ($b.ts | ps), to: ($e.ts | ps), depth: (.open | length)}]
		end)
	| if .open == [] then .out else error("an async span that does not end") end);
def domain: {guest: "guest", driver: "driver domain", dom0: "dom0", load: "neighbour"};
def names($what): map(select(.name == $what)) | map({key: (if $what == "process_name" then .pid
	else .tid end | tostring), value: .args.name}) | from_entries;
'

setup() {
	S=$BATS_TEST_TMPDIR/s.yaml
	printf 'machine: {pcpus: 1}\ndriver: {pcpu: 0}\njob: {rw: randrw, bs: 4k, iodepth: 4}\n' >"$S"
	T=$BATS_TEST_TMPDIR/t.json
	R=$BATS_TEST_TMPDIR/r.json
}

trace() { # trace OPTION...: into $T, the result into $R
	"$RINGLAB" simulate "$S" --format json --trace "$T" "$@" >"$R"
}

# Spans by domain and purpose are the cells of the result.
adds_up() {
	jq -e "$READ"' .traceEvents as $e | $r[0] as $r | .otherData.trace as $t
		| ($t.to_ns - $t.from_ns) as $ns
		| ($e | names("process_name")) as $pid
		| $e | spans | add
		| map(. + {of: ($pid[.pid | tostring] | sub(" [0-9]+$"; "")), ns: ((.to - .from) / 1000)}) | . as $spans
		| def close($b): (. - $b) | fabs < 1e-9 * $ns;
		def in_trace($d; $p): [$spans[] | select(.of == $d and .name == $p) | .ns] | add // 0;
		([$r.cpu | to_entries[] | select(.key != "none") | .key as $d | .value
			| to_entries[] | in_trace(domain[$d]; .key) as $sum
			| .value.value * $ns | close($sum)]
			| length > 8 and all)
		and (($r.cpu.none.idle.value // 0) * $ns | . - in_trace("pCPUs"; "idle")
			| close(0))
		and ($r.metrics.front_steal_frac.value * $ns | . - in_trace("guest"; "runnable") | close(0))
		and ($r.metrics.back_steal_frac.value * $ns
			| . - in_trace("driver domain"; "runnable") | close(0))
		and ($r.metrics.switches_per_request.value * $r.manifest.requests
			- ([$spans[] | select(.of == "pCPUs" and .name == "switch")] | length)
			| fabs <= $r.scenario.machine.pcpus)
	' --slurpfile r "$R" "$T"
}

# The measured part of one replication, in ways that differ in what runs.
ways=(
	"--set back_policy=event"
	"--set back_policy=spin"
	"--set front_policy=spin --set back_policy=spin_yield"
	"--set machine.pcpus=2 --set driver.pcpu=1 --set back_policy=poll_port"
	"--set machine.pcpus=2 --set driver.pcpu=1 --set machine.threads=2 --set back_policy=spin"
	"--set machine.pcpus=4 --set driver.pcpu=any --set guest.pcpu=any --set guest.count=3
	 --set guest.vcpus=2 --set disk.queues=2 --set load.vcpus=2 --set disk.grants=map
	 --set costs.dom0_period_ns=3000000 --set costs.refill_ns_per_byte=0.01"
	"--set machine.pcpus=2 --set driver.pcpu=1 --set guest.count=2 --set driver.threads=1
	 --set back_policy=spin_block --set disk.grants=copy"
	"--set machine.pcpus=3 --set guest.pcpu=any --set guest.vcpus=2 --set guest.count=2
	 --set driver.threads=1 --set driver.pcpu=2 --set back_policy=poll_port"
	"--set machine.scheduler=credit --set guest.cap=40 --set job.bs=64k --warmup tenth"
)

@test "CPU time by domain and purpose is that of the result" {
	for how in "${ways[@]}"; do
		echo "$how"
		# shellcheck disable=SC2086 # words
		trace --reps 1 --requests 500 --trace-window measured $how
		adds_up
	done
}

@test "the spans of a track follow each other from one end of the window to the other" {
	for how in "${ways[@]}"; do
		echo "$how"
		# shellcheck disable=SC2086 # words
		trace --reps 1 --requests 300 --trace-window measured $how
		jq -e "$READ"' (.otherData.trace | [.from_ns, .to_ns] | map(. * 1000 | round)) as $w
			| .traceEvents | spans | length > 2 and all(.[];
				.[0].from == $w[0] and .[-1].to == $w[1]
				and all(.[]; .from < .to)
				and ([.[:-1], .[1:]] | transpose | all(.[]; .[0].to == .[1].from)))
		' "$T"
	done
}

@test "the spans of I/Os are their latencies, stage by stage" {
	for how in "${ways[@]}"; do
		echo "$how"
		# shellcheck disable=SC2086 # words
		trace --reps 1 --requests 500 --trace-window measured $how
		jq -e "$READ"' (.otherData.trace.to_ns * 1000 | round) as $to | $r[0] as $r
			| .otherData.trace.unfinished == 0 and (.traceEvents | asyncs
			| all(.[]; (.[-1].depth == 0) and all(.[:-1][]; .depth == 1)
				and .[0].from == .[-1].from and .[-2].to == .[-1].to
				and ([.[:-2], .[1:-1]] | transpose | all(.[]; .[0].to == .[1].from)))
			and (map(select(.[-1].to <= $to)) | . as $done
				| length == $r.manifest.requests
				and (map(.[-1] | (.to - .from) / 1000) | add / length
					- $r.metrics.lat_mean_ns.value | fabs < 1e-3)
				and (map(.[-1] | select(.name == "write")) | length / ($done | length)
					- $r.metrics.write_iops.value / $r.metrics.iops.value | fabs < 1e-9)
				and all(["submit", "publish", "back_wake", "process", "complete", "reap"][];
					. as $s | $done | map([.[] | select(.name == $s) | .to - .from] | add // 0)
					| add / length / 1000 - $r.metrics["stage_\($s)_ns"].value
					| fabs < 1e-3)))
		' --slurpfile r "$R" "$T"
	done
}

@test "calls of fsync are spans, as long as the result says" {
	printf '[j]\nrw=randwrite\nbs=4k\niodepth=2\nfsync=4\nsize=64m\n' >"$BATS_TEST_TMPDIR/f.fio"
	trace --job "$BATS_TEST_TMPDIR/f.fio" --set disk.device=ssd --reps 1 --requests 400 \
		--trace-window measured
	jq -e "$READ"' (.otherData.trace | [.from_ns, .to_ns] | map(. * 1000 | round)) as $w
		| [.traceEvents | asyncs[] | .[-1] | select(.name == "fsync" and .to <= $w[1])]
		| length > 50 and (map((.to - .from) / 1000) | add / length
			- $r[0].metrics.sync_lat_mean_ns.value | fabs < 1e-3)
		and (length * 1e12 / ($w[1] - $w[0]) - $r[0].metrics.sync_iops.value | fabs < 1e-6)
	' --slurpfile r "$R" "$T"
}

@test "memory does not grow with the window" {
	(
		# a sanitizer maps terabytes
		grep -q -- -fsanitize= "$RL_BUILD/CMakeCache.txt" || ulimit -v 65536
		trace --reps 1 --requests 300 --trace-window 1s
	)
	[ "$(stat -c %s "$T")" -gt 20000000 ]
}

@test "results are the same to the last bit, whatever is traced" {
	for how in "${ways[@]}"; do
		for w in measured 3ms 1ms..2ms; do
			# shellcheck disable=SC2086 # words
			trace --reps 3 --requests 300 --trace-window $w $how
			# shellcheck disable=SC2086
			"$RINGLAB" simulate "$S" --format json --reps 3 --requests 300 $how | cmp - "$R"
		done
	done
}

@test "so it is with every policy on either side" {
	list=$("$RINGLAB" list policies --format csv | tail -n +2 | cut -d, -f1 | sort -u)
	[ "$(wc -l <<<"$list")" -gt 10 ]
	for p in $list; do
		echo "$p"
		trace --reps 1 --requests 60 --trace-window measured --set back_policy="$p"
		adds_up
		trace --reps 1 --requests 60 --trace-window measured --set front_policy="$p" \
			--set machine.pcpus=2 --set driver.pcpu=1 --set disk.device=fixed:time=100us
		adds_up
	done
}

@test "events lead from who sends them to what they cause; counters hold what is under way" {
	trace --trace-window measured --reps 1 --requests 300
	jq -e "$READ"' .traceEvents as $e
		| ($e | map(select(.ph == "s")) | map({key: "\(.id)", value: .}) | from_entries) as $s
		| ($e | spans | add) as $spans
		| def within($f): [$spans[] | select(.tid == $f.tid and .from <= ($f.ts | ps)
			and .to >= ($f.ts | ps)) | .name];
		[$e[] | select(.ph == "f")] | length > 100
		and length >= ($s | length) - 2
		and all(.[:50][]; . as $f | $s["\(.id)"] | .ts <= $f.ts and .tid != $f.tid
			and any(within(.)[]; . == "notify") and any(within($f)[]; . == "upcall"))
	' "$T"
	jq -e '[.traceEvents[] | select(.ph == "C") | .args | add] | length > 300
		and min >= 0 and max == 4' "$T"
}

@test "a ring's slots are in use for as long as requests are between publication and completion" {
	# Two in flight are issued one by one: a slot is taken when its request is published.
	trace --trace-window 20ms --requests 300 --set job.iodepth=2
	jq -e "$READ"' (.otherData.trace | [.from_ns, .to_ns] | map(. * 1000 | round)) as $w
		| [.traceEvents[] | select(.ph == "C") | {at: (.ts | ps), n: (.args | add)}] as $c
		| ($c[0].at == $w[0] and $c[-1].at == $w[1] and ($c | map(.n) | max) == 2)
		and ([range(1; $c | length) as $i | $c[$i - 1].n * ($c[$i].at - $c[$i - 1].at)] | add)
			== ([.traceEvents | asyncs[]
				| ([.[] | select(.name == "publish") | .to, $w[0]] | max) as $since
				| ([.[] | select(.name == "complete") | .to, $w[1]] | min) as $until
				| [$until - $since, 0] | max] | add)
	' "$T"
}

@test "a poller has one span for as long as it polls, not one a look" {
	sed -i 's/pcpus: 1/pcpus: 2/; s/pcpu: 0/pcpu: 1/' "$S"
	trace --set back_policy=spin --set job.iodepth=1 --set costs.tick_period_ns=0 \
		--trace-window measured --reps 1 --requests 300
	jq -e '[.traceEvents[] | select(.ph == "B" and .name == "spin")] | length > 290 and length < 310
		' "$T"
	jq -e '.cpu.driver.spin.value > 0.5' "$R"
}

@test "windows: the default, one that is told, one that begins too late" {
	trace
	jq -e '.otherData.trace | .to_ns - .from_ns == 1e7 and .from_ns > 1e6' "$T"
	trace --trace-window 2500us..4ms
	jq -e '.otherData.trace | .from_ns == 2500000 and .to_ns == 4000000 and .requests > 1' "$T"
	jq -e '[.traceEvents[] | select(.ph == "B" or .ph == "E") | .ts]
		| min == 2500 and max == 4000' "$T"
	jq -e "$READ"'.traceEvents | asyncs | map(.[-1]) | length > 1
		and all(.[]; .from < 4000 * 1e6 and .to > 2500 * 1e6)' "$T"
	trace --trace-window 0ms..400ms --requests 50 --reps 1 # longer than the replication
	jq -e '.otherData.trace.to_ns == 4e8' "$T"
	rm "$T"
	printf '[j]\nrw=randread\nbs=4k\nsize=256k\n[k]\nrw=read\nstonewall\nsize=64k\n' \
		>"$BATS_TEST_TMPDIR/j.fio"
	trace --job "$BATS_TEST_TMPDIR/j.fio" --trace-window 0s..1h # to the end of the jobs
	jq -e '.otherData.trace | .requests == 80 and .unfinished == 0 and .to_ns < 1e9' "$T"
	rm "$T"
	run -3 --separate-stderr "$RINGLAB" simulate "$S" --job "$BATS_TEST_TMPDIR/j.fio" --trace "$T" \
		--trace-window 1h..2h
	[[ "$stderr" == *"error: the replication is over after "*" ms, before the window begins" ]]
	[ ! -e "$T" ] && [ ! -e "$T.part" ]
	for wrong in 5 1ms..1ms 2ms..1ms ..1ms 1ms.. 0ms all "" -1ms..1ms 1..2 1h..9999999h; do
		run -2 "$RINGLAB" simulate "$S" --trace "$T" --trace-window "$wrong"
	done
	run -2 "$RINGLAB" simulate "$S" --trace-window 1ms
}

@test "a model that stands still is traced as well" {
	for at in "" "--trace-window measured" "--trace-window 0ms..30ms"; do
		# shellcheck disable=SC2086 # words
		run -4 --separate-stderr "$RINGLAB" simulate "$S" --trace "$T" $at \
			--set disk.device=fixed:time=1000s
		[[ "$stderr" == *"error: the model stands still"* ]]
		jq -e '.otherData.trace | .unfinished == 4 and .requests == 4 and .from_ns == 0' "$T"
		jq -e '[.traceEvents[] | select(.args.end == "did not complete")] | length == 4' "$T"
		rm "$T"
	done
}

@test "no trace where none can be written: one error before the work, nothing left behind" {
	cd "$BATS_TEST_TMPDIR"
	mkdir folder
	mkfifo fifo
	for file in folder fifo /dev/null no/such/t.json ""; do
		run -3 --separate-stderr "$RINGLAB" simulate "$S" --trace "$file" --requests 1000000000
		[ -z "$output" ]
		[ "$(echo "$stderr" | wc -l)" -eq 1 ]
		[[ "$stderr" == *"error: cannot write: "* ]]
	done
	[ -c /dev/null ] && [ -p fifo ] && [ -d folder ]
	[ "$(find . -name '*.part' | wc -l)" -eq 0 ]
}

@test "a trace that could not be written to its end is not there; what was there is" {
	cd "$BATS_TEST_TMPDIR"
	echo before >t.json
	(
		ulimit -f 64 # blocks of a KiB
		trap '' XFSZ
		run -4 --separate-stderr "$RINGLAB" simulate "$S" --trace t.json --trace-window measured
		[[ "$stderr" == *"t.json: error: cannot write: "* ]]
	)
	[ "$(cat t.json)" = before ]
	[ ! -e t.json.part ]
}
