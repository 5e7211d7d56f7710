#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# 10^9 messages over the real ring, an hour or so on two cores: ctest --preset dev -L long.

@test "10^9 messages, no lost wake-up" {
	run nice -n 10 "$RL_SOURCE/realdrv/verify/stress" --messages 1000000000 --seed "$(date +%Y%m%d)"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ([0-9]+)\ messages.*\ 0\ lost\ wake-ups ]]
	[ "${BASH_REMATCH[1]}" -ge 1000000000 ]
}
