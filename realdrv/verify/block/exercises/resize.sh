# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The disk grows while the guest has it: a loop device of the driver domain, whose file does.
exercise() {
  load_others driver
  driver "dd if=/dev/zero of=/tmp/file bs=1M count=16 2> /dev/null; losetup /dev/loop0 /tmp/file"
  take_away
  rigtool attach "$B" "$G" $DEVID 7:0 30 || echo "not ok attached: status $?"
  attached=1
  in_guest 'n=0; until [ -b $D ] || [ $n = 100 ]; do sleep 0.1; n=$((n + 1)); done
    same "its size" 32768 "$(cat ${Q%/queue}/size)"
    fails "a write behind the end" dd if=/dev/zero of=$D bs=4k seek=4096 count=1 oflag=direct'
  driver "dd if=/dev/zero of=/tmp/file bs=1M seek=31 count=1 2> /dev/null; losetup -c /dev/loop0"
  in_guest 'dd if=$D of=/dev/null bs=4k count=1 iflag=direct 2> /dev/null
    n=0; until [ "$(cat ${Q%/queue}/size)" = 65536 ] || [ $n = 100 ]; do sleep 0.1; n=$((n + 1)); done
    same "its new size" 65536 "$(cat ${Q%/queue}/size)"
    holds "a write behind the old end" dd if=/dev/zero of=$D bs=4k seek=4096 count=1 oflag=direct
    fails "a write behind the new end" dd if=/dev/zero of=$D bs=4k seek=8192 count=1 oflag=direct
    verified 1 --offset=8m; same "data on both sides of it" 0 $?'
  take_away
  driver "losetup -d /dev/loop0; rm /tmp/file"
  one_back
}
