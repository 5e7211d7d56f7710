# SPDX-License-Identifier: GPL-3.0-or-later
# One boot: starts QEMU, waits for dom0's READY, gives the word, watches progress, and says what went wrong.
# Sourced by run. shellcheck shell=bash disable=SC2154,SC2034,SC2015

qemu_pid=''

stop_boot() {
  [ -n "$qemu_pid" ] || return 0
  kill "$qemu_pid" 2> /dev/null || true
  wait "$qemu_pid" 2> /dev/null || true
  qemu_pid=''
}

# machine_arguments: the array qemu, by mode. SMAP kills a PV dom0 at its first page fault under TCG.
machine_arguments() {
  local driver_cpu=0
  qemu=(qemu-system-x86_64 -machine q35 -cpu 'max,-smap,-smep' -m $((1280 + driver_mb + guest_mb + 640)) -nodefaults -nographic
    -no-reboot -monitor none -chardev "pipe,id=com,path=$work/com" -serial chardev:com
    -fsdev "local,id=in,path=$work/in,security_model=none,readonly=on" -device virtio-9p-pci,fsdev=in,mount_tag=rigin
    -fsdev "local,id=out,path=$out,security_model=none" -device virtio-9p-pci,fsdev=out,mount_tag=rigout)
  case $mode in
    counted) qemu+=(-accel tcg,thread=single -icount 'shift=1,align=off,sleep=off' -smp 1) ;;
    parallel) qemu+=(-accel tcg,thread=multi -smp 2) driver_cpu=1 ;;
  esac
  xen_line="console=com1 com1=115200,8n1 dom0_mem=1280M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning"
  dom0_line="console=hvc0 quiet rdinit=/init rig_driver_cpu=$driver_cpu rig_guest_cpu=0 rig_driver_mb=$driver_mb rig_guest_mb=$guest_mb"
  qemu+=(-kernel "$images/xen" -append "$xen_line" -initrd "$images/vmlinux $dom0_line,$images/dom0.cpio")
}

# alive: QEMU runs
alive() { kill -0 "$qemu_pid" 2> /dev/null; }

# await FILE PATTERN: until a line matches, QEMU ends, or nothing at all moves for limit_s
await() {
  local last='' now quiet_since=$SECONDS
  until grep -qE "$2" "$1" 2> /dev/null; do
    alive || { grep -qE "$2" "$1" 2> /dev/null; return; }
    now=$(stat -c %s "$work/console" "$out/progress" "$out"/*.partial/* 2> /dev/null | tr '\n' ' ') || true
    if [ "$now" != "$last" ]; then last=$now quiet_since=$SECONDS; fi
    [ $((SECONDS - quiet_since)) -lt "$limit_s" ] || return 1
    sleep 0.2
  done
}

# show_consoles WHY
show_consoles() {
  local file
  echo "run: $1" >&2
  for file in "$work/console" "$out"/console/guest-driver.log "$out"/console/guest-guest.log; do
    [ -s "$file" ] || continue
    echo "--- last lines of $(basename "$file")" >&2
    tail -n 25 "$file" | tr -d '\r' >&2
  done
}

# boot_and_run: true when all cells of this boot came home
boot_and_run() {
  local ended
  rm -rf "$out/ended" "$out/progress" "$out/facts" "$out/retried" "$out"/*.partial "$work"/com.* "$work/console"
  mkfifo "$work/com.in" "$work/com.out"
  machine_arguments
  boot_started=$SECONDS
  # both ends of the pipes are held open here, so that QEMU never waits for a reader
  exec {com_in}<> "$work/com.in" {com_out}<> "$work/com.out"
  cat <&"$com_out" > "$work/console" &
  local reader=$!
  "${qemu[@]}" 2> "$work/qemu.log" &
  qemu_pid=$!
  if await "$work/console" '^RIG (READY|FAIL)' && grep -q '^RIG READY' "$work/console"; then
    boot_s=$((SECONDS - boot_started))
    echo go >&"$com_in"
    await "$out/ended" . || true
  fi
  wait_for_end
  kill "$reader" 2> /dev/null || true
  wait "$reader" 2> /dev/null || true
  exec {com_in}>&- {com_out}>&-
  cp "$work/console" "$out/console/xen-dom0.log"
  ended=$(cat "$out/ended" 2> /dev/null || echo "the machine stopped or hung: $(tail -n 1 "$out/progress" 2> /dev/null || echo 'during boot')")
  cat "$work/qemu.log" >&2
  [ "$ended" != whole ] || return 0
  show_consoles "$ended"
  return 1
}

# wait_for_end: dom0 powers the machine off by itself; what does not end in 20 s is ended
wait_for_end() {
  local n=0
  [ -e "$out/ended" ] || n=100
  while alive && [ $n -lt 100 ]; do sleep 0.2; n=$((n + 1)); done
  stop_boot
}

# drop_finished_cells: for another boot, all cells but those whose result came home and the one that failed. False if none is left.
drop_finished_cells() {
  local folder name left=0 failed_cell
  failed_cell=$(sed -n 's/^[^ ]* cell //p' "$out/progress" 2> /dev/null | tail -n 1)
  for folder in "$work"/in/cells/*/; do
    name=$(sed -n 's/^name=//p' "$folder/env")
    if [ -e "$out/$name/status" ] || [ "$name" = "$failed_cell" ] || [ -z "$failed_cell" ]; then
      rm -r "$folder"
    else
      left=$((left + 1))
    fi
  done
  [ $left -gt 0 ]
}

# report_cells: one line a cell; false when fio failed where it should not
report_cells() {
  local folder name good=0 bad=0
  for folder in "$out"/*/; do
    [ -e "$folder/status" ] || continue
    name=$(basename "$folder")
    if [ "$(cat "$folder/status")" = 0 ]; then
      good=$((good + 1))
    elif ! grep -q 'corrupt=1' "$folder/cell.txt"; then
      bad=$((bad + 1))
      echo "run: fio ended with status $(cat "$folder/status") in cell $name ($folder""fio.log)" >&2
    fi
  done
  [ $bad = 0 ]
}
