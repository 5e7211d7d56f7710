#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Job files through `ringlab simulate`: rates, bursts, several jobs, replay, and what is refused.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	printf 'machine: {pcpus: 2}\ncosts: {dom0_period_ns: 0, device_ns: 100000}\n' >s.yaml
}

# metric NAME OPTIONS...: of s.yaml with j.fio
metric() {
	local name=$1
	shift
	"$RINGLAB" simulate s.yaml --job j.fio --format json --reps 2 "$@" 2>/dev/null |
		jq ".metrics.$name.value"
}

# about VALUE EXPECTED RELATIVE
about() {
	jq -en --argjson a "$1" --argjson b "$2" --argjson r "$3" '($a / $b - 1) | fabs <= $r' \
		>/dev/null || { echo "$1, expected $2" >&2; return 1; }
}

@test "a rate is obeyed, linear and Poisson, inline and offload" {
	for process in linear poisson; do
		for mode in inline offload; do
			printf '[j]\nrw=randread\nsize=1g\niodepth=64\nrate_iops=500\n' >j.fio
			printf 'rate_process=%s\nio_submit_mode=%s\n' "$process" "$mode" >>j.fio
			about "$(metric iops)" 500 0.05
		done
	done
}

@test "bursts: on for 20 ms, off for 20 ms" {
	printf '[j]\nrw=randread\nsize=1g\niodepth=4\n' >j.fio
	all=$(metric iops)
	printf 'thinktime=20ms\nthinktime_iotime=20ms\n' >>j.fio
	about "$(metric iops)" "$(jq -n "$all / 2")" 0.05
}

@test "several jobs: the configuration shows each, and all end" {
	printf '[global]\nrw=randread\nsize=1m\n[a]\niodepth=8\n[b]\nstonewall\nnumjobs=2\n' >j.fio
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio --format json --reps 2
	[ "$status" -eq 0 ]
	echo "$output" | jq -e '.scenario.jobs | map(.name) == ["a", "b"]
		and .[1].stonewall and .[1].numjobs == 2' >/dev/null
	echo "$output" | jq -e '.manifest.requests == 2 * 768' >/dev/null
}

@test "a log is replayed: its I/Os, in its time" {
	{
		echo "fio version 2 iolog"
		echo "/dev/x add"
		echo "/dev/x open"
		for i in $(seq 0 99); do
			echo "/dev/x wait 10000 0"
			echo "/dev/x write $((i * 4096)) 4096"
		done
	} >l.log
	printf '[j]\nread_iolog=l.log\niodepth=16\n' >j.fio
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio --format json --reps 1
	[ "$status" -eq 0 ]
	echo "$output" | jq -e '.manifest.requests == 100' >/dev/null
	about "$(echo "$output" | jq .metrics.iops.value)" 101 0.02
	run "$RINGLAB" check l.log
	[ "$status" -eq 0 ]
	[[ $output == *"100 recorded I/Os"* ]]
}

@test "results of clones do not depend on -j" {
	printf '[j]\nrw=randrw\nsize=1g\nnumjobs=3\niodepth=4\nrate_iops=2000\n' >j.fio
	printf 'rate_process=poisson\nio_submit_mode=offload\nbssplit=4k/50:64k/50\n' >>j.fio
	for j in 1 2 5; do
		"$RINGLAB" simulate s.yaml --job j.fio -j "$j" --reps 5 --seed 3 --format json |
			jq -S .metrics | sha256sum
	done >hashes
	[ "$(sort -u hashes | wc -l)" -eq 1 ]
}

@test "what is wrong in a job is shown where it is; what is not modelled, by name" {
	printf '[j]\nrw=randread\nsize=1m\niodepth=4q\n' >j.fio
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio
	[ "$status" -eq 3 ]
	[[ $stderr == "j.fio:4:9: error: "* ]]
	for option in numjobs=2000 random_distribution=zipf:1; do
		printf '[j]\nrw=randread\nsize=1m\n%s\n' "$option" >j.fio
		run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio
		[ "$status" -eq 3 ]
		[ -z "$output" ]
		[[ $stderr == *"${option%%=*}"* ]]
	done
	printf '[a]\nsize=1000t\nbs=512\n[b]\nsize=1m\n' >j.fio
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio
	[ "$status" -eq 3 ]
	[[ $stderr == *"10^10"* ]]
	printf '[j]\nread_iolog=no-such.log\n' >j.fio
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio
	[ "$status" -eq 3 ]
	[[ $stderr == *"no-such.log"* ]]
}

@test "list workloads names every option of a job that the model takes" {
	run --separate-stderr "$RINGLAB" list workloads --format csv
	[ "$status" -eq 0 ]
	for option in bs bssplit rate_process io_submit_mode thinktime_iotime stonewall read_iolog; do
		echo "$output" | grep -q "^$option,"
	done
	# What is listed is taken without a warning.
	for option in iodepth=2 thinktime=1ms rate=1m numjobs=2 random_distribution=zipf; do
		echo "$output" | grep -q "^${option%%=*},"
		printf '[j]\nrw=randread\nsize=1m\n%s\n' "$option" >j.fio
		run "$RINGLAB" check j.fio
		[ "$status" -eq 0 ]
		[[ $output != *warning* ]]
		run --separate-stderr "$RINGLAB" list workloads --format csv
	done
}

@test "shipped job files: an open loop, and bursts" {
	for job in open-loop bursts phases; do
		cp "$RL_SOURCE/data/scenarios/$job.fio" j.fio
		run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio --format json --reps 1
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		fio --parse-only j.fio
	done
}

@test "several jobs: each apart, and together they are all; one job has no list" {
	cp "$RL_SOURCE/data/scenarios/phases.fio" j.fio
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio --format json --reps 2
	[ "$status" -eq 0 ]
	jq -es '.[0] | (.jobs | map(.name)) == ["fill", "readers", "writer"] and
		(.jobs | map(.requests + .ramp_requests) | add) == .manifest.requests and
		(.jobs | all(.metrics.iops.value > 0 and .metrics.clat_p99_ns.ci_lo > 0 and
			.metrics.slat_mean_ns.ci_hi > 0 and .runtime_ns.value > 0))' <<<"$output"
	run --separate-stderr "$RINGLAB" simulate s.yaml --job j.fio --reps 2
	[ "$(grep -c '^Job .* IOPS, ' <<<"$output")" -eq 3 ]
	run --separate-stderr "$RINGLAB" simulate s.yaml --format json --reps 2
	jq -es '.[0] | has("jobs") | not' <<<"$output"
}
