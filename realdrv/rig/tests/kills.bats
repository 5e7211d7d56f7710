#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Deaths of driver domains on the rig as kept in data/evidence/kills and replaced: what is said of them follows from the rows, and
# each way in which a death may not be survived is told. The deaths themselves need the rig and hours.

setup() {
	kills=$BATS_TEST_DIRNAME/../kills
	evidence=$RL_SOURCE/data/evidence
	rows=$evidence/kills/kills.csv
	dir=$BATS_TEST_TMPDIR
}

@test "arguments" {
	for line in "" "1 2" "0 5 $dir m p" "x 5 $dir m p" "1 0 $dir m p" "1 5 $dir m p lunch" "1 5 $dir m p null" "1 5 $dir m p faults closing" "--csv" "--summary" \
		"--kernel" "--kernel debug" "--kernel kasan 1 5 $dir m p"; do
		# shellcheck disable=SC2086
		run "$kills" $line
		[ "$status" -eq 2 ]
		[[ "${lines[0]}" == "  kills [--kernel debug] SEED COUNT DIR MODULES PROGRAM"* ]]
	done
	head -n 1 "$rows" >"$dir/none"
	run "$kills" --summary "$dir/none"
	[ "$status" -eq 4 ]
}

@test "a job is the same whatever their number" {
	cat >"$dir/make" <<-'SH'
		. "$1/lib/kills.bash"
		weigh "${@:4}"
		make_jobs 5 "$2" "$3"
	SH
	bash "$dir/make" "$BATS_TEST_DIRNAME/.." 40 "$dir/forty"
	bash "$dir/make" "$BATS_TEST_DIRNAME/.." 15 "$dir/fifteen"
	[ "$(find "$dir/fifteen" -name env | wc -l)" = 15 ]
	(cd "$dir/fifteen" && find . -type f | while read -r file; do cmp "$file" "$dir/forty/$file"; done)
	! cmp -s "$dir/forty/kill-0001/job.fio" "$dir/forty/kill-0002/job.fio"
	# each place once a pass, or over and over
	[ "$(grep -L norandommap "$dir"/forty/*/job.fio | wc -l)" -ge 10 ]
	[ "$(grep -l norandommap "$dir"/forty/*/job.fio | wc -l)" -ge 10 ]
}

@test "deaths come at the moments that are named" {
	cat >"$dir/make" <<-'SH'
		. "$1/lib/kills.bash"
		weigh "${@:3}"
		make_jobs 5 30 "$2"
		cat "$2"/*/env | grep -o '[a-z]*:[a-z]*:[0-9]*:[0-9]*' | cut -d: -f2 | sort -u | paste -sd ' '
		grep -l fsync=1 "$2"/*/job.fio | wc -l
	SH
	run bash "$dir/make" "$BATS_TEST_DIRNAME/.." "$dir/closing" closing
	[ "${lines[*]}" = "closing 0" ]
	# who serves when the job begins is beyond the other moments
	run bash "$dir/make" "$BATS_TEST_DIRNAME/.." "$dir/late" initwait initialised
	[ "${lines[*]}" = "initialised initwait served 0" ]
	run bash "$dir/make" "$BATS_TEST_DIRNAME/.." "$dir/flush" flush
	[ "${lines[*]}" = "initialised initwait served 30" ]
}

