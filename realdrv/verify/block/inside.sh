# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034
# Sourced by the rig's dom0 (realdrv/rig/run --inside), after a cell that has loaded the drivers: each exercise with the own pair and with the
# stock pair. Leaves /out/inside/PAIR/EXERCISE/{said,guest.dmesg,driver.dmesg,blocked}. Runs under busybox sh.
HERE=/in/inside

# in_guest SCRIPT: with checks.sh; a step that does not end is a verdict, not a failure of the rig
in_guest() {
  rigtool call "$G" $STEP "D=/dev/$disk Q=/sys/block/$disk/queue; . /tmp/checks.sh; $1"
  in_guest_status=$?
  [ $in_guest_status = 0 ] || echo "not ok the step in the guest: status $in_guest_status"
}

# send_checks: to the guest, which is another one when it was made with other CPUs
send_checks() {
  [ "$sent_to" = "$G" ] || rigtool push "$G" $STEP "$HERE/checks.sh" /tmp/checks.sh 644 || failed $? "sending checks.sh"
  sent_to=$G
}

# take_away: as the toolstack does, in at most 30 s: a backend that is Closed already is not asked to close, its directory goes
take_away() {
  back=$(back_of "$B" "$G" $DEVID)
  if [ "$(xenstore read "$back/state")" = 6 ]; then
    xenstore write "$back/online" 0
    xenstore rm "/local/domain/$G/device/vbd/$DEVID"
    xenstore rm "$back"
    guest "n=0; while [ -e $FRONT ] && [ \$n -lt 200 ]; do sleep 0.05; n=\$((n+1)); done; [ ! -e $FRONT ]"
    driver "n=0; while [ -e $BACK ] && [ \$n -lt 200 ]; do sleep 0.05; n=\$((n+1)); done; [ ! -e $BACK ]"
  else
    rigtool detach "$B" "$G" $DEVID 30 || { echo "not ok the device goes: status $?"; return; }
  fi
  attached=''
}
# one_back: the same disk again
one_back() {
  [ -n "$attached" ] || attach
}

# load_others ROLE: the modules in the folder of that name, once; a guest with other CPUs is another one
load_others() {
  [ "$1" = guest ] && to_domid=$G || to_domid=$B
  case " $have_others " in *" $to_domid "*) return ;; esac
  for module in $HERE/$1/*.ko; do
    rigtool push "$to_domid" $STEP "$module" "/tmp/${module##*/}" 644 || failed $? "sending ${module##*/}"
    $1 "insmod /tmp/${module##*/}"
  done
  have_others="$have_others $to_domid"
}

# disk_anew: the device, made with $mem_knobs, and the backend's module over it
disk_anew() {
  detach
  unload driver "$(name_of "$now_back" back)"
  unload_device "$now_device"
  now_back='' now_device=''
}

run_exercise() { # run_exercise PAIR FILE
  pair=$1
  device=mem mem_knobs='' vcpus=1 back_args=''
  case $pair in own) front=rl:event back=rl:event ;; stock) front=xen back=xen ;; esac
  # shellcheck disable=SC1090
  . "$2"
  to=/out/inside/$pair/$(basename "$2" .sh)
  mkdir -p "$to"
  say "inside: $to"
  disk_anew
  configure
  send_checks
  guest "dmesg -c > /dev/null"
  driver "dmesg -c > /dev/null"
  exercise > "$to/said" 2>&1
  guest "$BLOCKED" > "$to/blocked"
  guest dmesg > "$to/guest.dmesg"
  driver dmesg > "$to/driver.dmesg"
  echo whole > "$to/ended"
}

sent_to='' have_others=''
while read -r pair exercise <&4; do
  run_exercise "$pair" "$HERE/exercises/$exercise.sh"
done 4< $HERE/asked
