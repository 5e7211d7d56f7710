# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The disk is taken away while somebody holds it open: nothing is read, and when it is let go nothing is left.
exercise() {
  in_guest 'rm -f /tmp/let-go /tmp/read; { exec 7< $D; touch /tmp/held; while [ ! -e /tmp/let-go ]; do sleep 0.1; done
      dd bs=4k count=1 skip=1000 <&7 2> /dev/null | wc -c > /tmp/read; exec 7<&-; } < /dev/null > /dev/null 2>&1 &
    n=0; until [ -e /tmp/held ] || [ $n = 50 ]; do sleep 0.1; n=$((n + 1)); done'
  take_away
  in_guest 'touch /tmp/let-go; n=0; until [ -e /tmp/read ] || [ $n = 100 ]; do sleep 0.1; n=$((n + 1)); done
    same "nothing is read" 0 "$(cat /tmp/read 2> /dev/null || echo hangs)"'
  one_back
  in_guest 'verified 1; same "data after it" 0 $?'
}
