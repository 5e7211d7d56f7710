#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Own and stock drivers on the driver domain's NVMe controller as kept in data/evidence/nvme: what is said of them follows from the rows. The
# cells themselves need the rig.

setup() {
	rig=$BATS_TEST_DIRNAME/..
	kept=$RL_SOURCE/data/evidence/nvme
	dir=$BATS_TEST_TMPDIR
	. "$BATS_TEST_DIRNAME/spoilt.bash"
}

@test "arguments" {
	for line in "" "--csv" "--table" "--tabel $kept/cells.csv" "--table $kept/cells.csv x"; do
		# shellcheck disable=SC2086
		run "$rig/nvme" $line
		[ "$status" -eq 2 ]
		[[ "${lines[0]}" == *"--csv DIR"* ]]
	done
	head -n 1 "$kept/cells.csv" >"$dir/none"
	run "$rig/nvme" --table "$dir/none"
	[ "$status" -eq 4 ]
}

@test "the rows are those of the two campaigns" {
	"$rig/campaign" nvme_pairs "$dir/c"
	"$rig/campaign" nvme_verify "$dir/v"
	tail -n +2 "$kept/cells.csv" | cut -d, -f1 | sort >"$dir/had"
	cat "$dir/c/cells" "$dir/v/cells" | cut -d' ' -f1 | sort | diff - "$dir/had"
	[ "$(jq -r .platform "$kept"/manifest*.json | sort -u)" = xen-qemu-counted-nvme ]
}

@test "all that was written was read again, and the README says what follows from the rows" {
	run "$rig/nvme" --table "$kept/cells.csv"
	printf '%s\n' "${lines[@]}"
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "${lines[@]}" | grep -c '^| .* | own, ')" = 16 ]
	for line in "${lines[@]}"; do
		grep -qxF -- "$line" "$RL_SOURCE/data/evidence/README.md"
	done
}

@test "wrong data, too little of it, a flipped bit that nobody saw and a job that failed are told" {
	spoilt "$rig/nvme" "$kept/cells.csv" verify-xen-event error 84
	spoilt "$rig/nvme" "$kept/cells.csv" verify-event-event read 4096
	spoilt "$rig/nvme" "$kept/cells.csv" verify-reload second 84
	spoilt "$rig/nvme" "$kept/cells.csv" corrupt-byte second 0
	spoilt "$rig/nvme" "$kept/cells.csv" stock-randread-4k-qd32.r2 error 5
	grep -v '^spin-randread-4k-qd32.r2,' "$kept/cells.csv" >"$dir/short.csv"
	run "$rig/nvme" --table "$dir/short.csv"
	[ "$status" -eq 4 ]
}

@test "a median and its range are those of the repeats" {
	awk -F, -v OFS=, '/^event-randread-4k-qd1.r1,/ { $4 = 900 } /^event-randread-4k-qd1.r2,/ { $4 = 700 } /^event-randread-4k-qd1.r3,/ { $4 = 800 } { print }' \
		"$kept/cells.csv" >"$dir/known.csv"
	run "$rig/nvme" --table "$dir/known.csv"
	[[ "$output" == *"| randread-4k-qd1 | own, event | 800 (700 to 900) |"* ]]
}
