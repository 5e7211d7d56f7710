#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Deaths of driver domains: what realdrv/rig/kills kept is in the store, once, as it was told, and says there what its own summary says.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	evidence=$RL_SOURCE/data/evidence
}

ask() { sqlite3 -readonly ringlab.db "$1"; }

# one DIR: a campaign of two deaths, seed 7
one() {
	mkdir -p "$1"
	cat >"$1/kills.csv" <<-'CSV'
		kill,death,how,moment,front_state,back_state,grants,back_policy,depth,fsync,at_us,lag_us,in_flight,flushes,fenced_us,chosen_us,named_us,served_us,parked_ns,failed,fio,judged,wrong,blocked,complaints,ended
		7/kill-0000,1,crash,served,4,4,map,event,8,1,107,0,4,1,150035,152425,175374,-,371580596,0,0,764,0,0,0,whole
		7/kill-0000,2,destroy,initwait,1,2,map,event,8,1,0,0,4,1,132565,137582,159855,331804,371580596,0,0,764,0,0,0,whole
	CSV
	echo '{"platform": "xen-qemu-counted", "started": "2026-01-02T03:04:05Z", "commit": "ab", "commit_dirty": false}' >"$1/manifest-7.json"
}

# refused DIR PLACE WHAT: import and check say the same one line, and nothing is stored
refused() {
	local verb
	for verb in import check; do
		run --separate-stderr "$RINGLAB" "$verb" "$1"
		[ "$status" = 3 ] || { echo "$verb $1: exit $status"; return 1; }
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "$1/$2: error: "*$3* ]] || { echo "$stderr (expected $2 .. $3)"; return 1; }
		[ -z "$output" ]
	done
	[ ! -e ringlab.db ] || [ "$(ask 'SELECT count(*) FROM campaign')" = 0 ]
}

# with LINE COLUMN VALUE: the campaign with that in place of what is there
with() {
	rm -rf bad && one bad
	awk -F, -v OFS=, -v line="$1" -v name="$2" -v value="$3" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
		NR == line { $c[name] = value } 1' bad/kills.csv >new
	mv new bad/kills.csv
}

# wrong_value LINE COLUMN VALUE WHAT [OFFSET]: refused at the place of the value
wrong_value() {
	local at
	with "$1" "$2" "$3"
	at=$(sed -n "$1p" bad/kills.csv | awk -F, -v n="$(sed -n 1p <(one good; cat good/kills.csv) | tr , '\n' | grep -nx "$2" | cut -d: -f1)" '{ for (i = 1; i < n; i++) at += length($i) + 1; print at + 1 }')
	refused bad "kills.csv:$1:$((at + ${5:-0}))" "$4"
}

@test "what is kept is imported, a death a line, and known the second time" {
	mapfile -t dirs < <(printf '%s\n' "$evidence"/*/kills.csv | xargs -n 1 dirname)
	[ "${#dirs[@]}" -ge 3 ]
	count=$(tail -qn +2 "$evidence"/*/kills.csv | wc -l)
	run -0 "$RINGLAB" import --format csv "${dirs[@]}"
	[ "${lines[1]}" = "xen-qemu-counted,$count,0,0,0,deaths" ]
	[ "$(ask 'SELECT count(*) FROM deaths')" = "$count" ]
	[ "$(ask 'SELECT sum(deaths) FROM campaigns')" = "$count" ]
	run -0 "$RINGLAB" import --format csv "${dirs[@]}"
	[ "${lines[1]}" = "xen-qemu-counted,0,$count,0,0,deaths" ]
	[ "$(ask 'SELECT count(*) FROM deaths')" = "$count" ]
	run -0 "$RINGLAB" check ringlab.db "${dirs[@]}"
	[[ $output == *"$count deaths, each as it was told"* ]]
}

@test "a value of the store is the value of the line" {
	"$RINGLAB" import "$evidence/kills" "$evidence/faults" "$evidence/stock"
	n=0
	for kind in kills faults stock; do
		for column in in_flight served_us longest_us judged wrong blocked offered anew; do
			at=$(head -1 "$evidence/$kind/kills.csv" | tr , '\n' | grep -nx "$column" | cut -d: -f1)
			[ -n "$at" ] || continue
			n=$((n + 1))
			diff <(tail -n +2 "$evidence/$kind/kills.csv" | cut -d, -f1,"$at" | sort) \
				<(ask "SELECT job || ',' || ifnull($column, '-') FROM deaths WHERE campaign LIKE '$kind/%'" | sort)
		done
	done
	[ "$n" -ge 12 ]
}

