# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# What was discarded reads as zeroes, from the disk and from the page cache, and its neighbours as they were.
exercise() {
  in_guest 'pattern x
    for n in 0 1 2 3; do dd if=/tmp/pattern of=$D bs=64k seek=$n count=1 conv=notrunc 2> /dev/null; done
    sync
    full=$(md5sum < /tmp/pattern) zeroes=$(dd if=/dev/zero bs=64k count=1 2> /dev/null | md5sum)
    same "written" "$full" "$(sum_of 1)"
    holds "discarded" blkdiscard -o 65536 -l 131072 $D
    for n in 1 2; do
      same "cached, block $n" "$zeroes" "$(sum_of $n)"
      same "direct, block $n" "$zeroes" "$(sum_of $n direct)"
    done
    for n in 0 3; do same "the neighbour $n" "$full" "$(sum_of $n direct)"; done
    [ "$(field 12)" -ge 1 ] && ok "discards were sent" || bad "discards were sent: $(field 12)"
    fails "a discard that begins behind the end" blkdiscard -o $((64 << 20)) -l 4096 $D
    fails "a discard off the blocks" blkdiscard -o 100 -l 4096 $D'
}
