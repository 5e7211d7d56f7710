# SPDX-License-Identifier: MIT
# A campaign's list: jobs, cells on one CPU and on two, and which of them calibrate. Sourced by validate, validate2 and all, which set
# dir and platform (hosted, or hosted-awake).
# shellcheck shell=bash disable=SC2154

# note: the first line of each job's file; seed: fio's, of what a job draws
cells=() note="the hosted pair's second campaign" seed=20131212

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

# policies: every one of the registry
policies() {
  local policy
  for policy in "$(dirname "${BASH_SOURCE[0]}")"/../../core/policy/*.c; do basename "$policy" .c; done
}

# second: what ./validate says is held out
second() {
  local all
  all=$(policies)
  # every backend against every other
  job randread-16k-qd1 rw=randread bs=16k iodepth=1
  job randread-4k-qd8 rw=randread bs=4k iodepth=8
  job randread-16k-qd16 rw=randread bs=16k iodepth=16
  cell validate randread-16k-qd1 event "$all"
  cell validate randread-4k-qd8 event "$all"
  cell validate randread-16k-qd16 event "$all"
  # sizes
  job randread-512-qd4 rw=randread bs=512 iodepth=4
  job randread-256k-qd2 rw=randread bs=256k iodepth=2
  cell validate randread-512-qd4 event 'event spin'
  cell validate randread-256k-qd2 event 'event spin'
  # depths
  job randread-4k-qd2 rw=randread bs=4k iodepth=2
  job randread-4k-qd64 rw=randread bs=4k iodepth=64
  job randread-4k-qd128 rw=randread bs=4k iodepth=128
  cell validate randread-4k-qd2 event 'event spin'
  cell validate randread-4k-qd64 event 'event spin' ring_pages=4
  cell validate randread-4k-qd128 event 'event spin' ring_pages=4
  # kinds of job
  job randwrite-16k-qd4 rw=randwrite bs=16k iodepth=4
  job randrw70-4k-qd16 rw=randrw rwmixread=70 bs=4k iodepth=16
  job bssplit-qd8 rw=randread bssplit=4k/60:16k/30:64k/10 iodepth=8
  job poisson-4k-qd16 rw=randread bs=4k iodepth=16 rate_iops=20000 rate_process=poisson
  job randread-4k-qd4-jobs2 rw=randread bs=4k iodepth=4 numjobs=2 group_reporting=1
  cell validate randwrite-16k-qd4 event 'event spin'
  cell validate randrw70-4k-qd16 event 'event spin spin_yield'
  cell validate bssplit-qd8 event 'event spin'
  cell validate poisson-4k-qd16 event 'event spin spin_yield'
  cell validate randread-4k-qd4-jobs2 event 'event spin'
  # frontends that do not block
  cell validate randread-4k-qd8 spin 'event spin'
  cell validate randread-4k-qd8 spin_yield 'event spin_yield'
}

# third: the same of ./validate2
third() {
  local all note="the hosted pair's third campaign" seed=20261123
  all=$(policies)
  # every backend against every other
  job randread-8k-qd6 rw=randread bs=8k iodepth=6
  job randread-32k-qd3 rw=randread bs=32k iodepth=3
  job randread-2k-qd12 rw=randread bs=2k iodepth=12
  cell validate randread-8k-qd6 event "$all"
  cell validate randread-32k-qd3 event "$all"
  cell validate randread-2k-qd12 event "$all"
  # sizes and depths
  job randread-128k-qd1 rw=randread bs=128k iodepth=1
  job randread-1k-qd24 rw=randread bs=1k iodepth=24
  job randread-4k-qd48 rw=randread bs=4k iodepth=48
  cell validate randread-128k-qd1 event 'event spin'
  cell validate randread-1k-qd24 event 'event spin'
  cell validate randread-4k-qd48 event 'event spin' ring_pages=4
  # kinds of job
  job randwrite-8k-qd12 rw=randwrite bs=8k iodepth=12
  job randrw50-16k-qd6 rw=randrw rwmixread=50 bs=16k iodepth=6
  job bssplit2-qd12 rw=randread bssplit=512/20:8k/50:32k/30 iodepth=12
  job poisson-8k-qd8 rw=randread bs=8k iodepth=8 rate_iops=40000 rate_process=poisson
  job randread-8k-qd2-jobs2 rw=randread bs=8k iodepth=2 numjobs=2 group_reporting=1
  cell validate randwrite-8k-qd12 event 'event spin spin_yield'
  cell validate randrw50-16k-qd6 event 'event spin'
  cell validate bssplit2-qd12 event 'event spin'
  cell validate poisson-8k-qd8 event 'event spin spin_yield'
  cell validate randread-8k-qd2-jobs2 event 'event spin'
  # frontends that do not simply block
  cell validate randread-8k-qd6 spin 'event spin'
  cell validate randread-8k-qd6 spin_yield 'event spin_yield'
  cell validate randread-8k-qd6 spin_block event
  cell validate randread-8k-qd6 adaptive spin
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
