# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034,SC2153
# A hostile backend: commits the faults of menu.back on rlfront, one after the other on the same machine, and writes a row for each into
# /out/inside/back.csv. Sourced by inside.sh. Runs under busybox sh.
FOE=/sys/module/foeback/parameters
DEADLINE=3 # of rlfront, seconds
# stat_of KEY: of the frontend's statistics
stat_of() { sed -n "s/^$1 //p" "$log.stats" 2> /dev/null | grep . || echo 0; }

# connect: false when no disk comes. A fault of the negotiation shows as one end that does not get there.
connect() {
  case $expect in refused) wait_s=4 ;; *) wait_s=$STEP ;; esac
  guest "cd /sys/module/rlfront/parameters; echo $persistent > feature_persistent; echo $queues > max_queues"
  for attempt in 1 2 3 4 5; do
    rigtool attach "$B" "$G" $DEVID 1:0 $wait_s > "$log.attach" 2>&1
    attached_as=$?
    [ $attached_as = 0 ] || ! untouched $DEVID || attached_as=127
    lost $attached_as "attach $DEVID" || break
    part > "$log.part" 2>&1
  done
  [ $attached_as = 0 ] || return 1
  guest "n=0; until [ -b $disk ] || [ \$n = 100 ]; do sleep 0.05; n=\$((n+1)); done; [ -b $disk ] && sleep 0.3"
  made=$(ask "ls /sys/block/${disk#/dev/}/mq | wc -l")
  [ "$policy" = event ] || guest "echo $policy > $FRONT/policy"
}

# tell: what the backend is to do next
tell() {
  [ -z "$fault" ] || driver "echo '$next_nodes' > $FOE/nodes; [ -z '$next_identity' ] || printf %s '$next_identity' > $FOE/identity
    [ $weaker = 0 ] || { echo 0 > $FOE/persistent; }; echo $gather > $FOE/gather; echo $fault > $FOE/fault"
}

# run_load KIND: its two counts
run_load() {
  rigtool call "$G" $STEP "sh /tmp/load.sh $disk $1" > "$log.load" 2>&1 || echo "hung $?" >> "$log.load"
  ok=$(sed -n 's/^ok //p' "$log.load") bad=$(sed -n 's/^failed //p' "$log.load")
}

