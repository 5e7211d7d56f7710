# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# Four writers that sync after each write.
exercise() {
  in_guest 'f=$(field 16)
    verified 2 --numjobs=4 --offset_increment=8m --size=8m --iodepth=1 --fsync=1; same "data" 0 $?
    [ $(($(field 16) - f)) -ge 20 ] && ok "flushes were sent" || bad "flushes were sent: $(($(field 16) - f))"'
}
