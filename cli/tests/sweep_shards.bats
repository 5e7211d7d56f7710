#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab sweep --shard` and `merge`: shards together are what one run is, and nothing else goes in.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/two-cores.yaml
	space=(--over back_policy=event,spin,poll_port --over job.iodepth=1:8:1 --reps 2 --requests 100)
}

sweep() { "$RINGLAB" sweep "$scenario" -q --name s "${space[@]}" "$@" 2>/dev/null; }

@test "shards of any number, merged in any order, are one run" {
	sweep --db whole.db
	sqlite3 whole.db .dump >whole
	for n in 2 5; do
		for ((i = 1; i <= n; i++)); do sweep --db "$n-$i.db" --shard $i/$n; done
		[ "$(for i in "$n"-?.db; do sqlite3 "$i" 'SELECT count(*) FROM sweep_config'; done | awk "{ n += \$1 } END { print n }")" = 24 ]
		"$RINGLAB" merge --db "merged$n.db" $(ls -r "$n"-?.db) --format json >told
		[ "$(jq -s 'map(.copied) | add' told)" = 24 ]
		sqlite3 "merged$n.db" .dump | diff whole -
	done
	# Again: nothing new, nothing changed. And the whole into the parts.
	[ "$("$RINGLAB" merge --db merged5.db 5-?.db whole.db --format json | jq -s 'map([.copied, .known]) | transpose | map(add)' -c)" = "[0,48]" ]
	sqlite3 merged5.db .dump | diff whole -
}

@test "a merged part goes on as a sweep" {
	sweep --db whole.db
	sweep --db part.db --shard 2/3
	"$RINGLAB" merge --db target.db part.db
	sweep --db target.db
	diff <(sqlite3 whole.db .dump) <(sqlite3 target.db .dump)
}

@test "another sweep of the same name, or other results, are refused and change nothing" {
	sweep --db a.db --shard 1/2
	sweep --db b.db --shard 2/2
	sqlite3 a.db .dump >before
	sweep --db other.db --seed 1
	run --separate-stderr "$RINGLAB" merge --db a.db other.db
	echo "$stderr"
	[ "$status" -eq 3 ]
	[[ $stderr == "other.db: error: 's' is another sweep than in a.db"* ]]
	sqlite3 a.db .dump | diff before -
	cp a.db changed.db
	"$RINGLAB" merge --db changed.db b.db
	sqlite3 changed.db "UPDATE sweep_metric SET value = value * (1 + 1e-15) WHERE config = 2 AND metric = 'iops'"
	run --separate-stderr "$RINGLAB" merge --db a.db changed.db
	echo "$stderr"
	[ "$status" -eq 3 ]
	[[ $stderr == *"configuration 2 is another one"* ]]
	sqlite3 a.db .dump | diff before -
	run --separate-stderr "$RINGLAB" merge --db a.db ./a.db
	[ "$status" -eq 3 ]
	run --separate-stderr "$RINGLAB" merge --db a.db none.db
	[ "$status" -eq 3 ]
	run --separate-stderr "$RINGLAB" merge --db a.db
	[ "$status" -eq 2 ]
}

@test "the script for job arrays makes the shards that its array says" {
	sweep --db whole.db
	for i in 1 2 3; do
		SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_MAX=3 "$RL_SOURCE/data/scenarios/sweep.sbatch" "$scenario" --name s "${space[@]}"
	done
	# The second is submitted again, alone.
	rm shards/2.db
	RINGLAB_SHARDS=3 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MAX=2 "$RL_SOURCE/data/scenarios/sweep.sbatch" "$scenario" \
		--name s "${space[@]}"
	"$RINGLAB" merge --db merged.db shards/*.db
	diff <(sqlite3 whole.db .dump) <(sqlite3 merged.db .dump)
}
