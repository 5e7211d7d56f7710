#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The database without ringlab: the views answer to sqlite3 alone, and the page that describes them tells the truth.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$RINGLAB" import "$RL_SOURCE/data/measured" "$RL_SOURCE/data/tests/traced" >/dev/null
	mkdir all all/traced && cp "$RL_SOURCE/data/tests/traced/manifest.json" all && cp "$RL_SOURCE"/data/tests/sample/*/* all/traced
	jq '.facts = ["cpu_mhz=1000.000"]' all/manifest.json >m && mv m all/manifest.json
	cp "$RL_SOURCE/data/tests/scheduled/dump.txt" all/traced/trace.txt
	"$RINGLAB" import all
	"$RINGLAB" import -p logged "$RL_SOURCE/data/tests/logged/jobs/fio.json" "$RL_SOURCE"/data/tests/logged/jobs/*.log
	sqlite3 ringlab.db "INSERT INTO param_set VALUES (1, 'a', 'xen-qemu-counted', '2026-01-01T00:00:00Z', '{}');
		INSERT INTO param VALUES (1, 'submit_ns', 2000, 1900, 2100, 1, 'ns')"
	"$RINGLAB" sweep "$RL_SOURCE/data/scenarios/two-cores.yaml" --name depths --over back_policy=event,spin \
		--over job.iodepth=1:8:*2 --reps 2 --requests 500 >/dev/null
	"$RINGLAB" import "$RL_SOURCE/data/evidence/kills"
}

setup() {
	db=$BATS_FILE_TMPDIR/ringlab.db
	page=$RL_SOURCE/data/schema/README.md
}

ask() { sqlite3 -readonly "$db" "$1"; }

@test "every query of the page runs and answers" {
	awk '/^```sql/ { n++; on = 1; next } /^```/ { on = 0 } on { print > ("query" n) }' "$page"
	set -- query*
	[ $# -ge 8 ]
	for query; do
		run -0 sqlite3 -readonly -header "$db" <"$query"
		[ "${#lines[@]}" -ge 2 ]
	done
}

@test "the page has every view and every column of it, and no other" {
	for view in $(ask "SELECT name FROM sqlite_schema WHERE type = 'view'"); do
		awk -v view="$view" '$0 ~ "^`" view "`:" { on = 1; next } on && /^`|^## / { exit } on' "$page" |
			grep -E '^\| `' | cut -d'|' -f2 | grep -oE '`[a-z_0-9]+`' | tr -d '`' | sort >told
		ask "SELECT name FROM pragma_table_info('$view')" | sort >columns
		if [ "$view" = runs ] || [ "$view" = sweep_results ]; then
			"$RINGLAB" list metrics --format csv | tail -n +2 | cut -d, -f1 | grep -vx iops | sort >metrics
			comm -23 columns metrics >rest && mv rest columns
		fi
		diff told columns
	done
	[ "$(ask "SELECT count(*) FROM sqlite_schema WHERE type = 'view'")" -ge 5 ]
}

@test "a metric has a column, and it is the metric's value" {
	for metric in $("$RINGLAB" list metrics --format csv | tail -n +2 | cut -d, -f1); do
		[ "$(ask "SELECT count(*) FROM runs JOIN metric AS m USING (run)
			WHERE m.metric = '$metric' AND $metric IS NOT m.value")" = 0 ]
		[ "$(ask "SELECT count($metric) FROM runs")" = "$(ask "SELECT count(*) FROM metric WHERE metric = '$metric'")" ]
	done
}

# medians DB: those of awk's sorting and those of the view are the same.
# fio tells six digits behind the point, so that half of a sum has seven: nothing is rounded.
medians() {
	sqlite3 "$1" "SELECT platform, cell, group_concat(iops, ' ') FROM runs GROUP BY 1, 2 HAVING count(*) > 1" |
		awk -F'|' '{ n = split($3, v, " "); for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j-1] > v[j]; j--) {
			t = v[j]; v[j] = v[j-1]; v[j-1] = t }
			printf "%s|%s|%d|%.7f\n", $1, $2, n, (v[int((n+1)/2)] + v[int((n+2)/2)]) / 2 }' | sort >sorted
	sqlite3 "$1" "SELECT platform, cell, repeats, printf('%.7f', median) FROM cells
		WHERE metric = 'iops' AND repeats > 1" | sort >told
	[ "$(wc -l <told)" -ge 30 ]
	diff sorted told
}

@test "the median over repeats, odd and even, is the one that sorting gives" {
	medians "$db"
	cp "$db" odd.db
	sqlite3 odd.db "PRAGMA foreign_keys = ON; DELETE FROM run WHERE repeat = (SELECT min(repeat) FROM run WHERE repeat > 0)"
	medians odd.db
	diff <(cut -d'|' -f3 told | sort -u) <(sqlite3 odd.db "SELECT DISTINCT count(*) FROM run GROUP BY platform, cell
		HAVING count(*) > 1 ORDER BY 1")
	cut -d'|' -f3 told | grep -q '[13579]$'
	cut -d'|' -f3 told | grep -q '[02468]$'
}

@test "an older or foreign view is replaced when ringlab opens the file, one of a stranger is refused" {
	cp "$db" old.db
	sqlite3 old.db "DROP VIEW runs; CREATE VIEW runs AS SELECT 1 AS one; DROP VIEW cells"
	"$RINGLAB" list runs --db old.db >/dev/null
	[ "$(sqlite3 old.db "SELECT count(*) FROM pragma_table_info('runs') WHERE name = 'iops'")" = 1 ]
	[ "$(sqlite3 old.db "SELECT count(*) FROM cells")" -gt 0 ]
	sqlite3 old.db "CREATE VIEW more AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
	run -3 "$RINGLAB" list runs --db old.db
	[[ $output == *"a view that is not of ringlab"* ]]
}

@test "a database of schema 2 gets the tables and the views, and keeps what it has" {
	for f in "$RL_SOURCE"/data/schema/00[12]_*.sql; do cat "$f"; done >two.sql
	sqlite3 two.db <two.sql
	hash=$(printf %064d 7)
	sqlite3 two.db "PRAGMA application_id = $((0x726c6162)); PRAGMA user_version = 2;
		INSERT INTO run VALUES (1, '$hash', 'p', 'c', 0, 'calibrate', '', '{}');
		INSERT INTO metric VALUES (1, 'iops', 5);
		INSERT INTO param_set VALUES (1, 's', 'p', '', '{\"calibrated_on\": [\"$hash\"]}')"
	"$RINGLAB" list runs --db two.db >/dev/null || true # it has no documents: not a run to read
	[ "$(sqlite3 two.db "SELECT iops, role FROM runs")" = '5.0|calibrate' ]
	[ "$(sqlite3 two.db "SELECT calibrated FROM roles")" = s ]
	run sqlite3 two.db "UPDATE run SET role = 'validate'"
	[ "$status" -ne 0 ]
	[[ $output == *"cannot validate"* ]]
}
