# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034
# Sourced by the rig's dom0 (realdrv/rig/run --inside), after a cell that has loaded the drivers: both hostile peers, each
# against the driver that it is meant for. Runs under busybox sh.
HERE=/in/inside
# lockdep's begin with WARNING; so does what the grant table says of a page that a hostile backend keeps ("WARNING: g.e."), which is no report
REPORTS='BUG|WARNING: [^g]|cut here|Oops|general protection|blocked for more|soft lockup|[^n]stall|Call Trace|list_(add|del) corruption'
REPORTS="$REPORTS|lockdep is turned off|correctness validator|non-static key|UBSAN|ODEBUG|kmemleak: [0-9]+ new|memory corruption|pagealloc"
LEAKS=/sys/kernel/debug/kmemleak
mkdir -p /out/inside/log

send_file() { # send_file DOMID FILE MODE
  rigtool push "$1" $STEP "$HERE/$2" "/tmp/$2" "$3" || failed $? "sending $2"
}

# reports FILE: lines that no kernel should have to write
reports() { grep -cE "$REPORTS" "$1"; }

# look WHEN ROLE DOMID: what that kernel says of itself: reports that no case counted, objects that nothing points to (on the second
# look: an object is to be some seconds old) but for those of before the first process (a PVH guest without PCI gives up its ACPI, and forgets
# ten), and whether lockdep looks on; - where there is no such thing
look() {
  log=/out/inside/log/watch.$1.$2
  rigtool call "$3" 900 "if [ ! -e $LEAKS ]; then echo -; exit; fi
    for n in 1 2; do sleep 6; echo scan > $LEAKS || { echo off; exit; }; done; cat $LEAKS" > "$log.leaks" || failed $? "looking for leaks"
  leaks=$(grep -xE -- '-|off' "$log.leaks" || grep -A1 '^unreferenced object' "$log.leaks" | grep '^  comm' | grep -cv '^  comm "swapper/0", pid 0,')
  locks=$($2 "[ ! -e /proc/lockdep_stats ] || sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats")
  $2 "[ ! -e /tmp/between ] || cat /tmp/between; rm -f /tmp/between; dmesg -c" > "$log.dmesg"
  # what was said at boot, of the emulated machine, is no driver's doing; nor is what was forgotten there: all others are counted already
  [ "$1" != begin ] || sed -i -n '/loading out-of-tree module/,$ { /kmemleak: [0-9]* new/!p }' "$log.dmesg"
  echo "$1,$2,$($2 'uname -r'),$(reports "$log.dmesg"),$leaks,${locks:--}" >> /out/inside/watch.csv
}

# watch WHEN: both kernels
watch() {
  say "inside: watch $1"
  look "$1" guest "$G"
  look "$1" driver "$B"
}

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
echo "when,domain,kernel,reports,unreferenced,lockdep" > /out/inside/watch.csv
watch begin
while read -r script <&4; do
  # shellcheck disable=SC1090
  . "$HERE/$script"
  watch "${script%.sh}-unloaded"
done 4< $HERE/scripts
