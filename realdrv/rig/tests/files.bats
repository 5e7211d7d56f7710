#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Jobs on a file system: what a seed tells of them, and what its check says of a file system that is whole and of one that is not.

setup() {
	here=$BATS_TEST_DIRNAME/..
	work=$BATS_TEST_TMPDIR
	cd "$work" || return 1
	. "$here/lib/kills.bash"
	. "$here/lib/files.bash"
}

# make COUNT DIR
make() {
	with_files=1
	make_jobs 5 "$1" "$2"
}

@test "a job is the same whatever their number, syncs, and is verified" {
	make 12 twelve
	make 5 five
	[ "$(find five -name env | wc -l)" = 5 ]
	(cd five && find . -type f | while read -r file; do cmp "$file" "../twelve/$file"; done)
	[ "$(grep -lE '^fsync=(1|4|16)$' twelve/*/job.fio | wc -l)" = 12 ]
	[ "$(grep -l '^verify=crc32c$' twelve/*/job.fio | wc -l)" = 12 ]
	[ -z "$(grep -l filename twelve/*/job.fio)" ]
	for job in twelve/*/; do
		[ "$(. "$job/env"; echo "$fsync")" = "$(sed -n 's/^fsync=//p' "$job/job.fio")" ]
	done
}

@test "the check of a file system is told as the ledger's" {
	truncate -s 8M whole
	mke2fs -q -t ext4 whole
	mkdir a b
	for name in a b; do
		cp whole $name.ext4
		# where the bitmap of blocks in use stands
		[ $name = a ] || dd if=/dev/zero of=b.ext4 bs=1k seek="$(dumpe2fs b.ext4 2>/dev/null | sed -n 's/.*Block bitmap at \([0-9]*\).*/\1/p;T;q')" count=1 conv=notrunc 2>/dev/null
		status=0
		e2fsck -fn $name.ext4 >$name/fsck 2>&1 || status=$?
		echo $status >$name/fsck.status
		judge_files $name
		cat $name/fsck $name/verdict
	done
	[ "$(cat a/fsck.status)" = 0 ]
	[[ $(cat a/verdict) =~ ^judged\ [1-9][0-9]*,\ wrong\ 0$ ]]
	[[ $(cat b/verdict) =~ ^judged\ [0-9]+,\ wrong\ [1-9][0-9]*$ ]]
}

@test "the kept deaths: all survived, no file system was harmed, and the README says what follows from the rows" {
	kept=$RL_SOURCE/data/evidence/files
	run "$here/kills" --summary "$kept/kills.csv"
	printf '%s\n' "${lines[@]}"
	[ "$status" -eq 0 ]
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$RL_SOURCE/data/evidence/README.md"
	done
	awk -F, -v OFS=, 'FNR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } FNR == 2 { $c["wrong"] = 3 } { print }' "$kept/kills.csv" >harmed.csv
	run "$here/kills" --summary harmed.csv
	[ "$status" -eq 1 ]
}
