# SPDX-License-Identifier: GPL-3.0-or-later
# What came home: which cells are left for another boot, and which ones fio itself failed in.
# Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034,SC2015

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

# idle_cell FOLDER: fio told of no I/O at all, whatever it ended with
idle_cell() {
  [ -s "$1/fio.json" ] &&
    sed -n '/^{/,$p' "$1/fio.json" | jq -e '[.jobs[] | .read.total_ios + .write.total_ios + .trim.total_ios] | add == 0' > /dev/null 2>&1
}

# failed_cell FOLDER: its fio ended otherwise than it should, or well without having done anything
failed_cell() {
  [ -e "$1/status" ] || return 1
  if grep -q 'fails=1' "$1/cell.txt"; then [ "$(cat "$1/status")" = 0 ]; return; fi
  idle_cell "$1" && return
  [ "$(cat "$1/status")" != 0 ] && ! grep -q 'corrupt=1' "$1/cell.txt"
}

# drop_failed_cells: they are to be had again
drop_failed_cells() {
  local folder
  for folder in "$out"/*/; do
    ! failed_cell "$folder" || rm -r "$folder"
  done
}

# all_home: dom0's word that it went through all cells is not enough: each one asked for must be there
all_home() {
  local folder name missing=0
  for folder in "$work"/in/cells/*/; do
    name=$(sed -n 's/^name=//p' "$folder/env") || return 1
    [ -n "$name" ] && [ -e "$out/$name/status" ] || { missing=1; echo "run: no result of cell '$name'" >&2; }
  done
  [ $missing = 0 ]
}

# decode_traces: Xen's binary scheduling records as text, where xenalyze can
decode_traces() {
  local trace loader=$images/xenalyze-root
  for trace in "$out"/*/trace.bin; do
    [ -s "$trace" ] && [ ! -e "${trace%.bin}.txt" ] || continue
    "$loader/ld-linux-x86-64.so.2" --library-path "$loader/usr/lib/x86_64-linux-gnu:$loader/lib/x86_64-linux-gnu" \
      "$loader/usr/bin/xenalyze" --summary "$trace" > "${trace%.bin}.txt" 2>&1 ||
      echo "run: xenalyze cannot read all of $trace" >&2
  done
}

# report_cells: one line a cell that failed; false when there was one
report_cells() {
  local folder bad=0
  for folder in "$out"/*/; do
    failed_cell "$folder" || continue
    bad=$((bad + 1))
    echo "run: fio ended with status $(cat "$folder/status")$(! idle_cell "$folder" || echo " and no I/O") in cell $(basename "$folder") (${folder}fio.log)" >&2
  done
  [ $bad = 0 ]
}
