#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The backend is killed under load: nothing may be lost, done twice, or hang. And the campaign
# itself is tried: a write that is dropped at the takeover, and one that is done again too late.

setup() {
	cd "$RL_SOURCE"
}

# mutant FILE SED: builds rl-kill with one source changed; fails when the change changes nothing.
mutant() {
	local dir=$BATS_TEST_TMPDIR
	cp -r realdrv "$dir/"
	sed -i -E "$2" "$dir/$1"
	! cmp -s "$1" "$dir/$1" || { echo "the mutant of $1 is no other"; return 1; }
	(cd "$dir/realdrv" && cc -D_GNU_SOURCE -O1 -w -I. -o "$dir/rl-kill" hosted/campaign/*.c \
		$(ls hosted/*.c | grep -v backend.c) hosted/device/*.c core/*.c core/policy/*.c \
		"$RL_BUILD/registry.c" "$RL_BUILD/hdevices.c" -luring -lpthread)
}

@test "nothing is lost or done twice over 20 kills" {
	run timeout 120 "$RL_BUILD/rl-kill" --kills 20 --seed 5
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"kills 20"* ]]
	[[ $output == *"wrong_blocks 0"* && $output == *"hung 0"* ]]
}

@test "a write that the takeover drops is found" {
	mutant realdrv/hosted/queue.c \
		's/^(\t\t)put_slot\(q, next\);/\1if (q->tag[next].operation == RL_BLKIF_WRITE \&\& left == 1) { end_part(q, next, 0); break; }\n&/'
	run timeout 120 "$BATS_TEST_TMPDIR/rl-kill" --kills 20 --seed 5
	echo "$output"
	[ "$status" = 1 ]
	[[ $output != *"wrong_blocks 0"* ]]
}

@test "a write that is done again too late is found" {
	mutant realdrv/hosted/device/ram.c \
		's/^(static int ram_submit.*)$/\1/; s/^(\trl_u8 \*at = .*)$/\1\n\tstatic rl_u8 old[4096], *where; static int n;\n\tif (req->operation == RL_BLKIF_WRITE \&\& ++n % 5000 == 1) { memcpy(old, req->iov[0].iov_base, 4096); where = at; }\n\tif (n % 5000 == 4999 \&\& where) memcpy(where, old, 4096);/'
	run timeout 120 "$BATS_TEST_TMPDIR/rl-kill" --kills 20 --seed 5
	echo "$output"
	[ "$status" = 1 ]
	[[ $output != *"wrong_blocks 0"* ]]
}
