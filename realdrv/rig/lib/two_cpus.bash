# SPDX-License-Identifier: GPL-3.0-or-later
# The campaigns of two CPUs, which need repeats: cells that are to be compared are measured in turn.
# Sourced by campaign.
# shellcheck shell=bash disable=SC2154

# one_parallel N: repeat N of each cell
one_parallel() {
  local bs depth policy
  for bs in 4k 16k 64k; do
    for depth in 1 2 4 8 16 32; do
      job "randread-$bs-qd$depth" randread "$bs" "$depth"
      for policy in event spin; do
        cell "event-$policy-randread-$bs-qd$depth.r$1" rl:event "rl:$policy" "randread-$bs-qd$depth" \
          device=null grants=persistent
      done
    done
  done
}

parallel() {
  local n runtime=2 # a thousand requests even of the slowest cell; repeats tell the spread
  for n in 1 2 3 4 5 6 7 8 9 10; do one_parallel $n; done
}

# one_jobs_parallel N: repeat N of each cell
one_jobs_parallel() {
  local bs depth name suffix=.r$1 options=()
  for bs in 4k:1 4k:8 16k:4; do
    depth=${bs#*:} bs=${bs%:*}
    job "randread-$bs-qd$depth" randread "$bs" "$depth"
    try "randread-$bs-qd$depth" poll_port spin_yield spin_block backoff hybrid_sleep
  done
  for depth in 1 8; do
    for bs in 4k 64k; do
      job "randwrite-$bs-qd$depth" randwrite "$bs" "$depth"
      try "randwrite-$bs-qd$depth" event spin
    done
    for bs in 512 8k 256k; do
      job "randread-$bs-qd$depth" randread "$bs" "$depth"
      try "randread-$bs-qd$depth" event spin
    done
  done
  job mixed-4k-qd4 randrw 4k 4 rwmixread=70
  job split-qd8 randread '' 8 bssplit=4k/50:16k/30:64k/20
  job jobs2-4k-qd4 randread 4k 4 numjobs=2 group_reporting
  job randread-4k-qd64 randread 4k 64
  for name in mixed-4k-qd4 split-qd8 jobs2-4k-qd4 randread-4k-qd64; do
    try "$name" event spin poll_port
  done
}

jobs_parallel() {
  local n runtime=1
  for n in 1 2 3 4 5; do one_jobs_parallel $n; done
}

# The host is faster in some minutes than in others: what is to be compared is measured in turn.
parallel_all() {
  local n runtime=1
  for n in 1 2 3 4 5 6; do
    one_parallel $n
    one_jobs_parallel $n
  done
}

policies_parallel() {
  local repeat bs depth file policy runtime=1
  for repeat in 1 2 3; do
    for depth in 1 4 32; do
      for bs in 4k 64k; do
        job "randread-$bs-qd$depth" randread "$bs" "$depth"
        for file in "$here"/../core/policy/*.c; do
          policy=$(basename "$file" .c)
          case $policy in mwait | final_check_late) continue ;; esac
          cell "event-$policy-randread-$bs-qd$depth.r$repeat" rl:event "rl:$policy" "randread-$bs-qd$depth" \
            device=null grants=persistent
        done
      done
    done
  done
}
