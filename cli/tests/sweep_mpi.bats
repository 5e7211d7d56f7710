#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `mpirun ringlab sweep`: the same database for any number of ranks, with ranks killed and the job begun again.
# once: MPI itself is not clean under sanitizers
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	if ! command -v mpirun >/dev/null || [ ! -e "$(dirname "$RINGLAB")/librl-mpi.so" ]; then
		[ "${CI:-}" != true ]
		skip "no MPI (packages.sh build test)"
	fi
	scenario=$RL_SOURCE/data/scenarios/two-cores.yaml
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
	export OMPI_MCA_btl=self,vader TMPDIR=$BATS_TEST_TMPDIR
	space=(--name s -q --reps 1 --requests 500 --warmup tenth --over back_policy=event,spin --over job.iodepth=1:32:1
		--over "costs.poll_ns=10:40:10")
}

ranks() { # ranks N ARG...
	local n=$1
	shift
	mpirun -np "$n" "$RINGLAB" sweep "$scenario" "${space[@]}" "$@"
}
have() { sqlite3 -readonly "$1" "SELECT count(*) FROM sweep_config" 2>/dev/null || echo 0; }

@test "one, two and four ranks, of one thread or two: the database of one process" {
	"$RINGLAB" sweep "$scenario" "${space[@]}" --db whole.db
	[ "$(have whole.db)" = 256 ]
	for n in 1 2 4; do
		ranks $n --db $n.db 2>log
		grep -q '256 configurations simulated' log
		diff <(sqlite3 whole.db .dump) <(sqlite3 $n.db .dump)
	done
	ranks 2 -j 2 --db threads.db
	diff <(sqlite3 whole.db .dump) <(sqlite3 threads.db .dump)
}

@test "a rank that is killed, 0 or another, ends the job; begun again it goes on" {
	"$RINGLAB" sweep "$scenario" "${space[@]}" --db whole.db
	for victim in 1 0 2; do
		before=$(have killed.db)
		ranks 3 --db killed.db >log 2>&1 &
		job=$!
		while [ "$(have killed.db)" -le "$before" ] && kill -0 $job 2>/dev/null; do sleep 0.02; done
		for pid in $(pgrep -P "$(pgrep -P $job mpirun || echo $job)"); do
			grep -qz "OMPI_COMM_WORLD_RANK=$victim" "/proc/$pid/environ" 2>/dev/null && kill -9 "$pid"
		done
		code=0
		wait $job || code=$?
		echo "rank $victim: exit $code, $(have killed.db) stored"
		[ "$(have killed.db)" = 256 ] || [ "$code" -ne 0 ]
		[ "$(have killed.db)" -ge "$before" ]
	done
	ranks 2 --db killed.db
	diff <(sqlite3 whole.db .dump) <(sqlite3 killed.db .dump)
}

@test "an error is told once, and every rank ends" {
	run --separate-stderr ranks 3 --db none.db --over job.bs=4k,5
	echo "$stderr"
	[ "$status" -eq 3 ]
	[ "$(grep -c 'error:' <<<"$stderr")" = 1 ]
	[ ! -e none.db ]
	ranks 1 --db a.db --shard 1/64
	run --separate-stderr ranks 2 --db a.db --seed 5
	echo "$stderr"
	[ "$status" -eq 3 ]
	[ "$(grep -c 'is another sweep' <<<"$stderr")" = 1 ]
}

@test "a build without MPI says so under mpirun" {
	cp "$RINGLAB" alone
	run --separate-stderr env OMPI_COMM_WORLD_SIZE=2 ./alone sweep "$scenario" "${space[@]}" --db none.db
	echo "$stderr"
	[ "$status" -ne 0 ]
	[[ $stderr == *"built without MPI"* ]]
	[ ! -e none.db ]
}
