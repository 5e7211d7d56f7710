#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs in the guest: load.sh DISK KIND. Prints `ok N`, `failed N`: how many of its processes ended well, and how many with an error.
# Several at a time, and each request direct, so that they are in flight together; queues: on two CPUs, so through two queues. Busybox sh.
disk=$1 kind=$2
cd /tmp || exit 1
ok=0 failed=0

each() { # each COMMAND...: four of them, each with its number in $n
  pids=
  for n in 0 1 2 3; do
    "$@" 2> /dev/null &
    pids="$pids $!"
  done
  for pid in $pids; do
    if wait "$pid"; then ok=$((ok + 1)); else failed=$((failed + 1)); fi
  done
}

read_some() { dd if="$disk" of=/dev/null bs=4k count=4 skip=$((n * 16)) iflag=direct; }
read_by_both() { taskset $((1 + n % 2)) dd if="$disk" of=/dev/null bs=4k count=4 skip=$((n * 16)) iflag=direct; }
write_some() { dd if=/dev/zero of="$disk" bs=4k count=4 seek=$((n * 16)) oflag=direct conv=notrunc; }
sync_some() { dd if=/dev/zero of="$disk" bs=4k count=1 seek=$((n * 16)) conv=notrunc,fsync; }
verify_some() {
  dd if=/dev/urandom of="r$n" bs=176k count=4 &&
    dd if="r$n" of="$disk" bs=176k seek=$((n * 4)) oflag=direct conv=notrunc &&
    dd if="$disk" of="b$n" bs=176k count=4 skip=$((n * 4)) iflag=direct &&
    cmp "r$n" "b$n" && rm "r$n" "b$n"
}

case $kind in
  read) each read_some ;;
  queues) each read_by_both ;;
  write) each write_some ;;
  fsync) each sync_some ;;
  verify) each verify_some ;;
esac
echo "ok $ok"
echo "failed $failed"