@test "faults come in turn, or the kinds that are named" {
	cat >"$dir/make" <<-'SH'
		. "$1/lib/kills.bash"
		weigh "${@:3}"
		make_jobs 5 22 "$2"
		cat "$2"/*/env | grep -o "plan='[a-z]*:served:[0-9]*:0'" | grep -oE "'[a-z]+" | sort | uniq -c | sed 's/^ *//' | paste -sd ' '
		grep -lw faults=1 "$2"/*/env | wc -l
	SH
	run bash "$dir/make" "$BATS_TEST_DIRNAME/.." "$dir/all" faults
	[ "${lines[*]}" = "2 'bug 2 'call 2 'deaf 2 'freeze 2 'frozen 2 'lock 2 'loop 2 'memory 2 'null 2 'stack 2 'wild 22" ]
	run bash "$dir/make" "$BATS_TEST_DIRNAME/.." "$dir/two" faults code freeze
	[ "${lines[*]}" = "11 'code 11 'freeze 22" ]
}

@test "what a campaign needs is missed before it begins" {
	touch "$dir/rlfront.ko" "$dir/rlback.ko" "$dir/program"
	for line in "stock:$dir" "$dir"; do
		run "$kills" 7 1 "$dir/campaign" "$line" "$dir/program" faults
		[ "$status" -eq 3 ]
		[ "$output" = "$dir/foedom.ko:1:1: error: cannot read it (expected a file)" ]
	done
	[ ! -e "$dir/campaign" ]
}

@test "a seed keeps the moments that it was begun with" {
	touch "$dir/rlfront.ko" "$dir/rlback.ko" "$dir/program"
	mkdir -p "$dir/campaign/7"
	echo "closing flush" >"$dir/campaign/7/moments"
	run "$kills" 7 1 "$dir/campaign" "$dir" "$dir/program" closing
	[ "$status" -eq 3 ]
	[[ "$output" == *"/7/moments:1:1: error: "*"(expected 'closing flush')" ]]
}

@test "the kept deaths: all survived, and the README says what follows from the rows" {
	run "$kills" --summary "$rows"
	printf '%s\n' "${lines[@]}"
	[ "$status" -eq 0 ]
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$evidence/README.md"
	done
}

@test "the kept faults: none harmed a guest, and the README says what follows from the rows" {
	run "$kills" --summary "$evidence/faults/kills.csv"
	printf '%s\n' "${lines[@]}"
	[ "$status" -eq 0 ]
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$evidence/README.md"
	done
	# each way to harm one is told
	for harm in 13:4 15:-:18:lost 16:1 17:2; do
		IFS=: read -r -a edit <<<"$harm"
		awk -F, -v OFS=, -v edit="${edit[*]}" 'NR == 5 { n = split(edit, e, " "); for (i = 1; i < n; i += 2) $e[i] = e[i + 1] } { print }' \
			"$evidence/faults/kills.csv" >"$dir/harmed.csv"
		run "$kills" --summary "$dir/harmed.csv"
		[ "$status" -eq 1 ]
	done
}

# said_of FILE: the README says each line of what follows from the rows
said_of() {
	run "$kills" --summary "$1"
	printf '%s\n' "${lines[@]}"
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$evidence/README.md"
	done
}

# told_of DIR: kept jobs, whole, are told as in the rows
told_of() {
	"$kills" --csv "$1/jobs" >"$dir/told.csv"
	[ "$(wc -l <"$dir/told.csv")" -ge 3 ]
	head -n 1 "$dir/told.csv" | cmp - <(head -n 1 "$1/kills.csv")
	tail -n +2 "$dir/told.csv" | while IFS= read -r row; do grep -qxF -- "$row" "$1/kills.csv"; done
}

@test "the stock pair's deaths: none was survived, and the README says what follows from the rows" {
	said_of "$evidence/stock/kills.csv"
	[ "$status" -eq 1 ]
	told_of "$evidence/stock"
	# a job that ends well is told
	awk -F, -v OFS=, 'NR == 1 || $10 == "hung" { if (NR > 1) $10 = 0; print }' "$evidence/stock/kills.csv" >"$dir/well.csv"
	"$kills" --summary "$dir/well.csv"
}

@test "the stock pair's faults: the README says what follows from the rows" {
	said_of "$evidence/stock-faults/kills.csv"
	[ "$status" -eq 1 ]
	told_of "$evidence/stock-faults"
	awk -F, -v OFS=, 'NR == 1 || $3 == "ended" { if (NR > 1) $8 = 0; print }' "$evidence/stock-faults/kills.csv" >"$dir/well.csv"
	"$kills" --summary "$dir/well.csv"
	# one that was never given is no fault
	awk -F, -v OFS=, '{ if (NR > 1) $3 = "-"; print }' "$evidence/stock-faults/kills.csv" >"$dir/none.csv"
	run "$kills" --summary "$dir/none.csv"
	[ "$status" -eq 4 ]
}

@test "a guest that answers no more: xenwatch waits for requests that nobody will answer" {
	for blocked in "$evidence"/stock*/jobs/*/kill-*/guest.blocked.after; do
		grep -qx '[0-9]* DW   \[xenwatch\]' "$blocked"
		grep -q ' blk_mq_freeze_queue_wait+' "$blocked"
		grep -q ' blkfront_remove+' "$blocked"
		[ "$(cat "$(dirname "$blocked")/ended")" = "guest: no answer" ]
		seen=1
	done
	[ "$seen" = 1 ]
}

