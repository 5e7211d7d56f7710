#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every policy has its fingerprint on the real pair: by the backend's own counters any two differ.
# The pair serves a file, whose requests complete late, and a job that thinks between two requests,
# so that waits are long.
bats_require_minimum_version 1.5.0

setup_file() {
	load engine
	engine_build
	[ ! -e "$BATS_FILE_TMPDIR/offline" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return 1
	local common='[global]\nioengine=libaio\ndirect=1\nsize=4m\ntime_based=1\nruntime=400ms\nramp_time=50ms\nnorandommap=1\n'
	printf "$common[j]\nrw=randread\nbs=4k\niodepth=4\n" >busy.fio
	printf "${common}thinktime=300us\n[j]\nrw=randread\nbs=4k\niodepth=1\n" >idle.fio
	for f in "$RL_SOURCE"/realdrv/core/policy/*.c; do
		p=$(basename "$f" .c)
		# the CPU is idle enough for tapdisk whatever else runs here, and the job thinks for longer than it polls
		spec=$p
		[ "$p" != tapdisk ] || spec=tapdisk:idle=0,duration=150us
		echo "busy-$p front=rl:event back=rl:$spec device=file job=busy.fio"
		echo "idle-$p front=rl:event back=rl:$spec device=null job=idle.fio"
	done >cells
	cells 2>"$BATS_FILE_TMPDIR/run.log" || { cat "$BATS_FILE_TMPDIR/run.log" >&2; return 1; }
}

setup() {
	load engine
	engine_or_skip
	cd "$BATS_FILE_TMPDIR" || return 1
}

# print POLICY: what its counters tell, a letter each:
# S it polled, B it blocked, N it was sent events, U they woke it, L it was woken by more than events, Y it offered
# the CPU, M it monitored the line, P pauses of microseconds between its looks; and how long it
# polled in vain for a request that came late: 0 hardly, 1 tens, 2 hundreds of microseconds.
print() {
	awk '
		FILENAME ~ /busy.*\/back.stats/ { v[$1] = $2 }
		FILENAME ~ /busy.*\/front.stats/ { f[$1] = $2 }
		FILENAME ~ /idle/ { w[$1] = $2 }
		END {
			n = v["requests"]
			if (v["spin_ns"] > 0) s = s "S"
			m = w["requests"]
			if (v["blocks"] > 5 || w["blocks"] > 0.05 * m) s = s "B"
			if (f["notifications_sent"] > 0.05 * n) s = s "N"
			if (v["upcalls"] > 5 || w["upcalls"] > 0.05 * m) s = s "U"
			if (v["blocks"] > 1.4 * v["upcalls"] + 5) s = s "L"
			if (v["yields"] > 0) s = s "Y"
			if (v["monitors"] > 0) s = s "M"
			if (v["spin_ns"] > 0 && v["polls"] < 0.5 * v["spin_ns"] / 1000) s = s "P"
			late = w["spin_ns"] / m
			if (s ~ /U/) s = s (late < 6000 ? 0 : late < 45000 ? 1 : 2)
			print s
		}' "out/busy-$1/back.stats" "out/busy-$1/front.stats" "out/idle-$1/back.stats"
}

# is POLICY PATTERN...: its print is one of these
is() {
	local policy=$1 got want
	shift
	got=$(print "$policy")
	for want; do
		[ "$got" != "$want" ] || return 0
	done
	echo "$policy prints $got (expected $*)"
	cat "out/busy-$policy/back.stats"
	return 1
}

@test "event: blocks, is woken by events, never polls" { is event BNU0; }
@test "final_check_late: event that blocks without arming as well" { is final_check_late BNUL0; }
@test "event_batch: fewer events than its depth asks for; the timer wakes it" { is event_batch BUL0; }
@test "spin: never blocks" { is spin S; }
@test "spin_yield: spin that offers the CPU" { is spin_yield SY SYP; }
@test "mwait: spin that watches the line where it can" { is mwait SM; }
@test "backoff: spin with pauses" { is backoff SP; }
@test "hybrid_sleep: sleeps by time and polls; no event wakes it" { is hybrid_sleep SBL; }
@test "poll_port: blocks on the port, without an upcall" { is poll_port BNL; }
@test "spin_block: polls for tau, then blocks" { is spin_block SBU1 SBNU1; }
@test "adaptive: tau grows where work comes soon and shrinks where it does not" { is adaptive SBU0 SBNU0; }
@test "tapdisk: each find lets it poll longer" { is tapdisk SBU2 SBNU2; }

@test "requests, responses and events agree with the ring in every cell" {
	for c in out/*-*/; do
		awk '
			FILENAME ~ /\/back.stats/ { b[$1] = $2 }
			FILENAME ~ /\/front.stats/ { f[$1] = $2 }
			END { exit !(b["requests"] == f["requests"] && b["responses"] == b["requests"] && f["responses"] == b["responses"]) }
		' "$c/back.stats" "$c/front.stats" || { echo "$c"; false; }
	done
}
