# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The disk is taken away under running requests: they fail, nothing hangs, and it comes back.
exercise() {
  for n in 1 2 3 4 5; do
    in_guest 'begin_io 60 --iodepth=32; sleep 0.3; io_goes_on && ok "under way" || bad "under way"'
    take_away
    in_guest 'n=0; while io_goes_on && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
      s=$(cat /tmp/fio.status 2> /dev/null || echo hangs)
      case $s in 0 | hangs) bad "requests fail: $s" ;; *) ok "requests fail" ;; esac'
    one_back
    in_guest 'verified 1; same "data after it" 0 $?'
  done
}
