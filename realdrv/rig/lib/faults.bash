# SPDX-License-Identifier: GPL-3.0-or-later
# What is told of faults in a driver domain's kernel (foedom). Sourced by kills, after kills.bash.
# shellcheck shell=bash disable=SC2154

faults_head=job,fault,grants,back_policy,depth,fsync,at_us,in_flight,domain,served_us,longest_us,failed,fio,judged,wrong,blocked,complaints,ended

# fault_row FOLDER: domain: ended (by its kernel or by Xen's watchdog, and was replaced) or lives (it had to be destroyed after the job);
# longest_us: of a request, as fio saw it
fault_row() {
  local cell=$1 name plan grants depth fsync back_policy_wanted steps us
  # shellcheck disable=SC1091
  . "$cell/env"
  steps=$(steps_of "$cell" | head -n 1)
  read -ra us <<< "${steps:-- - - -}"
  {
    echo "$(basename "$(dirname "$cell")")/$name"; echo "${plan%%:*}"
    echo "$grants"; echo "$back_policy_wanted"; echo "$depth"; echo "$fsync"
    strike_of "$cell" 1 at_us
    stat_of "$cell" requests_replayed
    if [ -e "$cell/unended" ]; then echo lives; else echo ended; fi
    echo "${us[3]}"
    jq -r '.jobs[0] | [.write.clat_ns.max, .read.clat_ns.max] | max / 1000 | floor' "$cell/fio.json" 2> /dev/null || echo -
    stat_of "$cell" requests_failed
    cat "$cell/status" 2> /dev/null || echo -
    verdict_of "$cell"
    end_of "$cell"
  } | tr ',' ';' | paste -sd ,
}

# are_faults DIR: its jobs had faults, not deaths
are_faults() { grep -qsw faults=1 "$1"/*/kill-*/env; }

faults_csv() {
  local name
  echo "$faults_head"
  for name in "$1"/*/kill-*/; do
    if [ -e "$name/disk" ] && [ ! -e "$name/verdict" ]; then continue; fi
    [ ! -e "$name/env" ] || fault_row "${name%/}"
  done
}

# faults_summary: of such lines on standard input; false when a guest did not survive one, or data was wrong
faults_summary() {
  awk -F, -v kinds="$fault_kinds" '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    function take(k) {
      n[k]++
      lost[k] += $c["ended"] != "whole"
      well = $c["fio"] == "0" && $c["ended"] == "whole"
      replaced[k] += well && $c["domain"] == "ended"; went_on[k] += well && $c["domain"] == "lives"
      error[k] += !well && $c["ended"] == "whole"
      blocked[k] += $c["blocked"] + 0 > 0; said[k] += $c["complaints"] + 0 > 0; wrong[k] += $c["wrong"]
      if (well && $c["domain"] == "ended" && $c["longest_us"] > most[k]) most[k] = $c["longest_us"]
    }
    { take($c["fault"]); take("all") }
    function row(k) {
      if (n[k]) printf "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %.1f |\n", k, n[k], replaced[k], went_on[k], error[k], lost[k], blocked[k], said[k], wrong[k], most[k] / 1e6
    }
    END {
      if (!n["all"]) { print "kills: no results" > "/dev/stderr"; exit 4 }
      print "| fault | times | domain ended, replaced, job verified | job verified beside it | job failed | machine lost | guest: tasks blocked | complaints | blocks wrong | longest request, s |"
      print "|---|---|---|---|---|---|---|---|---|---|"
      k = split(kinds " all", order, " ")
      for (i = 1; i <= k; i++) row(order[i])
      exit error["all"] + lost["all"] + blocked["all"] + said["all"] + wrong["all"] > 0
    }'
}
