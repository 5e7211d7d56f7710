# SPDX-License-Identifier: GPL-3.0-or-later
# What is told of deaths and faults under the stock pair (dom0/dom0-stock). Sourced by kills, after kills.bash.
# shellcheck shell=bash disable=SC2154,SC2015

stock_head=kill,how,moment,front_state,back_state,grants,depth,fsync,at_us,offered,anew,after,blocked,complaints,ended
stock_faults_head=job,fault,domain,grants,depth,fsync,at_us,offered,anew,after,blocked,complaints,ended

# stock_end FOLDER: lines that end either row. offered: fio's status 30 s after a standby was named, or hung; anew: what came of taking
# the device away and making it anew there (every tenth job); after: fio's status then; blocked: tasks in D at the end
stock_end() {
  local cell=$1 file said
  for file in offered anew fio.after; do
    said=$(tail -n 1 "$cell/$file" 2> /dev/null || true) # nothing, where the guest did not answer any more
    echo "${said:--}"
  done
  [ -e "$cell/anew" ] && said=$cell/guest.blocked.after || said=$cell/guest.blocked
  if [ -e "$said" ]; then grep -cE '^[0-9]+ ' "$said" || true; else echo -; fi
  if [ -e "$cell/guest.dmesg" ]; then cat "$cell/guest.dmesg" "$cell/guest.console" 2> /dev/null | grep -cE "$complaints_of" || true; else echo -; fi
  cat "$cell/ended" 2> /dev/null || echo whole
}

# stock_row FOLDER: of a death
stock_row() {
  local cell=$1 name plan grants depth fsync back_policy_wanted
  # shellcheck disable=SC1091
  . "$cell/env"
  {
    echo "$(basename "$(dirname "$cell")")/$name"
    strike_of "$cell" 1 how moment front_state back_state
    echo "$grants"; echo "$depth"; echo "$fsync"
    strike_of "$cell" 1 at_us
    stock_end "$cell"
  } | tr ',' ';' | paste -sd ,
}

# stock_fault_row FOLDER: of a fault; domain as in fault_row, - where the job did not come so far
stock_fault_row() {
  local cell=$1 name plan grants depth fsync back_policy_wanted
  # shellcheck disable=SC1091
  . "$cell/env"
  {
    echo "$(basename "$(dirname "$cell")")/$name"; echo "${plan%%:*}"
    if [ ! -s "$cell/strikes" ]; then echo -; elif [ -e "$cell/unended" ]; then echo lives; else echo ended; fi
    echo "$grants"; echo "$depth"; echo "$fsync"
    strike_of "$cell" 1 at_us
    stock_end "$cell"
  } | tr ',' ';' | paste -sd ,
}

# stock_csv DIR
stock_csv() {
  local name head=$stock_head row=stock_row
  if are_faults "$1"; then head=$stock_faults_head row=stock_fault_row; fi
  echo "$head"
  for name in "$1"/*/kill-*/; do
    [ ! -e "$name/env" ] || "$row" "${name%/}"
  done
}

# stock_summary: of such lines on standard input; false when a death was not survived
stock_summary() {
  awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    $c["moment"] == "-" { unbegun++; next }
    {
      n++
      m = $c["moment"] == "served" ? $c["fsync"] > 0 ? "in flight, job with flushes" : "in flight" : $c["moment"]
      seen[m]++
      hung[m] += $c["offered"] == "hung"; well[m] += $c["offered"] == "0"
      failed[m] += $c["offered"] !~ /^(hung|0|-)$/
      tried[m] += $c["anew"] != "-"; anew[m] += $c["anew"] ~ /^served/; ended[m] += $c["offered"] == "hung" && $c["after"] != "hung" && $c["after"] != "-"
      blocked[m] += $c["blocked"] + 0 > 0; said[m] += $c["complaints"] + 0 > 0; lost[m] += $c["ended"] != "whole"
    }
    END {
      if (!n) { print "kills: no results" > "/dev/stderr"; exit 4 }
      printf "jobs that did not begin, not counted: %d\n\n", unbegun
      print "| moment | deaths | job ended well | with an error | hangs | disk made anew | back then | job ended then | tasks blocked | complaints | guest or machine lost |"
      print "|---|---|---|---|---|---|---|---|---|---|---|"
      k = split("in flight|in flight, job with flushes|closing", order, "|")
      for (i = 1; i <= k; i++) {
        m = order[i]
        if (seen[m]) printf "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", m, seen[m], well[m], failed[m], hung[m], tried[m], anew[m], ended[m], blocked[m], said[m], lost[m]
        good += well[m]
      }
      exit good < n
    }'
}

# stock_faults_summary: the same of faults; a job that went on beside its fault was none of the pair's doing and counts as survived
stock_faults_summary() {
  awk -F, -v kinds="$fault_kinds" '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    $c["domain"] == "-" { unbegun++; next }
    function take(k) {
      n[k]++
      ended[k] += $c["domain"] == "ended"; lives[k] += $c["domain"] == "lives"
      hung[k] += $c["offered"] == "hung"; well[k] += $c["offered"] == "0"
      failed[k] += $c["offered"] !~ /^(hung|0|-)$/
      tried[k] += $c["anew"] != "-"; anew[k] += $c["anew"] ~ /^served/; after[k] += $c["offered"] == "hung" && $c["after"] != "hung" && $c["after"] != "-"
      blocked[k] += $c["blocked"] + 0 > 0; said[k] += $c["complaints"] + 0 > 0; lost[k] += $c["ended"] != "whole"
    }
    { take($c["fault"]); take("all") }
    function row(k) {
      if (n[k]) printf "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", \
        k, n[k], ended[k], lives[k], well[k], failed[k], hung[k], tried[k], anew[k], after[k], blocked[k], said[k], lost[k]
    }
    END {
      if (!n["all"]) { print "kills: no results" > "/dev/stderr"; exit 4 }
      printf "jobs that did not begin, not counted: %d\n\n", unbegun
      print "| fault | times | domain ended | domain lived on | job ended well | with an error | hangs | disk made anew | back then | job ended then | tasks blocked | complaints | guest or machine lost |"
      print "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
      k = split(kinds " all", order, " ")
      for (i = 1; i <= k; i++) row(order[i])
      exit well["all"] < n["all"]
    }'
}
