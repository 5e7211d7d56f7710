#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab simulate`: the document that scripts rely on, its independence of -j, its refusals.

bats_require_minimum_version 1.5.0

scenario() {
	printf 'machine: {pcpus: 1}\ndriver: {pcpu: 0}\njob: {rw: randread, bs: 4k, iodepth: 4}\n' \
		>"$BATS_TEST_TMPDIR/s.yaml"
	echo "$BATS_TEST_TMPDIR/s.yaml"
}

@test "JSON holds manifest, scenario, metrics with intervals and the limit" {
	run "$RINGLAB" simulate "$(scenario)" --format json --reps 3 --set job.iodepth=2
	[ "$status" -eq 0 ]
	echo "$output" | jq -e '.scenario.job.iodepth == 2 and .manifest.replications == 3' >/dev/null
	echo "$output" | jq -e '.metrics.iops | .value > 0 and .ci_lo <= .value and .ci_hi >= .value
		and .unit == "1/s"' >/dev/null
	echo "$output" | jq -e '.metrics.clat_p99_99_ns.value == null' >/dev/null
	echo "$output" | jq -e '.limits[0].resource == "pCPU" and .limits[0].busy_frac > 0.9' >/dev/null
	echo "$output" | jq -e '[.cpu[][].value] | add | . > 0.999999 and . < 1.000001' >/dev/null
	echo "$output" | jq -e '.cpu | .guest.fio.value > 0.1 and .driver.backend.ci_hi > 0' >/dev/null
	echo "$output" | jq -e '.limits | length >= 3 and . == (sort_by(-.busy_frac))' >/dev/null
	echo "$output" | jq -e '.manifest.inputs[0].sha256 | length == 64' >/dev/null
}

@test "the limit is what is waited for, not what is busy for nothing" {
	s=$(scenario)
	limit() { "$RINGLAB" simulate "$s" --format json "$@" | jq -r '.limits[0].resource'; }
	two=(--set machine.pcpus=2 --set driver.pcpu=1)
	[ "$(limit)" = "pCPU" ]
	[ "$(limit "${two[@]}")" = "guest vCPU" ]
	[ "$(limit "${two[@]}" --set back_policy=spin)" = "guest vCPU" ]
	[ "$(limit "${two[@]}" --set costs.back_request_ns=500000)" = "driver domain vCPU" ]
	[ "$(limit "${two[@]}" --set disk.device=random:mean=2ms)" = "device" ]
	[ "$(limit "${two[@]}" --set load.vcpus=3)" = "pCPU" ]
	many=(--set guest.count=8 --set guest.pcpu=-1 --set driver.pcpu=-1 --reps 2)
	[ "$(limit "${many[@]}" --set machine.pcpus=9)" = "driver domain vCPU" ]
	[ "$(limit "${many[@]}" --set machine.pcpus=4)" = "pCPU" ]
}

@test "results do not depend on -j" {
	s=$(scenario)
	for how in "--reps 7" "--precision 2%" "--reps 7 --warmup tenth"; do
		for j in 1 2 5; do
			# shellcheck disable=SC2086 # words
			"$RINGLAB" simulate "$s" -j "$j" $how --seed 9 \
				--set costs.dom0_period_ns=3000000 --format json |
				jq -S 'del(.manifest)' | sha256sum
		done >"$BATS_TEST_TMPDIR/hashes"
		[ "$(sort -u "$BATS_TEST_TMPDIR/hashes" | wc -l)" -eq 1 ]
	done
}

