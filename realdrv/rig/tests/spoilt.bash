# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154 # $dir is the test's
# Sourced by tests of what is kept: a verdict has to see it when a row says something else.

# spoilt PROGRAM FILE CELL COLUMN VALUE: $dir/spoilt.csv is FILE with another value there, and PROGRAM --table ends with 1; what it said is $output
spoilt() {
	awk -F, -v OFS=, -v cell="$3" -v column="$4" -v value="$5" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) c = i }
		$1 == cell { $c = value }
		{ print }' "$2" >"$dir/spoilt.csv"
	run cmp -s "$2" "$dir/spoilt.csv"
	[ "$status" -eq 1 ]
	run "$1" --table "$dir/spoilt.csv"
	[ "$status" -eq 1 ]
}
