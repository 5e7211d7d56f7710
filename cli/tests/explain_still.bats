#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab explain` where another choice would make the model stand still: said, and no number.
# once: to find out that it does takes a sanitizer a minute
bats_require_minimum_version 1.5.0

@test "where nobody takes the pCPU away from a spinner it is no choice" {
	cd "$BATS_TEST_TMPDIR"
	"$RINGLAB" explain "$RL_SOURCE/data/scenarios/one-core.yaml" --reps 1 --requests 100 --warmup tenth --set machine.scheduler=null \
		--format json >o
	jq -e '.instead[] | select(.path == "back_policy" and .value == "spin") | all(.change[]; .value == null and .ci_lo == null)' o
	jq -e '.instead[] | select(.path == "back_policy" and .value == "poll_port") | .change.iops.value > 0' o
}
