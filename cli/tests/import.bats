#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Import: everything or nothing, each content once, and errors that name their place.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	sample=$RL_SOURCE/data/tests/sample
	cell=event-spin-randread-4k-qd8
}

# many N: a platform's directory with N runs of different content.
many() {
	mkdir -p many
	cp "$sample/manifest.json" many/
	for i in $(seq "$1"); do
		cp -r "$sample/$cell" "many/$cell.r$i"
		sed -i "s/\"timestamp\" : /&$i/" "many/$cell.r$i/fio.json"
	done
}

count() { sqlite3 "$1" 'SELECT count(*) FROM run'; }

@test "a platform's directory, and the same once more" {
	run -0 "$RINGLAB" import --format csv "$sample"
	[ "${lines[1]}" = sample,1,0,0,0,runs ]
	run -0 "$RINGLAB" import --format json "$sample/$cell/"
	[ "$output" = '{"platform":"sample","new":0,"known":1,"calibrate":0,"validate":0,"what":"runs"}' ]
	[ "$(count ringlab.db)" = 1 ]
}

@test "a directory of platforms, with the roles of its split" {
	many 3
	cp -r many all-a
	mkdir all && mv many all-a all/
	printf 'platform,cell,role\nsample,%s,validate\n' "$cell" >all/split.csv
	run -0 "$RINGLAB" import --format csv all
	[ "${lines[1]}" = sample,3,3,0,6,runs ]
	[ "$(sqlite3 ringlab.db "SELECT group_concat(DISTINCT role) FROM run")" = validate ]
	[ "$(sqlite3 ringlab.db "SELECT group_concat(DISTINCT repeat) FROM run")" = 1,2,3 ]
}

@test "the documents are kept byte by byte" {
	"$RINGLAB" import "$sample"
	sqlite3 ringlab.db "SELECT writefile('out', bytes) FROM document WHERE name = 'fio.json'"
	cmp out "$sample/$cell/fio.json"
	[ "$(sha256sum <out | cut -d' ' -f1)" = \
		"$(sqlite3 ringlab.db "SELECT sha256 FROM document WHERE name = 'fio.json'")" ]
}

@test "one bad run: nothing is stored, and the error names file and place" {
	many 3
	truncate -s 3000 "many/$cell.r3/fio.json"
	run -3 "$RINGLAB" import many
	[[ $output =~ ^many/$cell.r3/fio.json:[0-9]+:[0-9]+:\ error:\  ]]
	[ "${#lines[@]}" = 1 ]
	[ "$(count ringlab.db)" = 0 ]
	sed -i 's/iodepth=8/iodepth=4q/' "many/$cell.r2/job.fio"
	run -3 "$RINGLAB" import many
	[[ $output == "many/$cell.r2/job.fio:11:9: error: iodepth=4q "* ]]
	sed -i 's/back=rl:spin/back=rl:spun/' "many/$cell.r1/cell.txt"
	run -3 "$RINGLAB" import many
	[[ $output == "many/$cell.r1/cell.txt:1:51: error: "*unknown\ policy* ]]
}

@test "a third domain: refused where it is none" {
	many 1
	sed -i 's/$/ load=256:50/' "many/$cell.r1/cell.txt"
	"$RINGLAB" import many
	rm ringlab.db
	for bad in 0 65536 256:x x 256:50:1 -1; do
		sed -i "s/load=.*/load=$bad/" "many/$cell.r1/cell.txt"
		run -3 "$RINGLAB" import many
		[[ $output == "many/$cell.r1/cell.txt:1:"*"(expected WEIGHT or WEIGHT:CAP"* ]]
	done
}

@test "a job file that is not the one fio ran" {
	many 1
	sed -i 's/iodepth=8/iodepth=16/' "many/$cell.r1/job.fio"
	run -3 "$RINGLAB" import many
	[[ $output == *"(expected those of job.fio: "*iodepth=16* ]]
}

@test "counters become what they grew by" {
	many 1
	printf 'requests 10\nspin_ns 0\n' >"many/$cell.r1/back.stats.before"
	printf 'requests 25\nspin_ns 7\n' >"many/$cell.r1/back.stats"
	"$RINGLAB" import many
	[ "$(sqlite3 ringlab.db "SELECT value FROM stat WHERE side='back' AND key='requests'")" = 15.0 ]
	printf 'requests 5\nspin_ns 7\n' >"many/$cell.r1/back.stats"
	run -3 "$RINGLAB" import many
	[[ $output == *"back.stats:1: error: requests shrank from 10 to 5"* ]]
	printf 'requests 5x\n' >"many/$cell.r1/back.stats"
	run -3 "$RINGLAB" import many
	[[ $output == *"back.stats:1:10: error: requests: '5x' "* ]]
}

