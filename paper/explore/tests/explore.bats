#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `ringlab explore`: the page's simulator says what the program says, to the last bit; the page is one
# file that is the same twice and names its own parts; what cannot be a page is refused.
# once: what it runs is compiled for WebAssembly, which no sanitizer sees
bats_require_minimum_version 1.5.0

load tools

setup_file() {
	export W=$BATS_FILE_TMPDIR
	mapfile -t names < <(grep -v '^#' "$RL_SOURCE/paper/explore/tests/twenty" | cut -d' ' -f1 | sort -u)
	pages "${names[@]}"
}

setup() {
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here" || return 1
}

@test "twenty scenarios: the page's simulator and the program have the same digests, and the same values" {
	module
	twenty 400 3
	"$RINGLAB" simulate "$SCENARIOS/one-core.yaml" --requests 400 --reps 3 --seed 7 --format json >first
	[ "$(jq -c '.metrics.iops | [.value, .ci_lo, .ci_hi]' first)" = "$(head -1 answers | jq -c .metrics.iops)" ]
	[ "$(jq -c '.metrics | keys' first)" = "$(head -1 answers | jq -c '.metrics | keys')" ]
}

@test "the timeline is the program's" {
	module
	"$RINGLAB" simulate "$SCENARIOS/one-core.yaml" --trace t.json --trace-window 3ms >/dev/null
	node "$HERE/simulate.js" "$W/one-core.html" trace=3000000 >page.json
	# times in ps, of begins and ends of spans, and of I/Os
	for kind in 'B 2' 'E 3' 'b 6' 'e 7'; do
		jq -r ".traceEvents[] | select(.ph == \"${kind% *}\") | .ts * 1e6 | round" t.json | sort -n >native
		jq -r ".trace.events[] | select(.[0] == ${kind#* }) | .[3]" page.json | sort -n >own
		[ "$(wc -l <native)" -gt 20 ]
		cmp native own
	done
}

@test "what the simulator refuses, the page is told" {
	module
	run --separate-stderr node "$HERE/simulate.js" "$W/one-core.html" job.iodepth=none
	[ "$status" -eq 3 ]
	[[ $stderr == *iodepth* ]]
	run --separate-stderr node "$HERE/simulate.js" "$W/one-core.html" machine.pcpus=4 driver.pcpu=7
	[ "$status" -eq 3 ]
	[[ $stderr == *driver.pcpu* ]]
	run --separate-stderr node "$HERE/simulate.js" "$W/one-core.html" job=/etc/passwd
	[ "$status" -eq 3 ]
}

@test "a page is the same twice, asks nobody, and its policy names its own parts" {
	module
	"$RINGLAB" explore "$SCENARIOS/one-core.yaml" --report report.html -o again.html
	cmp again.html "$W/one-core.html"
	[ "$(wc -c <again.html)" -lt 1000000 ]
	run ! grep -nE 'https?://|@import|url\(|<link|<img|<iframe| src=| on[a-z]+="' again.html
	node -e 'const { open, hashes } = require(process.argv[1]);
		const page = open("again.html").html, policy = /Security-Policy" content="([^"]*)"/.exec(page)[1];
		for (const h of hashes(page)) if (!policy.includes(h)) throw new Error(h + " is not in " + policy);
		if (/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|\*/.test(policy)) throw new Error(policy);' "$HERE/page.js"
}

@test "a scenario's name is no markup" {
	module
	printf 'name: "</script><script>alert(1)"\n' >evil.yaml
	"$RINGLAB" explore evil.yaml -o evil.html
	[ "$(grep -c '<script>' evil.html)" = 1 ]
	run ! grep -q '<script>alert' evil.html
	grep -q 'script\\u003ealert(1)' evil.html
	node "$HERE/simulate.js" "$PWD/evil.html" requests=200 reps=2 | jq -e .digest
}

@test "a report is linked by a path that is nothing else, or not at all" {
	module
	link() { node -e 'process.stdout.write(require(process.argv[1]).open(process.argv[2]).setup.report)' "$HERE/page.js" "$1"; }
	"$RINGLAB" explore "$SCENARIOS/one-core.yaml" -o alone.html
	[ "$(link alone.html)" = "" ]
	"$RINGLAB" explore "$SCENARIOS/one-core.yaml" --report 'javascript:alert("a b")' -o odd.html
	[ "$(link odd.html)" = "javascript%3Aalert%28%22a%20b%22%29" ]
	for bad in '' /report.html //there/report.html; do
		run --separate-stderr "$RINGLAB" explore "$SCENARIOS/one-core.yaml" --report "$bad" -o bad.html
		[ "$status" -eq 2 ]
		[ ! -e bad.html ]
	done
}

@test "what cannot be a page is refused, and nothing is left behind" {
	cp "$SCENARIOS/one-core.yaml" s.yaml
	run --separate-stderr "$RINGLAB" explore s.yaml
	[ "$status" -eq 2 ]
	for bad in spinn spin_block:tau=x; do
		run --separate-stderr "$RINGLAB" explore s.yaml -o p.html --against "$bad"
		echo "$stderr"
		[ "$status" -eq 3 ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr =~ ^--against:1:[0-9]+:\ error: ]]
	done
	printf 'fio version 2 iolog\n/dev/xvdb add\n/dev/xvdb open\n/dev/xvdb read 0 4096\n/dev/xvdb close\n' >io.log
	printf '[job]\nread_iolog=io.log\n' >replay.fio
	run --separate-stderr "$RINGLAB" explore s.yaml --job replay.fio -o p.html
	echo "$stderr"
	[ "$status" -eq 3 ]
	[[ $stderr == "replay.fio: error: "*read_iolog* ]]
	[ "$(ls)" = "$(printf 'io.log\nreplay.fio\ns.yaml')" ]
}

@test "a page that cannot be written" {
	module
	run --separate-stderr "$RINGLAB" explore "$SCENARIOS/one-core.yaml" -o no/such/p.html
	[ "$status" -eq 3 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ -z "$(ls)" ]
	for place in /dev/null "$PWD"; do # would be replaced, or cannot be
		run --separate-stderr "$RINGLAB" explore "$SCENARIOS/one-core.yaml" -o "$place"
		[ "$status" -eq 3 ]
		[[ $stderr == *"not a file"* ]]
	done
	[ -c /dev/null ]
	[ -z "$(ls)" ]
}

@test "a machine without the tools is told what to install" {
	run -1 env RL_WASM_CC=no-such-compiler "$RL_SOURCE/paper/explore/wasm/build" --check
	[[ $output == "no no-such-compiler (apt-get install clang)" ]]
}
