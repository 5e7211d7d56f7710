# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# The guest's driver is not unloaded while it has a disk, open or not; when the disk is taken away it is, and can be loaded again.
exercise() {
  name=$(name_of "$now_front" front)
  in_guest "M=$name"'
    exec 7< $D
    fails "unloaded while the disk is open" rmmod $M
    exec 7<&-
    fails "unloaded while there is a disk" rmmod $M
    holds "a read" dd if=$D of=/dev/null bs=64k count=4 iflag=direct'
  take_away
  in_guest "M=$name; sleep 0.5"'
    holds "unloaded" rmmod $M
    [ ! -e $D ] && ok "no disk is left" || bad "no disk is left"'
  in_guest "holds 'loaded again' insmod $(module "${now_front%% *}" front).ko"
  one_back
  in_guest 'verified 1; same "data after it" 0 $?'
}
