# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154
# What an exercise says in the guest: lines that begin with ok or not ok. $D is the disk, $Q its queue's folder. Runs under busybox sh.
ok() { echo "ok $*"; }
bad() { echo "not ok $*"; }

# holds WHAT COMMAND..
holds() {
  what=$1
  shift
  if "$@" > /tmp/said 2>&1; then ok "$what"; else bad "$what: status $?, $(tail -n 1 /tmp/said)"; fi
}

# fails WHAT COMMAND..
fails() {
  what=$1
  shift
  if "$@" > /tmp/said 2>&1; then bad "$what"; else ok "$what"; fi
}

# same WHAT EXPECTED SEEN
same() { if [ "$2" = "$3" ]; then ok "$1"; else bad "$1: '$3' (expected '$2')"; fi; }

# one_of WHAT SEEN EXPECTED..
one_of() {
  what=$1 seen=$2
  shift 2
  for want; do [ "$want" != "$seen" ] || { ok "$what"; return; }; done
  bad "$what: '$seen' (expected one of $*)"
}

# set_to FILE VALUE: true where the kernel took it
set_to() { echo "$2" > "$1" && grep -qE "(^|\[)$2(\$|\])" "$1"; }

JOB="--name=j --filename=$D --direct=1 --ioengine=libaio --thread --output=/tmp/fio.out"

# verified SECONDS OPTION..: writes and reads back for so long
verified() {
  seconds=$1
  shift
  /usr/bin/fio $JOB --rw=randwrite --bs=4k --size=16m --iodepth=16 --verify=crc32c --verify_fatal=1 --verify_backlog=64 \
    --time_based --runtime="$seconds" "$@" > /tmp/fio.err 2>&1
}

# begin_io SECONDS OPTION..; end_io: its verdict. Between them disturb what is to be disturbed.
begin_io() {
  rm -f /tmp/fio.status
  { verified "$@"; echo $? > /tmp/fio.status; } < /dev/null > /dev/null 2>&1 &
}
io_goes_on() { [ ! -e /tmp/fio.status ]; }
end_io() {
  n=0
  while io_goes_on && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done
  same "data under it" 0 "$(cat /tmp/fio.status 2> /dev/null || echo hangs)"
}

# pattern BYTE: 64 KiB of it in /tmp/pattern
pattern() { tr '\0' "$1" < /dev/zero | dd of=/tmp/pattern bs=64k count=1 iflag=fullblock 2> /dev/null; }
# sum_of OFFSET_64K [FLAG]
sum_of() { dd if="$D" bs=64k skip="$1" count=1 ${2:+iflag=$2} 2> /dev/null | md5sum; }
field() { awk -v n="$1" '{ print $n }' "${Q%/queue}/stat"; }
