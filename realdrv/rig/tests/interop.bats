#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Own and stock drivers in four pairings as kept in data/evidence/interop: what is said of them follows from the rows, and each way in which a
# row may not be as it ought to be is told. The cells themselves need the rig.

setup() {
	rig=$BATS_TEST_DIRNAME/..
	kept=$RL_SOURCE/data/evidence/interop
	interop=$kept/cells.csv
	cost=$RL_SOURCE/data/evidence/cost
	dir=$BATS_TEST_TMPDIR
	. "$BATS_TEST_DIRNAME/spoilt.bash"
}

@test "arguments" {
	for line in "" "--csv" "--table" "--tabel $interop" "--table $interop x"; do
		# shellcheck disable=SC2086
		run "$rig/interop" $line
		[ "$status" -eq 2 ]
		[[ "${lines[0]}" == *"--csv DIR"* ]]
	done
	head -n 1 "$interop" >"$dir/none"
	run "$rig/interop" --table "$dir/none"
	[ "$status" -eq 4 ]
}

@test "the campaign asks each pairing for each feature" {
	"$rig/campaign" interop "$dir/c"
	cut -d' ' -f1 "$dir/c/cells" | sort >"$dir/asked"
	tail -n +2 "$interop" | cut -d, -f1 | sort | diff "$dir/asked" -
	[ "$(wc -l <"$dir/asked")" = 60 ]
}

@test "each feature of each pairing is as both sides can have it, and the README says what follows from the rows" {
	run "$rig/interop" --table "$interop"
	printf '%s\n' "${lines[@]}"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -ge 15 ]
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$RL_SOURCE/data/evidence/README.md"
	done
}

# not_so CELL COLUMN VALUE SAID
not_so() {
	spoilt "$rig/interop" "$interop" "$1" "$2" "$3"
	[[ "$output" == *"not so: $1: "*"$4"* ]]
}

@test "what is not as it ought to be is told" {
	not_so persistent-own-own error 84 "error is 84"
	not_so persistent-own-own grants map "grants is map (expected persistent)"
	not_so map-stock-own complaints 1 "complaints is 1"
	not_so queues-stock-stock queues 1 "queues is 1 (expected 2)"
	not_so queues-stock-own queues 1 "queues is 1 (expected 2)"
	not_so all-own-own queues 1 "queues is 1 (expected 2)"
	not_so ring-pages-own-own ring_pages 1 "ring_pages is 1"
	not_so indirect-own-stock request_pages 11 "request_pages is 11"
	not_so indirect-map-stock-own grants persistent "grants is persistent"
	not_so discard-stock-stock second 95 "second job"
	not_so discard-own-stock second - "second job"
	not_so discard-own-own discard 0 "discard is 0"
	not_so read-only-stock-own second 0 "second job"
	not_so flush-own-own flushes 0 "no flush"
	not_so flush-own-own read 0 "not all"
	not_so persistent-front-own-stock read 4096 "not all"
	grep -v '^all-own-own,' "$interop" >"$dir/short.csv"
	run "$rig/interop" --table "$dir/short.csv"
	[ "$status" -eq 1 ]
	[[ "$output" == *"all, ownown: not run"* ]]
}

# told STATUS FILE..: --cost of these ends so, and the README says each of its lines
told() {
	run "$rig/interop" --cost "${@:2}"
	printf '%s\n' "${lines[@]}"
	[ "$status" -eq "$1" ]
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$RL_SOURCE/data/evidence/README.md"
	done
}

@test "what a request costs follows from the rows, for each feature in common and for each kind of job" {
	told 0 "$interop"
	[ "${#lines[@]}" = 18 ]
	told 0 "$cost/cells.csv" "$cost/bare.csv" "$cost/memcpy.csv"
	[ "${#lines[@]}" = 24 ]
	"$rig/campaign" cost "$dir/c"
	cut -d' ' -f1 "$dir/c/cells" | sort >"$dir/asked"
	tail -n +2 "$cost/cells.csv" | cut -d, -f1 | sort | diff "$dir/asked" -
	"$rig/campaign" cost_own "$dir/c"
	cut -d' ' -f1 "$dir/c/cells" | sort >"$dir/asked"
	tail -n +2 "$cost/bare.csv" | cut -d, -f1 | sort | diff "$dir/asked" -
	tail -n +2 "$cost/memcpy.csv" | cut -d, -f1 | sort | diff <(grep -E '^persistent-(randread-4k|read-64k|write-128k)-' "$dir/asked") -
	[ "$(jq -r .modules_sha256.rlback "$cost"/manifest*.json | sort -u | wc -l)" = 1 ]
	[ "$(jq -r .modules_sha256.rlfront "$cost"/manifest*.json | sort -u | wc -l)" = 3 ]
}

# changed COLUMN VALUE STATUS SAID: with that in the first repeat of one cell of ours
changed() {
	awk -F, -v OFS=, -v column="$1" -v value="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) c = i }
		$1 == "map-randread-4k-qd1.r1-own-own" { $c = value }
		{ print }' "$cost/cells.csv" >"$dir/changed.csv"
	run "$rig/interop" --cost "$dir/changed.csv"
	[ "$status" -eq "$3" ]
	[[ "$output" == *"$4"* ]]
}

