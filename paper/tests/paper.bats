#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# ringlab paper: refuses what nobody can look up, says where each number is from, and says what the store says.
# once: it is about text, not about memory
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/paper/tests/store" dirty.db
	cp dirty.db clean.db
	sqlite3 clean.db "UPDATE run SET manifest = json_set(manifest, '$.commit', '0123abcd', '$.commit_dirty', json('false'))"
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
	if ! command -v pdflatex >/dev/null; then
		[ "${CI:-}" != true ]
		skip "no pdflatex (./packages.sh paper)"
	fi
}

# print STORE OUT: OUT.pdf, and OUT.d with what it is made of
print() {
	"$RINGLAB" paper --db "$1.db" --tolerances dirty.db.csv -o "$2.pdf" --sources "$2.d"
}

once() { [ -s clean.pdf ] || print clean clean; }

number() { # number KEY
	sed -n "s/^$1,\"\([^\"]*\)\".*/\1/p" clean.d/numbers.csv
}

@test "results of uncommitted code are refused" {
	run --separate-stderr print dirty dirty
	[ "$status" = 3 ]
	[ -z "$output" ]
	[ "$(grep -c 'error: ' <<<"$stderr")" = 1 ]
	[[ $stderr == *"xen-qemu-counted is left out: "*"not committed"* ]]
	[ ! -e dirty.pdf ] && [ ! -e dirty.d ]
}

@test "a machine alone is refused, and the paper says so" {
	cp clean.db half.db
	sqlite3 half.db "UPDATE run SET manifest = json_set(manifest, '$.commit_dirty', json('true')) WHERE platform <> 'xen-qemu-counted'"
	sqlite3 half.db "UPDATE run SET platform = 'another' WHERE id = (SELECT max(id) FROM run WHERE platform = 'xen-qemu-counted')"
	sqlite3 half.db "UPDATE run SET manifest = json_set(manifest, '$.commit_dirty', json('true')) WHERE platform = 'another'"
	print half half 2>err
	grep -q 'another is left out: 1 of its 1 runs' err
	grep -q 'another is left out: 1 of its 1 runs' half.d/setup.tex
	! grep -q '"another"' half.d/runs.csv
}

@test "what another run proves to be committed is taken" {
	cp dirty.db proof.db
	sqlite3 proof.db "UPDATE run SET manifest = json_set(manifest, '$.commit', 'ab', '$.commit_dirty', json('true'), '$.modules_sha256', json('{\"rlfront\": \"1\"}'))"
	sqlite3 proof.db "UPDATE run SET manifest = json_set(manifest, '$.commit_dirty', json('false')) WHERE id = (SELECT min(id) FROM run WHERE platform = 'xen-qemu-counted')"
	print proof proof
	head -c 5 proof.pdf | grep -q '%PDF-'
}

@test "the paper is a PDF that equal stores make equally" {
	once
	head -c 5 clean.pdf | grep -q '%PDF-'
	! grep -q 'undefined' clean.d/paper.log
	cp clean.pdf before.pdf
	print clean again
	cmp before.pdf again.pdf
}

@test "each number is what its question is answered" {
	once
	[ "$(number runs)" -gt 0 ]
	n=0
	while IFS=$'\t' read -r value sql; do
		answer=$(sqlite3 -readonly clean.db "$sql")
		[ "${answer:-–}" = "$value" ] # of nothing there is no median
		n=$((n + 1))
	done < <(sqlite3 -separator $'\t' :memory: ".mode csv" ".import clean.d/numbers.csv n" ".mode tabs" \
		"SELECT value, source FROM n WHERE source LIKE 'WITH%'")
	[ "$n" -ge 8 ]
}

@test "each point of a figure is a cell, and each run is in the store" {
	once
	grep -hv '^#\|^$\|^?' clean.d/fig-*.dat | awk '{ print $7 }' | sort -u >points
	sqlite3 -readonly clean.db "SELECT DISTINCT cell FROM runs" | sort -u >cells
	[ -s points ]
	[ -z "$(comm -23 points cells)" ]
	sed '1d; s/.*,//' clean.d/runs.csv | tr -d '"' | sort >hashes
	[ -z "$(comm -23 hashes <(sqlite3 -readonly clean.db "SELECT hash FROM run" | sort))" ]
	[ "$(wc -l <hashes)" = "$(number runs)" ]
}

@test "verdicts are those of validate" {
	once
	"$RINGLAB" validate --db clean.db --tolerances dirty.db.csv --platform xen-qemu-counted --show verdicts --format json >v.json || [ $? = 1 ]
	n=$(jq -s length v.json)
	[ "$n" -gt 3 ]
	[ "$(jq -s "[.[] | select(.bound != null)] | length" v.json)" = "$(grep -cE '& (yes|no) \\\\' clean.d/validation.tex)" ]
	[ "$(jq -s "[.[] | select(.bound != null and .pass)] | length" v.json)" = "$(grep -cE '& yes \\\\' clean.d/validation.tex)" ]
}

@test "another store, another verdict" {
	once
	cp clean.db other.db
	sqlite3 other.db "UPDATE metric SET value = 1e9 / value WHERE metric = 'iops'" # who was last is first
	print other other
	grep -o 'On one core.*' clean.d/conclusion.tex >a
	grep -o 'On one core.*' other.d/conclusion.tex >b
	[ -s a ] && [ -s b ]
	! cmp -s a b
}

@test "no name of a machine is a command of LaTeX's, or stops it" {
	cp clean.db odd.db
	sqlite3 odd.db "UPDATE run SET manifest = json_set(manifest, '$.host_cpu', 'a_b% \input{x} \$ & ~ ^ µ 漢字 ' || char(0x1f600))"
	print odd odd
	grep -qF 'a\_\allowbreak{}b\% \textbackslash{}input\{x\} \$ \& \textasciitilde{} \textasciicircum{} µ ?? ?' odd.d/setup.tex
}

@test "what fails says where the reason is kept" {
	mkdir -p bad/paper/tex
	cp "$RL_SOURCE"/paper/tex/* bad/paper/tex/
	echo '\RL{nothing}' >bad/paper/tex/20-design.tex
	mkdir bad/data
	run --separate-stderr env -C bad "$RINGLAB" paper --db ../clean.db --tolerances ../dirty.db.csv -o bad.pdf
	[ "$status" = 4 ]
	[[ $stderr == *"pdflatex failed with status 1 (paper.log says why; --sources DIR keeps it)"* ]]
	[ ! -e bad/bad.pdf ]
	[ -z "$(find bad -name '*.part')" ]
}

@test "what is no file is not replaced" {
	mkdir -p taken.pdf
	run --separate-stderr print clean taken
	[ "$status" = 3 ]
	[[ $stderr == *"taken.pdf: error: cannot write: not a file"* || $stderr == *"taken.pdf:"*"not a file"* ]]
	[ -d taken.pdf ]
}

@test "without LaTeX it says what to install, and leaves no paper" {
	mkdir -p bin
	for tool in env gnuplot; do ln -sf "$(command -v $tool)" bin/$tool; done
	run --separate-stderr env PATH="$PWD/bin" "$RINGLAB" paper --db clean.db --tolerances dirty.db.csv -o none.pdf
	[ "$status" = 3 ]
	[[ $stderr == *"pdflatex is not installed"*texlive* ]]
	[ ! -e none.pdf ]
}
