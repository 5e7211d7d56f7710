# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2034,SC2016,SC2154
# CPUs of the guest go and come while each of two jobs has requests under way.
vcpus=2
exercise() {
  in_guest 'begin_io 3 --numjobs=2 --offset_increment=16m --cpus_allowed=0-1 --cpus_allowed_policy=shared
    n=0 one=/sys/devices/system/cpu/cpu1/online
    while io_goes_on; do
      echo 0 > $one && echo 1 > $one || { bad "CPU 1 goes and comes"; break; }
      n=$((n + 1))
    done
    [ $n -ge 3 ] && ok "went and came often" || bad "went and came often: $n"
    end_io'
}
