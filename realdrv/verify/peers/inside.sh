# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034
# Sourced by the rig's dom0 (realdrv/rig/run --inside), after a cell that has loaded the drivers: both hostile peers, each
# against the driver that it is meant for. Runs under busybox sh.
HERE=/in/inside
# shellcheck disable=SC1091
. /in/dom0-reports
mkdir -p /out/inside/log

send_file() { # send_file DOMID FILE MODE
  rigtool push "$1" $STEP "$HERE/$2" "/tmp/$2" "$3" || failed $? "sending $2"
}

# watch WHEN: both kernels; reports are those that no case counted
watch() {
  say "inside: watch $1"
  report "$1" guest "$G" "/out/inside/log/watch.$1.guest" >> /out/inside/watch.csv
  report "$1" driver "$B" "/out/inside/log/watch.$1.driver" >> /out/inside/watch.csv
}

# lost STATUS WHAT: whether the emulator lost that program: it was not found, could not write, or a signal ended it. Rare, and no outcome of a
# case: it is done again, and the manifest tells (retried)
lost() {
  case $1 in 126 | 127 | 134 | 135 | 139) echo "$2" >> /run/retried ;; *) return 1 ;; esac
}

# untouched DEVID: whether its backend's driver has done nothing about it: of xenstore's words one was lost
untouched() { [ "$(xenstore read "$(back_of "$B" "$G" "$1")/state")" = 1 ]; }

# In a case a command that is lost does not end the run, but makes the case a lost one
called() { # called DOMID COMMAND
  rigtool call "$1" $STEP "$2"
  called_as=$?
  [ $called_as != 0 ] || return 0
  [ "$in_case" = 1 ] && lost $called_as "a command of domain $1" && touch /run/lost_case || failed $called_as "'$2'"
}
guest() { called "$G" "$1"; }
driver() { called "$B" "$1"; }
in_case=0

# lost_case NUMBER: whether the emulator lost a program of that case, or a domain's kernel says that one of it died
lost_case() {
  [ -e /run/lost_case ] || grep -qhE 'segfault at|trap invalid opcode|traps: ' "$log.guest.dmesg" "$log.driver.dmesg" || return 1
  rm -f /run/lost_case
  echo "case $1" >> /run/retried
}

# attempts TRY NUMBER LINE: TRY makes a case's $row; one that was lost is tried again, four times at most
attempts() {
  in_case=1
  for turn in 1 2 3 4 5; do
    rm -f /run/lost_case "/out/inside/log/${prefix:-}$2".*
    $1 "$2" "$3"
    lost_case "$2" || break
    part > /dev/null 2>&1
  done
  in_case=0
}

# ask COMMAND: the guest, what may be asked twice
ask() {
  for attempt in 1 2 3 4 5; do
    answer=$(rigtool call "$G" $STEP "$1")
    asked_as=$?
    lost $asked_as "a question" || break
  done
  [ $asked_as = 0 ] || failed $asked_as "'$1' in the guest"
  [ -z "$answer" ] || echo "$answer"
}

# part [DEVID]: as libxl does it: a backend that is Closed already is not asked to close, its directory goes
part() {
  dev=${1:-$DEVID} tries=0
  back=$(back_of "$B" "$G" $dev) front=/local/domain/$G/device/vbd/$dev
  while [ $tries -lt 5 ] && xenstore exists "$front" && [ "$(xenstore read "$back/state")" != 6 ]; do
    rigtool detach "$B" "$G" $dev 30
    parted_as=$?
    lost $parted_as "detach $dev" || return $parted_as
    tries=$((tries + 1))
  done
  xenstore exists "$back" && xenstore write "$back/online" 0
  xenstore exists "$front" && xenstore rm "$front"
  xenstore exists "$back" && xenstore rm "$back"
  guest "n=0; while [ -e /sys/bus/xen/devices/vbd-$dev ] && [ \$n -lt 200 ]; do sleep 0.05; n=\$((n+1)); done; [ ! -e /sys/bus/xen/devices/vbd-$dev ]"
  driver "n=0; while [ -e /sys/bus/xen-backend/devices/vbd-$G-$dev ] && [ \$n -lt 200 ]; do sleep 0.05; n=\$((n+1)); done; [ ! -e /sys/bus/xen-backend/devices/vbd-$G-$dev ]"
}

detach
unload guest rlfront
unload driver rlback
# a PVH guest with two CPUs takes its own lock of the time in another order when an interrupt meets one on its way out of idle: lockdep would say
# so, and be silent from then on. It has looked under the debug kernel, in PV guests; KASAN does not need it
case $(guest "uname -r") in *-kasan) guest "echo 0 > /sys/module/lockdep/parameters/prove_locking" ;; esac
echo $REPORTS_HEAD > /out/inside/watch.csv
watch begin
while read -r script <&4; do
  # shellcheck disable=SC1090
  . "$HERE/$script"
  watch "${script%.sh}-unloaded"
done 4< $HERE/scripts
