# SPDX-License-Identifier: MIT
# A campaign's list: jobs, cells on one CPU and on two, and which of them calibrate. Sourced by validate and validate2, which set
# dir, note (the first line of each job's file), seed (fio's, of what a job draws) and platform (hosted, or hosted-awake).
# shellcheck shell=bash disable=SC2154

cells=()

# job NAME OPTION...: a fio job's file
job() {
  local name=$1
  shift
  printf '%s\n' "; $note" '[global]' ioengine=libaio direct=1 thread=1 size=64m time_based=1 \
    ramp_time=100ms runtime=500ms norandommap=1 "randseed=$seed" '' "[$name]" "$@" > "$dir/$name.fio"
}

# cell ROLE JOB FRONT BACKS [ARGS]: on one CPU and on two
cell() {
  local back cores
  for back in $4; do
    for cores in one:0,0 two:0,1; do
      cells+=("$1 $3-$back-$2-${cores%:*} front=rl:$3 back=rl:$back device=null grants=persistent job=$2.fio cpus=${cores#*:}${5:+ front_args=$5}")
    done
  done
}

# calibrating: the cells that calibrate, of every campaign the same: three backends, two block sizes, three depths, random
# reads and random writes
calibrating() {
  local bs depth
  for bs in 4k 64k; do
    for depth in 1 4 32; do
      job randread-$bs-qd$depth rw=randread bs=$bs iodepth=$depth
      cell calibrate randread-$bs-qd$depth event 'event spin'
    done
  done
  for depth in 1 4 32; do
    cell calibrate randread-4k-qd$depth event spin_yield
  done
  cell calibrate randread-64k-qd4 event spin_yield
  job randwrite-64k-qd4 rw=randwrite bs=64k iodepth=4
  job randwrite-4k-qd32 rw=randwrite bs=4k iodepth=32
  cell calibrate randwrite-64k-qd4 event 'event spin'
  cell calibrate randwrite-4k-qd32 event 'event spin'
}

# every policy of the registry
policies() {
  local policy
  for policy in "$1"/../../core/policy/*.c; do basename "$policy" .c; done
}

# write_list FIRST REPEATS: cells, interleaved, their repeats numbered from FIRST on; and the split of those in it
write_list() {
  local cell role name rest r awake=''
  [ "$platform" = hosted ] || awake=' awake=1'
  for ((r = $1; r < $1 + $2; r++)); do
    for cell in "${cells[@]}"; do
      read -r _ name rest <<< "$cell"
      echo "$name.r$r $rest$awake"
    done
  done > "$dir/cells"
  for cell in "${cells[@]}"; do
    read -r role name _ <<< "$cell"
    echo "$platform,$name,$role"
  done > "$dir/split.csv"
  echo "$dir/cells: $(wc -l < "$dir/cells") runs of ${#cells[@]} cells, $(grep -c ',calibrate$' "$dir/split.csv") of them calibrate"
}
