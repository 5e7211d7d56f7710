# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2034,SC2086
# Sourced by the rig's dom0 (realdrv/rig/run --inside): does what the page says, step by step, on a Xen that has no other domain. A step
# of a domain is executed there by the rig's agent, which the test has put into the ramdisks beside what a user's hold.
xl destroy guest
xl destroy driver
ln -s /boot/vmlinux /vmlinuz # Debian's link; unpacked, for the emulator's sake
ln -s /in/inside/images/disks.img /in/inside/images/web.img /boot/

# reach NAME: its domid, and a place where its agent hears; a domain that was made anew has another one
reach() {
  id=$(xl domid "$1") || return 1
  xenstore exists "/local/domain/$id/rig" ||
    { xenstore write "/local/domain/$id/rig" "" && xenstore chmod "/local/domain/$id/rig" "n$id"; } || return 1
  echo "$id"
}

mkdir -p /out/inside/steps
for step in /in/inside/steps/*.command; do
  name=${step##*/}
  name=${name%.command}
  where=$(cat "${step%.command}.where")
  to=/out/inside/steps/$name
  say "step $name, $where: $(head -n 1 "$step")"
  case $where in
    host) continue ;; # done before
    dom0) sh "$step" > "$to.out" 2>&1 < /dev/null ;;
    *) id=$(reach "$where") && rigtool call "$id" 60 "$(cat "$step")" > "$to.out" 2>&1 ;;
  esac
  echo $? > "$to.rc"
  [ "$(cat "$to.rc")" = "$(cat "${step%.command}.exit")" ] || break
done
for log in /var/log/xen/xl-*.log; do cp "$log" /out/inside/ 2> /dev/null; done
for where in disks web; do
  id=$(reach "$where") && rigtool call "$id" $STEP "dmesg | tail -n 60; cat /var/log/xen/*.log" > "/out/inside/$where.log" 2>&1
done
xenstore ls -f > /out/inside/store
sync
