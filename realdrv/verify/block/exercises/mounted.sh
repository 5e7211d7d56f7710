# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The disk is taken away under a mounted file system: writers fail, it can be unmounted, and the disk comes back.
exercise() {
  load_others guest
  in_guest 'mke2fs -F $D > /tmp/said 2>&1; mkdir -p /mnt; holds "mounted" mount -t ext4 $D /mnt
    dd if=/dev/zero of=/mnt/a bs=64k count=8 2> /dev/null; sync
    rm -f /tmp/writer; { while dd if=/dev/zero of=/mnt/b bs=64k count=16 conv=fsync 2> /dev/null; do :; done; echo 1 > /tmp/writer; } < /dev/null > /dev/null 2>&1 &
    sleep 0.3'
  take_away
  in_guest 'n=0; until [ -e /tmp/writer ] || [ $n = 100 ]; do sleep 0.1; n=$((n + 1)); done
    same "the writer ends" 1 "$(cat /tmp/writer 2> /dev/null || echo hangs)"
    umount /mnt; grep -q " /mnt " /proc/mounts && bad "unmounted" || ok "unmounted"'
  one_back
  in_guest 'verified 1; same "data after it" 0 $?'
}
