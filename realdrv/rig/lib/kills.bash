# SPDX-License-Identifier: GPL-3.0-or-later
# The kills of a seed, and what is told of each when it is over. Sourced by kills.
# shellcheck shell=bash disable=SC2154,SC2015

# As many jobs in a row have the same grants: they are told when the machine is prepared.
run_of_grants=12
policies=(event event event spin_block:tau=50us hybrid_sleep)
weights=(served served served closing initwait initialised connected) weighed=0
faults=(freeze loop frozen null lock memory deaf bug call stack wild)
fault_kinds="${faults[*]} code" # of which the last has to be asked for
csv_head=kill,death,how,moment,front_state,back_state,grants,back_policy,depth,fsync,at_us,lag_us,in_flight,flushes,fenced_us,chosen_us,named_us,served_us,parked_ns,failed,fio,judged,wrong,blocked,complaints,ended

# shellcheck source=complaints.bash disable=SC1091
. "$(dirname "${BASH_SOURCE[0]}")/complaints.bash"

# draw VARIABLE N: a number below N; of the shell's numbers one after the other has little to do with the last only in its upper bits
draw() { printf -v "$1" %d $((((RANDOM << 15) + RANDOM) / 8 % $2)); }

# a_death BELOW_US MOMENT..: one more death in $plan, at one of the moments
a_death() {
  local at lag how below=$1 moment
  shift
  draw at "$below"; draw lag 2500; draw how 4; draw moment $#
  [ "$how" = 0 ] && how=crash || how=destroy
  moment=${*:moment + 1:1}
  case $moment in
    served) lag=0 ;;
    closing) ;;
    *) at=0 lag=0 ;; # that moment, and none later
  esac
  plan+="${plan:+ }$how:$moment:$at:$lag"
}

# later_moments: those of the weighed ones at which somebody who is taking the place may die too
later_moments() {
  local moment
  for moment in "${weights[@]}"; do [ "$moment" = flush ] || echo "$moment"; done
}

# first_moments: the same of the domain that serves when the job begins
first_moments() { later_moments | grep -E 'served|closing' || echo served; }

# make_plan FSYNC N: how the driver domains of one job die, into $plan: HOW:MOMENT:AT_US:LAG_US of each. Where there are flushes one
# death at most finds requests in a ring: so it is known which one a flush was under way in. Faults come one after the other.
make_plan() {
  local n first later
  plan=''
  if [ "${weights[0]}" = faults ]; then
    draw n 30000
    [ ${#weights[@]} = 1 ] || faults=("${weights[@]:1}")
    plan=${faults[$2 % ${#faults[@]}]}:served:$n:0
    return
  fi
  if [ "$1" -gt 0 ]; then
    a_death 120000 served
    draw n 2
    [ "$n" = 0 ] || a_death 1 initwait initialised
    return
  fi
  mapfile -t first < <(first_moments)
  mapfile -t later < <(later_moments)
  a_death 90000 "${first[@]}"
  draw n 3
  while ((n-- >= 0)); do
    a_death 60000 "${later[@]}"
  done
}

# draw_fsync: how many writes to a flush, 0: none. With weights a flush is one of them.
draw_fsync() {
  draw fsync 9
  case $fsync in 0 | 1) fsync=1 ;; 2) fsync=8 ;; *) fsync=0 ;; esac
  [ "$weighed" = 1 ] || return 0
  draw fsync ${#weights[@]}
  [ "${weights[fsync]}" = flush ] && fsync=1 || fsync=0
}

# draw_blocks: into $blocks: half of the jobs write each place once a pass and then read all; the others write a piece of the file four
# times before they go on to the next one: what comes too late finds something newer there.
draw_blocks() {
  draw blocks 6
  case $blocks in
    0 | 1) blocks=bs=16k ;;
    2) blocks=bs=32k ;;
    *) blocks=bssplit=4k/35:8k/20:12k/10:20k/15:44k/20; return ;;
  esac
  blocks+=$'\nverify_interval=4k\nnorandommap=1\nzonemode=strided\nzonerange=128k\nzonesize=512k'
}

