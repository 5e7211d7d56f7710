# SPDX-License-Identifier: GPL-3.0-or-later
# Campaigns about the own pair beside the stock pair: what any frontend and any backend agree upon, and what a request costs each
# pair. Sourced by campaign.
# shellcheck shell=bash disable=SC2154

# What the stock drivers are kept to where a cell does not ask for more: one queue, one page of ring, no indirect requests.
plain_front=max_queues=1,max_ring_page_order=0,max_indirect_segments=11
plain_back=max_queues=1,max_ring_page_order=0

interop_jobs() {
  local name
  verify_job plain size=4m '' '[sectors]' stonewall rw=randwrite size=512k 'bssplit=512/50:1536/25:3072/25'
  verify_job deep size=12m iodepth=500
  verify_job blocks size=4m
  verify_job big size=12m bssplit=64k/30:128k/40:256k/30
  verify_job fua size=2m sync=dsync
  verify_job all size=12m bssplit=64k/30:128k/40:256k/30 fsync=8
  for name in fill look; do
    printf '%s\n' '; a pattern that another pair, or none, wrote before' '[global]' ioengine=libaio direct=1 thread=1 iodepth=16 \
      randseed=20131212 verify=crc32c verify_fatal=1 bs=4k size=2m '' "[$name]"
  done | awk -v dir="$dir" '/^; /{ f = dir "/" (n++ ? "look" : "fill") ".fio" } { print > f }'
  printf '%s\n' rw=write fsync=8 do_verify=1 >> "$dir/fill.fio"
  printf '%s\n' rw=read >> "$dir/look.fio"
  printf '%s\n' '; on a disk that is read-only it has to fail' '[refused]' ioengine=libaio direct=1 thread=1 rw=write bs=4k size=64k \
    > "$dir/refused.fio"
  printf '%s\n' '; discards' '[trim]' ioengine=libaio direct=1 thread=1 rw=randtrim bs=64k \
    size=8m > "$dir/trim.fio"
}

# args DRIVER OF_STOCK OF_OWN: a side's module parameters
args() {
  case $1 in xen) echo "$2" ;; *) echo "$3" ;; esac
}

# pairing FEATURE JOB STOCK_FRONT STOCK_BACK OPTION..: each of four pairings, or those that `only` names; own_front and own_back are further
# parameters of our drivers
pairing() {
  local feature=$1 file=$2 stock_front=$3 stock_back=$4 front back more words
  shift 4
  for front in rl:event xen; do
    for back in rl:event xen; do
      [[ " ${only:-$front,$back} " == *" $front,$back "* ]] || continue
      words=("$@")
      more=$(args $front "$stock_front" "${own_front:-}")
      [ -z "$more" ] || words+=("front_args=$more")
      more=$(args $back "$stock_back" "${own_back:-}")
      [ -z "$more" ] || words+=("back_args=$more")
      cell "$feature-$(args $front stock own)-$(args $back stock own)" $front $back "$file" nodes=1 timeout=1800 "${words[@]}"
    done
  done
}

