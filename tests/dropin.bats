#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A new policy is one new file: a policy with a name that nobody knows is put into a copy
# of the tree, and is there in the list, in the simulator, in the page that simulates and in the kernel modules. So one that no
# careful person would ship can be tried.
bats_require_minimum_version 1.5.0
load ../paper/explore/tests/tools

setup_file() {
	export COPY=$BATS_FILE_TMPDIR/tree
	NAME=p$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
	export NAME
	mkdir -p "$COPY"
	cd "$RL_SOURCE"
	if git rev-parse HEAD >/dev/null 2>&1; then
		git ls-files -co --exclude-standard | while read -r f; do [ ! -f "$f" ] || echo "$f"; done
	else
		find . -path ./build -prune -o -path ./out -prune -o -type f -printf '%P\n'
	fi | grep -v '^data/measured/' | tar -cf - -T - | tar -xf - -C "$COPY"
	# Waits 3 us awake, then blocks: not what any policy that ships may be.
	cat >"$COPY/realdrv/core/policy/$NAME.c" <<-EOP
	/* SPDX-License-Identifier: MIT */
	#include "core/policy.h"

	static const struct rl_policy_opt opts[] = {
		{.name = "wait", .unit = "ns", .dflt = 3000, .min = 1, .max = 1000000000,
			.help = "how long to poll", .source = "a test"},
	};

	static void init(void *state, const rl_u64 *o)
	{
		*(rl_u64 *)state = o[0];
	}

	static void on_idle(void *state, const struct rl_idle *in, struct rl_plan *plan)
	{
		rl_u64 *s = state;

		plan->action = s[1] ? RL_ARM_HALT : RL_POLL;
		plan->deadline_ns = s[1] ? RL_NEVER : in->now_ns + s[0];
	}

	static void on_result(void *state, enum rl_result how, rl_u64 polls, rl_u64 elapsed_ns)
	{
		(void)polls;
		(void)elapsed_ns;
		((rl_u64 *)state)[1] = how == RL_EXPIRED;
	}

	RL_POLICY($NAME) = {
		.name = "$NAME", .summary = "drop-in of a test", .source = "tests/dropin.bats",
		.opts = opts, .nopts = 1, .state_bytes = 16,
		.init = init, .on_idle = on_idle, .on_result = on_result,
	};
	EOP
	# The policy that ships with a timer, without it.
	LATE=$NAME-late
	LATE=${LATE//-/_}
	export LATE
	sed "s/event_batch/$LATE/g; s/plan->timer_ns = .*;/(void)in;/" \
		"$COPY/realdrv/core/policy/event_batch.c" >"$COPY/realdrv/core/policy/$LATE.c"
	grep -q '(void)in;' "$COPY/realdrv/core/policy/$LATE.c"
	cmake -S "$COPY" -B "$COPY/build/t" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DBUILD_TESTING=OFF >&2
	cmake --build "$COPY/build/t" --target ringlab >&2
	export BIN=$COPY/build/t/ringlab
}

@test "the listing has it, with its option" {
	run "$BIN" list policies --format json
	[ "$status" -eq 0 ]
	[[ $output == *"$NAME"* && $output == *wait* ]]
	run "$RINGLAB" list policies --format json
	[[ $output != *"$NAME"* ]]
}

@test "the simulator runs it" {
	scenario=$(find "$COPY/data/scenarios" -name '*.yaml' | LC_ALL=C sort | head -1)
	run "$BIN" simulate "$scenario" --set "back_policy=$NAME:wait=9us" --reps 2 --format json
	echo "$output"
	[ "$status" -eq 0 ]
	jq -es '.[0].metrics.iops.value > 0' <<<"$output"
	[[ $output == *"$NAME:wait=9us"* ]]
	run "$RINGLAB" simulate "$scenario" --set "back_policy=$NAME"
	[ "$status" -eq 3 ]
}

@test "the page offers it, and simulates it as the program does" {
	RL_BUILD=$COPY/build/t module
	cd "$BATS_TEST_TMPDIR"
	way=(--reps 2 --requests 500 --set "back_policy=$NAME:wait=9us")
	"$BIN" simulate "$COPY/data/scenarios/two-cores.yaml" "${way[@]}" --format json >program.json
	"$BIN" explore "$COPY/data/scenarios/two-cores.yaml" -o p.html
	node "$HERE/simulate.js" p.html reps=2 requests=500 "back_policy=$NAME:wait=9us" >page.json
	[ "$(jq -r .manifest.digest program.json)" = "$(jq -r .digest page.json)" ]
	needs chromium
	chromium --headless=new --no-sandbox --disable-gpu --user-data-dir="$PWD/profile" --dump-dom "file://$PWD/p.html" >dom 2>/dev/null
	grep -q "<option value=\"$NAME\">$NAME</option>" dom
	run ! grep -q "$NAME" "$RL_SOURCE"/paper/explore/page/*
}

# late SIDE N BINARY POLICY: a policy that waits for N messages, four in flight
late() {
	run -"$1" "$4" simulate "$COPY/data/scenarios/two-cores.yaml" --set job.iodepth=4 \
		--set "$2_policy=$5:n=$3" --reps 2 --format json
	echo "$output"
}

@test "a batch larger than the depth stands still without a timer, and the error names the side" {
	for n in 5 8 32; do
		late 4 back $n "$BIN" "$LATE"
		[[ $output == *"stands still"*"back_policy '$LATE:n=$n' sleeps without a timer until $n requests are there, and 4 are all that come"* ]]
		late 4 front $n "$BIN" "$LATE"
		[[ $output == *"stands still"*"front_policy '$LATE:n=$n' sleeps without a timer until $n responses"* ]]
		for side in back front; do
			late 0 $side $n "$RINGLAB" event_batch
		done
	done
	for n in 1 4; do late 0 back $n "$BIN" "$LATE"; done
}

@test "both kernel modules contain it" {
	"$COPY/realdrv/kmod/build" "$COPY/build/kmod" 2>"$BATS_TEST_TMPDIR/err" || {
		if [ $? = 3 ] && [ "${CI:-}" != true ]; then
			skip "no kernel headers (apt-get install linux-headers-amd64)"
		fi
		cat "$BATS_TEST_TMPDIR/err"
		false
	}
	for m in rlfront rlback; do
		nm "$COPY/build/kmod/$m.ko" | grep -q " [rRdD] rl_policy_$NAME$"
		strings "$COPY/build/kmod/$m.ko" | grep -qx "$NAME"
	done
}
