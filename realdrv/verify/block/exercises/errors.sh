# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# A bad block is an error for the request that meets it and for no other; mended, it is none.
exercise() {
  driver "echo +800-807 > $NULLB/badblocks"
  in_guest 'fails "a read of it" dd if=$D of=/dev/null bs=4k skip=100 count=1 iflag=direct
    holds "the block before" dd if=$D of=/dev/null bs=4k skip=99 count=1 iflag=direct
    holds "the block behind" dd if=$D of=/dev/null bs=4k skip=101 count=1 iflag=direct
    fails "a long read across it" dd if=$D of=/dev/null bs=64k skip=6 count=1 iflag=direct
    fails "a write to it" dd if=/dev/zero of=$D bs=4k seek=100 count=1 oflag=direct'
  driver "echo -800-807 > $NULLB/badblocks"
  in_guest 'holds "a read when it is mended" dd if=$D of=/dev/null bs=4k skip=100 count=1 iflag=direct
    verified 1; same "data after it" 0 $?'
}
