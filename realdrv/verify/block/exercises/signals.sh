# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# Readers and writers that are killed in the middle of their requests.
mem_knobs='irqmode=2 completion_nsec=20000000'
exercise() {
  in_guest 'for n in 1 2 3 4 5 6 7 8; do
      dd if=$D of=/dev/null bs=64k iflag=direct 2> /dev/null & a=$!
      dd if=/dev/zero of=$D bs=64k count=100 oflag=direct 2> /dev/null & b=$!
      sleep 0.05
      kill -9 $a $b
      wait $a; ra=$?
      wait $b; rb=$?
      [ $ra$rb = 137137 ] || bad "killed: $ra $rb"
    done
    same "none is under way" "0 0" "$(awk "{ print \$1, \$2 }" ${Q%/queue}/inflight)"
    holds "a read" dd if=$D of=/dev/null bs=64k count=4 iflag=direct
    verified 1; same "data after it" 0 $?'
}
