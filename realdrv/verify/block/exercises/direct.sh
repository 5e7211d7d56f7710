# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# Direct requests of all sizes and places; those off the blocks are refused, those at the end are cut.
exercise() {
  in_guest 'verified 2 --bsrange=512-1m --blockalign=512; same "512 bytes to 1 MiB" 0 $?
    verified 1 --bs=64k --iodepth=64 --offset=512; same "off the pages" 0 $?
    verified 1 --ioengine=psync --numjobs=4 --offset_increment=8m --size=8m; same "four at once, one after the other" 0 $?
    fails "100 bytes" /usr/bin/fio $JOB --rw=read --bs=100 --size=100
    same "at the end" 4096 "$(dd if=$D bs=64k skip=1023 iflag=direct 2> /dev/null | tail -c 4096 | wc -c)"
    same "behind the end" 0 "$(dd if=$D bs=4k skip=16384 count=1 iflag=direct 2> /dev/null | wc -c)"
    fails "a write behind the end" dd if=/dev/zero of=$D bs=4k seek=16384 count=1 oflag=direct'
}
