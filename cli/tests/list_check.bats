#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What there is, and what is wrong with a file.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	sample=$RL_SOURCE/data/tests/sample
	cell=event-spin-randread-4k-qd8
}

@test "every policy's file is listed, and nothing else" {
	"$RINGLAB" list policies --format csv | tail -n +2 | cut -d, -f1 >have
	(cd "$RL_SOURCE/realdrv/core/policy" && ls ./*.c | sed 's|\./||; s|\.c$||' | LC_ALL=C sort) >want
	diff want have
}

@test "devices, schedulers, parameters and metrics are those of the build" {
	"$RINGLAB" list devices --format csv | tail -n +2 | cut -d, -f1 | uniq >have
	(cd "$RL_SOURCE/sim/device" && ls ./*.c | sed 's|\./||; s|\.c$||' | LC_ALL=C sort) >want
	diff want have
	"$RINGLAB" list devices --format json | jq -es 'map(select(.device == "ssd" and .option == "read")) |
		length == 1 and (.[0] | .default == "80us" and .min == "1ns" and .max == "1s")' >/dev/null
	"$RINGLAB" list schedulers --format csv | grep -q '^credit2,'
	[ "$("$RINGLAB" list metrics --format json | wc -l)" = \
		"$(grep -c '^RL_METRIC(' "$RL_SOURCE/model/metrics.def")" ]
	[ "$("$RINGLAB" list parameters --format json | wc -l)" = \
		"$(grep -c '^RL_PARAM(' "$RL_SOURCE/model/params.def")" ]
}

@test "JSON is one object a line that a program can read" {
	for what in policies devices schedulers parameters metrics; do
		"$RINGLAB" list $what --format json | jq -es 'length > 0' >/dev/null
	done
}

@test "runs and platforms of a database; what is not known is null" {
	"$RINGLAB" import "$sample"
	run -0 "$RINGLAB" list platforms --format csv
	[ "${lines[0]}" = platform,runs,cells,calibrate,validate ]
	[ "${lines[1]}" = sample,1,1,0,0 ]
	run -0 "$RINGLAB" list runs --format json
	[ "$(jq -c '[.cell, .role, .device, .iops, .cpu_ns_per_request]' <<<"$output")" = \
		"[\"$cell\",\"none\",\"null\",23395.604396,null]" ]
	run -0 "$RINGLAB" list runs -p elsewhere --format csv
	[ "${#lines[@]}" = 1 ]
}

@test "what of a platform calibrates and what is held out" {
	for role in calibrate validate; do
		printf 'platform,cell,role\nsample,%s,%s\n' "$cell" "$role" >split.csv
		"$RINGLAB" import --db $role.db --split split.csv "$sample"
		"$RINGLAB" import --db $role.db -p other "$sample/$cell/fio.json"
		"$RINGLAB" list platforms --db $role.db --format json |
			jq -c '[.platform, .runs, .cells, .calibrate, .validate]' >$role
	done
	printf '%s\n' '["other",1,1,0,0]' '["sample",1,1,1,0]' | diff - calibrate
	printf '%s\n' '["other",1,1,0,0]' '["sample",1,1,0,1]' | diff - validate
}

@test "no database: nothing is made" {
	run -3 "$RINGLAB" list runs
	[[ $output == "ringlab.db: error: "* ]]
	[ ! -e ringlab.db ]
}

@test "check knows each kind of file" {
	"$RINGLAB" import "$sample"
	run -0 "$RINGLAB" check "$RL_SOURCE"/data/scenarios/*.yaml "$sample/$cell"/{job.fio,fio.json,cell.txt} \
		"$sample/$cell" "$sample/manifest.json" "$RL_SOURCE"/data/measured/*.csv ringlab.db
	[ "$(grep -c ': ok: ' <<<"$output")" = "${#lines[@]}" ]
	for kind in scenario 'fio job' 'output of fio' cell run manifest split database; do
		grep -q ": ok: .*$kind" <<<"$output"
	done
	run -0 "$RINGLAB" check - <"$sample/$cell/fio.json"
	[[ $output == "<stdin>: ok: output of fio-3.33, "* ]]
	run -0 "$RINGLAB" check - <"$sample/$cell/job.fio"
	run -0 "$RINGLAB" check - <"$RL_SOURCE/data/scenarios/one-core.yaml"
}

@test "check reads statistics" {
	printf 'requests 10\nspin_ns 18446744073709551616\n' >back.stats
	run -3 "$RINGLAB" check back.stats
	[[ $output == "./back.stats:2:9: error: spin_ns: "* ]]
	printf 'requests 10\nspin_ns 7\n' >back.stats
	run -0 "$RINGLAB" check back.stats
	[ "$output" = 'back.stats: ok: 2 counters' ]
}

# decisions POLICY ACTION: a log of one decision
decisions() {
	local never=18446744073709551615
	printf '# ringlab decisions 1\npolicy %s\nidle 5 0 1000 0 %s %s %s 0 1000 0 1 0\nresult 3 0 9\n' \
		"$1" "$2" $never $never
}

@test "a decision log is replayed: equal, or which field differs" {
	decisions event 5 >log
	run -0 "$RINGLAB" check log
	[[ $output == "log: ok: decision log of event, 2 entries, 1 decisions equal in replay" ]]
	decisions event 0 >log
	run -3 "$RINGLAB" check log
	[[ $output == "log:3: error: decision 1: the driver's action is 0, the simulator's 5" ]]
	decisions no_such_policy 0 >log
	run -3 "$RINGLAB" check log
	[[ $output == "log:2:8: error: "* ]]
}

# bad NAME PATTERN: the file on stdin is refused in one line that begins with its place
bad() {
	cat >"$1"
	run -3 "$RINGLAB" check "$1"
	[ "${#lines[@]}" = 1 ]
	# shellcheck disable=SC2053
	[[ $output == $1:$2 ]]
}

@test "bad input: one line with file and place, exit 3" {
	bad j.fio '2:9: error: iodepth=4q *' <<<$'[j]\niodepth=4q\nsize=1m'
	bad j.fio '2:6: error: size=-1 *' <<<$'[j]\nsize=-1'
	bad s.yaml "1:18: error: costs.poll_ns: 'NaN' *" <<<'costs: {poll_ns: NaN}'
	bad s.yaml "1:1: error: unknown key 'bcak_policy' *did you mean 'back_policy'?)" <<<'bcak_policy: spin'
	bad f.json '*:*: error: *' < <(head -c 3000 "$sample/$cell/fio.json")
	bad f.json '1:*: error: *' <<<'{"jobs": [], "jobs": []}'
	bad f.json '1:*: error: *' <<<'{"jobs": NaN}'
	bad x.db ' error: not a database *' <<<'hello'
	sqlite3 other.db 'CREATE TABLE t(x)'
	run -3 "$RINGLAB" check other.db
	[[ $output == "other.db: error: a database of another program"* ]]
}

@test "a good file beside a bad one: both are said, exit 3" {
	echo 'nmae: x' >bad.yaml
	run -3 "$RINGLAB" check "$RL_SOURCE/data/scenarios/one-core.yaml" bad.yaml
	[ "${#lines[@]}" = 2 ]
}

@test "a wrong command line" {
	run -2 "$RINGLAB" check
	run -2 "$RINGLAB" list
	run -2 "$RINGLAB" list nothing
	run -2 "$RINGLAB" list policies metrics
	run -0 "$RINGLAB" check -h
	run -0 "$RINGLAB" list -h
}
