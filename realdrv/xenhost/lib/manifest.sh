# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034
# The manifest: the machine that the figures are of. Written before the first cell, so that results which an interruption left
# behind have theirs, and once more at the end. Sourced by run.

# text TEXT: a JSON string; nothing is null
text() {
  if [ -z "$1" ]; then
    echo null
  else
    printf '"%s"\n' "$(printf %s "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')"
  fi
}

# pin_of ROLE: the one pCPU of a domain whose vCPUs are all pinned to it, or null
pin_of() { awk '{ seen[$2] = 1; last = $2 } END { n = 0; for (i in seen) n++; print n == 1 && last ~ /^[0-9]+$/ ? last : "null" }' "$work/$1.pins"; }

memory_of() { xl list "$1" | awk 'NR == 2 { print $3 }'; }

# module_facts ROLE SIDE: which build of our driver runs there
module_facts() {
  case $kinds in
    *" $2:rl "*) text "$("in_$1" "cat /sys/module/rl$2/srcversion" 2> /dev/null || true)" ;;
    *) echo null ;;
  esac
}

vendor() { cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name 2> /dev/null | tr '\n' ' ' | sed 's/ *$//'; }

write_manifest() { # write_manifest ENDED: null, or a time in JSON
  : "${started:=$(date -u +%Y-%m-%dT%H:%M:%SZ)}"
  hard_affinity Domain-0 > "$work/dom0.pins"
  machine=$(vendor)
  case $machine in
    *QEMU* | *Bochs* | *VMware* | *VirtualBox* | *KVM*) emulated=true ;;
    *) emulated=false ;;
  esac
  {
    echo "{\"platform\": \"xen-host-$name\", \"mode\": \"host\", \"emulated\": $emulated, \"machine\": $(text "$machine"),"
    echo " \"host_cpu\": $(text "$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)"), \"cpus\": $(info nr_cpus),"
    echo " \"threads_per_core\": $(info threads_per_core), \"facts\": [\"cpu_mhz=$(info cpu_mhz)\"], \"governor\": $(text "$governor_seen"),"
    echo " \"xen\": $(text "$(info xen_version)"), \"xen_commandline\": $(text "$(info xen_commandline)"), \"scheduler\": $(text "$(info xen_scheduler)"),"
    echo " \"kernel\": $(text "$(in_guest 'uname -r')"), \"kernels\": {\"dom0\": $(text "$(uname -r)"), \"driver\": $(text "$(in_driver 'uname -r')"), \"guest\": $(text "$(in_guest 'uname -r')")},"
    echo " \"domain_type\": $(text "$(in_guest 'cat /sys/hypervisor/guest_type')"), \"fio\": $(text "$(in_guest 'fio --version')"),"
    echo " \"modules_srcversion\": {\"rlfront\": $(module_facts guest front), \"rlback\": $(module_facts driver back)},"
    echo " \"vcpus\": {\"dom0\": $(wc -l < "$work/dom0.pins"), \"driver\": $(wc -l < "$work/driver.pins"), \"guest\": $(wc -l < "$work/guest.pins")},"
    echo " \"pinning\": {\"dom0\": $(pin_of dom0), \"driver\": $(pin_of driver), \"guest\": $(pin_of guest)},"
    echo " \"memory_mb\": {\"dom0\": $(memory_of Domain-0), \"driver\": $(memory_of "$driver"), \"guest\": $(memory_of "$guest")},"
    echo " \"devices\": {$(for word in $devices; do printf '%s"%s": %s' "${comma:-}" "${word%%=*}" "$(text "${word#*=}")"; comma=', '; done)},"
    echo " \"hotplug\": \"$hotplug\", \"toolstack\": \"xl\", \"started\": \"$started\", \"ended\": $1}"
  } > "$work/manifest.json" || fail "cannot read what the manifest needs"
  cp "$work/manifest.json" "$out/manifest.json"
}
