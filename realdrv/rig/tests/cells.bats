#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the rig must refuse before anything boots: arguments (exit 2) and cells files (file:line:col, exit 3). No QEMU.

setup() {
  rig=$BATS_TEST_DIRNAME/../run
  dir=$BATS_TEST_TMPDIR
  printf '[j]\nrw=randread\n' > "$dir/j.fio"
  good='front=xen back=xen job=j.fio'
}

# refuses LINE PLACE PATTERN: a cells file of one comment and LINE ends with exit 3 and one complaint at 2:PLACE
refuses() {
  printf '# comment\n%s\n' "$1" > "$dir/cells"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out"
  [ "$status" -eq 3 ]
  [[ "$output" == "$dir/cells:2:$2: error: "*"$3"* ]]
  [ ! -e "$dir/out" ]
}

@test "arguments: no mode, unknown mode, unknown option, missing value, bad number" {
  touch "$dir/cells"
  for line in "--cells $dir/cells --out $dir/o" "--mode fast --cells $dir/cells --out $dir/o" "--moed counted" "--mode" \
    "--mode counted --cells $dir/cells --out $dir/o --kernel linux" "--mode counted --cells $dir/cells --out $dir/o --guest hvm" \
    "--mode counted --cells $dir/cells --out $dir/o --guest pvh --kernel debug" "--mode counted --cells $dir/cells --out $dir/o --guest pv --kernel kasan" "--mode counted --cells $dir/cells --out $dir/o --limit 0" "--mode counted --out $dir/o" "--mode counted --cells $dir/cells"; do
    # shellcheck disable=SC2086
    run "$rig" $line
    [ "$status" -eq 2 ]
    [[ "$output" == "run: "* ]]
  done
}

@test "a cells file or module that cannot be read" {
  run "$rig" --mode counted --cells "$dir/none" --out "$dir/out"
  [ "$status" -eq 3 ]
  [[ "$output" == "$dir/none:1:1: error: "* ]]
  echo "a $good" > "$dir/cells"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out" --rlback "$dir/none.ko"
  [ "$status" -eq 3 ]
}

@test "a kernel that watches itself for a machine that has PCI" {
  echo "a $good device=nvme" > "$dir/cells"
  for kernel in debug kasan; do
    run "$rig" --mode counted --kernel $kernel --cells "$dir/cells" --out "$dir/out"
    [ "$status" -eq 3 ]
    [[ "$output" == "$dir/cells:1:1: error: "*"expected --kernel debian"* ]]
    [ ! -e "$dir/out" ]
  done
}

@test "unknown key, with its column" { refuses "a $good grnats=map" 32 "unknown key 'grnats'"; }
@test "unknown driver" { refuses "a front=vbd back=xen job=j.fio" 9 "bad front driver 'vbd'"; }
@test "policy with a bad option" { refuses "a front=rl:spin:tau back=xen job=j.fio" 9 "bad front driver"; }
@test "a shell's words in a policy" { refuses 'a front=rl:$(reboot) back=xen job=j.fio' 9 "bad front driver"; }
@test "unknown device" { refuses "a $good device=disk" 39 "expected null|brd|lent|nvme|mem|mem4k"; }
@test "a mode that no disk has, a guest without a CPU" {
  refuses "a $good mode=x" 37 "expected w|r"
  refuses "a $good vcpus=0" 38 "whole number from 1 to 8"
  refuses "a $good nodes=2" 38 "expected 0|1"
  refuses "a $good fresh=2" 38 "expected 0|1"
  refuses "a $good device=nvme fresh=1" 1 "fresh=1 needs a disk that the driver domain makes"
}
@test "unknown grants" { refuses "a $good grants=copy" 39 "expected persistent|map"; }
@test "a third domain without a weight, with too much of one, with a cap that is none" {
  refuses "a $good load=0" 37 "bad value '0' of load"
  refuses "a $good load=65536" 37 "expected WEIGHT or WEIGHT:CAP"
  refuses "a $good load=256:x" 37 "bad value '256:x' of load"
}
@test "missing job file" { refuses "a front=xen back=xen job=none.fio" 26 "cannot read the job 'none.fio'"; }
@test "no job at all" { refuses "a front=xen back=xen" 1 "no job="; }
@test "no front at all" { refuses "a back=xen job=j.fio" 1 "no front="; }
@test "a key twice" { refuses "a $good job=j.fio" 32 "stands twice"; }
@test "a word that is no pair" { refuses "a $good trace" 32 "bad word 'trace'"; }
@test "negative reload" { refuses "a $good job2=j.fio reload=-1" 50 "whole number"; }
@test "reload without a second job" { refuses "a $good reload=3" 1 "reload needs job2="; }
@test "a planted fault needs a disk that keeps data" { refuses "a $good job2=j.fio corrupt=1" 1 "corrupt=1 needs device=brd or nvme"; }
@test "a backend that is lost in a way that nobody knows" { refuses "a $good fault=backend:melt" 38 "backend:rebind|backend:destroy"; }
@test "a driver domain that is started anew needs a disk that it can have" { refuses "a $good fault=backend:start" 1 "device=nvme"; }
@test "an identity that is none" { refuses "a $good identity=a/b" 41 "bad value 'a/b' of identity"; }
@test "a name that would leave the folder" { refuses "../a $good" 1 "bad name"; }
@test "a name that dom0 uses itself" { refuses "a.partial $good" 1 "bad name"; }

