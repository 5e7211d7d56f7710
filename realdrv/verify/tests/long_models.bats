#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The models with three messages: ctest --preset dev -L long.

@test "every state of every model, three messages" {
	run nice -n 10 "$BATS_TEST_DIRNAME/../models" --long
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ' states  holds$' <<<"$output")" -ge 9 ]
}
