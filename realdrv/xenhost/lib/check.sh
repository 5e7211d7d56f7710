# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034,SC2059,SC2016
# What must be there before a disk is attached: each thing that is not is one line of what is wrong and what to do.
# Sourced by run.

# missing WHAT: counts, so that all of them are named at once
missing() {
  echo "run: error: $1" >&2
  missing_count=$((missing_count + 1))
}

check_tools() {
  [ "$(id -u)" = 0 ] || missing "not root (expected root in dom0)"
  for tool in xl xenstore xentop awk sed tar gzip $([ "$schedule" = 0 ] || echo xentrace xenalyze); do
    command -v "$tool" > /dev/null 2>&1 || missing "no $tool (expected it in dom0: packages xen-utils and xenstore-utils)"
  done
  [ "$missing_count" = 0 ] || return 0
  xl info > "$work/info" 2> /dev/null || missing "xl info fails (expected dom0 of a running Xen, xenstored and xenconsoled started)"
}

info() { sed -n "s/^$1 *: *//p" "$work/info"; } # info KEY: a line of xl info

# The simulator must know the scheduler: a run on another one could be stored, but never predicted.
check_scheduler() {
  case $(info xen_scheduler) in
    credit | credit2 | null) ;;
    *) missing "Xen's scheduler is '$(info xen_scheduler)' (expected credit2, credit or null: sched= on Xen's command line)" ;;
  esac
}

# A machine without frequency drivers says none: that is told in the manifest and no error.
check_governor() {
  governor_seen=$( (xenpm get-cpufreq-para || true) 2> /dev/null | sed -n 's/^ *current_governor *: *//p' | sort -u | tr '\n' ' ')
  governor_seen=${governor_seen% }
  case $governor_seen in
    performance) ;;
    '') say "xenpm names no frequency governor: none is written down" ;;
    *) [ "$governor" = any ] ||
      missing "frequency governor '$governor_seen' (expected performance: xenpm set-scaling-governor performance; or --governor any)" ;;
  esac
}

# check_domain ROLE NAME: runs, answers as root, and is pinned
check_domain() {
  if ! xl domid "$2" > "$work/$1.domid" 2> /dev/null; then
    missing "no domain '$2' (expected the $1 to run: xl list)"
    return 0
  fi
  [ "$(cat "$work/$1.domid")" != 0 ] || missing "the $1 is dom0 (expected a domain of its own)"
  if [ "$("in_$1" 'echo ringlab-$((6*7))' 2> "$work/$1.err")" != ringlab-42 ]; then
    eval "exec_=\$${1}_exec"
    missing "the $1 '$2' does not answer to '$exec_': $(tail -n 1 "$work/$1.err") (expected a line of shell to be executed there: see --$1-exec)"
    return 0
  fi
  [ "$("in_$1" 'id -u')" = 0 ] || missing "'$2' answers, but not as root (expected root)"
  answers="$answers $1"
  check_pinning "$1" "$2"
}

# hard_affinity NAME: one line a vCPU: its number and the pCPUs that it may run on; all of one is that one
hard_affinity() {
  xl vcpu-list "$1" | awk -v cpus="$(info nr_cpus)" 'NR > 1 { for (i = 1; i < NF; i++) if ($(i + 1) == "/") print $3, ($i == "all" && cpus == 1 ? 0 : $i) }'
}

check_pinning() {
  hard_affinity "$2" > "$work/$1.pins"
  [ "$unpinned" = 0 ] || return 0
  while read -r vcpu where; do
    matches "$where" '[0-9]+' ||
      missing "vCPU $vcpu of '$2' may run on CPUs '$where' (expected one: xl vcpu-pin $2 $vcpu N; or --unpinned)"
  done < "$work/$1.pins"
}

# check_driver ROLE BUS KIND: a driver for disks is registered there, not merely installed
check_driver() {
  case $1:$3 in
    guest:xen) name_=vbd module=xen-blkfront ;;
    guest:rl) name_=rlfront module=rlfront ;;
    driver:xen) name_=vbd module=xen-blkback ;;
    driver:rl) name_=rlback module=rlback ;;
  esac
  "in_$1" "[ -w /sys/bus/$2/drivers/$name_/bind ]" ||
    missing "no driver '$name_' on bus $2 of the $1 (expected: modprobe $module there)"
  [ "$3" = xen ] || "in_$1" "[ -d /sys/kernel/debug/$name_ ]" ||
    missing "no statistics of $name_ in the $1 (expected: mount -t debugfs debugfs /sys/kernel/debug there)"
}

check_guest() {
  version=$(in_guest 'fio --version' 2> /dev/null) || version=
  # older ones give latencies in microseconds
  matches "$version" 'fio-([3-9]|[1-9][0-9])[.].*' || missing "the guest's fio says '$version' (expected fio 3 or newer)"
  disk_index=$(($(printf %d "'${vdev#xvd}") - 97))
  devid=$((202 * 256 + 16 * disk_index))
  ! xenstore read "/local/domain/$(cat "$work/guest.domid")/device/vbd/$devid/state" > /dev/null 2>&1 ||
    missing "the guest has a disk $vdev (expected a name that is free there: --vdev)"
  for kind in $kinds; do
    case $kind in front:*) check_driver guest xen "${kind#*:}" ;; esac
  done
}

check_driver_domain() {
  for word in $devices; do
    in_driver "[ -b ${word#*=} ]" || missing "no disk ${word#*=} in the driver domain (expected a block device there: --device ${word%%=*}=PATH)"
  done
  [ "$hotplug" = self ] || in_driver "(ps ax 2> /dev/null || ps) | grep -q '[x]l devd'" ||
    missing "no \`xl devd\` in the driver domain (expected it to run there, or --hotplug self)"
  for kind in $kinds; do
    case $kind in back:*) check_driver driver xen-backend "${kind#*:}" ;; esac
  done
}

# check_all: false when anything is missing
check_all() {
  missing_count=0 answers=' '
  check_tools
  if [ "$missing_count" = 0 ]; then
    check_scheduler
    check_governor
    check_domain driver "$driver"
    check_domain guest "$guest"
    case $answers in *driver*) check_driver_domain ;; esac
    case $answers in *guest*) check_guest ;; esac
  fi
  [ "$missing_count" = 0 ]
}
