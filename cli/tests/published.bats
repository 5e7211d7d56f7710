#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Published tables as platforms. Those of two rows here; long_published.bats has the others.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p data/published
	cp "$RL_SOURCE/data/published/"* data/published/
}

t=data/published/tapdisk3-polling

@test "tables of two rows: by direction and order, and said so" {
	for name in persistent-grants-2012-10 tapdisk3-polling; do
		run -0 --separate-stderr "$RINGLAB" validate --platform "published-$name"
		[[ $output == *"direction and order only, nothing fitted: 1 of 1 pairs"* ]]
		[[ $output == *"Unsaid, taken from priors: "* ]]
		[[ $output == *"Source: "* ]]
	done
	# Turned round, it is told: exit 1.
	sed -i 's/22500/12500/' $t.csv
	run -1 --separate-stderr "$RINGLAB" validate --platform published-tapdisk3-polling --format json
	jq -se 'length == 2 and all(.[]; .pass == false and .judged_by == "order" and .tolerance == null)' \
		<<<"$output"
}

# refused SED WHAT: the table, edited, is refused with WHAT
refused() {
	cp "$RL_SOURCE/$t.csv" $t.csv
	sed -i "$1" $t.csv
	run -3 "$RINGLAB" validate --platform published-tapdisk3-polling
	[[ $output == *"$2"* ]] || { echo "$1: $output" && return 1; }
}

@test "hostile tables: the place, and exit 3" {
	refused 's/15000/fifteen/' "csv:6:7: error: iops (expected a positive number)"
	refused 's/15000/-1/' "csv:6:7: error: iops"
	refused 's/15000/nan/' "csv:6:7: error: iops"
	refused 's/15000/0/' "csv:6:7: error: iops"
	refused 's/,event$/,evnt/' "csv:6:13: error: "
	refused 's/back_policy/back_polcy/' "csv:6:13: error: "
	refused 's/,event$//' "csv:6:1: error: fewer cells"
	refused 's/,event$/,event,1/' "csv:6:19: error: more cells"
	refused 's/^row,/line,/' "csv:5:1: error: unknown header"
	refused 's/judge order/judge well/' "error: judge (expected ratios or order)"
	refused 's/judge order/judge ratios/' "parameters to fit"
	refused 's/^#: source.*//' "no source"
	refused 's/^#: unsaid.*//' "unsaid"
	refused 's/^#: judge/#: jugde/' "unknown statement"
	refused '/^adaptive/d' "too few rows"
	refused 's/^#: judge.*/#: judge ratios\n#: fit nothing_ns/' "unknown parameter to fit"
	refused 's/^#: judge.*/#: judge ratios\n#: fit scale/' "fewer than half the rows"
	rm $t.yaml
	run -3 "$RINGLAB" validate --platform published-tapdisk3-polling
	run -3 "$RINGLAB" validate --platform published-nothing
	run -3 "$RINGLAB" validate --platform published-../x
}

@test "what was recalled keeps that word" {
	run grep -c recalled "$RL_SOURCE/data/published/costs.csv"
	[ "$output" -ge 9 ]
	# the one that was read
	run -0 grep -c 'SplitX WIOV 2011$' "$RL_SOURCE/data/published/costs.csv"
}
