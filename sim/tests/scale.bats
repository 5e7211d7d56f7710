#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a long run may cost: no memory that grows with its requests, and no events while nothing
# happens. Counted, never timed.
# once: a sanitizer maps terabytes, and counts of events stay the same
bats_require_minimum_version 1.5.0

setup() {
	cd "$RL_SOURCE/data/scenarios" || return 1
}

sanitized() {
	grep -q -- -fsanitize= "$RL_BUILD/CMakeCache.txt"
}

# within KIB REQUESTS ARGUMENT...: a run whose whole address space may take no more
within() (
	ulimit -v "$1"
	exec "$RINGLAB" simulate two-cores.yaml --set job.iodepth=32 --reps 1 --requests "$2" "${@:3}"
)

@test "an hour of spinning on both sides is one stretch, cut by ticks and slices alone" {
	for policy in spin backoff mwait; do
		run -0 --separate-stderr "$RINGLAB" simulate idle-hour.yaml --reps 1 --format json \
			--set front_policy=$policy --set back_policy=$policy
		# 3600 s of looks that take less than a microsecond each
		jq -e '(.metrics.iops.value * 3600 - 1 | fabs) < 1e-4 and .manifest.events < 6e6 and
			.metrics.back_cpu_frac.value > 0.9' <<<"$output"
	done
}

@test "half a day without a completion is not taken for a model that stands still" {
	sed s/3600s/43200s/ idle-hour.fio >"$BATS_TEST_TMPDIR/idle.fio"
	run -0 --separate-stderr "$RINGLAB" simulate idle-hour.yaml --reps 1 --format json \
		--job "$BATS_TEST_TMPDIR/idle.fio"
	jq -e '(.metrics.iops.value * 43200 - 1 | fabs) < 1e-4' <<<"$output"
}

@test "a hundred times the requests in the same memory" {
	sanitized && skip "a sanitizer maps terabytes"
	for back in event spin; do
		for n in 100000 10000000; do
			run -0 within 24000 $n --set back_policy=$back
		done
	done
	# and the limit is one: a thousand guests need more
	run -4 within 24000 100000 --set guest.count=1000 --set guest.pcpu=any
}
