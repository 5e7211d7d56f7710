# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# A disk that the guest makes read-only takes no write, and takes them again.
exercise() {
  in_guest 'holds "made read-only" blockdev --setro $D
    fails "a write" dd if=/dev/zero of=$D bs=4k count=1 oflag=direct
    fails "a discard" blkdiscard -l 4096 $D
    holds "a read" dd if=$D of=/dev/null bs=4k count=1 iflag=direct
    holds "made writable" blockdev --setrw $D
    holds "a write again" dd if=/dev/zero of=$D bs=4k count=1 oflag=direct'
}
