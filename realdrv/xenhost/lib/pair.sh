# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034,SC2015
# Joins the guest to a disk of the driver domain, with the drivers that a cell names, and parts them again. The toolstack is
# xl alone. Own and stock drivers serve the same kind of device, and the guest's root may hang on the stock one: no module is
# unloaded, but the kernels are kept from choosing a driver by themselves, and the device is bound by name.
# Sourced by run.
joined='' now_policy=''

driver_name() { # driver_name KIND SIDE, as the bus knows it
  case $1 in xen) echo vbd ;; *) echo "rl$2" ;; esac
}
module_of() { # module_of KIND SIDE, as /sys/module knows it
  case $1 in xen) echo "xen_blk$2" ;; *) echo "rl$2" ;; esac
}

# choose_by_hand 0|1: 1 leaves the choice of a driver to the kernels again
choose_by_hand() {
  in_guest "echo $1 > /sys/bus/xen/drivers_autoprobe" && in_driver "echo $1 > /sys/bus/xen-backend/drivers_autoprobe"
}

# bind_line BUS DEVICE DRIVER: what binds it, as soon as it is there
bind_line() {
  echo "n=0; until [ -e /sys/bus/$1/devices/$2 ] || [ \$n = 300 ]; do sleep 0.1; n=\$((n+1)); done; echo $2 > /sys/bus/$1/drivers/$3/bind"
}

# join_disk: by front, back, device and grants
join_disk() {
  guest_id=$(cat "$work/guest.domid") driver_id=$(cat "$work/driver.domid")
  vbd_front=vbd-$devid vbd_back=vbd-$guest_id-$devid
  back_node=/local/domain/$driver_id/backend/vbd/$guest_id/$devid
  persistent=0
  [ "$grants" = map ] || persistent=1
  say "joining $front and $back, $device, grants $grants"
  joined="${front%%:*} ${back%%:*} $device $grants"
  choose_by_hand 0 || fail "cannot keep the kernels from binding drivers (expected /sys/bus/xen*/drivers_autoprobe)"
  in_guest "echo $persistent > /sys/module/$(module_of "${front%%:*}" front)/parameters/feature_persistent" &&
    in_driver "echo $persistent > /sys/module/$(module_of "${back%%:*}" back)/parameters/feature_persistent" || fail "cannot set grants=$grants"
  # xl waits for the backend, which waits for its driver
  xl block-attach "$guest" "format=raw,backendtype=phy,vdev=$vdev,access=rw,backend=$driver,target=$(target_of "$device")" 2> "$work/xl.err" &
  in_driver "$(bind_line xen-backend "$vbd_back" "$(driver_name "${back%%:*}" back)")" || fail "the driver domain's disk cannot be bound"
  wait $! || fail "xl block-attach: $(tail -n 1 "$work/xl.err")"
  [ "$hotplug" = devd ] || name_disk
  in_guest "$(bind_line xen "$vbd_front" "$(driver_name "${front%%:*}" front)")" || fail "the guest's disk cannot be bound"
  await_disk
  choose_by_hand 1 || fail "cannot let the kernels bind drivers again"
  now_policy=''
}

# name_disk: what a hotplug script in the driver domain would have said
name_disk() {
  number_=$(in_driver "stat -L -c %t:%T $(target_of "$device")") || fail "cannot tell the numbers of $(target_of "$device")"
  xenstore write "$back_node/physical-device" "$number_" && xenstore write "$back_node/hotplug-status" connected ||
    fail "cannot write $back_node"
}

await_disk() {
  disk=$(in_guest "n=0; until set -- /sys/bus/xen/devices/$vbd_front/block/*; [ -b \"/dev/\${1##*/}\" ] || [ \$n = 300 ]; do sleep 0.1; n=\$((n+1)); done
    [ -b \"/dev/\${1##*/}\" ] && echo none > /sys/block/\${1##*/}/queue/scheduler && echo \${1##*/}") ||
    fail "no disk appeared in the guest: states $(pair_states) (expected 4 and 4)"
}

# part_disk: false when the disk is still there, or a kernel left as it should not be. xl asks the backend to close, waits until it says that it has, and then until its
# directory is gone: to remove that is the work of `xl devd` in the driver domain, and ours where none runs there.
part_disk() {
  [ -n "$joined" ] || return 0
  joined=''
  left_by_hand=0
  choose_by_hand 1 || left_by_hand=1
  xl block-detach "$guest" "$vdev" > "$work/xl.err" 2>&1 &
  xl_pid=$!
  [ "$hotplug" = devd ] || clear_backend $xl_pid
  if ! wait $xl_pid; then
    say "xl block-detach: $(tr '\n' ' ' < "$work/xl.err"); states: $(pair_states)"
    return 1
  fi
  # the devices go a moment after their directories, and the next disk has the same names
  if ! in_guest "$(gone_line xen "$vbd_front")" || ! in_driver "$(gone_line xen-backend "$vbd_back")"; then
    say "xl has detached the disk, but $vbd_front or $vbd_back is still on its bus"
    return 1
  fi
  [ "$left_by_hand" = 0 ] && return 0
  say "the disk is gone, but a kernel still binds no driver by itself: write 1 to /sys/bus/xen/drivers_autoprobe in $guest and to /sys/bus/xen-backend/drivers_autoprobe in $driver"
  return 1
}

# clear_backend PID: removes the backend's directory once it has closed, if it does while xl waits for it. Not at once: xl
# must have seen the last state, or takes the removal for a failure.
clear_backend() {
  tries=0
  while kill -0 "$1" 2> /dev/null && [ $tries -lt 300 ]; do
    if [ "$(xenstore read "$back_node/state" 2> /dev/null)" = 6 ]; then
      sleep 1
      xenstore rm "$back_node" || say "cannot remove $back_node" # xl waits for that in vain, and says so
      return 0
    fi
    sleep 0.1
    tries=$((tries + 1))
  done
}

# gone_line BUS DEVICE: what waits until it has left the bus
gone_line() { echo "n=0; while [ -e /sys/bus/$1/devices/$2 ] && [ \$n != 100 ]; do sleep 0.1; n=\$((n+1)); done; [ \$n != 100 ]"; }

# pair_states: what xenstore says of both ends; 4 is connected, 6 closed
pair_states() {
  echo "front $(xenstore read "/local/domain/$guest_id/device/vbd/$devid/state" 2> /dev/null || echo none)," \
    "back $(xenstore read "$back_node/state" 2> /dev/null || echo none)"
}

# set_policies: those of the cell; a change of policy alone needs no new disk
set_policies() {
  [ "$now_policy" != "$front $back" ] || return 0
  case $front in
    rl:*) in_guest "echo '${front#rl:}' > /sys/bus/xen/devices/$vbd_front/policy" || fail "the frontend refuses the policy '${front#rl:}'" ;;
  esac
  case $back in
    rl:*) in_driver "echo '${back#rl:}' > /sys/bus/xen-backend/devices/$vbd_back/policy" || fail "the backend refuses the policy '${back#rl:}'" ;;
  esac
  now_policy="$front $back"
}

# configure: drivers, grants, device and policies of the cell; touches only what differs
configure() {
  if [ "$joined" != "${front%%:*} ${back%%:*} $device $grants" ]; then
    part_disk || fail "cannot detach the disk of the cell before"
    join_disk
  fi
  set_policies
}
