# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034,SC2046
# A hostile frontend: commits the faults of menu.front on rlback, one after the other, and writes a row for each into /out/inside/front.csv. A
# good frontend has a disk of the same backend driver all the while. Sourced by inside.sh. Runs under busybox sh.
FOE=/sys/module/foefront/parameters
OTHER=51728 # the good frontend's disk

# bind_to DRIVER DEVID MAJOR WAIT_S: attach, and give the device to that driver. A device that can be seen may not be ready yet: who binds it then
# is refused, and the kernel forgets where it keeps the reason, which kmemleak finds
bind_to() {
  for attempt in 1 2 3 4 5; do
    rigtool attach "$B" "$G" $2 $3 $4 > "$log.attach" 2>&1 &
    attacher=$!
    guest "n=0; until [ -e /sys/bus/xen/devices/vbd-$2 ] || [ \$n = 100 ]; do sleep 0.05; n=\$((n+1)); done
      sleep 0.2; echo vbd-$2 > /sys/bus/xen/drivers/$1/bind; [ -e /sys/bus/xen/drivers/$1/vbd-$2 ] && echo bound || echo unbound" > "$log.bind"
    wait $attacher
    attached_as=$?
    grep -q '^bound' "$log.bind" || attached_as=127
    [ $attached_as = 0 ] || ! untouched $2 || attached_as=127
    lost $attached_as "attach $2" || return $attached_as
    part $2 > "$log.part" 2>&1
  done
  failed $attached_as "attaching $2"
}

# back_stats FILE: of the hostile frontend's device
back_stats() { driver "cat /sys/kernel/debug/rlback/vbd-$G-$DEVID/stats" > "$1"; }
grew() { awk -v key="$1" '$1 == key { if (NR == FNR) was = $2; else is = $2 } END { print is - was }' "$log.before" "$log.stats"; }

disk_sum() { driver "dd if=/dev/ram0 bs=64k iflag=direct 2> /dev/null | md5sum"; }

# commit: the fault, in its queue, at every place that is asked for; `seen` is the one answer, or all of them if they differ
commit() {
  [ "$places" != all ] || places=0_1_2_3_4_5_6_7_8_9_10
  guest "echo $queue > $FOE/queue; for p in $(echo $places | tr _ ' '); do
      echo \$p > $FOE/place; echo $fault > $FOE/fault || { echo broken; break; }; tr ' ' _ < $FOE/result
    done" > "$log.result"
  seen=$(sort -u "$log.result" | paste -sd '|')
  sent=$(grep -c . "$log.result")
}

try_front_case() { # try_front_case NUMBER LINE: its row into $row
  item='' fault=read nodes='' places=0 persistent=0 ro=0 queues=1 queue=0 expect=''
  eval "$2"
  log=/out/inside/log/front.$1 seen=refused sent=0 after=''
  case $expect in refused) wait_s=4 ;; *) wait_s=$STEP ;; esac
  say "inside: $2"
  guest "dmesg -c >> /tmp/between; echo '$nodes' > $FOE/nodes; echo $persistent > $FOE/persistent; echo $queues > $FOE/queues"
  driver "dmesg -c >> /tmp/between; blockdev $([ $ro = 1 ] && echo --setro || echo --setrw) /dev/ram0"
  sum=$(disk_sum)
  if bind_to foefront $DEVID 1:0 $wait_s; then
    back_stats "$log.before"
    commit
    guest "echo 0 > $FOE/queue; echo read > $FOE/fault; cat $FOE/result" > "$log.after"
    after=$(cat "$log.after")
    back_stats "$log.stats"
  fi
  ask "dd if=$other of=/dev/null bs=4k count=4 iflag=direct 2> /dev/null && echo works || echo fails" > "$log.other"
  part > "$log.part" 2>&1 || after="$after not parted"
  [ "$(disk_sum)" = "$sum" ] && disk=same || disk=changed
  guest "dmesg -c" > "$log.guest.dmesg"
  driver "dmesg -c" > "$log.driver.dmesg"
  row="$item,${nodes:-$fault},$persistent,$ro,$sent,$expect,$seen,$after,$disk,$(cat "$log.other")"
  if [ -e "$log.stats" ]; then
    for key in refused map_failures grants_mapped grants_unmapped persistent_grants pages_lost; do row="$row,$(grew $key)"; done
  else
    row="$row,,,,,,"
  fi
  row="$row,$queues,$(reports "$log.guest.dmesg"),$(reports "$log.driver.dmesg")"
}

run_front_case() { # run_front_case NUMBER LINE
  prefix=front. attempts try_front_case "$@"
  echo "$row" >> /out/inside/front.csv
  say "inside: $row"
}

