# SPDX-License-Identifier: GPL-3.0-or-later
# The machine: starts QEMU, waits for dom0's READY or takes up a saved machine that has said it, gives the word, watches
# progress, and says what went wrong. Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034,SC2015,SC2054

qemu_pid='' reader_pids=()

stop_boot() {
  if [ -n "$qemu_pid" ]; then
    kill "$qemu_pid" 2> /dev/null || true
    wait "$qemu_pid" 2> /dev/null || true
    qemu_pid=''
  fi
  if [ ${#reader_pids[@]} -gt 0 ]; then
    kill "${reader_pids[@]}" 2> /dev/null || true
    wait "${reader_pids[@]}" 2> /dev/null || true
    reader_pids=()
    exec {com_in}>&- {com_out}>&- {monitor_in}>&- {monitor_out}>&-
  fi
}

# disk_aio: what lets a request of the disk end before the emulator looks at its clock again, where the host has it
disk_aio() {
  if echo quit | qemu-system-x86_64 -machine none -nodefaults -nographic -monitor stdio \
    -drive "file=$work/disk.img,if=none,format=raw,aio=io_uring" > /dev/null 2>&1; then
    echo io_uring
  else
    echo threads
  fi
}

# add_disk: an NVMe controller behind an IOMMU. Its requests are work of the host's: while all domains wait for one, the
# host's time passes, for else the clock would leap to the next timer of any kernel (a tick, 4 ms). QEMU cannot save a
# machine that has this controller: it is booted each time.
add_disk() {
  truncate -s 0 "$work/disk.img"
  truncate -s 512M "$work/disk.img"
  machine+=(-device 'intel-iommu,intremap=on' -device 'nvme,drive=disk,serial=ringlab'
    -drive "file=$work/disk.img,if=none,id=disk,format=raw,cache=unsafe,aio=$(disk_aio)")
}

# machine_arguments IN OUT: the array qemu, by mode. SMAP kills a PV dom0 at its first page fault under TCG.
machine_arguments() {
  local driver_cpu=0 archive=$images/dom0.cpio idle=off cpu=max,-smap,-smep
  [ "$needs_nvme" = 0 ] || idle=on
  [ "$guest" = pv ] || cpu+=,-rdtscp # with it Xen's way into a PVH domain fails here
  machine=(-machine q35 -cpu "$cpu" -m $((1280 + driver_mb + guest_mb + ${spare_mb:-0} + 640)))
  case $mode in
    counted) machine+=(-accel tcg,thread=single -icount "shift=1,align=off,sleep=$idle" -smp 1) ;;
    parallel) machine+=(-accel tcg,thread=multi -smp 2) driver_cpu=1 ;;
  esac
  if [ "$needs_nvme" = 1 ]; then
    add_disk
    archive=$images/dom0-pci.cpio
  fi
  xen_line="console=com1 com1=115200,8n1 dom0_mem=1280M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning"
  dom0_line="console=hvc0 quiet rdinit=/init $(version_of dom0_quiet) rig_driver_cpu=$driver_cpu rig_guest_cpu=0 rig_driver_mb=$driver_mb rig_guest_mb=$guest_mb"
  [ "$guest" = pv ] || dom0_line+=" rig_guest_type=$guest"
  if [ -n "${debug_images:-}" ]; then # warnings go to the domains' consoles, which outlive them
    archive=$debug_images/dom0-$kernel.cpio
    dom0_line+=" rig_extra=page_poison=1,loglevel=5"
  fi
  qemu=(qemu-system-x86_64 "${machine[@]}" -nodefaults -nographic -no-reboot
    -chardev "pipe,id=com,path=$work/com" -serial chardev:com
    -chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor,mode=readline
    -fsdev "local,id=in,path=$1,security_model=none,readonly=on" -device virtio-9p-pci,fsdev=in,mount_tag=rigin
    -fsdev "local,id=out,path=$2,security_model=none" -device virtio-9p-pci,fsdev=out,mount_tag=rigout
    -kernel "$images/xen" -append "$xen_line" -initrd "$images/vmlinux ${dom0_line//,/,,},$archive") # the list is split at single commas
}