# at PERCENT MOMENT: ms, by the nearest rank
at() {
	ask "SELECT printf('%.1f', v / 1000.0) FROM (SELECT served_us AS v, row_number() OVER (ORDER BY served_us) AS at, count(*) OVER () AS n
		FROM deaths WHERE pair = 'own' AND kind = 'death' AND moment = '$2' AND served_us IS NOT NULL) WHERE at = (n * $1 + 99) / 100"
}

@test "moments, times and outcomes are those of the rig's own summary" {
	"$RINGLAB" import "$evidence/kills" "$evidence/faults" "$evidence/stock"
	"$RL_SOURCE/realdrv/rig/kills" --summary "$evidence/kills/kills.csv" >own
	n=0
	while IFS='|' read -r _ name deaths _ median ninety most _; do
		moment=${name#*served, } moment=${moment% }
		[ "$(ask "SELECT count(served_us) FROM deaths WHERE kind = 'death' AND pair = 'own' AND moment = '$moment'")" = "${deaths// /}" ]
		[ "$(at 50 "$moment")" = "${median// /}" ]
		[ "$(at 90 "$moment")" = "${ninety// /}" ]
		[ "$(at 100 "$moment")" = "${most// /}" ]
		n=$((n + 1))
	done < <(grep 'disk served, ' own)
	[ "$n" -ge 6 ]
	"$RL_SOURCE/realdrv/rig/kills" --summary "$evidence/faults/kills.csv" >faults
	while IFS='|' read -r _ name times replaced beside failed lost _; do
		name=${name// /}
		[ "$(ask "SELECT count(*) || '|' || sum(outcome = 'verified') || '|' || sum(outcome = 'beside') || '|' || sum(outcome = 'failed')
			|| '|' || sum(outcome = 'lost') FROM deaths WHERE kind = 'fault' AND pair = 'own' AND ('$name' = 'all' OR cause = '$name')")" = \
			"$(tr -d ' ' <<<"$times|$replaced|$beside|$failed|$lost")" ]
	done < <(tail -n +3 faults | grep '^|')
	"$RL_SOURCE/realdrv/rig/kills" --summary "$evidence/stock/kills.csv" >stock || [ $? = 1 ]
	[ "$(ask "SELECT count(*) FROM deaths WHERE pair = 'stock' AND kind = 'death' AND outcome = 'hung'")" = \
		"$(awk -F'|' '/^\| (in flight|closing)/ { n += $6 } END { print n }' stock)" ]
}

@test "a directory of them is imported with runs beside it" {
	mkdir -p all/p
	one all/kills
	cp -r "$RL_SOURCE"/data/tests/sample/* all/p/
	cp "$RL_SOURCE/data/tests/traced/manifest.json" all/p/
	run -0 "$RINGLAB" import --format csv all
	[[ $output == *",2,0,0,0,deaths"* ]]
	[[ $output == *",runs"* ]]
}

@test "lines of a seed that are others than those in the store are refused" {
	one kills
	"$RINGLAB" import kills
	sed -i '2s/,4,1,150035/,5,1,150035/' kills/kills.csv
	run --separate-stderr "$RINGLAB" import kills
	[ "$status" = 3 ]
	[[ $stderr == *"kills/7 is here with other lines"* ]]
	[ "$(ask 'SELECT in_flight FROM deaths LIMIT 1')" = 4 ]
	mkdir two && mv kills two/ && one two/kills # the same lines under the same name, elsewhere
	"$RINGLAB" import two/kills
	[ "$(ask 'SELECT count(*) FROM deaths')" = 2 ]
}

@test "a column that nobody knows is kept, in any order, with the ones that are known" {
	one kills
	awk -F, -v OFS=, '{ print NR == 1 ? "temperature" : NR == 2 ? "a b" : "-", $0 }' kills/kills.csv >new
	mv new kills/kills.csv
	"$RINGLAB" import kills
	[ "$(ask 'SELECT more FROM deaths ORDER BY death')" = $'{"temperature":"a b"}\n{"temperature":null}' ]
	[ "$(ask 'SELECT served_us FROM deaths WHERE death = 2')" = 331804 ]
}

@test "the code of a campaign counts as committed when a boot of committed code had the same modules" {
	one kills
	dirty='{"platform": "p", "commit": "ab", "commit_dirty": true, "modules_sha256": {"rlback": "1"}}'
	echo "$dirty" >kills/manifest-7.json
	"$RINGLAB" import kills
	[ "$(ask 'SELECT committed FROM campaigns')" = 0 ]
	rm ringlab.db
	jq '. + {boots: [., . + {commit_dirty: false}]}' <<<"$dirty" >kills/manifest-7.json
	"$RINGLAB" import kills
	[ "$(ask 'SELECT committed FROM campaigns')" = 1 ]
	rm ringlab.db
	jq '. + {commit_dirty: false, boots: [., . + {modules_sha256: {rlback: "2"}}]}' <<<"$dirty" >kills/manifest-7.json
	"$RINGLAB" import kills
	[ "$(ask 'SELECT committed FROM campaigns')" = 0 ]
}

@test "what was changed in the store is found" {
	one kills
	"$RINGLAB" import kills
	for change in "UPDATE death SET served_us = 5 WHERE death = 2" "UPDATE campaign SET csv = x'00'" "DELETE FROM death WHERE death = 1" \
		"UPDATE death SET more = '{}'" "UPDATE campaign SET manifest = '{}'" "UPDATE campaign SET pair = 'stock'"; do
		cp ringlab.db changed.db
		sqlite3 changed.db "$change"
		run --separate-stderr "$RINGLAB" check changed.db
		[ "$status" = 3 ]
		[[ $stderr == *"deaths of kills/7 are not what was imported"* ]]
	done
}

@test "an older database takes deaths" {
	for f in "$RL_SOURCE"/data/schema/00[1-8]_*.sql; do cat "$f"; done >eight.sql
	sqlite3 ringlab.db <eight.sql
	sqlite3 ringlab.db "PRAGMA application_id = $((0x726c6162)); PRAGMA user_version = 8"
	one kills
	"$RINGLAB" import kills
	[ "$(ask 'SELECT count(*) FROM deaths')" = 2 ]
}

@test "what is no campaign is refused, at its place, and nothing is stored" {
	wrong_value 2 served_us x served_us
	wrong_value 3 depth -1 depth
	wrong_value 3 depth 1234567890123456789 depth
	wrong_value 3 wrong 1e3 wrong
	wrong_value 3 grants '' 'expected a value'
	wrong_value 3 grants $'a\tb' control 1
	wrong_value 3 grants "$(head -c 1001 /dev/zero | tr '\0' x)" '1000 bytes'
	with 2 kill 7 && refused bad 'kills.csv:2:1' SEED/NAME
	with 2 kill x/kill && refused bad 'kills.csv:2:1' SEED/NAME
	with 2 kill 123456/kill && refused bad 'kills.csv:2:1' SEED/NAME
	with 2 kill - && refused bad 'kills.csv:2:1' SEED/NAME
	with 2 ended - && refused bad 'kills.csv:2:1' ended
	with 2 death 0 && refused bad 'kills.csv:2:1' 'death 0'
	with 3 death 1 && refused bad 'kills.csv:3:1' 'line 2'
	with 3 kill 8/kill-0000 && refused bad 'kills.csv:3:1' manifest-8.json
	with 1 served_us served && refused bad 'kills.csv:1:1' served_us
	wrong_value 1 served_us named_us before
	wrong_value 1 served_us 'a b' 'name of a column'
	with 1 served_us served_uss && refused bad 'kills.csv:1:1' 'did you mean'
	one bad && echo '7/kill-0001,1' >>bad/kills.csv && refused bad 'kills.csv:4:1' 'values'
	rm -r bad && one bad && sed -i '3s/$/,1/' bad/kills.csv && refused bad 'kills.csv:3:116' 'more values'
	rm -r bad && one bad && sed -i 1q bad/kills.csv && refused bad 'kills.csv:1:1' 'no death'
	: >bad/kills.csv && refused bad 'kills.csv:1:1' header
	rm -r bad && one bad && printf '\xff\n' >>bad/kills.csv && refused bad 'kills.csv:4:1' UTF-8
	rm -r bad && one bad && printf 'a\0b\n' >>bad/kills.csv && refused bad 'kills.csv:4:2' UTF-8
	rm -r bad && one bad && echo '{' >bad/manifest-7.json && refused bad 'manifest-7.json:2:1' JSON
	echo '[]' >bad/manifest-7.json && refused bad 'manifest-7.json:1:1' platform
	echo '{"platform": 7}' >bad/manifest-7.json && refused bad 'manifest-7.json:1:1' platform
	jq -nc '{platform: ("x" * 100)}' >bad/manifest-7.json && refused bad 'manifest-7.json:1:1' platform
}
