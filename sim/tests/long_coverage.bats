#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# How often the 95 % intervals of `ringlab simulate` hold the truth: 2000 runs of fixed length, each with
# a seed of its own, of an open queue whose mean and p99 are known (M/M/1). With a precision asked
# for, stopping when content costs some of it.
bats_require_minimum_version 1.5.0

RUNS=2000
SERVICE_NS=100000

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	{
		printf 'machine: {pcpus: 2}\ndisk: {device: "random:mean=%dns", ring_pages: 16}\ncosts:\n' \
			"$SERVICE_NS"
		"$RINGLAB" list parameters --format json | jq -r '"  \(.parameter): \(.min)"'
	} >s.yaml
}

# runs RHO OPTIONS...: for each seed whether the mean and p99 are held, as two digits
runs() {
	local rate seed
	rate=$(jq -n "$1 * 1e9 / $SERVICE_NS | round")
	printf '[j]\nrw=randread\nbs=4k\nsize=1g\niodepth=128\nrate_iops=%d\nrate_process=poisson\n' \
		"$rate" >j.fio
	echo io_submit_mode=offload >>j.fio
	export MEAN P99
	MEAN=$(jq -n "$SERVICE_NS / (1 - $1)")
	P99=$(jq -n "$MEAN * (100 | log)")
	shift
	for ((seed = 1; seed <= RUNS; seed++)); do
		"$RINGLAB" simulate s.yaml --job j.fio --seed "$seed" --format json "$@"
	done | jq -r 'def held($x): if .ci_lo <= $x and $x <= .ci_hi then 1 else 0 end;
		.metrics | "\(.clat_mean_ns | held(env.MEAN | tonumber)) " +
			"\(.clat_p99_ns | held(env.P99 | tonumber))"' >held
	[ "$(wc -l <held)" -eq "$RUNS" ]
}

# share COLUMN LO HI: of the runs that hold it
share() {
	awk -v c="$1" -v lo="$2" -v hi="$3" '{ n += $c } END {
		printf "column %d: %.1f %%\n", c, 100 * n / NR
		exit !(n >= lo * NR && n <= hi * NR) }' held >&3
}

@test "M/M/1 at 0.5" {
	runs 0.5 --requests 5000
	share 1 0.931 0.969
	share 2 0.931 0.969
}

@test "M/M/1 at 0.8" {
	runs 0.8 --requests 50000
	share 1 0.931 0.969
	share 2 0.931 0.969
}

@test "M/M/1 at 0.8 until its mean is known to 5 %" {
	runs 0.8 --requests 5000 --precision 5% --precision-of clat_mean_ns
	share 1 0.92 1
}
