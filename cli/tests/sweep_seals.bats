#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweeps in a database are what was simulated: `check` sees what has changed since, `merge` takes no
# such thing over, and a sweep does not go on with other jobs than it began with.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	scenario=$RL_SOURCE/data/scenarios/one-core.yaml
	short=(--reps 2 --requests 100 --warmup tenth)
}

sweep() { "$RINGLAB" sweep "$scenario" "${short[@]}" --quiet "$@"; }

job() { # job FILE DEPTH
	printf '%s\n' '[job]' ioengine=libaio direct=1 rw=randread bs=4k runtime=1s iodepth="$2" >"$1"
}

# refused PATTERN COMMAND...: exit 3, one line on stderr that matches, nothing on stdout.
refused() {
	local pattern=$1
	shift
	run --separate-stderr "$RINGLAB" "$@"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	[[ $stderr =~ $pattern ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "check says how much there is, and finds every value that has changed" {
	sweep --db good.db --name a --over job.iodepth=1,2 --over back_policy=event,spin >/dev/null
	sweep --db good.db --name b --over job.iodepth=1,4 >/dev/null
	[ "$("$RINGLAB" check good.db)" = "good.db: ok: database, 0 runs, each as it was imported; 2 sweeps, 6 configurations, each as it was simulated" ]
	while IFS='|' read -r what sql; do
		sqlite3 good.db ".backup t.db"
		sqlite3 t.db "PRAGMA foreign_keys = OFF; $sql"
		echo "$sql"
		refused "^t.db: error: sweep 'a': $what.* is not what was simulated" check t.db
	done <<-END
		configuration 2|UPDATE sweep_metric SET value = value + 1e-9 * value WHERE sweep = 1 AND config = 2 AND metric = 'iops'
		configuration 0|UPDATE sweep_metric SET lo = NULL WHERE sweep = 1 AND config = 0 AND metric = 'iops'
		configuration 3|UPDATE sweep_metric SET metric = 'lat_mean_ns' || 'x' WHERE sweep = 1 AND config = 3 AND metric = 'lat_mean_ns'
		configuration 1|DELETE FROM sweep_metric WHERE sweep = 1 AND config = 1 AND metric = 'iops'
		configuration 1|UPDATE sweep_value SET value = 'spin' WHERE sweep = 1 AND config = 1 AND axis = 0
		configuration 1|UPDATE sweep_value SET number = 3 WHERE sweep = 1 AND config = 1 AND axis = 0
		configuration 1|UPDATE sweep_config SET reps = 3 WHERE sweep = 1 AND config = 1
		configuration 1|UPDATE sweep_config SET limit_what = 'device' WHERE sweep = 1 AND config = 1
		configuration 1|UPDATE sweep_config SET failed = 'no' WHERE sweep = 1 AND config = 1
		a configuration|UPDATE sweep_config SET config = 9 WHERE sweep = 1 AND config = 3
		its spec|UPDATE sweep SET spec = replace(spec, '"seed":0', '"seed":1') WHERE id = 1
		its spec|UPDATE sweep SET design = 'halton' WHERE id = 1
		its spec|UPDATE sweep SET configs = 5 WHERE id = 1
		its spec|DELETE FROM sweep_axis WHERE sweep = 1 AND axis = 1
		an axis|UPDATE sweep_axis SET path = 'front_policy' WHERE sweep = 1 AND axis = 1
		a configuration|DELETE FROM sweep_config WHERE sweep = 1 AND config = 0
	END
	# A result of one sweep is none of another's.
	sqlite3 good.db ".backup t.db"
	sqlite3 t.db "UPDATE sweep_seal SET sha256 = (SELECT s.sha256 FROM sweep_seal AS s WHERE s.sweep = 2 AND s.config = 0) WHERE sweep = 1 AND config = 0"
	refused "^t.db: error: sweep 'a': configuration 0 is not" check t.db
	# What was simulated before there were seals has none.
	sqlite3 good.db ".backup t.db"
	sqlite3 t.db "DELETE FROM sweep_seal WHERE sweep = 2"
	"$RINGLAB" check t.db
}

@test "merge takes over what is sound, sealed, and nothing else" {
	sweep --db one.db --name a --over job.iodepth=1:4:1 --shard 1/2 >/dev/null
	sweep --db two.db --name a --over job.iodepth=1:4:1 --shard 2/2 >/dev/null
	sweep --db all.db --name a --over job.iodepth=1:4:1 >/dev/null
	cp two.db bad.db
	sqlite3 bad.db "UPDATE sweep_metric SET value = value + 1 WHERE config = 3 AND metric = 'iops'"
	refused "^bad.db: error: sweep 'a': configuration 3 is not what was simulated" merge --db t.db bad.db
	rm -f t.db
	"$RINGLAB" merge --db t.db one.db two.db
	"$RINGLAB" check t.db | grep -q '; 1 sweeps, 4 configurations, '
	diff <(sqlite3 t.db "SELECT * FROM sweep_seal ORDER BY config") <(sqlite3 all.db "SELECT * FROM sweep_seal ORDER BY config")
	sqlite3 t.db "UPDATE sweep_metric SET value = value + 1 WHERE config = 3 AND metric = 'iops'"
	refused "^t.db: error: sweep 'a': configuration 3 is not what was simulated" check t.db
	# Of what has no seal none is made.
	sqlite3 one.db "DELETE FROM sweep_seal"
	rm -f t.db
	"$RINGLAB" merge --db t.db one.db two.db
	[ "$(sqlite3 t.db "SELECT count(*) FROM sweep_seal")" = 2 ]
	"$RINGLAB" check t.db
}

@test "what a job file holds is what a sweep is" {
	job one.fio 1
	job two.fio 2
	sweep --name a --over job=one.fio,two.fio >/dev/null
	sweep --name a --over job=one.fio,two.fio 2>&1 | grep -q '^a: 0 configurations simulated, 2 were there'
	job two.fio 4
	refused "'a' is another sweep: its axes differ" sweep "$scenario" "${short[@]}" --name a --over job=one.fio,two.fio
}

@test "what a log of I/O holds is what a sweep is" {
	log() { printf '%s\n' 'fio version 2 iolog' 'x add' 'x open' 'x read 0 4096' "x read $1 4096" 'x close' >x.log; }
	printf '%s\n' '[job]' ioengine=libaio direct=1 read_iolog=x.log >x.fio
	log 8192
	"$RINGLAB" simulate "$scenario" --job x.fio --format json | jq -r .scenario.job.read_iolog_sha256 >was
	grep -Eqx '[0-9a-f]{64}' was
	sweep --name a --job x.fio --over back_policy=event,spin >/dev/null
	sweep --name b --over job=x.fio >/dev/null
	# as many I/Os, another place
	log 12288
	"$RINGLAB" simulate "$scenario" --job x.fio --format json | jq -r .scenario.job.read_iolog_sha256 | diff - was && false
	refused "'a' is another sweep: its scenario differ" sweep "$scenario" "${short[@]}" --name a --job x.fio --over back_policy=event,spin
	refused "'b' is another sweep: its axes differ" sweep "$scenario" "${short[@]}" --name b --over job=x.fio
}
