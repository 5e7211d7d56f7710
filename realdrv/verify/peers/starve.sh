# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=dash disable=SC2154,SC2086,SC2034
# A guest without memory: while rlfront connects, the first allocation fails, next time the second, and so on until none is left to fail. Who asks
# for memory: what xenstore's watches call (xenwatch), and the kernel's workers, in which rlfront connects and shows the disk. A worker may do other
# work besides: then it is another's allocation that fails. Where grants are persistent each page of a disk is an allocation: then each seventh.
# A device that the kernel could not bind is bound by hand then (unbound: 1) and owes the disk. Writes a row a connection into
# /out/inside/starve.csv. Sourced by inside.sh, under a kernel with fault injection; the backend is ours. Runs under busybox sh.
MOST=1500

# own_reports FILE: but for the stacks that the kernel itself prints when it gets no memory: its reader of partition tables, which does without;
# kmem_cache_create(), which says so to its caller; an interrupt and a device whose entries in /proc and sysfs could not be made, when these are
# taken away again
own_reports() {
  awk 'function known() { return block ~ /bdev_disk_changed|kmem_cache_create_usercopy.* failed with error|at remove_proc_entry.*unregister_irq_proc|at sysfs_remove_group.*bus_remove_device/ }
    function release() { if (!known()) printf "%s", block; end = "" }
    !end && /cut here/ { end = "end trace"; block = "" }
    !end && /vmalloc error|page allocation failure|kmem_cache_create_usercopy.* failed with error/ { end = "</TASK>"; block = "" }
    end { block = block $0 "\n"; if (index($0, end)) release(); next }
    { print }
    END { if (end) release() }' "$1" > "$1.own"
  reports "$1.own"
}

# forget_names: the kernel forgets the name of a cache that it could not show in sysfs (sysfs_slab_add); where nothing else is forgotten kmemleak
# is told to leave these
forget_names() {
  leaks_of "$G" /out/inside/log/starve.leaks > /dev/null
  [ "$(awk '/^unreferenced/ { n += open; open = 1 } /sysfs_slab_add/ { open = 0 } END { print n + open }' /out/inside/log/starve.leaks)" = 0 ] || return 0
  guest "echo clear > $LEAKS; dmesg -c > /tmp/said; grep -v 'kmemleak: [0-9]* new' /tmp/said >> /tmp/between; true"
}

# starve WHO GRANTS NUMBER: sets `failed`
starve() {
  log=/out/inside/log/$1.$2.$3
  ask "dmesg -c >> /tmp/between; echo $([ $2 = persistent ] && echo 1 || echo 0) > /sys/module/rlfront/parameters/feature_persistent; sh /tmp/hunger.sh begin $1 $3 $FRONT" > /dev/null
  rigtool attach "$B" "$G" $DEVID 1:0 3 > "$log.attach" 2>&1
  failed=$(ask "sleep 0.3; sh /tmp/hunger.sh end")
  # where the kernel could not bind the device no driver was asked, and nobody will ask again but the user
  unbound=$(ask "[ ! -e $FRONT ] || [ -e $FRONT/driver ] || echo unbound")
  [ -z "$unbound" ] || guest "echo vbd-$DEVID > /sys/bus/xen/drivers/rlfront/bind; n=0; until [ -e $FRONT/block ] || [ \$n = 100 ]; do sleep 0.05; n=\$((n+1)); done"
  shown=$(ask "ls $FRONT/block 2> /dev/null; true")
  good=none
  [ -z "$shown" ] || good=$(ask "dd if=/dev/$shown of=/dev/null bs=64k count=4 iflag=direct 2> /dev/null; echo \$?")
  part > "$log.part" 2>&1
  parted=$?
  guest "dmesg -c" > "$log.dmesg"
  echo "$1,$2,$3,$failed,$([ -z "$unbound" ]; echo $?),${shown:-none},$good,$parted,$(grep -cE 'cannot|writing|transaction|failed for' "$log.dmesg"),$(own_reports "$log.dmesg")" >> /out/inside/starve.csv
  say "inside: $(tail -n 1 /out/inside/starve.csv)"
}

send_file "$G" hunger.sh 644
driver "insmod /modules/brd.ko rd_nr=1 rd_size=4096 max_part=0 && insmod /tmp/rlback.ko"
guest "insmod /tmp/rlfront.ko deadline=3"
echo "who,grants,number,failed,unbound,disk,good_read,parted,said,reports" > /out/inside/starve.csv
for round in workers:map:1 xenwatch:map:1 workers:persistent:7; do
  who=${round%%:*} step=${round##*:} grants=${round#*:} number=1 failed=1
  while [ "$failed" = 1 ] && [ $number -le $MOST ]; do
    starve $who ${grants%:*} $number
    number=$((number + step))
  done
done
forget_names
watch starve
unload guest rlfront
unload driver rlback
unload driver brd