@test "a pair that needs more, a cell that failed and one that is missing are told" {
	changed guest_ns 900000000000 1 "own pair needs more in: 1 of 16"
	changed error 5 1 "map-randread-4k-qd1.r1-own-own failed"
	changed complaints 1 1 "map-randread-4k-qd1.r1-own-own failed"
	grep -v '^flush-own-own,' "$interop" >"$dir/short.csv"
	run "$rig/interop" --cost "$dir/short.csv"
	[ "$status" -eq 4 ]
	head -n 1 "$cost/bare.csv" >"$dir/short.csv"
	run "$rig/interop" --cost "$cost/cells.csv" "$dir/short.csv"
	[ "$status" -eq 4 ]
	run "$rig/interop" --cost "$dir/none"
	[ "$status" -ne 0 ]
}

@test "modules that are dearer than others by a tenth are told so" {
	awk -F, -v OFS=, '
		NR > 1 { $20 *= 1.1; $21 *= 1.1 }
		{ print }
		NR > 1 { $3 = $4 = "stock"; print }' "$cost/bare.csv" >"$dir/dearer.csv"
	run "$rig/interop" --cost "$dir/dearer.csv" "$cost/bare.csv"
	[ "$status" -eq 0 ]
	[[ "$output" == *"own to bare, geometric mean: +10.00 %"* ]]
}

# of JOB: instructions a request of both domains, own / stock, and their ratio, as the README has them
of() {
	jq -rs '.[:2] | map((.cpu_ns.guest + .cpu_ns.driver) / (.disk.reads + .disk.writes) / 2) | "\(.[0]) \(.[1])"' \
		"$kept/again/own-persistent-$1.r1/cpu.json" "$kept/again/stock-persistent-$1.r1/cpu.json" |
		awk '{ printf "| %.0f / %.0f | %.3f |", $1, $2, $1 / $2; exit $1 > $2 }'
}

@test "measured again on a disk that both met as it was made, ours needs less" {
	for job in "randwrite-4k-qd8-fua:randwrite 4k O_DSYNC, depth 8" "randread-4k-qd32:randread 4k, depth 32"; do
		said=$(of "${job%%:*}")
		grep -qxF -- "| ${job#*:} $said" "$RL_SOURCE/data/evidence/README.md"
		[ "$(cat "$kept"/again/*-"${job%%:*}".r1/status | paste -sd ' ')" = "0 0" ]
	done
}

@test "kept cells, whole, are told as in the rows" {
	"$rig/interop" --csv "$kept/whole" | tail -n +2 >"$dir/made"
	[ "$(wc -l <"$dir/made")" = 4 ]
	while IFS= read -r line; do grep -qxF -- "$line" "$interop"; done <"$dir/made"
}

# of_kept CELL FILE KEY: a counter of a kept cell of two queues
of_kept() {
	sed -n "s/^$3 //p" "$kept/queues/$1/$2"
}

@test "requests of two queues in flight when their driver domain died were sent again, to as many queues, fewer and more, and none failed" {
	for cell in queues-event:2 queues-spin:2 replay-queues:2 replay-fewer-queues:2 replay-more-queues:1; do
		queues=${cell#*:} cell=${cell%:*}
		[ "$(cat "$kept/queues/$cell/status")" = 0 ]
		[ "$(jq -c '[.jobs[] | .error, (.write.io_bytes == 16777216), (.read.io_bytes == 16777216)]' "$kept/queues/$cell/fio.json")" = "[0,true,true,0,true,true]" ]
		[ "$(of_kept $cell guest.queue hw_queues)" = "$queues" ]
		[ "$(of_kept $cell front.stats requests_failed)" = 0 ]
		case $cell in replay-*) ;; *) continue ;; esac
		[ ! -s "$kept/queues/$cell/guest.blocked" ]
		replayed=$(of_kept $cell front.stats requests_replayed)
		[ "$replayed" -gt $((32 * (queues - 1))) ] # more than one queue has
		grep -q "\`$cell\`, $replayed requests sent again" "$RL_SOURCE/data/evidence/README.md"
	done
	# what was said to the second backend
	grep -q multi-queue-num-queues "$kept/queues/replay-queues/front.nodes"
	! grep -q multi-queue-num-queues "$kept/queues/replay-fewer-queues/front.nodes"
}

@test "larger requests in flight when their driver domain died were sent again, in parts where the next one takes less, and none failed" {
	for cell in replay-indirect:17 replay-fewer-segments:31; do
		at=$kept/replay/${cell%:*}
		[ "$(cat "$at/status")" = 0 ]
		[ ! -s "$at/guest.blocked" ]
		[ "$(jq -c '[.jobs[] | .error, (.write.io_bytes == 33554432), (.read.io_bytes == 33554432)]' "$at/fio.json")" = "[0,true,true]" ]
		grep -qx "requests_replayed ${cell#*:}" "$at/front.stats"
		grep -qx "requests_failed 0" "$at/front.stats"
		grep -q "\`${cell%:*}\`, ${cell#*:} \(requests \)\?sent again" "$RL_SOURCE/data/evidence/README.md"
	done
	grep -q "^indirect [1-9]" "$kept/replay/replay-indirect/back.stats"
	grep -qx "indirect 0" "$kept/replay/replay-fewer-segments/back.stats" # of the second backend
}
