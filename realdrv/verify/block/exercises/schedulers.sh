# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The scheduler changes while requests are under way.
exercise() {
  in_guest 'begin_io 2
    n=0
    while io_goes_on; do
      for s in $(tr -d "[]" < $Q/scheduler); do set_to $Q/scheduler $s || bad "scheduler $s"; done
      n=$((n + 1))
    done
    [ $n -ge 3 ] && ok "changed often" || bad "changed often: $n"
    end_io
    echo none > $Q/scheduler'
}
