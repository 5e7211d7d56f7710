# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# Few persistent grants, fewer than a job names, and none that is kept for longer than a second: they are given back and taken again.
grants=persistent back_args='max_persistent_grants=24,persistent_grant_unused_seconds=1'

# kept: grants that our backend has now
kept() { driver "sed -n 's/^persistent_grants //p' /sys/kernel/debug/rlback/*/stats"; }
purged() { driver "sed -n 's/^persistent_purged //p' /sys/kernel/debug/rlback/*/stats"; }

exercise() {
  in_guest 'verified 3 --bsrange=4k-44k --iodepth=32; same "data, with a full table" 0 $?'
  [ "$pair" = stock ] || { [ "$(kept)" -le 24 ] && echo "ok at most as many as allowed" || echo "not ok at most as many as allowed: $(kept)"; }
  sleep 4
  [ "$pair" = stock ] || { [ "$(kept)" = 0 ] && [ "$(purged)" -ge 24 ] && echo "ok none that is unused" || echo "not ok none that is unused: $(kept), given back $(purged)"; }
  in_guest 'verified 1 --bsrange=4k-44k --offset=4m; same "data, of grants that are mapped anew" 0 $?'
}
