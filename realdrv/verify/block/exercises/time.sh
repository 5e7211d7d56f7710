# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# Requests of 50 ms are told as such.
mem_knobs='irqmode=2 completion_nsec=50000000'
exercise() {
  in_guest 't=$(field 4) b=$(field 10)
    dd if=$D of=/dev/null bs=4k count=10 iflag=direct 2> /dev/null
    t=$(($(field 4) - t)) b=$(($(field 10) - b))
    [ $t -ge 490 ] && [ $t -le 700 ] && ok "time of ten reads" || bad "time of ten reads: $t ms"
    [ $b -ge 450 ] && [ $b -le 700 ] && ok "busy" || bad "busy: $b ms"'
}
