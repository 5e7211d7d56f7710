#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sobol indices of the simulator against two loops: for each of OUTER values of a parameter INNER
# places of the others. The variance of the means is the first-order index, the mean over places of
# the variance along the parameter the total one.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/two-cores.yaml
	outer=${OUTER:-32} inner=${INNER:-256} samples=${SAMPLES:-2048}
	short=(--reps 1 --requests "${REQUESTS:-500}" --warmup tenth)
	paths=(costs.fio_ns costs.upcall_ns costs.halt_wake_ns costs.back_request_ns)
	low=(14000 2000 1000 2000) high=(56000 60000 40000 30000)
}

# two_loops AXIS METRIC: "FIRST TOTAL"
two_loops() {
	local over=() k i value
	for k in "${!paths[@]}"; do
		[ "$k" = "$1" ] || over+=(--over "${paths[k]}=${low[k]}:${high[k]}")
	done
	for ((i = 0; i < outer; i++)); do
		value=$(awk -v lo="${low[$1]}" -v hi="${high[$1]}" -v i="$i" -v n="$outer" 'BEGIN { print lo + (hi - lo) * (i + 0.5) / n }')
		rm -f loop.db*
		"$RINGLAB" sweep "$scenario" "${short[@]}" -j 2 --db loop.db --design sobol --points "$inner" \
			--set "${paths[$1]}=$value" "${over[@]}" --format csv 2>/dev/null |
			awk -F, -v name="$2" -v i="$i" 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == name) col = k; next } { print i, $1, $col }'
	done | awk -v n="$outer" -v m="$inner" '
	{ y[$1, $2] = $3; own[$1] += $3 / m; rest[$2] += $3 / n; mean += $3 / n / m }
	END {
		if (NR != n * m) exit 1
		for (i in own) first += (own[i] - mean) ^ 2 / n
		for (i in y) { split(i, at, SUBSEP); all += (y[i] - mean) ^ 2 / n / m; left += (y[i] - rest[at[2]]) ^ 2 / n / m }
		print first / all, left / all
	}'
}

@test "first-order and total indices are those of two loops" {
	over=()
	for k in "${!paths[@]}"; do over+=(--over "${paths[k]}=${low[k]}:${high[k]}"); done
	"$RINGLAB" sensitivity "$scenario" "${short[@]}" -j 2 --method sobol --samples "$samples" --metric clat_mean_ns "${over[@]}" \
		--format json >o
	for k in "${!paths[@]}"; do
		jq -r --arg p "${paths[k]}" '.metrics.clat_mean_ns.parameters[] | select(.path == $p) |
			[.first, .total] | map([.value, .ci_lo, .ci_hi]) | flatten | join(" ")' o >estimated
		two_loops "$k" clat_mean_ns >truth
		echo "${paths[k]}: two loops $(cat truth), estimated $(cat estimated)"
		paste -d' ' truth estimated | awk '
		function off(truth, value) { return (truth - value) ^ 2 > 0.02 ^ 2 }
		NF != 8 || off($1, $3) || off($2, $6) { wrong++ }
		END { exit NR != 1 || wrong }'
	done
}
