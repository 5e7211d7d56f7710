# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034
# Sourced by the rig's dom0 (realdrv/rig/run --inside), after a cell that has loaded the drivers: both hostile peers, each
# against the driver that it is meant for. Runs under busybox sh.
HERE=/in/inside
REPORTS='BUG|WARNING: CPU|cut here|Oops|general protection|blocked for more|soft lockup|stall|Call Trace|list_(add|del) corruption'
mkdir -p /out/inside/log

send_file() { # send_file DOMID FILE MODE
  rigtool push "$1" $STEP "$HERE/$2" "/tmp/$2" "$3" || failed $? "sending $2"
}

# reports FILE: lines that no kernel should have to write
reports() { grep -cE "$REPORTS" "$1"; }

# part [DEVID]: as libxl does it: a backend that is Closed already is not asked to close, its directory goes
part() {
  dev=${1:-$DEVID}
  back=$(back_of "$B" "$G" $dev) front=/local/domain/$G/device/vbd/$dev
  if [ "$(xenstore read "$back/state")" != 6 ]; then
    rigtool detach "$B" "$G" $dev 30
    return
  fi
  xenstore write "$back/online" 0
  xenstore rm "$front"
  xenstore rm "$back"
  guest "n=0; while [ -e /sys/bus/xen/devices/vbd-$dev ] && [ \$n -lt 200 ]; do sleep 0.05; n=\$((n+1)); done; [ ! -e /sys/bus/xen/devices/vbd-$dev ]"
  driver "n=0; while [ -e /sys/bus/xen-backend/devices/vbd-$G-$dev ] && [ \$n -lt 200 ]; do sleep 0.05; n=\$((n+1)); done; [ ! -e /sys/bus/xen-backend/devices/vbd-$G-$dev ]"
}

detach
unload guest rlfront
unload driver rlback
while read -r script <&4; do
  # shellcheck disable=SC1090
  . "$HERE/$script"
done 4< $HERE/scripts
