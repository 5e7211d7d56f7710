#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every policy has its fingerprint: what it does must show in what is counted, here in the
# simulator; and its options are what `list policies` says.
bats_require_minimum_version 1.5.0

# sim SCENARIO POLICY [--set ...]: the metrics' values of a backend policy, as one JSON object.
sim() {
	local scenario=$1 policy=$2
	shift 2
	set -o pipefail
	"$RINGLAB" simulate "$RL_SOURCE/data/scenarios/$scenario.yaml" --set "back_policy=$policy" \
		--reps 2 --format json "$@" | jq -c '.metrics | map_values(.value)'
}

# holds JSON CONDITION: jq's condition is true of it.
holds() {
	echo "$2 of $1"
	[ "$(jq "$2" <<<"$1")" = true ]
}

# The guest blocks and is sent one event a request at depth 1: what is more than one is the backend's.

@test "event: two sends and two upcalls a request, no spin time" {
	m=$(sim two-cores event)
	holds "$m" '.back_spin_frac == 0 and .notifications_per_request > 1.99 and .upcalls_per_request > 1.99'
}

@test "spin: no send to it, no upcall, never blocks" {
	m=$(sim two-cores spin)
	holds "$m" '.notifications_per_request < 1.01 and .upcalls_per_request < 1.01'
	holds "$m" '.back_cpu_frac > 0.999 and .back_spin_frac > 0.5'
}

@test "spin_block: polls for tau and no longer, then an event" {
	m=$(sim two-cores spin_block:tau=1ms)
	holds "$m" '.notifications_per_request < 1.01 and .back_spin_frac > 0.5'
	m=$(sim two-cores spin_block:tau=1us)
	holds "$m" '.notifications_per_request > 1.99 and .back_spin_frac > 0 and .back_spin_frac < 0.1'
}

@test "adaptive: polls where waits are short, blocks where they are long" {
	m=$(sim two-cores adaptive)
	holds "$m" '.notifications_per_request < 1.01 and .back_spin_frac > 0.5'
	m=$(sim two-cores adaptive --set costs.fio_ns=1e6)
	holds "$m" '.notifications_per_request > 1.99 and .back_spin_frac == 0'
}

@test "event_batch: requests an event near n, as long as the timer does not come first" {
	for n in 2 4 8; do
		m=$(sim two-cores "event_batch:n=$n,timer=100ms" --set job.iodepth=32)
		# An event to the backend for n requests or, as more come while it works, a few more;
		# and one back for their answers.
		holds "$m" ".notifications_per_request * $n | . > 1.5 and . < 2.01"
	done
	m=$(sim two-cores event_batch:n=8,timer=1ms)
	# Depth 1 never has eight: the timer alone gets it going, a request a timer.
	holds "$m" '.iops > 500 and .iops < 1000 and .notifications_per_request < 1.01'
}

@test "tapdisk: polls on an idle CPU, blocks on a busy one" {
	m=$(sim two-cores tapdisk:idle=0)
	holds "$m" '.back_spin_frac > 0.3'
	m=$(sim two-cores tapdisk:idle=100)
	holds "$m" '.back_spin_frac == 0 and .notifications_per_request > 1.99'
}

@test "hybrid_sleep: wakes by time; no send to it" {
	m=$(sim two-cores hybrid_sleep:delay=120us)
	holds "$m" '.notifications_per_request < 1.01 and .back_spin_frac > 0 and .back_cpu_frac < 0.95'
	holds "$m" '.hypercalls_per_request > 2.9' # the event to the guest, the timer set and its next
}

@test "backoff: late by its pauses, and as busy as a spinner" {
	m=$(sim two-cores backoff:gap=40us,growth=1000,max=40us)
	holds "$m" '.notifications_per_request < 1.01 and .back_cpu_frac > 0.999'
	holds "$(sim two-cores spin)" ".iops > 1.05 * $(jq .iops <<<"$m")"
}

@test "mwait: a spinner without spin time, where a domain may" {
	m=$(sim two-cores mwait --set machine.mwait=true)
	holds "$m" '.back_spin_frac == 0 and .back_cpu_frac > 0.999 and .notifications_per_request < 1.01'
	m=$(sim two-cores mwait)
	holds "$m" '.back_spin_frac > 0.5'
}

@test "poll_port: an event a request, but no upcall; gives the CPU away" {
	m=$(sim two-cores poll_port)
	holds "$m" '.notifications_per_request > 1.99 and .upcalls_per_request < 1.02'
	holds "$m" '.back_spin_frac == 0 and .back_cpu_frac < 0.5'
}

@test "spin_yield: a hypercall a look, and no slice burnt on a shared core" {
	m=$(sim two-cores spin_yield)
	holds "$m" '.hypercalls_per_request > 10 and .notifications_per_request < 1.01 and .back_cpu_frac > 0.999'
	m=$(sim one-core spin_yield)
	holds "$m" ".iops > 10 * $(sim one-core spin | jq .iops)"
}

@test "final_check_late: event, but what comes while requests are in flight sends nothing" {
	slow="--set disk.device=random:mean=100us --set job.iodepth=4"
	# shellcheck disable=SC2086
	late=$(sim two-cores final_check_late $slow) event=$(sim two-cores event $slow)
	holds "$late" ".notifications_per_request < 0.8 * $(jq .notifications_per_request <<<"$event")"
	holds "$late" '.back_spin_frac == 0'
	[ "$(sim two-cores final_check_late | jq .iops)" = "$(sim two-cores event | jq .iops)" ] # none is
}

@test "on one core, whoever gives the CPU away beats event, whoever burns it loses" {
	event=$(sim one-core event | jq .iops)
	for p in poll_port spin_yield; do
		holds "$(sim one-core $p)" ".iops > 1.15 * $event"
	done
	for p in spin backoff mwait; do
		holds "$(sim one-core $p)" ".iops < 0.1 * $event"
	done
}

@test "list policies shows every file of policy/ with its options" {
	list=$("$RINGLAB" list policies --format json)
	for f in "$RL_SOURCE"/realdrv/core/policy/*.c; do
		[[ $list == *"\"$(basename "$f" .c)\""* ]]
		while read -r option; do
			[[ $list == *"$option="* ]] || { echo "$f: $option"; false; }
		done < <(sed -n 's/^.*{"\([a-z]*\)", "[ns]*", [0-9].*/\1/p' "$f")
	done
	[[ $list == *tau=20000ns* && $list == *max=200000ns,start=50000ns,grow=2,shrink=2* ]]
}