# weigh MOMENT..: deaths come at these and no others, one that is named twice twice as often
weigh() {
  [ $# = 0 ] || weights=("$@") weighed=1
}

# disk_job SEED N: fio's part of a job on the bare disk, for make_jobs
disk_job() {
  printf '%s\n' '[global]' ioengine=libaio direct=1 thread=1 verify=crc32c do_verify=1 verify_fatal=1 serialize_overlap=1
  printf '%s\n' "randseed=$((1 + 100003 * $1 + $2))" "iodepth=$depth" '[kill]' rw=randwrite "size=$size" "io_size=${io_mb}m"
  printf '%s\n' write_bw_log=/tmp/ledger log_offset=1 log_entries=65536 write_iolog=/tmp/issued "$blocks"
  [ "$fsync" = 0 ] || echo "fsync=$fsync"
}

# make_jobs SEED COUNT DIR: the N-th job of a seed is the same whatever the count
make_jobs() {
  local n grants=persistent depth fsync size plan policy folder blocks io_mb
  RANDOM=$1
  for ((n = 0; n < $2; n++)); do
    if ((n % run_of_grants == 0)); then draw grants 3; [ "$grants" -gt 0 ] && grants=persistent || grants=map; fi
    draw depth 6; depth=$((1 << depth))
    if [ "${with_files:-0}" = 1 ]; then fsync=1; else draw_fsync; fi # a file system flushes
    make_plan $fsync "$n"
    # on a small file the passes are many, and what is overwritten was written a moment ago
    draw size 3
    case $size in 0) size=256k ;; 1) size=1m ;; *) size=2m ;; esac
    draw policy ${#policies[@]}; policy=${policies[policy]}
    # who polls on the one CPU takes its time from the guest: at depth 1 a job would last a minute
    ((depth >= 8)) || policy=event
    draw_blocks
    io_mb=$((4 + 4 * $(wc -w <<< "$plan")))
    # a fault is a module that is loaded first: a fast job must not end meanwhile
    if [ "${weights[0]}" = faults ]; then ((depth >= 8)) && io_mb=8 || io_mb=4; fi
    folder=$3/$(printf kill-%04d "$n")
    mkdir -p "$folder"
    if [ "${with_files:-0}" = 1 ]; then files_job "$1" "$n"; else disk_job "$1" "$n"; fi > "$folder/job.fio"
    printf "%s\n" "name=${folder##*/} grants=$grants plan='$plan' depth=$depth fsync=$fsync timeout=120 faults=$([ "${weights[0]}" = faults ] && echo 1 || echo 0)" \
      "front_policy_wanted=event back_policy_wanted=$policy" > "$folder/env"
  done
}

# whole_ledger FOLDER: fio ends its log of answers (3.33) where it fetches more answers at once than the log has room for until it next
# sends something. Where it counted an answer to each write that was issued, these are the ledger; else a ledger with fewer tells nothing.
whole_ledger() {
  local issued answered logged
  issued=$(awk '$3 == "write"' "$1/issued" | wc -l)
  logged=$(awk -F ', ' '$3 == 1' "$1/ledger_bw.1.log" | wc -l)
  answered=$(jq '[.jobs[].write.total_ios] | add' "$1/fio.json" 2> /dev/null) || answered=$logged
  [ "$logged" -lt "$answered" ] || return 0
  if [ "$answered" != "$issued" ]; then
    echo "$1/ledger_bw.1.log:1:1: error: cannot judge this (expected $answered writes, as fio counted)"
    return 1
  fi
  awk '$3 == "write" { print "0, 0, 1, " $5 ", " $4 ", 0" }' "$1/issued" > "$1/ledger_bw.1.log"
}

# judge_all DIR: what the ledger of each job says of the disk. What was right takes no more place.
judge_all() {
  local name
  for name in "$1"/kill-*/; do
    [ ! -e "$name/fsck.status" ] || [ -e "$name/verdict" ] || judge_files "$name"
    [ -e "$name/disk" ] && [ ! -e "$name/verdict" ] || continue
    if { whole_ledger "$name" && "$work/judge" "$name/ledger_bw.1.log" "$name/disk" "$name/issued"; } > "$name/verdict" 2>&1; then
      rm "$name/disk" "$name/ledger_bw.1.log" "$name/issued"
    fi
  done
}

# stat_of FOLDER KEY: by how much the frontend's count grew
stat_of() {
  local after before
  after=$(sed -n "s/^$2 //p" "$1/front.stats" 2> /dev/null) || true
  before=$(sed -n "s/^$2 //p" "$1/front.stats.before" 2> /dev/null) || true
  if [ -n "$after" ] && [ -n "$before" ]; then echo $((after - before)); else echo -; fi
}

# steps_of FOLDER: a line a death, as rl-supervise tells it: us to fenced, chosen, named, served
steps_of() {
  jq -r '[.step, .since_death_us // 0] | join(" ")' "$1/supervise.log" 2> /dev/null | awk '
    $1 == "down" || $1 == "dying" || $1 == "destroyed" { n++ }
    n { us[n, $1] = $2 }
    END { for (i = 1; i <= n; i++) { for (k = split("fenced chosen named served", step, " "); k; k--); 
            for (k = 1; k <= 4; k++) printf "%s%s", ((i, step[k]) in us) ? us[i, step[k]] : "-", k < 4 ? " " : "\n" } }'
}

