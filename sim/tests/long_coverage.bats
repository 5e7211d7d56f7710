#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# How often the 95 % intervals of `ringlab simulate` hold the truth: 2000 runs of fixed length, each with
# a seed of its own, of open queues whose mean and p99 are known: M/M/1, and a backend that an event
# wakes. With a precision asked for, stopping when content costs some of it.
# sim/tests/theory/README.md keeps what was counted.
bats_require_minimum_version 1.5.0
load theory/lib

RUNS=2000

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export LEAST_COSTS=$BATS_TEST_TMPDIR/least
	least_costs "$LEAST_COSTS"
}

# mm1 RHO: an exponential device; the latency is exponential, too
mm1() {
	local service=100000 # ns
	printf 'machine: {pcpus: 2}\ndisk: {device: "random:mean=%dns", ring_pages: 16}\ncosts:\n' \
		"$service" | cat - "$LEAST_COSTS" >s.yaml
	RATE=$(jq -n "$1 * 1e9 / $service | round")
	MEAN=$(jq -n "$service / (1 - $1)")
	P99=$(jq -n "$MEAN * (100 | log)")
}

# event RATE: a service of 50 us after a wake-up of 20 us
event() {
	scenario event
	sed 's/^  back_request_ns:.*/  back_request_ns: 50e3/; s/^  back_segment_ns:.*/  back_segment_ns: 0/' \
		event.yaml >s.yaml
	RATE=$1
	read -r MEAN P99 < <(awk -v lambda="${RATE}e-9" -v s=50e3 -v d=20e3 -f "$HERE/wakeup.awk")
	[ "$P99" ]
}

# runs OPTIONS...: for each seed whether the mean and p99 are held, as two digits
runs() {
	printf '[j]\nrw=randread\nbs=4k\nsize=1g\niodepth=128\nrate_iops=%d\nrate_process=poisson\n' \
		"$RATE" >j.fio
	echo io_submit_mode=offload >>j.fio
	export MEAN P99
	for ((seed = 1; seed <= RUNS; seed++)); do
		"$RINGLAB" simulate s.yaml --job j.fio --seed "$seed" --format json "$@"
	done | jq -r 'def held($x): if .ci_lo <= $x and $x <= .ci_hi then 1 else 0 end;
		.metrics | "\(.clat_mean_ns | held(env.MEAN | tonumber)) " +
			"\(.clat_p99_ns | held(env.P99 | tonumber))"' >held
	[ "$(wc -l <held)" -eq "$RUNS" ]
}

# share WHAT COLUMN LO HI: of the runs that hold it
share() {
	awk -v what="$1" -v c="$2" -v lo="$3" -v hi="$4" '{ n += $c } END {
		printf "# %s: %.1f %%\n", what, 100 * n / NR
		exit !(n >= lo * NR && n <= hi * NR) }' held >&3
}

@test "M/M/1 at 0.5" {
	mm1 0.5
	runs --requests 5000
	share mean 1 0.931 0.969
	share p99 2 0.931 0.969
}

@test "M/M/1 at 0.8" {
	mm1 0.8
	runs --requests 50000
	share mean 1 0.931 0.969
	share p99 2 0.931 0.969
}

@test "a backend that an event wakes, at 0.5" {
	event 10000
	runs --requests 20000
	share mean 1 0.931 0.969
	share p99 2 0.931 0.969
}

@test "M/M/1 at 0.8 until its mean is known to 5 %" {
	mm1 0.8
	runs --requests 5000 --precision 5% --precision-of clat_mean_ns
	share mean 1 0.92 1
}

@test "a backend that an event wakes, at 0.5, until its mean is known to 0.5 %" {
	event 10000
	runs --requests 5000 --precision 0.5% --precision-of clat_mean_ns
	share mean 1 0.92 1
}
