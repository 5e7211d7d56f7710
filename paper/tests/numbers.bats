#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The report's numbers: each that the page holds is one that `ringlab validate` prints or a view of the store tells, to
# the page's six digits.
# once: it is about numbers, not about memory
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RL_SOURCE/paper/tests/store" report.db
	"$RINGLAB" report --db report.db --tolerances report.db.csv -o page.html --answer >answer
	sed -n '/id="data">/{n;p}' page.html >data.json
	for what in cells winners verdicts; do
		"$RINGLAB" validate --db report.db --tolerances report.db.csv --platform xen-qemu-counted --show $what --format json >$what.json ||
			[ $? = 1 ]
	done
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return 1
}

ask() { sqlite3 -readonly -separator $'\t' report.db "$1"; }

show() { # show WHAT FILTER: rows of validate as tab-separated values
	jq -r "[$2] | @tsv" "$1.json"
}

# same TOLD PAGE: as many lines, and each field is the same text or the same number to six digits.
same() {
	LC_ALL=C sort "$1" >a
	LC_ALL=C sort "$2" >b
	[ "$(wc -l <a)" = "$(wc -l <b)" ] || { wc -l a b; return 1; }
	awk -F'\t' -v other=b '
		function number(s) { return s ~ /^-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$/ }
		function near(x, y, d) { d = x - y; if (d < 0) d = -d; return d <= 5.01e-6 * (y < 0 ? -y : y) }
		{
			getline line <other
			n = split(line, f, "\t")
			bad = n != NF
			for (i = 1; i <= NF; i++)
				if (number($i) && number(f[i]) ? !near(f[i] + 0, $i + 0) : $i != f[i]) bad = 1
			if (bad) { print "told " $0; print "page " line; failed = 1 }
		}
		END { exit failed || NR == 0 }' a
}

@test "the comparison finds a digit that is wrong, and a line that is missing" {
	printf 'x\t1.23457\ny\t2\n' >told
	printf 'x\t1.23456789\ny\t2\n' >more
	same more told
	printf 'x\t1.23459\ny\t2\n' >wrong
	run ! same more wrong
	head -1 more >short
	run ! same more short
	run ! same /dev/null /dev/null
}

@test "measured, predicted, intervals, errors: those of validate" {
	show cells '.cell, .metric, .measured, .predicted, .ci_lo, .ci_hi, .relative_error, .tolerance, .pass' >told
	jq -r '. as $d | .platforms[] | . as $p | .rows[] | $p.cells[.[0]] as $c | .[1] as $m |
		[$c[0], $d.metrics[$m][0], ($c[7][$m] | if type == "array" then .[0] else . end), $c[8][$m], .[2:][]] | @tsv' data.json >page
	[ "$(wc -l <told)" -ge 20 ]
	same told page
}

@test "winners: those of validate" {
	show winners '.cell, .against, .measured_ratio, .ci_lo, .ci_hi, .predicted_ratio, .winner, .predicted_winner, .counts, .right' >told
	jq -r '. as $d | .platforms[] | . as $p | .duels[] | $p.cells[.[0]] as $a | $p.cells[.[1]] as $b |
		def who: if . == 0 then null elif . < 0 then $d.policies[$a[2]] else $d.policies[$b[2]] end;
		[$b[0], $d.policies[$a[2]], .[2:6][], (.[6] | who), (.[7] | who), .[8:][]] | @tsv' data.json >page
	[ "$(wc -l <told)" -ge 10 ]
	same told page
}

@test "what was measured: the medians of view cells, in intervals that hold them" {
	ask "SELECT cell, metric, role = 'validate', repeats, median FROM cells WHERE role IN ('validate', 'calibrate')" >all
	jq -r '.metrics[][0]' data.json >shown
	awk -F'\t' 'NR == FNR { shown[$1]; next } $2 in shown' shown all >told
	jq -r '. as $d | .platforms[].cells[] | . as $c | range($d.metrics | length) | select($c[7][.] != null) |
		[$c[0], $d.metrics[.][0], $c[5], $c[6], ($c[7][.] | if type == "array" then .[0] else . end)] | @tsv' data.json >page
	[ "$(wc -l <told)" -ge 500 ]
	same told page
	[ "$(jq '[.platforms[].cells[][7][] | select(type == "array") | select(.[1] > .[0] or .[2] < .[0])] | length' data.json)" = 0 ]
	[ "$(jq '[.platforms[].cells[][7][] | select(type == "array") | select(.[1] < .[0])] | length' data.json)" -ge 100 ]
}

