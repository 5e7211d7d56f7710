#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# 10^9 requests in less than 64 MB, address space and all: minutes of one core. With the tests
# that run always, in scale.bats, it is the same run at 10^7.
bats_require_minimum_version 1.5.0

@test "10^9 requests in 64 MB" {
	grep -q -- -fsanitize= "$RL_BUILD/CMakeCache.txt" && skip "a sanitizer maps terabytes"
	ulimit -v 65536
	run -0 --separate-stderr "$RINGLAB" simulate "$RL_SOURCE/data/scenarios/two-cores.yaml" \
		--set back_policy=spin --set job.iodepth=32 --reps 1 --requests 1000000000 --format json
	jq -e '.manifest.requests + .manifest.warmup_requests > 1e9 and
		.metrics.iops.value > 0 and .metrics.clat_p99_99_ns.value > 0' <<<"$output"
}
