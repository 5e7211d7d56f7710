# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# A table of partitions is read again, not while one is in use, and a partition ends where it ends.
exercise() {
  in_guest 'printf "n\np\n1\n2048\n4095\nw\n" | fdisk $D > /tmp/fdisk 2>&1
    holds "read again" blockdev --rereadpt $D
    n=0; until [ -b ${D}1 ] || [ $n = 50 ]; do sleep 0.1; n=$((n + 1)); done
    same "its size" 2048 "$(cat ${Q%/queue}/${D##*/}1/size)"
    holds "its last block" dd if=/dev/zero of=${D}1 bs=4k seek=255 count=1 oflag=direct
    fails "the block behind it" dd if=/dev/zero of=${D}1 bs=4k seek=256 count=1 oflag=direct
    exec 7< ${D}1
    fails "read again while it is in use" blockdev --rereadpt $D
    exec 7<&-
    dd if=/dev/zero of=$D bs=4k count=1 oflag=direct 2> /dev/null
    holds "read again when it is gone" blockdev --rereadpt $D
    [ ! -e ${Q%/queue}/${D##*/}1 ] && ok "and is gone" || bad "and is gone"'
}
