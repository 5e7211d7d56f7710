# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The kernel counts one request while one is under way, and none after.
mem_knobs='irqmode=2 completion_nsec=500000000'
exercise() {
  in_guest 'seen() { awk "{ print \$1, \$2 }" ${Q%/queue}/inflight; }
    n=0; until [ "$(seen)" = "0 0" ] || [ $n = 50 ]; do sleep 0.1; n=$((n + 1)); done # the table of partitions is read
    same "at rest" "0 0" "$(seen)"
    dd if=$D of=/dev/null bs=4k count=1 iflag=direct 2> /dev/null & sleep 0.2
    same "a read" "1 0" "$(seen)"; wait
    dd if=/dev/zero of=$D bs=4k count=1 oflag=direct 2> /dev/null & sleep 0.2
    same "a write" "0 1" "$(seen)"; wait
    same "at rest again" "0 0" "$(seen)"'
}
