# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The kernel accounts for each request, its sectors and its time, for those that take less than a tick too.
exercise() {
  in_guest 'r=$(field 1) rs=$(field 3) w=$(field 5) ws=$(field 7) f=$(field 16)
    dd if=$D of=/dev/null bs=4k count=100 iflag=direct 2> /dev/null
    dd if=/dev/zero of=$D bs=8k count=50 oflag=direct 2> /dev/null
    same "reads" 100 $(($(field 1) - r))
    same "sectors read" 800 $(($(field 3) - rs))
    same "writes" 50 $(($(field 5) - w))
    same "sectors written" 800 $(($(field 7) - ws))
    dd if=/dev/zero of=$D bs=4k count=1 conv=fsync 2> /dev/null
    same "flushes" 1 $(($(field 16) - f))'
}