@test "what all kernels said of themselves is gathered, and judged" {
	local job n=0
	mkdir "$dir/campaign"
	cp -r "$evidence"/kills/jobs/* "$dir/campaign/"
	for job in "$dir"/campaign/*/kill-*/; do
		printf '%s\n' when,domain,kernel,reports,unreferenced,lockdep kill,guest,6.1.192-debug,0,0,1 kill,driver,6.1.192-debug,0,0,1 \
			kill,dead,6.1.192-debug,0,-,- >"$job/watch"
		n=$((n + 1))
	done
	"$kills" --keep "$dir/campaign" "$dir/kept"
	[ "$n" -ge 2 ]
	[ "$(wc -l <"$dir/kept/watch.csv")" -eq $((3 * n + 1)) ]
	mkdir "$dir/one"
	cp "$dir/kept/watch.csv" "$dir/one/"
	"$BATS_TEST_DIRNAME/../../verify/peers/judge" "$dir/one"
	for change in '4s/0,-,-$/1,-,-/' '3s/,0,0,1$/,0,2,1/' '2s/1$/0/'; do
		sed "$change" "$dir/kept/watch.csv" >"$dir/one/watch.csv"
		run "$BATS_TEST_DIRNAME/../../verify/peers/judge" "$dir/one"
		echo "$change: $output"
		[ "$status" -eq 1 ]
	done
}

