# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# A discard of 8 GiB in blocks of 4096 bytes: more than 32 bits count in bytes.
mem_knobs='size=8192 blocksize=4096 cache_size=0'
exercise() {
  in_guest 'same "size" $((8192 * 2048)) "$(cat ${Q%/queue}/size)"
    holds "discarded whole" blkdiscard $D
    same "sectors discarded" $((8192 * 2048)) "$(field 14)"
    fails "half a block" blkdiscard -o 512 -l 4096 $D'
}