@test "what a cell is: as view runs has it" {
	ask "SELECT DISTINCT cell, back_policy, bs_bytes, iodepth, pcpus, rw FROM runs WHERE role <> 'none'" >told
	jq -r '. as $d | .platforms[] | . as $p | .cells[] | [.[0], $d.policies[.[2]], .[3], .[4], $p.settings[.[1]][1],
		$p.settings[.[1]][0]] | @tsv' data.json >page
	same told page
}

@test "what CPUs are used for: what explain says of the model" {
	for cell in event-randread-4k-qd1 spin-randread-64k-qd4 spin-randread-16k-qd32; do
		"$RINGLAB" explain --db report.db --no-change --format json "xen-qemu-counted/$cell" |
			jq -r '.model[] | select(.section == "cpu" and (.what | contains(": "))) | ["'"$cell"'", .what, .value] | @tsv'
	done >told
	cut -f1 told | sort -u >cells
	[ "$(wc -l <cells)" = 3 ]
	jq -r '. as $d | .platforms[].cells[] | . as $c | $c[9] | to_entries[] | select(.value > 0 and $d.uses[.key][0] != "") |
		[$c[0], ($d.uses[.key] | join(": ")), .value] | @tsv' data.json | grep -wFf cells >page
	[ "$(wc -l <told)" -ge 30 ]
	same told page
}

@test "stages, distributions, sweeps: those of the views" {
	for view in stages:platform,cell,repeat,stage,n,mean_ns,p50_ns,p90_ns,p99_ns,total_frac \
		sweeps:sweep,design,configs,done,failed,paths \
		sweep_results:sweep,config,point,iops,cpu_ns_per_request,clat_p99_ns \
		sweep_pareto:sweep,config,point,iops,cpu_ns_per_request,clat_p99_ns,front_cpu,front_p99,front_all \
		sweep_crossover:sweep,metric,choice,along,rest,leader,overtaker,from_number,to_number,crossover; do
		ask "SELECT ${view#*:} FROM ${view%:*}" >told
		jq -r ".views.${view%:*} | .rows[] | @tsv" data.json >page
		echo "$view"
		same told page
		[ "$(jq -r ".views.${view%:*}.columns | join(\",\")" data.json)" = "${view#*:}" ]
	done
	for frac in 0.01 0.5 0.99 0.9999 1.0; do
		ask "SELECT platform, cell, repeat, what, way, $frac, min(value_ns) FROM latencies WHERE cum_frac >= $frac GROUP BY run, what, way"
	done >told
	jq -r '.views.latencies.rows[] | select(.[5] | IN(0.01, 0.5, 0.99, 0.9999, 1)) | @tsv' data.json >page
	same told page
}

@test "the sentence counts what validate counts" {
	show winners '.winner' >winners
	for policy in event spin; do
		wins=$(grep -cx "$policy" winners || true)
		all=$(wc -l <winners)
		echo "$policy $wins of $all"
		[ "$wins" = 0 ] || grep -qE "$policy beats [a-z]+ in $wins of $all measured|$policy wins $wins" answer
	done
	text=$(head -1 answer)
	grep -qF "<p class=\"answer\">$text</p>" page.html
}

@test "the tables that need no script say what validate says" {
	show verdicts '.check, .value, .bound, .pass' | awk -F'\t' -v OFS='\t' '{ for (i = 2; i <= 3; i++) if ($i != "") $i = sprintf("%.4g", $i)
		$4 = $4 == "true" ? "yes" : $4 == "false" ? "no" : "-"; print $1, $2, $3 }' >told
	[ "$(wc -l <told)" -ge 4 ]
	tr '\n' ' ' <page.html | grep -o '<caption>Predictions against.*' | sed 's|</table>.*||; s|<tr>|\n|g' | grep '^<td>' |
		sed 's|</td><td[^>]*>|\t|g; s|^<td>||; s|</td>.*||; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g; s/–//g' | cut -f1-3 >page
	same told page
	show cells '.metric, .cell, .measured, .predicted, .relative_error' | awk -F'\t' '
		function text(x) { return sprintf(x >= 1000 ? "%.0f" : "%.4g", x) }
		$1 == "iops" { printf "%s\t%s\t%s\t%+.1f %%\n", $2, text($3), text($4), 100 * $5 }' >told
	tr '\n' ' ' <page.html | grep -o '<caption>Measured and predicted.*' | sed 's|</table>.*||; s|<tr>|\n|g' | grep '^<td>' |
		sed 's|</td><td[^>]*>|\t|g; s|^<td>||; s|</td>.*||' | cut -f1-4 >page
	same told page
}

@test "a page is written whole or not at all" {
	mkdir -p full
	run --separate-stderr "$RINGLAB" report --db report.db --tolerances report.db.csv -o full/no/such/page.html
	[ "$status" -ne 0 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ -z "$(ls full)" ]
}