# told_of PLAN N: which adoption of the job tells what the N-th death found unanswered: who dies before the frontend was given to it
# leaves that to the next
told_of() {
  local death n=0 k=1
  for death in $1; do
    ((n++ < $2)) || break
    ((n == 1)) || case $death in *:initwait:* | *:initialised:*) ;; *) k=$((k + 1)) ;; esac
  done
  echo $k
}

# adoptions_of FOLDER: a number a time that the frontend was adopted: the requests that were sent again
adoptions_of() { sed -n 's/.*adopted by .*, \([0-9]*\) requests are sent again.*/\1/p' "$1/guest.dmesg" 2> /dev/null; }

# strike_of FOLDER N KEY..: what strike said of a death
strike_of() {
  local line key
  line=$(sed -n "$2p" "$1/strikes" 2> /dev/null) || true
  for key in "${@:3}"; do
    if [ -n "$line" ]; then jq -r ".$key" <<< "$line"; else echo -; fi
  done
}

# rows FOLDER: a line of CSV for each death of one job
rows() {
  local cell=$1 name plan grants depth fsync back_policy_wanted job adopted steps us i n
  job=$(basename "$(dirname "$cell")")/$(basename "$cell")
  # shellcheck disable=SC1091
  . "$cell/env"
  mapfile -t adopted < <(adoptions_of "$cell")
  mapfile -t steps < <(steps_of "$cell")
  n=$(wc -w <<< "$plan")
  for ((i = 0; i < n; i++)); do
    read -ra us <<< "${steps[i]:-- - - -}"
    {
      echo "$job"; echo $((i + 1))
      strike_of "$cell" $((i + 1)) how moment front_state back_state
      echo "$grants"; echo "$back_policy_wanted"; echo "$depth"; echo "$fsync"
      strike_of "$cell" $((i + 1)) at_us lag_us
      echo "${adopted[$(told_of "$plan" $((i + 1))) - 1]:--}"
      stat_of "$cell" flushes_replayed
      printf '%s\n' "${us[@]}"
      stat_of "$cell" parked_ns; stat_of "$cell" requests_failed
      cat "$cell/status" 2> /dev/null || echo -
      verdict_of "$cell"
      end_of "$cell"
    } | tr ',' ';' | paste -sd ,
  done
}

# verdict_of FOLDER: blocks that the ledger judged, and those that were wrong
verdict_of() {
  if grep -qs '^judged ' "$1/verdict"; then
    sed -n 's/^judged \([0-9]*\), wrong \([0-9]*\)$/\1\n\2/p' "$1/verdict"
  else
    printf '%s\n' - -
  fi
}

# end_of FOLDER: tasks that hang in the guest, what its kernel complained of, how the machine ended; a line each
end_of() {
  if [ -e "$1/guest.blocked" ]; then wc -l < "$1/guest.blocked"; else echo -; fi
  if [ -e "$1/guest.dmesg" ]; then grep -cE "$complaints_of" "$1/guest.dmesg" || true; else echo -; fi
  cat "$1/ended" 2> /dev/null || echo whole
}

# csv DIR: all deaths of all seeds; a job that nobody has judged yet is not over
csv() {
  local name
  if compgen -G "$1/*/kill-*/offered" > /dev/null; then stock_csv "$1"; return; fi
  if are_faults "$1"; then faults_csv "$1"; return; fi
  echo "$csv_head"
  for name in "$1"/*/kill-*/; do
    if [ -e "$name/disk" ] && [ ! -e "$name/verdict" ]; then continue; fi
    [ ! -e "$name/env" ] || rows "${name%/}"
  done
}

# others_of DIR FILE: the lines of FILE whose seeds DIR knows nothing of
others_of() {
  local seeds
  [ -e "$2" ] || return 0
  seeds=$(cd "$1" && printf '%s\n' */ | tr -d / | paste -sd '|')
  tail -n +2 "$2" | grep -vE "^($seeds)/" || true
}

