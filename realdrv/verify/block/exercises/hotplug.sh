# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The disk goes and comes twenty times, with a little work each time.
exercise() {
  for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    take_away
    one_back
    in_guest 'dd if=$D of=/dev/null bs=64k count=4 iflag=direct 2> /dev/null || bad "a read"'
  done
  in_guest 'verified 1; same "data after it" 0 $?'
}