interop() {
  local own_front='' own_back='' brd='device=brd grants=persistent fresh=1' mem='device=mem grants=persistent fresh=1'
  local most_front=max_queues=2,max_ring_page_order=2,max_indirect_segments=64 most_back=max_queues=2,max_ring_page_order=2
  interop_jobs
  # shellcheck disable=SC2086
  {
    pairing persistent plain $plain_front $plain_back $brd
    pairing map plain $plain_front $plain_back device=brd grants=map fresh=1
    own_back=feature_persistent=0
    pairing persistent-front plain $plain_front $plain_back,feature_persistent=0 $brd
    own_back='' own_front=feature_persistent=0
    pairing persistent-back plain $plain_front,feature_persistent=0 $plain_back $brd
    own_front=''
    own_front=max_ring_page_order=2 own_back=max_ring_page_order=2
    pairing ring-pages plain max_queues=1,max_ring_page_order=2,max_indirect_segments=11 max_queues=1,max_ring_page_order=2 $brd
    own_front=max_ring_page_order=4 own_back=max_ring_page_order=4
    pairing ring-pages-16 deep max_queues=1,max_ring_page_order=4,max_indirect_segments=11 max_queues=1,max_ring_page_order=4 $brd
    own_front=max_indirect_segments=64 own_back=max_indirect_segments=64
    pairing indirect big max_queues=1,max_ring_page_order=0,max_indirect_segments=64 $plain_back $brd
    pairing indirect-map big max_queues=1,max_ring_page_order=0,max_indirect_segments=64 $plain_back device=brd grants=map fresh=1
    own_front='' own_back=''
    pairing fua fua $plain_front $plain_back $mem
    pairing discard plain $plain_front $plain_back $mem job2=trim.fio
    pairing flush fill $plain_front $plain_back $mem
    pairing read-only look $plain_front $plain_back device=mem grants=persistent mode=r job2=refused.fio fails=1
    pairing blocks-4096 blocks $plain_front $plain_back device=mem4k grants=persistent fresh=1
    own_front=max_queues=2 own_back=max_queues=2
    pairing queues plain max_queues=2,max_ring_page_order=0,max_indirect_segments=11 max_queues=2,max_ring_page_order=0 $mem vcpus=2
    own_front=max_queues=2,max_ring_page_order=2,max_indirect_segments=64 own_back=$own_front
    pairing all all $most_front $most_back $mem vcpus=2
  }
}

# Two queues are used at a time only where two CPUs have something to send. The disk outlives the driver domain; at= is in the first pass.
queues() {
  local two='device=lent identity=lent0 vcpus=2 nodes=1 front_args=max_queues=2' lost='fault=backend:replace at=60'
  printf '%s\n' '; a job on each CPU, pieces up to 64 KiB, read and compared after' '[global]' ioengine=libaio direct=1 thread=1 iodepth=32 \
    randseed=20131212 verify=crc32c do_verify=1 verify_fatal=1 rw=randwrite size=16m bssplit=4k/40:16k/30:64k/30 \
    '' '[first]' cpus_allowed=0 '' '[second]' cpus_allowed=1 offset=16m > "$dir/two.fio"
  # shellcheck disable=SC2086
  {
    cell queues-event rl:event rl:event two grants=persistent $two back_args=max_queues=2
    cell queues-spin rl:spin_block:tau=20us rl:spin two grants=map $two back_args=max_queues=2
    cell replay-queues rl:event rl:event two grants=persistent $two $lost back_args=max_queues=2
    cell replay-fewer-queues rl:event rl:event two grants=persistent $two $lost back_args=max_queues=2 standby_args=max_queues=1
    cell replay-more-queues rl:event rl:event two grants=map $two $lost back_args=max_queues=1 standby_args=max_queues=2
  }
}

# What a request costs each pair, by kind, size and depth, where both agree upon the same: what our pair does not speak costs the stock
# pair nothing here. Half a second: what is told are instructions, which repeat; half of them twice, to see that.
cost() {
  local only="${only:-rl:event,rl:event xen,xen}" n grants shape rw bs depth sync name device words runtime=1
  for n in ${repeats:-1 2}; do
    for grants in persistent map; do
      [ "$n$grants" != 2map ] || continue
      for shape in randread:4k:1 randwrite:4k:1 randread:4k:32 randwrite:4k:32 read:64k:8 write:128k:8 randwrite:4k:1:fsync randwrite:4k:8:dsync; do
        IFS=: read -r rw bs depth sync <<< "$shape"
        name=$rw-$bs-qd$depth${sync:+-$sync} device=null words=(runtime=500ms ramp_time=100ms)
        case $sync in fsync) words+=(fsync=1) device=mem ;; dsync) words+=(sync=dsync) device=mem ;; esac
        job "$name" "$rw" "$bs" "$depth" "${words[@]}"
        pairing "$grants-$name.r$n" "$name" $plain_front $plain_back "device=$device" "grants=$grants" fresh=1
      done
    done
  done
}

# The own pair's cells of it, for modules of ours that were changed.
cost_own() { only=rl:event,rl:event repeats=1 cost; }
