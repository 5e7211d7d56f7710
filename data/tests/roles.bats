#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Roles are fixed beforehand: sealed by the split that gave them, and a run that parameters were
# fitted to never validates them. Held by the database, whoever writes to it.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	cell=event-spin-randread-4k-qd8
	mkdir all
	cp -r "$RL_SOURCE/data/tests/sample" all/
	split validate
}

# split ROLE...: a split.csv that gives the cell this role; a second word makes it another file.
split() {
	printf 'platform,cell,role\n%ssample,%s,%s\n' "${2:+# $2
}" "$cell" "$1" >all/split.csv
}

hash_of() { sha256sum all/split.csv | cut -d' ' -f1; }

sql() { sqlite3 ringlab.db "$1"; }

refused_by_hand() {
	run sqlite3 ringlab.db "$1"
	[ "$status" -ne 0 ]
	[[ $output == *"$2"* ]]
}

@test "a split is kept, and its hash beside the role" {
	"$RINGLAB" import all
	[ "$(sql "SELECT role, split_sha256 FROM roles")" = "validate|$(hash_of)" ]
	sql "SELECT writefile('kept', bytes) FROM split"
	cmp kept all/split.csv
}

@test "another role is refused with both hashes, and nothing changes" {
	"$RINGLAB" import all
	first=$(hash_of)
	split calibrate
	sqlite3 ringlab.db .dump >before
	run -3 "$RINGLAB" import all
	[[ $output == *"role validate by split $first is sealed; split $(hash_of) says calibrate"* ]]
	[ "${#lines[@]}" = 1 ]
	sqlite3 ringlab.db .dump >after
	cmp before after
	split none
	run -3 "$RINGLAB" import all
}

@test "another split that says the same is welcome; the first one's seal stays" {
	"$RINGLAB" import all
	first=$(hash_of)
	split validate 'a cell more'
	run -0 "$RINGLAB" import --format csv all
	[ "${lines[1]}" = sample,0,1,0,1,runs ]
	[ "$(sql "SELECT split_sha256 FROM roles")" = "$first" ]
	[ "$(sql "SELECT count(*) FROM split")" = 2 ]
}

@test "without a split nothing is said of roles; a later one gives them, once" {
	rm all/split.csv
	"$RINGLAB" import all
	[ "$(sql "SELECT role, split_sha256 FROM roles")" = 'none|' ]
	split calibrate
	"$RINGLAB" import all
	[ "$(sql "SELECT role, split_sha256 FROM roles")" = "calibrate|$(hash_of)" ]
	rm all/split.csv
	"$RINGLAB" import all
	[ "$(sql "SELECT role FROM roles")" = calibrate ]
	split validate
	run -3 "$RINGLAB" import all
}

@test "a split that says none seals that" {
	split none
	"$RINGLAB" import all
	split validate
	run -3 "$RINGLAB" import all
	[[ $output == *"role none by split"* ]]
}

@test "the database holds the seal against a hand" {
	"$RINGLAB" import all
	refused_by_hand "UPDATE run SET role = 'calibrate'" sealed
	refused_by_hand "DELETE FROM role_seal" sealed
	refused_by_hand "UPDATE role_seal SET split = 9" sealed
	refused_by_hand "PRAGMA foreign_keys = ON; DELETE FROM split" FOREIGN
	sql "PRAGMA foreign_keys = ON; DELETE FROM run"
	[ "$(sql "SELECT count(*) FROM role_seal")" = 0 ]
}

@test "a run that parameters were fitted to cannot validate, nor come back to" {
	split calibrate
	"$RINGLAB" import all
	hash=$(sql "SELECT hash FROM run")
	sql "INSERT INTO param_set VALUES (1, 's', 'sample', '', '{}'); INSERT INTO calibration_run VALUES (1, '$hash')"
	[ "$(sql "SELECT calibrated FROM roles")" = s ]
	sql "PRAGMA foreign_keys = ON; DELETE FROM run"
	split validate
	run -3 "$RINGLAB" import all
	[[ $output == *"a run that parameters were fitted to cannot validate"* ]]
	[ "$(sql "SELECT count(*) FROM run")" = 0 ]
	sql "PRAGMA foreign_keys = ON; DELETE FROM param_set"
	"$RINGLAB" import all
	refused_by_hand "INSERT INTO param_set VALUES (1, 's', 'sample', '', '{}');
		INSERT INTO calibration_run VALUES (1, '$hash')" 'held out'
}