@test "a precision is kept, or it is said that it was not" {
	s=$(scenario)
	slow=(--set disk.device=random:mean=100us --requests 500)
	cd "$BATS_TEST_TMPDIR"
	[ "$("$RINGLAB" simulate "$s" "${slow[@]}" --format json --precision 3% 2>&1 >out.json)" = "" ]
	jq -e '.manifest.precision | .reached and .requested == 0.03 and .half_width <= 0.03' out.json
	jq -e '.manifest | .replications > 10 and .warmup_found and .warmup_requests >= 4' out.json
	jq -e '.metrics.iops | (.ci_hi - .ci_lo) / 2 / .value <= 0.03' out.json
	run -0 --separate-stderr "$RINGLAB" simulate "$s" "${slow[@]}" --precision 0.01% --max-reps 12
	[[ "$stderr" == "warning: "*"after 12 replications (expected 0.01 %)"* ]]
	[[ "$output" == *"12 replications, each without its first"* ]]
	run -0 --separate-stderr "$RINGLAB" simulate "$s" "${slow[@]}" --precision 5% \
		--precision-of clat_p99_ns,lat_mean_ns --format json
	jq -e '.metrics.clat_p99_ns | (.ci_hi - .ci_lo) / 2 / .value <= 0.05' <<<"$output"
	for wrong in "--precision 1" "--precision 0%" "--precision 100%" "--precision nan%" \
		"--precision-of nope" "--warmup never"; do
		# shellcheck disable=SC2086 # words
		run -2 "$RINGLAB" simulate "$s" $wrong
	done
}

@test "reads and writes are told apart where both occur" {
	s=$(scenario)
	run -0 "$RINGLAB" simulate "$s" --set job.rw=randrw --set job.rwmixread=80 --format json
	jq -e '.metrics | (.read_iops.value / .write_iops.value) as $x | $x > 3.5 and $x < 4.5' \
		<<<"$output"
	jq -e '.metrics.write_clat_p99_ns.value > 0' <<<"$output"
	run -0 "$RINGLAB" simulate "$s" --format json
	jq -e '.metrics | .read_iops.value == null and .write_iops.value == null' <<<"$output"
	run -0 "$RINGLAB" simulate "$s"
	[[ "$output" != *read_iops* ]]
}

@test "a fio job file replaces the job" {
	printf '[j]\nrw=randwrite\nbs=64k\niodepth=8\nsize=64m\nioengine=libaio\ndirect=1\n' \
		>"$BATS_TEST_TMPDIR/j.fio"
	run "$RINGLAB" simulate "$(scenario)" --job "$BATS_TEST_TMPDIR/j.fio" --format json --reps 1
	[ "$status" -eq 0 ]
	json=$(echo "$output" | sed -n '/^{/,$p')
	echo "$json" | jq -e '.scenario.job | .rw == "randwrite" and .bs_bytes == 65536' >/dev/null
	echo "$json" | jq -e '.metrics.copy_bytes_per_request.value == 65536' >/dev/null
}

@test "a device draws from a histogram in a file; what is wrong in it is said by its line" {
	cd "$BATS_TEST_TMPDIR"
	printf '# measured\n80us*70\n100us..200us*30\n' >a.points
	sed 's/^job/disk: {device: "random:dist=empirical,points=@a.points"}\njob/' "$(scenario)" >e.yaml
	run -0 --separate-stderr "$RINGLAB" simulate e.yaml --format json
	jq -e '.scenario.disk.device == "random:dist=empirical,points=80us*70+100us..200us*30"' <<<"$output"
	run -0 "$RINGLAB" check a.points
	[ "$output" = 'a.points: ok: histogram of 2 points' ]
	echo 80 >>a.points
	run -3 "$RINGLAB" simulate e.yaml
	[[ "$output" == "./a.points:4:1: error: "* || "$output" == "a.points:4:1: error: "* ]]
	run -3 "$RINGLAB" check a.points
	[[ "$output" == "a.points:4:1: error: malformed point "* ]]
}

@test "bad input: one line, exit 3" {
	s=$(scenario)
	for set in job.iodepth=4q no.such=1 machine.pcpus=0 costs.poll_ns=nan disk.device=nope \
		disk.device=ssd:channels=0 disk.device=random:mean=5 disk.device=null:time=1us \
		back_policy=nope; do
		run --separate-stderr "$RINGLAB" simulate "$s" --set "$set"
		[ "$status" -eq 3 ]
		[ -z "$output" ]
		[ "$(echo "$stderr" | wc -l)" -eq 1 ]
	done
}

@test "wrong usage: exit 2; a model that stands still: exit 4" {
	run "$RINGLAB" simulate
	[ "$status" -eq 2 ]
	run "$RINGLAB" simulate "$(scenario)" --reps many
	[ "$status" -eq 2 ]
	run "$RINGLAB" simulate "$(scenario)" --set machine.scheduler=null --set back_policy=spin
	[ "$status" -eq 4 ]
	[[ "$output" == *"stands still"* ]]
}