# row NAME FILE WELL BESIDE FAILED HUNG: the README's line of a campaign, counted from its rows by four conditions of awk
row() {
	grep -qxF -- "$(awk -F, -v name="$1" "NR == 1 { for (i = 1; i <= NF; i++) c[\$i] = i; next }
		function v(k) { return \$c[k] }
		v(\"moment\") == \"-\" && \"moment\" in c || v(\"domain\") == \"-\" && \"domain\" in c { next }
		{ n++; a += ($3); b += ($4); f += ($5); h += ($6) }
		END { printf \"| %s | %d | %d | %d | %d | %d |\", name, n, a, b, f, h }" "$2")" "$evidence/README.md"
}

@test "the campaigns side by side follow from their rows" {
	row "own pair, deaths" "$rows" 'v("fio") == "0" && v("ended") == "whole"' 0 'v("fio") != "0"' 'v("ended") != "whole"'
	row "own pair, faults" "$evidence/faults/kills.csv" 'v("fio") == "0" && v("ended") == "whole" && v("domain") == "ended"' \
		'v("fio") == "0" && v("ended") == "whole" && v("domain") == "lives"' 'v("fio") != "0" && v("ended") == "whole"' 'v("ended") != "whole"'
	row "stock pair, deaths" "$evidence/stock/kills.csv" 'v("offered") == "0"' 0 'v("offered") !~ /^(0|hung|-)$/' 'v("offered") == "hung"'
	row "stock pair, faults" "$evidence/stock-faults/kills.csv" 'v("offered") == "0" && v("domain") == "ended"' \
		'v("offered") == "0" && v("domain") == "lives"' 'v("offered") !~ /^(0|hung|-)$/' 'v("offered") == "hung"'
}

# tampered COLUMN VALUE SAID: the first death of a job has another value; of when it was served, the last one
tampered() {
	awk -F, -v OFS=, -v column="$1" -v value="$2" '
		NR == FNR { left[$1]++; next }
		FNR == 1 { for (i = 1; i <= NF; i++) if ($i == column) c = i }
		FNR > 1 && !done && --left[$1] == 0 && column == "served_us" { $c = value; done = 1 }
		FNR > 1 && !done && $2 == 1 && column != "served_us" { $c = value; done = 1 }
		{ print }' "$rows" "$rows" >"$dir/tampered.csv"
	run "$kills" --summary "$dir/tampered.csv"
	printf '%s\n' "${lines[@]:0:4}"
	[ "$status" -eq 1 ]
	[[ "$output" == *"$3"* ]]
}

@test "a death that was not survived is told" {
	tampered fio 1 "jobs not verified: 1,"
	tampered failed 7 "requests failed: 7,"
	tampered blocked 1 "jobs with blocked tasks: 1,"
	tampered complaints 2 "with complaints of the guest: 1,"
	tampered served_us - "not served again: 1,"
	tampered ended "hang: fio took too long" "machines lost: 1,"
	tampered how - "no death: 1"
	tampered wrong 3 ", wrong: 3,"
	tampered judged - ", jobs without: 1"
}

@test "kept jobs, whole, are told as in the rows" {
	for job in "$evidence"/kills/jobs/*/kill-*/; do
		told=$(basename "$(dirname "$job")")/$(basename "$job")
		grep "^$told," "$evidence/kills/kills.csv" >>"$dir/expected"
	done
	"$kills" --csv "$evidence/kills/jobs" | tail -n +2 >"$dir/made"
	diff "$dir/expected" "$dir/made"
	[ "$(wc -l <"$dir/made")" -ge 4 ]
}

@test "what is kept of other seeds stays" {
	job=$(find "$evidence"/kills/jobs -name 'kill-*' | head -n 1)
	mkdir -p "$dir/new/9"
	cp -r "$job" "$dir/new/9/"
	mkdir "$dir/kept"
	{ head -n 1 "$rows"; sed -n '2s,^[0-9]*/,9/,p' "$rows"; sed -n '2s,^[0-9]*/,19/,p' "$rows"; } >"$dir/kept/kills.csv"
	"$kills" --keep "$dir/new" "$dir/kept"
	[ "$(grep -c '^9/' "$dir/kept/kills.csv")" = "$(wc -l <"$job/strikes")" ]
	[ "$(grep -c '^19/' "$dir/kept/kills.csv")" = 1 ]
	[ "$(grep -c '^kill,' "$dir/kept/kills.csv")" = 1 ]
}

@test "a kept manifest proves the modules of each boot" {
	job=$(find "$evidence"/kills/jobs -name 'kill-*' | head -n 1)
	mkdir -p "$dir/new/9"
	cp -r "$job" "$dir/new/9/"
	jq '.modules_sha256 = {rlback: "1"} | .boots = [. + {commit_dirty: true}, . + {commit_dirty: false}] | del(.boots[].boots)' \
		"$evidence/kills/manifest-4.json" >"$dir/new/9/manifest.json"
	cd "$dir"
	"$kills" --keep new kept
	"$RINGLAB" import --db same.db kept
	[ "$(sqlite3 same.db 'SELECT committed FROM campaigns')" = 1 ]
	jq '.boots[0].modules_sha256.rlback = "2"' new/9/manifest.json >other && mv other new/9/manifest.json
	"$kills" --keep new kept
	"$RINGLAB" import --db other.db kept
	[ "$(sqlite3 other.db 'SELECT committed FROM campaigns')" = 0 ]
}

@test "a judge who could not judge is no verdict" {
	job=$(find "$evidence"/kills/jobs -name 'kill-*' | head -n 1)
	mkdir -p "$dir/jobs/3"
	cp -r "$job" "$dir/jobs/3/"
	echo "disk:1:1: error: no block 512 (expected the disk)" >"$dir/jobs/3/$(basename "$job")/verdict"
	"$kills" --csv "$dir/jobs" >"$dir/unjudged.csv"
	run "$kills" --summary "$dir/unjudged.csv"
	[ "$status" -eq 1 ]
	[[ "$output" == *"machines lost: 0,"*", jobs without: 1"* ]]
}

@test "deaths under the debug kernel: each state, all survived, and no kernel had anything to say" {
	local kept=$evidence/hostile-debug/kills
	said_of "$kept/kills.csv"
	[ "$status" -eq 0 ]
	"$BATS_TEST_DIRNAME/../../verify/peers/judge" "$kept"
	# a line of watch.csv for guest and driver of each job, and for each death
	[ "$(tail -n +2 "$kept/kills.csv" | wc -l)" = "$(grep -c ,dead, "$kept/watch.csv")" ]
	for domain in guest driver; do
		[ "$(tail -n +2 "$kept/kills.csv" | cut -d, -f1 | sort -u | wc -l)" = "$(grep -c ",$domain," "$kept/watch.csv")" ]
	done
	for moment in "in flight" mid-flush closing initwait initialised connected; do
		[[ "${lines[3]}" =~ "$moment "[1-9] ]]
	done
}

@test "the three that were replaced by hand-written cells" {
	for cell in supervise supervise-map crash; do
		kept=$evidence/replaced/$cell
		[ "$(cat "$kept/status")" = 0 ]
		[ ! -s "$kept/guest.blocked" ]
		[ "$(jq -r .step "$kept/supervise.log" | tail -n 4 | paste -sd ' ')" = "fenced chosen named served" ]
		grep -q ', 16 requests are sent again' "$kept/guest.dmesg"
		[ "$(sed -n 's/^requests_failed //p' "$kept/front.stats")" = "$(sed -n 's/^requests_failed //p' "$kept/front.stats.before")" ]
	done
}

@test "a controller outlived its driver domain" {
	kept=$evidence/replaced/start
	[ "$(cat "$kept/status")" = 0 ]
	[ ! -s "$kept/guest.blocked" ]
	[ "$(jq -r .step "$kept/supervise.log" | paste -sd ' ')" = "watching dying fenced reset started named served" ]
	grep -q ', 16 requests are sent again' "$kept/guest.dmesg"
	[ "$(sed -n 's/^requests_failed //p' "$kept/front.stats")" = 0 ]
	for pass in fio.json fio.2.json; do
		[ "$(jq '.jobs[0] | [.error, .read.io_bytes]' "$kept/$pass" | tr -d ' \n')" = '[0,16777216]' ]
	done
}

@test "a domain with another disk was refused and sent nothing" {
	kept=$evidence/replaced/stranger
	grep -q 'is refused: it has another identity' "$kept/guest.dmesg"
	[ "$(sed -n 's/^backends_adopted //p' "$kept/front.stats")" = 0 ]
	[ "$(sed -n 's/^requests_replayed //p' "$kept/front.stats")" = 0 ]
	[ "$(sed -n 's/^requests //p' "$kept/back.stats")" = 0 ]
}

@test "the faults that are planted fit the drivers" {
	while read -r plant; do
		cp -r "$RL_SOURCE/realdrv" "$dir/"
		"$BATS_TEST_DIRNAME/../plants/plant" "$(basename "$plant" .plant)" "$dir" "$(dirname "$plant")"
		rm -r "$dir/realdrv"
	done < <(find "$RL_SOURCE/realdrv" -name '*.plant')
	printf 'file: realdrv/front/main.c\nedit: s/no such line/x/\n' >"$dir/stale.plant"
	cp "$BATS_TEST_DIRNAME/../plants/plant" "$dir/"
	cp -r "$RL_SOURCE/realdrv" "$dir/"
	run "$dir/plant" stale "$dir"
	[ "$status" -eq 3 ]
}
