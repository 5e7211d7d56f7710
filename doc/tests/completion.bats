#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion in an interactive bash on a terminal: keys go in, and what stands on the line comes out.
# once: it types into bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	# what the line became is told by a command that is put before it
	cat >rc <<-RC
	PS1=
	unset HISTFILE
	show() { printf 'GOT[%s]\n' "\$*"; }
	bind 'set bell-style none'
	bind 'set enable-bracketed-paste off'
	bind 'set completion-query-items 0'
	bind '"\C-x": insert-completions'
	source "$RL_BUILD/doc/completions/ringlab"
	RC
	touch one.yaml 'two words.yaml'
	mkdir -p folder/inner
	coproc BASH_PTY { script -qefc 'bash --noprofile --rcfile rc -i' /dev/null 2>&1; }
}

teardown() {
	[ -z "${BASH_PTY_PID-}" ] || printf 'exit\n' >&"${BASH_PTY[1]}"
}

# press KEYS: the line after them
press() {
	local line
	printf '%b\001show \005\n' "$1" >&"${BASH_PTY[1]}"
	while IFS= read -r -t 60 -u "${BASH_PTY[0]}" line; do
		case $line in *'GOT['*) break ;; esac
	done
	line=${line##*'GOT['}
	GOT=${line%']'*}
	echo "$1 -> '$GOT'"
}

# becomes KEYS LINE
becomes() {
	press "$1"
	[ "$GOT" = "$2" ]
}

# has WORD...: among what was inserted
has() {
	local w
	for w in "$@"; do [[ " $GOT " == *" $w "* ]] || { echo "no $w in: $GOT"; false; }; done
}

@test "verbs and their help" {
	becomes 'ringlab simul\t' 'ringlab simulate'
	becomes 'ringlab help swee\t' 'ringlab help sweep'
	becomes 'ringlab help sweep x\t' 'ringlab help sweep x'
	becomes 'ringlab nosuch --\t' 'ringlab nosuch --'
	press 'ringlab \030'
	mapfile -t verbs < <("$RINGLAB" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
	has "${verbs[@]}" help
}

@test "every option of every verb, as its --help has it" {
	mapfile -t verbs < <("$RINGLAB" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
	[ ${#verbs[@]} -ge 11 ]
	for v in "${verbs[@]}"; do
		press "ringlab $v -\030"
		mapfile -t options < <("$RINGLAB" help "$v" | sed -nE 's/^ +(-., )?(--[a-z-]+=?).*/\2/p')
		[ ${#options[@]} -gt 1 ]
		has "${options[@]}"
	done
}

@test "values: words, metrics, fields of a scenario, policies" {
	becomes 'ringlab simulate --form\tj\t' 'ringlab simulate --format=json'
	becomes 'ringlab simulate -F c\t' 'ringlab simulate -F csv'
	becomes 'ringlab list sched\t' 'ringlab list schedulers'
	becomes 'ringlab simulate --precision-of iops,clat_me\t' 'ringlab simulate --precision-of iops,clat_mean_ns'
	becomes 'ringlab simulate --set machine.pc\t' 'ringlab simulate --set machine.pcpus='
	becomes 'ringlab simulate --set job.iodep\t' 'ringlab simulate --set job.iodepth'
	becomes 'ringlab simulate --set costs.evtchn_se\t' 'ringlab simulate --set costs.evtchn_send_ns='
	becomes 'ringlab simulate --set back_policy=spin_b\t' 'ringlab simulate --set back_policy=spin_block'
	becomes 'ringlab simulate --set=back_policy=ev\t' 'ringlab simulate --set=back_policy=event'
	becomes 'ringlab sweep --over back_policy=event,spin_y\t' 'ringlab sweep --over back_policy=event,spin_yield'
	becomes 'ringlab measure --back-policy=tap\t' 'ringlab measure --back-policy=tapdisk'
	press 'ringlab simulate --set back_policy=\030'
	mapfile -t policies < <("$RINGLAB" list policies --format csv | sed -n '2,$s/,.*//p')
	[ ${#policies[@]} -ge 10 ]
	GOT=${GOT//back_policy=/ }
	has "${policies[@]}"
}

@test "files, with their blanks, and folders" {
	becomes 'ringlab simulate on\t' 'ringlab simulate one.yaml'
	becomes 'ringlab simulate tw\t' 'ringlab simulate two words.yaml'
	becomes 'ringlab simulate --job=fol\tin\t' 'ringlab simulate --job=folder/inner/'
	becomes 'ringlab check on\t' 'ringlab check one.yaml'
}