# work NAME: CPU time that the guest needs for the same work, ns
work() {
  rigtool call -w "$log.$1" -b "$B" "$G" $STEP "cd /tmp; rm -f window.open; rigtool window start ${disk#/dev/}
    n=0; while [ \$n -lt 30000 ]; do n=\$((n+1)); done; rigtool window end ${disk#/dev/}" > /dev/null || failed $? "the guest's work"
}

# storm: the work without events and with them; what share of its rate the guest keeps goes into the row
storm() {
  work quiet
  rogue=$(guest "sed -n 's/^upcalls //p' /sys/kernel/debug/rlfront/*/stats")
  tell
  sleep 0.2
  work storm
  driver "until [ -z \"\$(cat $FOE/fault)\" ]; do sleep 0.1; done"
  rogue=$(($(guest "sed -n 's/^upcalls //p' /sys/kernel/debug/rlfront/*/stats") - rogue))
  ok=4 bad=0
}

# judge: one word for what happened
judge() {
  if [ "$connected" = 0 ]; then echo refused
  elif [ -z "$ok" ] || [ "$blocked" != 0 ]; then echo hung
  elif [ "$said" != 0 ] && [ "$after" = 0 ]; then echo disabled
  elif [ "$(stat_of backends_refused)" != 0 ] && [ "$after" = 0 ]; then echo another
  elif [ "$(stat_of deadlines_passed)" != 0 ]; then echo dead
  elif [ "$bad" != 0 ]; then echo error
  elif [ -n "$makes" ] && [ "$made" != "$makes" ]; then echo "$made queues"
  else echo works; fi
}

# fill: all free memory of the guest is used once, so that a page that was given back too early is another's
fill() { guest "mount -t tmpfs none /mnt 2> /dev/null || { mkdir -p /mnt; mount -t tmpfs none /mnt; }
  tr '\\0' 'x' < /dev/zero | dd of=/mnt/fill bs=1M count=180 iflag=fullblock 2> /dev/null; rm /mnt/fill; umount /mnt"; }

try_case() { # try_case NUMBER LINE: its row into $row
  item='' fault='' nodes='' next_nodes='' next_identity='' weaker=0 gather=1 grants=persistent policy=event load=read queues=1 makes='' expect=''
  eval "$2"
  log=/out/inside/log/$1 connected=0 ok='' bad='' after=0 blocked=0 rogue='' made=''
  [ $grants = persistent ] && persistent=1 || persistent=0
  say "inside: $2"
  guest "dmesg -c >> /tmp/between"
  driver "[ -e /sys/module/foeback ] || insmod /tmp/foeback.ko; dmesg -c >> /tmp/between; echo '$nodes' > $FOE/nodes; printf foe > $FOE/identity; echo 1 > $FOE/persistent; echo $queues > $FOE/queues; echo > $FOE/fault"
  if connect; then
    connected=1
    if [ "$load" = work ]; then storm; else tell; run_load "$load"; fi
    ask "dd if=$disk of=/dev/null bs=4k count=1 skip=999 iflag=direct 2> /dev/null && echo 1 || echo 0" > "$log.after"
    after=$(cat "$log.after")
    ask "cat /sys/kernel/debug/rlfront/*/stats" > "$log.stats"
  fi
  ask "$BLOCKED" > "$log.blocked"
  blocked=$(grep -c . "$log.blocked")
  part > "$log.part" 2>&1 || blocked=part
  if [ "$fault" = kept ]; then
    fill
    unload driver foeback
  fi
  guest "dmesg -c" > "$log.guest.dmesg"
  driver "dmesg -c" > "$log.driver.dmesg"
  [ "$fault" != kept ] || driver "insmod /tmp/foeback.ko"
  said=$(grep -c 'the backend is disabled' "$log.guest.dmesg")
  why=$(sed -n 's/.*the backend is disabled: //p' "$log.guest.dmesg" | head -n 1 | tr -d ',"')
  done=$(sed -n 's/.*committed \(.*\) on \([0-9]*\) requests.*/\2/p' "$log.driver.dmesg" | tail -n 1)
  page=$(sed -n 's/.*the page that was kept is //p' "$log.driver.dmesg")
  kept_share=''
  [ "$load" != work ] || kept_share=$(share_of)
  row="$item,${fault:-$nodes},$grants,$policy,$load,$expect,$(judge),${done:-},$ok,$bad,$after,$said,$why,$(stat_of deadlines_passed),$(stat_of requests_failed),$(stat_of requests_replayed),$(stat_of backends_adopted),$page,$kept_share,$rogue,$made,$blocked,$(reports "$log.guest.dmesg"),$(reports "$log.driver.dmesg")"
}

run_case() { # run_case NUMBER LINE
  attempts try_case "$@"
  echo "$row" >> /out/inside/back.csv
  say "inside: $row"
}

cpu_of() { sed -n 's/.*"guest": *\([0-9]*\).*/\1/p' "$1" | head -n 1; }
share_of() { awk -v q="$(cpu_of "$log.quiet")" -v s="$(cpu_of "$log.storm")" 'BEGIN { printf "%.3f", q / s }'; }

send_file "$B" foeback.ko 644
send_file "$G" load.sh 644
driver "insmod /tmp/foeback.ko"
guest "insmod /tmp/rlfront.ko deadline=$DEADLINE"
disk=/dev/rlda
echo "item,fault,grants,policy,load,expected,seen,committed_on,ended_well,ended_in_error,works_after,said,why,deadlines_passed,requests_failed,requests_replayed,backends_adopted,kept_page,share_of_rate,upcalls,queues,blocked,guest_reports,driver_reports" > /out/inside/back.csv
number=0
while read -r line <&3; do
  case $line in '' | '#'*) continue ;; esac
  number=$((number + 1))
  run_case "$(printf %02d $number)" "$line"
done 3< $HERE/menu.back
watch back
unload guest rlfront
unload driver foeback
