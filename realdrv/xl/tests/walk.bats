#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What takes the commands out of realdrv/README.md and judges what they printed. The commands themselves: long_walk.bats.
# once: it reads a page
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	tests=$BATS_TEST_DIRNAME
}

@test "the page goes through the toolstack, and through nothing else" {
	"$tests/steps" "$RL_SOURCE/realdrv/README.md" s
	[ "$(sort -u s/*.where | paste -sd ' ')" = "disks dom0 host web" ]
	for word in driver_domain backend=disks 'xl devd' 'xl block-attach' 'xl block-detach' access=ro 'xl create'; do
		grep -qF -- "$word" s/*.command
	done
	run -1 grep -lE 'xenstore' s/*.command
	for command in s/*.command; do bash -n "$command"; done
}

@test "steps and what they print" {
	printf '%s\n' text '```console' 'a# one' '> more' shown '> not more' 'b$ two # exit 3' '```' 'c# none' '```' '```sh' 'd# none' '```' >page
	"$tests/steps" page s
	[ "$(cat s/001.command)" = $'one\nmore' ]
	[ "$(cat s/001.shown)" = $'shown\n> not more' ]
	[ "$(cat s/001.where s/002.where | paste -sd ' ')" = "a b" ]
	[ "$(cat s/001.exit s/002.exit | paste -sd ' ')" = "0 3" ]
	[ "$(ls s/*.command | wc -l)" = 2 ]
	printf '%s\n' '```console' astray '```' >page
	run -3 "$tests/steps" page t
	[[ $output == page:2:1:\ error:* ]]
}

@test "a step that ends or prints otherwise is told" {
	printf '%s\n' '```console' 'a# one' 'is 1 ... (2)' 'b$ two # exit 3' '```' >page
	"$tests/steps" page s
	run -1 "$tests/judge" s
	[[ $output == *"not run: one"* ]]
	printf 'is 1 whatever (2)  \n' >s/001.out
	echo 0 >s/001.rc
	echo any >s/002.out
	echo 3 >s/002.rc
	"$tests/judge" s
	echo 0 >s/002.rc
	run -1 "$tests/judge" s
	[[ $output == *"exit 0 (expected 3) of: two"* ]]
	echo 3 >s/002.rc
	for text in 'is 2 whatever (2)' 'is 1 whatever 2' $'is 1 x (2)\nmore' ''; do
		printf %s "${text:+$text$'\n'}" >s/001.out
		run -1 "$tests/judge" s
		[[ $output == *"prints otherwise than shown: one"* ]]
	done
}