# keep DIR TO [SEED/JOB..]: what is worth keeping of a campaign: a line a death, a manifest a seed, some jobs whole. Seeds that are
# kept and not in DIR stay.
keep() {
  local dir=$1 to=$2 job file seed
  shift 2
  mkdir -p "$to"
  csv "$dir" > "$to/kills.csv.new"
  others_of "$dir" "$to/kills.csv" >> "$to/kills.csv.new"
  mv "$to/kills.csv.new" "$to/kills.csv"
  if compgen -G "$dir/*/kill-*/watch" > /dev/null; then
    awk 'NR == 1 || FNR > 1' "$dir"/*/kill-*/watch > "$to/watch.csv"
  fi
  for seed in "$dir"/*/; do
    [ ! -e "$seed/manifest.json" ] || jq '.boots |= map({commit, commit_dirty, modules_sha256, started, ended, boot, wall_s})' "$seed/manifest.json" > "$to/manifest-$(basename "$seed").json"
  done
  for job; do
    mkdir -p "$to/jobs/$job"
    for file in env job.fio fio.json fio.log fio.after offered anew guest.blocked.after guest.console unended status strikes supervise.log guest.dmesg guest.blocked front.stats front.stats.before verdict fsck ended; do
      [ ! -e "$dir/$job/$file" ] || cp "$dir/$job/$file" "$to/jobs/$job/"
    done
  done
}

# summary_of FILE: of ours or the stock pair's
summary_of() {
  case $(head -n 1 "$1") in
    *,fault,domain,*) stock_faults_summary < "$1" ;;
    *,anew,*) stock_summary < "$1" ;;
    *,fault,*) faults_summary < "$1" ;;
    *) summary < "$1" ;;
  esac
}

# summary: of a CSV on standard input; false when a death was not survived
summary() {
  awk -F, '
    function at(list, n, p,   k) { k = int(p * n + 0.9999); return list[k < 1 ? 1 : k] }
    function row(name, list, n,   i, j, t) {
      if (!n) return
      for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] > list[j]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
      printf "| %s | %d | %.1f | %.1f | %.1f | %.1f |\n", name, n, list[1] / 1000, at(list, n, 0.5) / 1000, at(list, n, 0.9) / 1000, list[n] / 1000
    }
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    {
      n++
      m = $c["moment"] == "served" ? $c["flushes"] > 0 ? "mid-flush" : $c["in_flight"] > 0 ? "in flight" : "idle" : $c["moment"]
      moments[m]++
      how[$c["how"]]++
      flight += $c["in_flight"] > 0
      if ($c["in_flight"] > most) most = $c["in_flight"]
      if ($c["kill"] != last) {
        jobs++
        bad_fio += $c["fio"] != "0"; judged += $c["judged"]; wrong += $c["wrong"]; unjudged += $c["judged"] + 0 == 0
        failed += $c["failed"]; blocked += $c["blocked"] != "0"; said += $c["complaints"] != "0"
        machine += $c["ended"] != "whole"
        parked[++np] = $c["parked_ns"] / 1000
      }
      last = $c["kill"]; unserved[last] = $c["served_us"] == "-"
      if ($c["fenced_us"] != "-") fenced[++nf] = $c["fenced_us"]
      if ($c["named_us"] != "-") named[++nn] = $c["named_us"]
      if ($c["served_us"] != "-") { whole[++nw] = $c["served_us"]; by[m, ++nm[m]] = $c["served_us"] }
      if ($c["how"] == "-") unstruck++
    }
    END {
      if (!n) { print "kills: no results" > "/dev/stderr"; exit 4 }
      for (k in unserved) lost += unserved[k]
      printf "%d deaths in %d jobs, %d with requests in flight (%.0f %%), at most %d\n", n, jobs, flight, 100 * flight / n, most
      printf "jobs not verified: %d, requests failed: %d, jobs with blocked tasks: %d, with complaints of the guest: %d, not served again: %d, machines lost: %d, no death: %d\n", \
        bad_fio, failed, blocked, said, lost, machine, unstruck
      printf "blocks held against the ledger: %d, wrong: %d, jobs without: %d\n", judged, wrong, unjudged
      printf "moments:"
      k = split("in flight,mid-flush,closing,initwait,initialised,connected,idle", order, ",")
      for (i = 1; i <= k; i++) printf "%s %s %d", (i > 1 ? "," : ""), order[i], moments[order[i]]
      printf "; destroyed %d, crashed %d\n\n", how["destroy"], how["crash"]
      print "| ms | deaths | least | median | 90 % | most |"
      print "|---|---|---|---|---|---|"
      row("death noticed to fenced", fenced, nf); row("to standby named", named, nn); row("to disk served", whole, nw)
      for (i = 1; i <= k; i++) {
        split("", one)
        for (j = 1; j <= nm[order[i]]; j++) one[j] = by[order[i], j]
        row("to disk served, " order[i], one, nm[order[i]])
      }
      row("disk parked, as the guest counts (a job)", parked, np)
      exit bad_fio + failed + blocked + said + lost + machine + unstruck + wrong + unjudged > 0
    }'
}
