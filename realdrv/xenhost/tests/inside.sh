# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154
# Sourced by the rig's dom0 (realdrv/rig/run --inside): runs the script for a real host there, as it is, on the two domains that
# the rig has. Own and stock drivers are loaded beside each other, as on a machine whose root hangs on the stock ones.
guest "insmod /modules/xen-blkfront.ko"
driver "insmod /modules/xen-blkback.ko"
loader="/lib64/ld-linux-x86-64.so.2 --library-path /in/inside/root/usr/lib/x86_64-linux-gnu:/in/inside/root/lib/x86_64-linux-gnu"
mkdir -p /run/tools
for tool in usr/lib/xen-4.17/bin/xentop usr/bin/xenalyze; do
  printf '#!/bin/sh\nexec %s /in/inside/root/%s "$@"\n' "$loader" "$tool" > "/run/tools/${tool##*/}"
done
chmod +x /run/tools/*
export TERM=vt100 TMPDIR=/run
host() { # host NAME ARGUMENT...: the script's output and exit status go home
  log=$1
  shift
  say "inside: $log"
  PATH=/run/tools:$PATH sh /in/inside/xenhost/run --name rig --driver driver --guest guest --hotplug self --vdev xvdj \
    --driver-exec "rigtool call $B 120" --guest-exec "rigtool call $G 120" --device null=/dev/nullb0 "$@" > "/out/inside/$log.log" 2>&1
  echo $? > "/out/inside/$log.status"
  sync
}
host check --cells /in/inside/cells --out /run/none --check
host wrong --cells /in/inside/cells --out /run/none --check --device brd=/dev/ram7 --vdev xvda
host taken --cells /in/inside/cells --out /run/none --check --hotplug devd --driver-exec "rigtool call 77 1"
host run --cells /in/inside/cells --out /out/inside/xen-host-rig --schedule
host again --cells /in/inside/cells --out /out/inside/xen-host-rig --resume
xenstore ls "/local/domain/$G/device/vbd" > /out/inside/left
guest "cat /sys/bus/xen/drivers_autoprobe" >> /out/inside/left
