# SPDX-License-Identifier: GPL-3.0-or-later
# What is told of deaths under the stock pair (dom0/dom0-stock). Sourced by kills, after kills.bash.
# shellcheck shell=bash disable=SC2154

stock_head=kill,how,moment,front_state,back_state,grants,depth,fsync,at_us,offered,anew,after,blocked,complaints,ended

# stock_row FOLDER: offered: fio's status 60 s after a standby was named, or hung; anew: what came of taking the device away and making it
# anew there; after: fio's status then; blocked: tasks in D
stock_row() {
  local cell=$1 name plan grants depth fsync back_policy_wanted file said
  # shellcheck disable=SC1091
  . "$cell/env"
  {
    echo "$(basename "$(dirname "$cell")")/$name"
    strike_of "$cell" 1 how moment front_state back_state
    echo "$grants"; echo "$depth"; echo "$fsync"
    strike_of "$cell" 1 at_us
    for file in offered anew fio.after; do
      said=$(tail -n 1 "$cell/$file" 2> /dev/null || true) # nothing, where the guest did not answer any more
      echo "${said:--}"
    done
    if [ -e "$cell/guest.blocked.after" ]; then grep -cE '^[0-9]+ ' "$cell/guest.blocked.after" || true; else echo -; fi
    if [ -e "$cell/guest.dmesg" ]; then grep -cE "$complaints_of" "$cell/guest.dmesg" || true; else echo -; fi
    cat "$cell/ended" 2> /dev/null || echo whole
  } | tr ',' ';' | paste -sd ,
}

stock_csv() {
  local name
  echo "$stock_head"
  for name in "$1"/*/kill-*/; do
    [ ! -e "$name/env" ] || stock_row "${name%/}"
  done
}

# stock_summary: of such lines on standard input; false when a death was not survived
stock_summary() {
  awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    {
      n++
      m = $c["moment"] == "served" ? $c["fsync"] > 0 ? "in flight, job with flushes" : "in flight" : $c["moment"]
      seen[m]++
      hung[m] += $c["offered"] == "hung"; well[m] += $c["offered"] == "0"
      failed[m] += $c["offered"] != "hung" && $c["offered"] != "0"
      anew[m] += $c["anew"] ~ /^served/; ended[m] += $c["offered"] == "hung" && $c["after"] != "hung" && $c["after"] != "-"
      blocked[m] += $c["blocked"] + 0 > 0; said[m] += $c["complaints"] + 0 > 0; lost[m] += $c["ended"] != "whole"
    }
    END {
      if (!n) { print "kills: no results" > "/dev/stderr"; exit 4 }
      print "| moment | deaths | job ended well | with an error | hangs | disk back when made anew | job ended then | tasks blocked | complaints | guest or machine lost |"
      print "|---|---|---|---|---|---|---|---|---|---|"
      k = split("in flight|in flight, job with flushes|closing", order, "|")
      for (i = 1; i <= k; i++) {
        m = order[i]
        if (seen[m]) printf "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", m, seen[m], well[m], failed[m], hung[m], anew[m], ended[m], blocked[m], said[m], lost[m]
        good += well[m]
      }
      exit good < n
    }'
}