@test "CPU times: unknown is left out, not 0" {
	many 1
	echo '{"window_ns": 1000, "cpu_ns": {"dom0": null, "driver": 250, "guest": 500},
		"disk": {"reads": 4, "read_sectors": 32, "writes": 0, "write_sectors": 0}}' \
		>"many/$cell.r1/cpu.json"
	"$RINGLAB" import many
	[ "$(sqlite3 ringlab.db "SELECT value FROM metric WHERE metric='back_cpu_frac'")" = 0.25 ]
	[ "$(sqlite3 ringlab.db "SELECT value FROM metric WHERE metric='cpu_ns_per_request'")" = 187.5 ]
	[ "$(sqlite3 ringlab.db "SELECT count(*) FROM stat WHERE key='cpu_ns.dom0'")" = 0 ]
}

@test "fio's JSON alone, from a file and from stdin" {
	run -3 "$RINGLAB" import "$sample/$cell/fio.json"
	[[ $output == *"--platform"* ]]
	run -0 "$RINGLAB" import -p here --format csv "$sample/$cell/fio.json"
	[ "${lines[1]}" = here,1,0,0,0,runs ]
	run -0 "$RINGLAB" import -p here --format csv - <"$sample/$cell/fio.json"
	[ "${lines[1]}" = here,0,1,0,0,runs ]
}

@test "fio's logs beside its JSON: they agree, become distributions, and belong to the run" {
	logged=$RL_SOURCE/data/tests/logged/jobs
	run -0 "$RINGLAB" import -p here --format csv "$logged/fio.json" "$logged"/*.log "$sample/$cell/fio.json"
	[ "${lines[1]}" = here,2,0,0,0,runs ]
	[ "$(sqlite3 ringlab.db "SELECT count(*) FROM document WHERE name GLOB '*.log'")" = "$(ls "$logged"/*.log | wc -l)" ]
	[ "$(sqlite3 ringlab.db "SELECT sum(n) FROM latency WHERE what = 'clat' GROUP BY run")" = 64 ]
	[ "$(sqlite3 ringlab.db "SELECT sum(n) FROM latency_log WHERE what = 'clat'")" = 64 ]
	[ "$(sqlite3 ringlab.db "SELECT count(*) FROM runs WHERE read_iops + write_iops - iops BETWEEN -1e-6 AND 1e-6")" = 1 ]
}

@test "a log that is not of that run, or alone, or of nothing but ones" {
	cp "$RL_SOURCE"/data/tests/logged/jobs/{fio.json,x_clat.1.log,x_clat.2.log} .
	run -3 "$RINGLAB" import -p here fio.json x_clat.1.log
	[[ $output == *"clat log, read: number of samples is "*" of fio.json: "* ]]
	sed -i '5s/, 0, 4096/, 1, 4096/;5s/, 1, 4096/, 0, 4096/' x_clat.1.log
	run -3 "$RINGLAB" import -p here x_clat.1.log
	[[ $output == "x_clat.1.log: error: a log without what it belongs to "* ]]
	sed -i '3s/.*/1, x/' x_clat.2.log
	run -3 "$RINGLAB" import -p here fio.json x_clat.1.log x_clat.2.log
	[[ $output == "./x_clat.2.log:3:1: error: not 4, 5 or 6 fields "* ]]
	run -3 "$RINGLAB" check x_clat.2.log
	printf '1, 1, 0, 4096, 0\n' >x_iops.1.log
	run -3 "$RINGLAB" import -p here fio.json x_iops.1.log
	[[ $output == *"every line says 1"* ]]
	[ "$(count ringlab.db)" = 0 ]
}

@test "logs in a run's directory" {
	many 1
	cp "$RL_SOURCE"/data/tests/logged/jobs/{fio.json,*.log} "many/$cell.r1/"
	printf '[global]\nrw=randrw\nbs=4k\niodepth=4\nnumjobs=2\nsize=1m\n[two]\n' >"many/$cell.r1/job.fio"
	"$RINGLAB" import many
	[ "$(sqlite3 ringlab.db "SELECT sum(n) FROM latency_log WHERE what = 'slat'")" = 64 ]
	rm "many/$cell.r1/x_slat.2.log"
	run -3 "$RINGLAB" import --db new.db many
	[[ $output == *"slat log, "*"number of samples"* ]]
}

