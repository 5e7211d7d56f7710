# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034,SC1091
# One cell: fio in the guest, and while it runs, between its ramp and its end, what each domain uses of the CPUs. Nothing
# is asked of either domain meanwhile but the disk's own counters, at both ends of that time. Sourced by run.

# take ROLE SIDE DEVICE SUFFIX: the driver's files of statistics, and the kernel's interrupts
take() {
  "in_$1" "cat /proc/interrupts" > "$to/$2.interrupts$4" || fail "cannot read the $1's interrupts"
  eval "kind=\${$2%%:*}"
  [ "$kind" = rl ] || return 0
  for file in stats decisions; do
    "in_$1" "cat /sys/kernel/debug/rl$2/$3/$file" > "$to/$2.$file$4" || fail "cannot read rl$2's $file"
  done
  # one line says the format: nothing was logged
  [ "$(wc -l < "$to/$2.decisions$4")" -gt 2 ] || rm "$to/$2.decisions$4"
}
take_both() {
  take guest front "$vbd_front" "$1"
  take driver back "$vbd_back" "$1"
}

# take_traces WORD: empty them before a cell, fetch them after it, where the modules were loaded with trace=
take_traces() {
  for pair in "guest front $vbd_front" "driver back $vbd_back"; do
    # shellcheck disable=SC2086
    set -- "$1" $pair
    eval "kind=\${$3%%:*}"
    if [ "$kind" != rl ] || [ "$("in_$2" "cat /sys/module/rl$3/parameters/trace")" = 0 ]; then continue; fi
    if [ "$1" = empty ]; then
      "in_$2" "echo > /sys/kernel/debug/rl$3/$4/trace"
    else
      "in_$2" "cat /sys/kernel/debug/rl$3/$4/trace" > "$to/$3.trace"
    fi || fail "cannot read rl$3's trace"
  done
}

start_fio() {
  in_guest "cd /tmp && rm -f ringlab.begun ringlab.out ringlab.status && cat > ringlab.fio << 'RINGLAB_JOB' || exit 1
$(cat "$1")
RINGLAB_JOB
(fio --output-format=json --output=ringlab.out --filename=/dev/$disk --exec_prerun='touch /tmp/ringlab.begun' ringlab.fio > ringlab.log 2>&1
echo \$? > ringlab.new; mv ringlab.new ringlab.status) > /dev/null 2>&1 < /dev/null &" || fail "cannot start fio"
  in_guest "n=0; until [ -e /tmp/ringlab.begun ] || [ -e /tmp/ringlab.status ] || [ \$n = 600 ]; do sleep 0.1; n=\$((n+1)); done; [ \$n -lt 600 ]" ||
    fail "fio does not begin"
}

# usage_of SECONDS: a line a domain, its name and the percents of one CPU that it used in the SECONDS from now on. xentop
# prints twice; its first figures are since each domain's birth, and 0.
usage_of() {
  xentop -b -f -i 2 -d "$1" | awk '$1 == "NAME" { round++; next } round == 2 { print $1, $4 }'
}

# look SECONDS: cpu.json and, where it was asked for, Xen's scheduling records, in the midst of fio's run
look() {
  in_guest "cat /sys/class/block/$disk/stat; sleep $1; cat /sys/class/block/$disk/stat" > "$work/disk" &
  disk_pid=$!
  if [ "$schedule" = 1 ]; then
    xentrace -D -e 0x0002f000 -T "$1" "$work/trace.bin" 2> /dev/null &
    trace_pid=$!
  fi
  usage_of "$1" > "$work/usage"
  [ -s "$work/usage" ] || fail "xentop tells nothing"
  wait $disk_pid || fail "cannot read the disk's counters"
  if [ "$schedule" = 1 ]; then
    wait "$trace_pid" || fail "xentrace ended with an error"
    xenalyze --summary "$work/trace.bin" > "$to/trace.txt" 2> /dev/null || fail "xenalyze cannot read what xentrace wrote"
  fi
  awk -v s="$1" -v driver="$driver" -v guest="$guest" '
    FILENAME ~ /usage$/ { percent[$1] = $2; next }
    { for (i = 1; i <= NF; i++) disk[FNR, i] = $i }
    function ns(name) { return name in percent ? sprintf("%.0f", percent[name] * s * 1e7) : "null" }
    function more(column) { return sprintf("%.0f", disk[2, column] - disk[1, column]) }
    END {
      printf "{\"window_ns\": %.0f,\n \"cpu_ns\": {\"dom0\": %s, \"driver\": %s, \"guest\": %s}, \"cpu_resolution_ns\": %.0f,\n", s * 1e9, ns("Domain-0"), ns(driver), ns(guest), s * 1e6
      printf " \"disk\": {\"reads\": %s, \"read_sectors\": %s, \"writes\": %s, \"write_sectors\": %s}}\n", more(1), more(3), more(5), more(7)
    }' "$work/usage" "$work/disk" > "$to/cpu.json"
}

run_cell() { # run_cell FOLDER
  . "$1/env"
  to=$out/$cell_name.partial
  rm -rf "$to"
  mkdir -p "$to"
  cp "$1/cell.txt" "$1/job.fio" "$to/"
  configure
  say "cell $number of $cells_count: $cell_name"
  take_traces empty
  take_both .before
  start_fio "$1/job.fio"
  ramp=$(seconds_of "$1/job.fio" ramp_time)
  sleep "${ramp:-0}"
  look $(($(seconds_of "$1/job.fio" runtime) - 2))
  in_guest "n=0; until [ -e /tmp/ringlab.status ] || [ \$n = $timeout ]; do sleep 1; n=\$((n+1)); done; [ \$n -lt $timeout ]" ||
    fail "fio of cell $cell_name does not end (timeout=$timeout s)"
  take_both ''
  take_traces fetch
  in_guest "sed -n '/^{/,\$p' /tmp/ringlab.out" > "$to/fio.json" || fail "cannot fetch fio's result"
  in_guest "cat /tmp/ringlab.log; sed '/^{/,\$d' /tmp/ringlab.out" > "$to/fio.log" || fail "cannot fetch fio's log"
  in_guest "cat /tmp/ringlab.status" > "$to/status" || fail "cannot fetch fio's status"
  [ "$(cat "$to/status")" = 0 ] || fail "fio ended with status $(cat "$to/status") in cell $cell_name: $(tail -n 1 "$to/fio.log") ($to/fio.log)"
  rm -rf "${out:?}/$cell_name"
  mv "$to" "$out/$cell_name"
}