send_file "$G" foefront.ko 644
unload_device "$now_device"
now_device=
driver "insmod /modules/brd.ko rd_nr=2 rd_size=8192 max_part=0; dd if=/dev/urandom of=/dev/ram0 bs=64k count=128 2> /dev/null; sync; insmod /tmp/rlback.ko max_indirect_segments=64 max_ring_page_order=2 max_queues=2"
guest "insmod /tmp/rlfront.ko; insmod /tmp/foefront.ko; echo 0 > /sys/bus/xen/drivers_autoprobe"
log=/out/inside/log/front.other
bind_to rlfront $OTHER 1:1 $STEP || failed $? "attaching the good frontend"
other=/dev/$(guest "n=0; until set -- /sys/bus/xen/devices/vbd-$OTHER/block/*; [ -e \"\$1\" ] || [ \$n = 100 ]; do sleep 0.05; n=\$((n+1)); done; echo \${1##*/}")
echo "item,fault,persistent,read_only,sent,expected,seen,good_read_after,disk,other_ring,refused,map_failures,grants_mapped,grants_unmapped,persistent_grants,pages_lost,queues,guest_reports,driver_reports" > /out/inside/front.csv
number=0
while read -r line <&3; do
  case $line in '' | '#'*) continue ;; esac
  number=$((number + 1))
  run_front_case "$(printf %02d $number)" "$line"
done 3< $HERE/menu.front

# usage NAME: what the hypervisor and both kernels hold while the hostile frontend has no device
usage() {
  xl dmesg -c > /dev/null
  xl debug-keys e
  xl debug-keys g
  sleep 1
  xl dmesg > "$log.$1.xen"
  guest "cat /proc/slabinfo" > "$log.$1.guest"
  driver "cat /proc/slabinfo" > "$log.$1.driver"
}

# in_xen NAME DOMID: its event channels, and its grants that somebody maps
in_xen() {
  awk -v dom="$2" '/Event channel information for domain/ { ports = $NF == dom ":"; grants = 0 }
    /rant.table for remote d/ { ports = 0; grants = $0 ~ "remote d" dom " " }
    /gnttab_usage_print_all \]/ { grants = 0 }
    ports && /\[[^]]*\]: s=[1-9]/ { p++ }
    grants && /\[0x[0-9a-f]*\]/ { g++ }
    END { print p + 0 "," g + 0 }' "$log.$1.xen"
}

# slab_growth DOMAIN: the cache that has grown by most objects, and by how many
slab_growth() {
  awk 'NR == FNR { was[$1] = $2; next } $1 in was && $2 - was[$1] > most { most = $2 - was[$1]; name = $1 }
    END { print (name ? name : "none") "," most + 0 }' "$log.before.$1" "$log.after.$1"
}

# flips: a thousand connections begin and end while both domains read statistics; twice, as the first time fills caches
flips() {
  bind_to foefront $DEVID 1:0 $STEP
  driver "touch /tmp/reading; while [ -e /tmp/reading ]; do cat /sys/kernel/debug/rlback/*/stats > /dev/null 2>&1; echo >> /tmp/reads; sleep 0.01; done > /dev/null 2>&1 < /dev/null &"
  rigtool call "$G" 900 "echo flips > $FOE/fault; cat $FOE/result" > "$log.result" || failed $? "a thousand connections"
  driver "rm /tmp/reading"
  part > "$log.part" 2>&1
}

# count_flips: what is left over after a thousand connections, by Xen's account and both kernels'
count_flips() {
  log=/out/inside/log/front.flips
  guest "dmesg -c > /dev/null; echo > $FOE/nodes; echo 1 > $FOE/persistent; echo 1 > $FOE/queues"
  driver "dmesg -c > /dev/null; blockdev --setrw /dev/ram0"
  say "inside: flips"
  flips
  first=$(cat "$log.result")
  usage before
  flips
  usage after
  reads=$(driver "wc -l < /tmp/reads")
  guest "dmesg" > "$log.guest.dmesg"
  driver "dmesg" > "$log.driver.dmesg"
  {
    echo "domain,first,second,reads,ports_before,grants_mapped_before,ports_after,grants_mapped_after,grown_cache,by_objects,reports"
    echo "guest,$first,$(cat "$log.result"),$reads,$(in_xen before "$G"),$(in_xen after "$G"),$(slab_growth guest),$(reports "$log.guest.dmesg")"
    echo "driver,$first,$(cat "$log.result"),$reads,$(in_xen before "$B"),$(in_xen after "$B"),$(slab_growth driver),$(reports "$log.driver.dmesg")"
  } > /out/inside/flips.csv
}

[ ! -e $HERE/with-flips ] || count_flips
part $OTHER
watch front
unload guest foefront
unload guest rlfront
unload driver rlback
