#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab optimize` against brute force: three spaces, 200 seeds each. The stated probability is 95 %, so at most
# 4 of 200 may be wrong: were it less than 95 %, that few would come with a probability of less than 3 %.
# What it took is counted against the brute force that certified the best: every configuration equally
# often, 100, 200, 400, ... times, until intervals of 99.99 % each tell it from all others. The certificate's
# random numbers are none of the 200.
# optimize/README.md keeps what was counted.
# once: it tells of statistics
bats_require_minimum_version 1.5.0
load optimize/lib

WRONG=4
SHARE=0.1

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	HERE=$RL_SOURCE/cli/tests
	S=$RL_SOURCE/data/scenarios
	REQUESTS=500
	OUT=3
	bounds=()
}

@test "most IOPS: policies and grants, two cores, a device of random times" {
	space=("$S/two-cores.yaml" --set disk.device=random:mean=50us,servers=2 --set job.iodepth=4 --requests 500
		--over back_policy=event,spin,poll_port,adaptive,hybrid_sleep,spin_yield,spin_block:tau=10us:160us:*2,backoff
		--over disk.grants=persistent,map,copy)
	goal=(--maximize iops)
	brute 100 3200
	repeat 200 --indifference 0.1%
	judge $WRONG $SHARE
}

@test "least CPU that keeps a rate: policies of both sides and their options, grants" {
	space=("$S/two-cores.yaml" --set disk.device=random:mean=100us --requests 500
		--over back_policy=event,poll_port,spin,spin_block:tau=50us:400us:50us,hybrid_sleep,adaptive
		--over front_policy=event,poll_port,adaptive,spin_block:tau=20us --over disk.grants=persistent,map)
	goal=(--minimize cpu_ns_per_request)
	bounds=(--subject-to 'iops > 4080')
	brute 100 3200
	repeat 200 --indifference 0.4%
	judge $WRONG $SHARE
}

@test "most guests' IOPS that a driver domain bears with a bound on p99" {
	space=("$S/many-guests.yaml" --requests 2000 --over guest.count=2:12:1 --over back_policy=event,poll_port)
	goal=(--maximize iops)
	bounds=(--subject-to 'clat_p99_ns < 1500us')
	REQUESTS=2000
	brute 100 3200
	repeat 200 --indifference 0.04%
	judge $WRONG $SHARE
}