@test "who had the CPUs: xenalyze's summary and dump, and what perf counted" {
	many 2
	jq '.facts = ["cpu_mhz=1000.000"]' "$sample/manifest.json" >many/manifest.json
	cp "$RL_SOURCE/data/tests/scheduled/summary.txt" "many/$cell.r1/trace.txt"
	cp "$RL_SOURCE/data/tests/scheduled/dump.txt" "many/$cell.r2/trace.txt"
	cp "$RL_SOURCE/data/tests/scheduled/perf.txt" "many/$cell.r1/"
	cp "$RL_SOURCE/data/tests/scheduled/perf.csv" "many/$cell.r2/"
	"$RINGLAB" import many
	[ "$(sqlite3 ringlab.db "SELECT count(DISTINCT run) FROM schedules WHERE state = 'wake' AND domid = 2")" = 2 ]
	[ "$(sqlite3 ringlab.db "SELECT count(*) FROM stat WHERE side = 'perf' AND key = 'page-faults' AND value = 76")" = 2 ]
	[ "$(sqlite3 ringlab.db "SELECT sum(n) FROM latency WHERE what = 'wake_to_run'")" = \
		"$(sqlite3 ringlab.db "SELECT sum(n) FROM schedules WHERE state = 'wake' AND repeat = 2")" ]
	"$RINGLAB" check "many/$cell.r1/trace.txt" "many/$cell.r1/perf.txt"
	cp "$sample/manifest.json" many/
	run -3 "$RINGLAB" import --db new.db many
	[[ $output == "many/$cell.r1/trace.txt:"*"nobody knows the speed of the clock"* ]]
}

@test "a database of another program is refused and not touched" {
	sqlite3 other.db 'CREATE TABLE t(x); INSERT INTO t VALUES (1)'
	cp other.db copy.db
	run -3 "$RINGLAB" import --db other.db "$sample"
	[[ $output == "other.db: error: "* ]]
	cmp other.db copy.db
	[ ! -e other.db-wal ]
	echo 'no database' >text.db
	run -3 "$RINGLAB" import --db text.db "$sample"
	[ "$(cat text.db)" = 'no database' ]
}

@test "killed at any moment: the old state or the new one" {
	many 40
	"$RINGLAB" import "$sample"
	for ms in 1 2 4 6 9 13 18 24 31 40 60 90; do
		"$RINGLAB" import many >/dev/null 2>&1 &
		sleep "0.$(printf %03d "$ms")"
		kill -KILL $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		n=$(count ringlab.db)
		[ "$n" = 1 ] || [ "$n" = 41 ]
	done
	"$RINGLAB" import many
	[ "$(count ringlab.db)" = 41 ]
	[ "$(sqlite3 ringlab.db 'PRAGMA integrity_check')" = ok ]
}

@test "two importers at once" {
	many 20
	"$RINGLAB" import many >/dev/null &
	"$RINGLAB" import many >/dev/null
	wait $!
	[ "$(count ringlab.db)" = 20 ]
}

@test "a disk that is full is said" {
	[ -w /dev/full ] || skip
	run -4 sh -c "'$RINGLAB' import '$sample' >/dev/full"
}

@test "a disk that is full during the import: the old state" {
	"$RINGLAB" import "$sample"
	many 40
	run -3 bash -c "trap '' XFSZ; ulimit -f 200; exec '$RINGLAB' import many"
	[[ $output == "ringlab.db: error: "* ]]
	[ "$(count ringlab.db)" = 1 ]
	"$RINGLAB" import many
	[ "$(count ringlab.db)" = 41 ]
}

@test "the machine is what the rig says, not a guess" {
	many 1
	jq '.cpus = 2 | .pinning.guest = 1' "$sample/manifest.json" >many/manifest.json
	"$RINGLAB" import many
	jq 'del(.cpus)' "$sample/manifest.json" >many/manifest.json
	run -3 "$RINGLAB" import --db new.db many
	[[ $output == *"manifest.json: error: cpus: missing "* ]]
	jq '.cpus = "two"' "$sample/manifest.json" >many/manifest.json
	run -3 "$RINGLAB" import --db new.db many
	jq '.cpus = 5000' "$sample/manifest.json" >many/manifest.json
	run -3 "$RINGLAB" import --db new.db many
	[[ $output == *"machine.pcpus out of range"* ]]
	jq '.pinning.guest = 1' "$sample/manifest.json" >many/manifest.json
	run -3 "$RINGLAB" import --db new.db many
	[[ $output == *"guest.pcpu out of range"* ]]
}

@test "a run that failed in the guest" {
	many 1
	echo 1 >"many/$cell.r1/status"
	run -3 "$RINGLAB" import many
	[[ $output == "many/$cell.r1/status:1:1: error: fio ended with status 1 "* ]]
}

@test "a wrong command line" {
	run -2 "$RINGLAB" import
	run -2 "$RINGLAB" import --format xml "$sample"
	run -2 "$RINGLAB" import --nonsense
	run -0 "$RINGLAB" import -h
	run -3 "$RINGLAB" import nowhere
	[ "$output" = 'nowhere: error: cannot open: No such file or directory' ]
	[ ! -e nowhere ]
}