# start_qemu ARGUMENT...: serial line into the file console, monitor into the file monitor
start_qemu() {
  local name
  rm -f "$work"/*.in "$work"/*.out "$work/console" "$work/monitor"
  for name in com monitor; do mkfifo "$work/$name.in" "$work/$name.out"; done
  # both ends of the pipes are held open here, so that QEMU never waits for a reader
  exec {com_in}<> "$work/com.in" {com_out}<> "$work/com.out" {monitor_in}<> "$work/monitor.in" {monitor_out}<> "$work/monitor.out"
  cat <&"$com_out" > "$work/console" &
  reader_pids=($!)
  cat <&"$monitor_out" > "$work/monitor" &
  reader_pids+=($!)
  # the emulator gives its TLB back and takes it anew at each change of page tables: keep that from the kernel
  MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=16777216 \
    "${qemu[@]}" "$@" 2> "$work/qemu.log" &
  qemu_pid=$!
}

# alive: QEMU runs
alive() { kill -0 "$qemu_pid" 2> /dev/null; }

# stopped: somebody has halted QEMU from outside; that is no hang
stopped() { [ "$(ps -o state= -p "$qemu_pid" 2> /dev/null)" = T ]; }

# await FILE PATTERN: until a line matches, QEMU ends, or nothing at all moves for limit_s
await() {
  local last='' now quiet_since=$SECONDS
  until grep -qE "$2" "$1" 2> /dev/null; do
    alive || { grep -qE "$2" "$1" 2> /dev/null; return; }
    now=$(stat -c %s "$work/console" "$out/progress" "$out"/*.partial/* 2> /dev/null | tr '\n' ' ') || true
    if [ "$now" != "$last" ] || stopped; then last=$now quiet_since=$SECONDS; fi
    [ $((SECONDS - quiet_since)) -lt "$limit_s" ] || return 1
    sleep 0.2
  done
}

# await_ready: dom0 has brought up the other two
await_ready() { await "$work/console" '^RIG (READY|FAIL)' && grep -q '^RIG READY' "$work/console"; }

# state_file: where a machine that has said READY is kept: it depends on all that the machine is made of
state_file() {
  local key
  key=$({ qemu-system-x86_64 --version; echo "${machine[@]}" "$xen_line" "$dom0_line"; } | sha256sum | cut -c 1-16)
  echo "${debug_images:-$images}/state-$mode-$key"
}

# save_state FILE: boots once for nothing but the saved machine. A boot costs more than most runs; taken up again it
# costs a second, and every run begins from the same state.
save_state() {
  local empty=$work/empty
  mkdir -p "$empty"
  machine_arguments "$empty" "$empty"
  echo "run: booting once to save a machine that is ready ($mode)" >&2
  start_qemu
  if ! await_ready; then
    show_consoles "the boot for the saved machine failed"
    stop_boot
    return 1
  fi
  save_machine "$1"
}

# save_machine FILE: the machine that runs goes into a file, and ends
save_machine() {
  {
    echo stop
    echo 'migrate_set_parameter max-bandwidth 10G'
    echo "migrate \"exec:cat > $1.new\""
    echo 'info migrate'
  } >&"$monitor_in"
  await "$work/monitor" 'Migration status: (completed|failed)' || true
  grep -q 'Migration status: completed' "$work/monitor" && mv "$1.new" "$1" || { rm -f "$1.new"; tail -n 5 "$work/monitor" >&2; }
  stop_boot
  [ -e "$1" ]
}

# take_up FILE: a saved machine goes on
take_up() {
  local n=0
  start_qemu -incoming "exec:cat $1"
  until grep -q 'VM status: running' "$work/monitor" 2> /dev/null; do
    alive && [ $n -lt 1500 ] || return 1 # five minutes: a busy host reads slowly
    printf 'cont\ninfo status\n' >&"$monitor_in"
    sleep 0.2
    n=$((n + 1))
  done
}

# start_machine: from the saved machine if it may and can, else by a boot
start_machine() {
  local state
  machine_arguments "$work/in" "$out"
  state=$(state_file)
  if [ "$fresh" = 0 ] && [ "$needs_nvme" = 0 ]; then
    (
      flock 9
      [ -e "$state" ] || save_state "$state"
    ) 9> "$state.lock" || true
    boot_kind=restored
    if [ -e "$state" ] && take_up "$state"; then return 0; fi
    stop_boot
    echo "run: cannot take up the saved machine, booting" >&2
  fi
  boot_kind=fresh
  start_qemu
  await_ready
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
  local ended boot_started=$SECONDS
  used_up=0
  rm -rf "$out/ended" "$out/progress" "$out/facts" "$out/retried" "$out"/*.partial
  date +%s > "$work/in/date"
  if start_machine; then
    boot_s=$((SECONDS - boot_started))
    echo go >&"$com_in"
    await "$out/ended" . || true
  fi
  wait_for_end
  cp "$work/console" "$out/console/xen-dom0.log"
  ended=$(cat "$out/ended" 2> /dev/null || echo "the machine stopped or hung: $(tail -n 1 "$out/progress" 2> /dev/null || echo 'during boot')")
  cat "$work/qemu.log" >&2
  if [ "$ended" = again ]; then used_up=1; return 0; fi # its last cell lost a domain that others need
  if [ "$ended" = whole ] && all_home; then return 0; fi
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
