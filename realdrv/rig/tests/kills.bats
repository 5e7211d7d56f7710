#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Driver domains that were replaced on the rig, as kept in data/evidence/replaced, and what realdrv/rig/kills makes of such
# cells. The kills themselves need the rig and hours.

setup() {
  kills=$BATS_TEST_DIRNAME/../kills
  kept=$RL_SOURCE/data/evidence/replaced
  dir=$BATS_TEST_TMPDIR
}

# as_kills: the kept cells in which a standby took the place, named as the campaign names them
as_kills() {
  local n=0 cell
  rm -rf "$dir/kept"
  mkdir -p "$dir/kept/1"
  for cell in supervise supervise-map crash; do
    cp -r "$kept/$cell" "$dir/kept/1/kill-000$n"
    n=$((n + 1))
  done
}

@test "arguments" {
  for line in "" "1 2" "0 5 $dir m p" "x 5 $dir m p" "1 0 $dir m p" "--table"; do
    # shellcheck disable=SC2086
    run "$kills" $line
    [ "$status" -eq 2 ]
    [[ "${lines[0]}" == "  kills SEED COUNT DIR MODULES PROGRAM"* ]]
  done
  run "$kills" --table "$dir"
  [ "$status" -eq 4 ]
}

@test "the kept replacements as a table" {
  as_kills
  run "$kills" --table "$dir/kept"
  printf '%s\n' "${lines[@]}"
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "3 kills, 3 with requests in flight (100 %), 48 requests sent again, at most 16 at once" ]
  [ "${lines[1]}" = "not verified: 0, requests failed: 0, tasks blocked: 0, complaints of the guest: 0, not served again: 0" ]
  [ "${lines[4]}" = "| death noticed to fenced | 11.1 | 11.2 | 159.3 | 159.3 |" ]
  [ "${lines[8]}" = "| all | 199.1 | 199.9 | 346.4 | 346.4 |" ]
}

# tampered FILE COMMAND..: what the table says when one kill's FILE went through COMMAND
tampered() {
  local one
  as_kills
  one=$dir/kept/1/kill-0001/$1
  shift
  "$@" < "$one" > "$dir/new"
  cp "$dir/new" "$one"
  run "$kills" --table "$dir/kept"
  echo "$output"
  [ "$status" -eq 1 ]
}

@test "a kill that was not survived is told" {
  tampered status echo 1
  [[ "$output" == *"not verified: 1, "* ]]
  tampered guest.blocked echo '  77 D fio'
  [[ "$output" == *"tasks blocked: 1, "* ]]
  tampered guest.dmesg echo '[ 1.0] BUG: unable to handle page fault'
  [[ "$output" == *"complaints of the guest: 1, "* ]]
  tampered front.stats sed 's/^requests_failed .*/requests_failed 7/'
  [[ "$output" == *"requests failed: 7, "* ]]
  tampered supervise.log grep -v '"served"'
  [[ "$output" == *"not served again: 1"* ]]
}

@test "a domain with another disk was refused and sent nothing" {
  grep -q 'is refused: it has another identity' "$kept/stranger/guest.dmesg"
  [ "$(sed -n 's/^backends_adopted //p' "$kept/stranger/front.stats")" = 0 ]
  [ "$(sed -n 's/^requests_replayed //p' "$kept/stranger/front.stats")" = 0 ]
  [ "$(sed -n 's/^requests //p' "$kept/stranger/back.stats")" = 0 ]
}
