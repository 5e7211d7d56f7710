#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the script for a real host refuses before it touches a domain. No Xen here: what it needs of dom0 is what is missing.
bats_require_minimum_version 1.5.0

setup() {
	run_=$RL_SOURCE/realdrv/xenhost/run
	cd "$BATS_TEST_TMPDIR" || return 1
	printf '[global]\ntime_based=1\nruntime=4s\n[j]\nrw=randread\n' >j.fio
	sed 's/4s/2500ms/' j.fio >short.fio
	printf '[j]\nrw=randread\n' >endless.fio
	good='front=xen back=xen job=j.fio'
	echo "a $good" >cells
	args=(--name lab --driver disks --guest web --cells cells --out out --device null=/dev/nullb0)
}

# refuses LINE COLUMN TEXT: a cells file of a comment and LINE ends with exit 3 and one complaint at 2:COLUMN
refuses() {
	printf '# comment\n%s\n' "$1" >cells
	run -3 "$run_" "${args[@]}"
	echo "$output"
	[[ "$output" == "cells:2:$2: error: "*"$3"* ]]
	[ "${#lines[@]}" = 1 ]
	[ ! -e out ]
}

@test "help tells every option that the script takes" {
	run -0 "$run_" --help
	for option in $(grep -o '^ *--[a-z-]*) \|^    --[a-z-]* | --[a-z]*)\|--[a-z-]*) [a-z_]*=' "$run_" | grep -o -- '--[a-z-]*' | sort -u); do
		[[ "$output" == *"$option"* ]]
	done
}

@test "arguments: what is missing, unknown or malformed" {
	for line in "" "--name" "--nmae lab" "--name LAB" "--name lab --driver disks" "--name lab --driver disks --guest disks" \
		"--name lab --driver disks --guest web" "--name lab --driver disks --guest web --cells cells" \
		"${args[*]} --vdev sda" "${args[*]} --vdev xvdz" "${args[*]} --hotplug udev" "${args[*]} --runtime 3" \
		"${args[*]} --runtime 4s" "${args[*]} --device null" "${args[*]} --device null=nullb0" "${args[*]} --governor ondemand" \
		"${args[*]} --device null=/dev/x;reboot" "${args[*]} --driver a/b" "${args[*]} more"; do
		# shellcheck disable=SC2086
		run -2 "$run_" $line
		[[ "${lines[0]}" == "run: "*"--help shows the usage"* ]]
		[ ! -e out ]
	done
}

@test "a cells file that cannot be read" {
	rm cells
	run -3 "$run_" "${args[@]}"
	[ "$output" = "cells:1:1: error: cannot read it (expected a cells file)" ]
}

@test "an unknown driver, a policy with a bad option, a shell's words" {
	refuses "a front=vbd back=xen job=j.fio" 9 "bad front driver 'vbd'"
	refuses "a front=rl:spin:tau back=xen job=j.fio" 9 "bad front driver"
	refuses 'a front=xen back=rl:$(reboot) job=j.fio' 18 "bad back driver"
}
@test "what only the rig can do" {
	refuses "a $good load=256" 32 "key 'load' is not for a real host"
	refuses "a $good job2=j.fio" 32 "key 'job2'"
}
@test "a device that no --device names" {
	refuses "a $good device=nvme" 39 "no disk for device=nvme (expected --device nvme=PATH)"
}
@test "no device said, and none named null" {
	args=(--name lab --driver disks --guest web --cells cells --out out --device nvme=/dev/nvme0n1)
	refuses "a $good" 1 "no disk for device=null"
}
@test "grants, a key twice, a word that is no pair, a key that is missing" {
	refuses "a $good grants=copy" 39 "expected persistent|map"
	refuses "a $good job=j.fio" 32 "stands twice"
	refuses "a $good trace" 32 "bad word 'trace'"
	refuses "a front=xen job=j.fio" 1 "no back="
}
@test "a job that is not there, that ends by itself, that is too short to look at" {
	refuses "a front=xen back=xen job=none.fio" 26 "cannot read the job 'none.fio'"
	refuses "a front=xen back=xen job=endless.fio" 26 "time_based=1"
	refuses "a front=xen back=xen job=short.fio" 26 "less than 4 s"
}
@test "a name that would leave the folder, a name twice" {
	refuses "../a $good" 1 "bad name"
	printf 'a %s\na %s\n' "$good" "$good" >cells
	run -3 "$run_" "${args[@]}"
	[ "$output" = "cells:2:1: error: name 'a' is taken (expected each once)" ]
}

@test "results are not overwritten" {
	mkdir out
	echo '{}' >out/manifest.json
	run -3 "$run_" "${args[@]}"
	[[ "$output" == "out/manifest.json:1:1: error: results are there already"* ]]
}

@test "the rig's own campaigns are understood; each tool that this machine has not is named once" {
	"$RL_SOURCE/realdrv/rig/campaign" counted "$PWD/c" >/dev/null
	for shell in dash "busybox sh"; do
		# shellcheck disable=SC2086
		PATH=/usr/bin:/bin run -3 $shell "$run_" --name lab --driver disks --guest web --cells c/cells --out out --device null=/dev/nullb0
		echo "$output"
		[ "$(grep -c 'run: error: no xl (expected it in dom0' <<<"$output")" = 1 ]
		[ "$(grep -cv '^run: error: no[t]* ' <<<"$output")" = 0 ]
		[ ! -e out ]
	done
}
