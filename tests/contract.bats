#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line that people and scripts rely on: exit codes, where errors point, and
# that bad input leaves nothing behind.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mapfile -t VERBS < <("$RINGLAB" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
}

job() { # job LINE...: a good job with lines of one's own at its end
	printf '%s\n' '[global]' 'ioengine=libaio' 'direct=1' '[job]' 'rw=randread' 'bs=4k' 'runtime=1s' "$@"
}

# refused FILE PATTERN: `check FILE` is one line on stderr that matches, nothing on stdout, exit 3.
refused() {
	run --separate-stderr "$RINGLAB" check "$1"
	echo "exit $status, stdout '$output', stderr '$stderr'"
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr =~ ^"$1":[0-9]+:[0-9]+:" error: " && $stderr =~ $2 ]]
}

@test "the verbs that the first version promises are there" {
	for v in simulate measure import calibrate validate report list check; do
		[[ " ${VERBS[*]} " == *" $v "* ]] || { echo "no $v"; false; }
	done
}

@test "--version and help" {
	run --separate-stderr "$RINGLAB" --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^ringlab\ [0-9]+\.[0-9]+\.[0-9]+ ]]
	[ -z "$stderr" ]
	run --separate-stderr "$RINGLAB" help
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	run --separate-stderr "$RINGLAB"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
}

@test "every verb explains itself" {
	[ ${#VERBS[@]} -gt 0 ]
	for v in "${VERBS[@]}"; do
		run --separate-stderr "$RINGLAB" help "$v"
		echo "$v: $status $stderr"
		[ "$status" -eq 0 ]
		[ ${#lines[@]} -gt 3 ]
		[ -z "$stderr" ]
		a=$output
		run --separate-stderr "$RINGLAB" "$v" --help
		[ "$status" -eq 0 ]
		[ "$output" = "$a" ]
		run --separate-stderr "$RINGLAB" "$v" -h
		[ "$status" -eq 0 ]
		[ "$output" = "$a" ]
	done
}

@test "unknown verbs and options are usage errors" {
	run --separate-stderr "$RINGLAB" simulat
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *simulat* ]]
	run --separate-stderr "$RINGLAB" help simulat
	[ "$status" -eq 2 ]
	for v in "${VERBS[@]}"; do
		run --separate-stderr "$RINGLAB" "$v" --no-such-option
		echo "$v: $status $stderr"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ $stderr == *no-such-option* ]]
	done
}

@test "a good job file is accepted" {
	job 'iodepth=4' >good.fio
	run "$RINGLAB" check good.fio
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a job file with a suffix that fio takes and means nothing: iodepth=4q" {
	job 'iodepth=4q' >bad.fio
	refused bad.fio '4q'
	[[ $stderr == bad.fio:8:* ]]
}

@test "a job file with an unknown key" {
	job 'iodepht=4' >bad.fio
	refused bad.fio 'iodepht'
	[[ $stderr == bad.fio:8:1:* && $stderr == *iodepth* ]]
}

@test "a job file with a negative size" {
	job 'size=-1' >bad.fio
	refused bad.fio 'size'
	[[ $stderr == bad.fio:8:* ]]
}

# a copy of a run that is good, to break
one_run() {
	cp -r "$RL_SOURCE/data/tests/sample" platform
	RUN=platform/$(basename "$(find platform -mindepth 1 -type d)")
	cp "$RUN/fio.json" whole
}

# not_imported PATTERN: import of the run fails with exit 3, one line, and no database appears.
not_imported() {
	run --separate-stderr "$RINGLAB" import --db new.db platform
	echo "exit $status, stderr '$stderr'"
	[ "$status" -eq 3 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr =~ $1 ]]
	if [ -e new.db ]; then
		[ "$(sqlite3 new.db 'SELECT count(*) FROM run')" = 0 ]
	fi
}

@test "a good run is imported" {
	one_run
	run "$RINGLAB" import --db new.db platform
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(sqlite3 new.db 'SELECT count(*) FROM run')" = 1 ]
}

@test "truncated fio JSON is refused with its place, and nothing is stored" {
	one_run
	size=$(stat -c %s "$RUN/fio.json")
	for at in 1 $((size / 7)) $((size / 3)) $((size - 3)); do
		head -c "$at" whole >"$RUN/fio.json"
		not_imported "fio.json(:[0-9]+:[0-9]+)?: error: "
	done
}

@test "a count that is no number is refused by name" {
	one_run
	for bad in NaN Infinity 1e400 -1; do
		sed "s/\"total_ios\" : [0-9]*/\"total_ios\" : $bad/" whole >"$RUN/fio.json"
		run ! cmp -s "$RUN/fio.json" whole
		not_imported "fio.json(:[0-9]+:[0-9]+)?: error: "
	done
}

@test "a database of another program is refused and left as it was" {
	one_run
	sqlite3 new.db 'PRAGMA application_id = 77; CREATE TABLE run(x); INSERT INTO run VALUES(1)'
	sum=$(sha256sum <new.db)
	for v in "import --db new.db platform" "list runs --db new.db" \
		"calibrate --db new.db --platform sample"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$RINGLAB" $v
		echo "$v: $status $stderr"
		[ "$status" -eq 3 ]
		[[ $stderr == *new.db* ]]
		[ "$sum" = "$(sha256sum <new.db)" ]
	done
}

@test "a scenario with an unknown key or a NaN is refused with line and column" {
	scenario=$(find "$RL_SOURCE/data/scenarios" -name '*.yaml' | LC_ALL=C sort | head -1)
	cp "$scenario" bad.yaml
	echo 'no_such_key: 1' >>bad.yaml
	refused bad.yaml no_such_key
	run --separate-stderr "$RINGLAB" simulate bad.yaml
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	[[ $stderr == bad.yaml:*no_such_key* ]]
	run --separate-stderr "$RINGLAB" simulate "$scenario" --set job.iodepth=NaN
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	run --separate-stderr "$RINGLAB" simulate "$scenario" --set job.iodepth=4q
	[ "$status" -eq 3 ]
	[ -z "$output" ]
}
