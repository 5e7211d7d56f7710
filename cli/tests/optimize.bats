#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab optimize`: what it finds, what it says when there is nothing to find, what it refuses, and that
# threads change nothing. long_optimize.bats counts how often it is right.
bats_require_minimum_version 1.5.0
load optimize/lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	HERE=$RL_SOURCE/cli/tests
	S=$RL_SOURCE/data/scenarios
	random=("$S/two-cores.yaml" --set disk.device=random:mean=100us --requests 400)
	bounds=()
}

# optimize ARG...: of a device with random times
optimize() { "$RINGLAB" optimize "${random[@]}" "$@"; }

# refused STATUS PATTERN ARG...: nothing on stdout; bad input is one line on stderr.
refused() {
	local status_=$1 pattern=$2
	shift 2
	run --separate-stderr optimize "$@"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq "$status_" ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	[ "$status_" -eq 2 ] || [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "the best that brute force knows, at a fraction of what that takes" {
	space=("${random[@]}" --over back_policy=event,poll_port,spin,spin_block:tau=50us:400us:50us,hybrid_sleep
		--over front_policy=event,poll_port)
	goal=(--minimize cpu_ns_per_request)
	bounds=(--subject-to 'iops > 3950')
	REQUESTS=400
	brute 50 200
	repeat 4
	judge 1 0.25
}

@test "a table, the selected one first, and the answer in words" {
	run --separate-stderr optimize --minimize cpu_ns_per_request --over back_policy=event,spin,poll_port \
		--subject-to 'clat_mean_ns < 1ms'
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$(awk 'NR > 1 && NR < 5 { print $2, $(NF - 1) }' <<<"$output" | paste -sd,)" = \
		"poll_port selected,event worse,spin worse" ]
	[[ ${lines[4]} =~ ^"Least cpu_ns_per_request: back_policy=poll_port (configuration 2): "[0-9]+" ns."$ ]]
	[ "${lines[5]}" = "With a probability of at least 95 % it keeps clat_mean_ns < 1ms and is no more than 1 % higher \
than the best of 3 that keeps it with 1 % to spare." ]
	[ "${lines[6]}" = "It took 30 replications, $(optimize --minimize cpu_ns_per_request \
		--over back_policy=event,spin,poll_port --subject-to 'clat_mean_ns < 1ms' --format json |
		jq '[.tried[].requests] | add') requests." ]
}

@test "what it says of a configuration is what simulate says of it" {
	optimize --maximize iops --over job.iodepth=4 --format json >o.json
	"$RINGLAB" simulate "${random[@]}" --set job.iodepth=4 --reps 10 --format json >s.json
	[ "$(jq .outcome o.json)" = '"selected"' ]
	[ "$(jq .selected.metrics.iops.value o.json)" = "$(jq .metrics.iops.value s.json)" ]
	[ "$(jq .manifest.requests o.json)" = "$(jq .manifest.requests s.json)" ]
	# In later looks, too: what comes is the same replications, and no others.
	close=(--set job.iodepth=8 --maximize iops --over back_policy=adaptive,spin_block:tau=120us:140us:20us)
	optimize "${close[@]}" --indifference 0.05% --reps 5 --format json >o.json
	n=$(jq .selected.replications o.json)
	[ "$n" -gt 10 ]
	"$RINGLAB" simulate "${random[@]}" --set job.iodepth=8 --reps "$n" --format json \
		--set "back_policy=$(jq -r .selected.point.back_policy o.json)" >s.json
	jq -e --slurpfile s s.json '.selected.metrics.iops.value / $s[0].metrics.iops.value - 1 | fabs < 1e-12' o.json
}

@test "any number of threads: the same bits" {
	ask=(--maximize iops --over back_policy=event,adaptive,hybrid_sleep --over job.iodepth=2,3
		--subject-to 'clat_p90_ns < 600us' --indifference 2% --reps 5 --format json)
	optimize "${ask[@]}" >one
	[ "$(jq '[.tried[].replications] | unique | length' one)" -gt 1 ]
	for j in 2 7; do optimize "${ask[@]}" -j $j | cmp one -; done
	optimize "${ask[@]}" --seed 1 >other
	run ! cmp -s one other
}

@test "an infeasible problem says so, and exits 1" {
	run --separate-stderr optimize --minimize cpu_ns_per_request --over back_policy=event,spin --subject-to 'iops > 4000' \
		--subject-to 'clat_mean_ns < 10us'
	echo "$output"
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	[ "${lines[3]}" = "Infeasible: with a probability of at least 95 % none of 2 configurations keeps iops > 4000 and \
clat_mean_ns < 10us with 1 % to spare." ]
	[[ ${lines[1]} == *" infeasible "* && ${lines[2]} == *" infeasible "* ]]
	run optimize --minimize cpu_ns_per_request --over back_policy=event,spin --subject-to 'clat_mean_ns < 10us' --format json
	[ "$status" -eq 1 ]
	[ "$(jq -c '[.outcome, .selected, (.tried | map(.because) | unique)]' <<<"$output")" = \
		'["infeasible",null,["clat_mean_ns < 10us"]]' ]
}

@test "who keeps a constraint with too little to spare has no room, and is not the answer" {
	mean=$(optimize --minimize iops --over job.iodepth=1 --format json --subject-to 'clat_mean_ns < 1s' |
		jq '.selected.metrics.clat_mean_ns.value * 1.001 | floor')
	run --separate-stderr optimize --minimize iops --over job.iodepth=1,16 --indifference 5% \
		--subject-to "clat_mean_ns < ${mean}ns" --format json
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(jq -c '[.outcome, (.tried | map([.config, .verdict]))]' <<<"$output")" = '["infeasible",[[0,"no room"],[1,"infeasible"]]]' ]
	[ "$(jq -r '.tried[0].because' <<<"$output")" = "clat_mean_ns < ${mean}ns" ]
}

@test "a budget that does not suffice: undecided, exit 1, and no replication beyond it" {
	run --separate-stderr optimize --maximize iops --set job.iodepth=8 --over back_policy=adaptive,spin_block:tau=120us:140us:20us \
		--indifference 0.01% --budget 35 --format json
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	[ "$(jq -r .outcome <<<"$output")" = undecided ]
	[ "$(jq .manifest.replications <<<"$output")" -le 35 ]
	[[ $(jq -r .answer <<<"$output") == "Undecided: "*"leads; "*" may be better by more than 0.01 %."* ]]
	refused 3 '^--budget:1:1: error: 30 .*at least 10 for each of 4' --maximize iops --over job.iodepth=1,2,3,4 --budget 30
}

@test "who stands still is out; when all do, exit 4" {
	stuck=("$S/one-core.yaml" --set machine.scheduler=null --requests 200 --maximize iops)
	run --separate-stderr "$RINGLAB" optimize "${stuck[@]}" --over back_policy=event,spin,poll_port --format json
	[ "$status" -eq 0 ]
	[ "$(jq -c '.tried | map([.config, .verdict, (.because // "" | contains("stands still"))]) | .[2]' <<<"$output")" = \
		'[1,"stands still",true]' ]
	run --separate-stderr "$RINGLAB" optimize "${stuck[@]}" --over back_policy=spin
	[ "$status" -eq 4 ]
	[[ $output == *"every configuration stands still"* ]]
}

@test "rows for programs" {
	ask=(--minimize clat_mean_ns --over job.iodepth=1,2 --subject-to 'iops > 10' --subject-to 'iops < 100000')
	optimize "${ask[@]}" --format csv >rows 2>said
	[ "$(head -1 rows)" = "config,job.iodepth,clat_mean_ns,clat_mean_ns_lo,clat_mean_ns_hi,iops,iops_lo,iops_hi,\
replications,requests,verdict,because" ]
	[ "$(wc -l <rows)" = 3 ]
	[[ $(cat said) == "Least clat_mean_ns: job.iodepth=1 (configuration 0): "* ]]
	optimize "${ask[@]}" --format dat 2>/dev/null | awk 'NR > 1 && NF != 12 { exit 1 }'
	jq -e -n --slurpfile s <(optimize "${ask[@]}" --format json) '$s[0] | .manifest.tests == 3 and
		(.selected.metrics.clat_mean_ns | .ci_lo < .value and .value < .ci_hi)'
}

@test "what does not make sense is refused before anything runs" {
	refused 2 'nothing to look for' --over job.iodepth=1,2
	refused 2 'nothing to choose from' --minimize iops
	refused 2 'as well' --minimize iops --maximize iops --over job.iodepth=1
	refused 2 'confidence' --minimize iops --over job.iodepth=1 --confidence 0.95
	refused 2 'confidence' --minimize iops --over job.iodepth=1 --confidence 100%
	refused 2 'up to 99.999999%' --minimize iops --over job.iodepth=1 --confidence 99.9999999%
	refused 2 'indifference' --minimize iops --over job.iodepth=1 --indifference 0%
	refused 2 'budget' --minimize iops --over job.iodepth=1 --budget 0
	refused 2 'precision' --minimize iops --over job.iodepth=1 --precision 1%
	refused 2 'at least 5' --minimize iops --over job.iodepth=1 --reps 4
	refused 3 "^--minimize:1:1: error: unknown metric 'iosp' .*did you mean 'iops'" --minimize iosp --over job.iodepth=1
	refused 3 '^--over:1:1: error: .*iodepht' --minimize iops --over job.iodepht=1,2
	one=(--minimize iops --over job.iodepth=1,2 --subject-to)
	refused 3 "^--subject-to:1:2: error: unknown metric 'clat_p99' .*did you mean" "${one[@]}" ' clat_p99 < 1ms'
	refused 3 '^--subject-to:1:1: error: .*no metric' "${one[@]}" '< 1ms'
	refused 3 '^--subject-to:1:1: error: .*no metric' "${one[@]}" ''
	refused 3 '^--subject-to:1:6: error: .*no relation' "${one[@]}" 'iops = 5'
	refused 3 '^--subject-to:1:13: error: .*clat_p99_ns' "${one[@]}" 'clat_p99_ns<1000'
	refused 3 '^--subject-to:1:8: error: .*iops' "${one[@]}" 'iops > 5us'
	refused 3 '^--subject-to:1:8: error: .*iops' "${one[@]}" 'iops > NaN'
	refused 3 '^--subject-to:1:7: error: .*more than 0' "${one[@]}" 'iops >-1'
	refused 3 '^--subject-to:1:7: error: .*iops' "${one[@]}" 'iops >'
	refused 3 '^--subject-to:1:9: error: .*more than METRIC' "${one[@]}" 'iops > 1 and'
	refused 3 'clat_p99_9_ns: 400 I/Os .*10000 or more' --minimize clat_p99_9_ns --over job.iodepth=1,2
	refused 3 'sync_iops is not known at configuration 0: job.iodepth=1' --maximize sync_iops --over job.iodepth=1,2
}
