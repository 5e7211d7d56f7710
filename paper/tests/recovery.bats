#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The paper's chapter on driver domains that die: each number is the store's, and another store says something else.
# once: it is about text, not about memory
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/paper/tests/store" bare.db
	sqlite3 bare.db "UPDATE run SET manifest = json_set(manifest, '$.commit', '0123abcd', '$.commit_dirty', json('false'))"
	cp bare.db told.db
	"$RINGLAB" import --db told.db "$RL_SOURCE"/data/evidence/{kills,faults,stock}
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	if ! command -v pdflatex >/dev/null; then
		[ "${CI:-}" != true ]
		skip "no pdflatex (./packages.sh paper)"
	fi
}

print() { [ -s "$1.pdf" ] || "$RINGLAB" paper --db "$1.db" --tolerances bare.db.csv -o "$1.pdf" --sources "$1.d"; }

number() { sed -n "s/^$2,\"\([^\"]*\)\".*/\1/p" "$1.d/numbers.csv"; }

@test "each number of it is what its question is answered" {
	print told
	n=0
	while IFS=$'\t' read -r value sql; do
		answer=$(sqlite3 -readonly told.db "$sql")
		[ "${answer:-–}" = "$value" ]
		n=$((n + 1))
	done < <(sqlite3 -separator $'\t' :memory: ".mode csv" ".import told.d/numbers.csv n" ".mode tabs" \
		"SELECT value, source FROM n WHERE key LIKE 'told-%' OR key LIKE 'met-%' OR key LIKE 'cause-%'")
	[ "$n" -ge 100 ]
	[ "$(number told told-deaths)" = "$(tail -n +2 "$RL_SOURCE/data/evidence/kills/kills.csv" | wc -l)" ]
}

@test "no number stands in it that is not one of the store's" {
	print told
	sed 's/\\RL{[^}]*}//g; s/\\[a-z]*\(\[[^]]*\]\)\?{[^}]*}//g' told.d/recovery.tex | grep -v '^{*\\' >text
	! grep '[0-9]' text
}

@test "each point of its picture is a death, and so is each line of its list" {
	print told
	grep -v '^#\|^$\|^?' told.d/fig-recovery.dat | awk '{ print $7 }' | sort >points
	sqlite3 -readonly told.db "SELECT job || '#' || death FROM deaths" | sort >deaths
	[ "$(wc -l <points)" -gt 300 ]
	[ -z "$(comm -23 points deaths)" ]
	[ "$(tail -n +2 told.d/deaths.csv | wc -l)" = "$(sqlite3 -readonly told.db "SELECT count(*) FROM deaths WHERE outcome <> 'no death'")" ]
	grep -q 'under emulation' told.d/fig-recovery.dat
	grep -q 'under emulation' told.d/recovery.tex
}

@test "a store in which a job was lost says so, in abstract, chapter and conclusion" {
	print told
	cp told.db lost.db
	sqlite3 lost.db "UPDATE death SET wrong = 3 WHERE campaign = (SELECT id FROM campaign WHERE name = 'kills/4') AND job = (SELECT min(job) FROM death JOIN campaign ON id = campaign WHERE name = 'kills/4')"
	sqlite3 lost.db "UPDATE death SET offered = '0', ended = 'whole' WHERE campaign IN (SELECT id FROM campaign WHERE pair = 'stock')"
	print lost
	grep -q 'none of .RL{told-judged} blocks' told.d/recovery.tex
	grep -q 'emph{.RL{told-badjobs} of the' lost.d/recovery.tex
	[ "$(number lost told-badjobs)" = 1 ]
	for part in answer conclusion; do
		grep -q 'every job of the guest' told.d/$part.tex
		grep -q 'did not outlive the deaths' lost.d/$part.tex
		grep -q 'none of' told.d/$part.tex
		grep -q 'outlived all' lost.d/$part.tex
	done
}

@test "causes and moments that nobody foresaw have their lines and points, however many" {
	cp told.db many.db
	sqlite3 many.db "UPDATE death SET fault = 'fault-' || (substr(job, -4) % 40) WHERE fault IS NOT NULL AND campaign IN (SELECT id FROM campaign WHERE pair = 'own')"
	sqlite3 many.db "UPDATE death SET moment = 'at lunch' WHERE (campaign, job, death) IN (SELECT campaign, job, death FROM death JOIN campaign ON id = campaign WHERE pair = 'own' AND served_us IS NOT NULL AND moment = 'closing' LIMIT 1)"
	print many
	kinds=$(sqlite3 many.db "SELECT count(DISTINCT cause) FROM deaths WHERE pair = 'own' AND kind = 'fault'")
	[ "$kinds" -gt 24 ]
	[ "$(grep -c '^fault-[0-9]* & ' many.d/recovery.tex)" = "$kinds" ]
	[ "$(grep -o "'fault-[0-9]*'" many.d/fig-recovery.gp | sort -u | wc -l)" = "$kinds" ]
	# behind those of the protocol
	grep -A 1 '^connected & ' many.d/recovery.tex | grep -q '^at lunch & '
	grep -q "'connected' [0-9]*, 'at lunch' [0-9]*)" many.d/fig-recovery.gp
}

@test "a store without deaths says that it tells of none" {
	print bare
	grep -q 'The store tells of no driver domain that died' bare.d/recovery.tex
	[ ! -e bare.d/fig-recovery.pdf ]
	! grep -q 'told-' bare.d/answer.tex bare.d/conclusion.tex
}

@test "deaths under uncommitted code are refused, and the paper says so" {
	cp told.db dirty.db
	sqlite3 dirty.db "UPDATE campaign SET manifest = json_set(manifest, '$.commit_dirty', json('true'), '$.modules_sha256', NULL) WHERE name = 'faults/6'"
	print dirty 2>err
	grep -q 'warning: deaths of faults/6 are left out' err
	grep -q 'faults/6 is left out' dirty.d/recovery.tex
	! grep -q 'faults/6' dirty.d/deaths.csv
	[ "$(number dirty told-faults)" -lt "$(sqlite3 dirty.db "SELECT count(*) FROM deaths WHERE pair = 'own' AND kind = 'fault'")" ]
}