@test "a name twice says where the first one stands" {
  printf 'a %s\n\na %s\n' "$good" "$good" > "$dir/cells"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out"
  [ "$status" -eq 3 ]
  [[ "$output" == "$dir/cells:3:1: error: name 'a' is taken (first on line 1)" ]]
}

@test "every bad line is named at once" {
  printf 'a front=1 back=2 job=j.fio\nb %s x=1\n' "$good" > "$dir/cells"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out"
  [ "$status" -eq 3 ]
  [ "${#lines[@]}" -eq 3 ]
}

@test "a cell of our own needs its module" {
  echo "a front=xen back=rl:event job=j.fio" > "$dir/cells"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out"
  [ "$status" -eq 3 ]
  [[ "$output" == *"expected --rlback KO"* ]]
}

@test "a cell with a supervisor needs its program" {
  echo "a $good fault=backend:supervise" > "$dir/cells"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out"
  [ "$status" -eq 3 ]
  [[ "$output" == *"expected --supervise PROGRAM"* ]]
}

@test "results are not overwritten without --resume; a whole folder resumes to nothing" {
  echo "a $good" > "$dir/cells"
  mkdir -p "$dir/out/a"
  echo '{}' > "$dir/out/manifest.json"
  echo 0 > "$dir/out/a/status"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out"
  [ "$status" -eq 3 ]
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out" --resume
  [ "$status" -eq 0 ]
  [[ "$output" == *"1 cells are there already"* ]]
}

@test "--resume asks for the cell again whose fio failed, and keeps one that had to fail" {
  echo "a front=xen back=rl:event job=j.fio" > "$dir/cells"
  mkdir -p "$dir/out/a"
  echo '{}' > "$dir/out/manifest.json"
  echo 134 > "$dir/out/a/status"
  cp "$dir/cells" "$dir/out/a/cell.txt"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out" --resume
  [ "$status" -eq 3 ]
  [[ "$output" == *"expected --rlback KO"* ]]
  [ -e "$dir/out/a/status" ] # nothing is lost before all is well
  echo "a front=xen back=rl:event job=j.fio corrupt=1" > "$dir/out/a/cell.txt"
  run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out" --resume
  [ "$status" -eq 0 ]
}

@test "a cell whose fio ended well without any I/O is asked for again, too" {
  echo "a front=xen back=rl:event job=j.fio" > "$dir/cells"
  mkdir -p "$dir/out/a"
  echo '{}' > "$dir/out/manifest.json"
  echo 0 > "$dir/out/a/status"
  cp "$dir/cells" "$dir/out/a/cell.txt"
  local ios
  for ios in 0 1; do
    printf 'fio: words\n{"jobs": [{"read": {"total_ios": %s}, "write": {"total_ios": 0}, "trim": {"total_ios": 0}}]}\n' $ios > "$dir/out/a/fio.json"
    run "$rig" --mode counted --cells "$dir/cells" --out "$dir/out" --resume
    echo "$output"
    if [ $ios = 0 ]; then [[ $status = 3 && "$output" == *"expected --rlback KO"* ]]; else [ "$status" -eq 0 ]; fi
  done
}

@test "the package list names what the scripts call" {
  run "$BATS_TEST_DIRNAME/../packages"
  [ "$status" -eq 0 ]
  for package in qemu-system-x86 mmdebstrap libxen-dev jq; do
    printf '%s\n' "${lines[@]}" | grep -qx "$package"
  done
}
