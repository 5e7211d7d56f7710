# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The queue's depth and the longest request change while requests are under way.
exercise() {
  in_guest 'most=$(cat $Q/max_hw_sectors_kb) deep=$(cat $Q/nr_requests) n=0
    begin_io 2 --bsrange=4k-128k
    while io_goes_on; do
      for v in 4 8 16 $deep; do set_to $Q/nr_requests $v || bad "depth $v"; done
      for v in 4 20 $most; do set_to $Q/max_sectors_kb $v || bad "longest request $v KiB"; done
      for v in 2 1 0; do set_to $Q/nomerges $v || bad "nomerges $v"; done
      n=$((n + 1))
    done
    [ $n -ge 3 ] && ok "changed often" || bad "changed often: $n"
    end_io
    fails "a request longer than the device takes" set_to $Q/max_sectors_kb $((most + 4))
    fails "a queue of no request" set_to $Q/nr_requests 0'
}
