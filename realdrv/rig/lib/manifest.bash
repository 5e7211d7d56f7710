# SPDX-License-Identifier: GPL-3.0-or-later
# The manifest: what the results were made with, one entry a boot. Written before the boot, so that results which a
# crash left behind have theirs, and completed after it. Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034,SC2015

sha() { [ -z "$1" ] && echo null || printf '"%s"' "$(sha256sum "$1" | cut -d' ' -f1)"; }

# version_of WHAT [FOLDER]
version_of() { sed -n "s/^$1=//p" "${2:-$images}/versions"; }

# add_guest: a PVH guest is another machine; what was measured there has a platform of its own
add_guest() {
  [ "$guest" = pvh ] || { cat; return; }
  jq '. + {platform: (.platform + "-pvh"), guest_type: "PVH"}'
}

# add_debug: which kernel the driver domain and the guest had, where it is not dom0's; what was measured under it has a platform of its own
add_debug() {
  [ -n "${debug_images:-}" ] || { cat; return; }
  jq --arg kernel "$(version_of kernel "$debug_images")" --arg package "$(version_of kernel_package "$debug_images")" --arg kind "$kernel" \
    --arg config "$(version_of config_sha256 "$debug_images")" --arg images "$(basename "$debug_images")" \
    --arg driver "$(version_of driver_kernel "$debug_images")" --arg driver_config "$(version_of driver_config_sha256 "$debug_images")" \
    '. + {platform: (.platform + "-" + $kind), dom0_kernel: .kernel, dom0_kernel_package: .kernel_package, kernel: $kernel, kernel_package: $package,
      kernel_config_sha256: $config, debug_images: $images}
     | if $driver != "" then . + {driver_kernel: $driver, driver_kernel_config_sha256: $driver_config} else . end'
}

begin_manifest() {
  local cpu
  cpu=$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)
  boot_s=null boot_wall=$SECONDS
  [ -e "$out/manifest.json" ] || echo '{"boots": []}' > "$out/manifest.json"
  # what null_blk is set to matters: queue_mode=0 completes a bio in the backend's own context, with no queue and no interrupt
  jq -n --arg mode "$mode" --arg kernel "$(version_of kernel)" --arg kernel_package "$(version_of "linux-image-$(version_of kernel)")" \
    --arg xen "$(version_of xen-hypervisor-4.17-amd64)" --arg fio "$(version_of fio)" --arg cpu "$cpu" \
    --arg qemu "$(qemu-system-x86_64 --version | head -n 1)" --arg images "$(basename "$images")" --arg date "$(date -u +%FT%TZ)" \
    --arg quiet "$(version_of dom0_quiet)" --arg commit "$(git -C "$here" rev-parse HEAD 2> /dev/null || echo unknown)" \
    --argjson dirty "$([ -z "$(git -C "$here" status --porcelain 2> /dev/null)" ] && echo false || echo true)" \
    --argjson rlfront "$(sha "$rlfront")" --argjson rlback "$(sha "$rlback")" --argjson driver_mb "$driver_mb" --argjson guest_mb "$guest_mb" --argjson nvme "$needs_nvme" \
    '{platform: ("xen-qemu-" + $mode + (if $nvme == 1 then "-nvme" else "" end)), emulated: true, mode: $mode, kernel: $kernel, kernel_package: $kernel_package, xen_package: $xen,
      qemu: $qemu, fio_package: $fio, host_cpu: $cpu, image_hash: $images, dom0_quiet: $quiet, commit: $commit, commit_dirty: $dirty, started: $date,
      modules_sha256: {rlfront: $rlfront, rlback: $rlback}, domain_type: "PV",
      cpus: (if $mode == "counted" then 1 else 2 end), ns_per_instruction: (if $mode == "counted" then 2 else null end),
      vcpus: {dom0: 1, driver: 1, guest: 1},
      pinning: (if $mode == "counted" then {dom0: 0, driver: 0, guest: 0} else {dom0: 1, driver: 1, guest: 0} end),
      memory_mb: {dom0: 1280, driver: $driver_mb, guest: $guest_mb},
      devices: {null: "null_blk queue_mode=0: a bio is completed at once in the context of who submits it; no queue, no interrupt, no data kept, 250 GB",
                brd: "brd rd_size=262144: 256 MiB in the memory of the driver domain, completed at once in the context of who submits it",
                lent: "brd rd_size=262144 of dom0, lent to the driver domain through xen-blkback and xen-blkfront",
                mem: "null_blk of 64 MiB that keeps what is written in the memory of the driver domain, with a volatile cache of 16 MiB and discards; queue_mode=2 irqmode=0: completed in the context of who submits it",
                mem4k: "mem in blocks of 4096 bytes"}}
     | if $nvme == 1 then .devices.nvme = "QEMU nvme, 512 MiB, a file in the page cache of the host, behind intel-iommu, passed through to the driver domain by Xen; counted: while all domains wait for it the time of the host passes" else . end' | add_guest | add_debug > "$work/boot.json"
  jq --slurpfile boot "$work/boot.json" '$boot[0] + {boots: .boots}' "$out/manifest.json" > "$work/manifest.json"
  cp "$work/manifest.json" "$out/manifest.json"
}

end_manifest() {
  local facts=/dev/null retried=/dev/null
  [ ! -e "$out/facts" ] || facts=$out/facts
  [ ! -e "$out/retried" ] || retried=$out/retried
  jq --rawfile facts "$facts" --rawfile retried "$retried" --arg ended "$(cat "$out/ended" 2> /dev/null || echo 'no word from dom0')" \
    --arg boot "${boot_kind:-none}" --argjson boot_s "$boot_s" --argjson wall_s $((SECONDS - boot_wall)) \
    '. + {xen: ($facts | capture("xen_version=(?<v>.*)").v // null), scheduler: ($facts | capture("xen_scheduler=(?<v>.*)").v // null),
      fio: ($facts | capture("fio=(?<v>.*)").v // null), facts: ($facts | split("\n") | map(select(. != ""))),
      retried: ($retried | split("\n") | map(select(. != ""))), ended: $ended, boot: $boot, boot_s: $boot_s, wall_s: $wall_s}' "$work/boot.json" > "$work/boot-done.json"
  jq --slurpfile boot "$work/boot-done.json" '($boot[0]) + {boots: (.boots + $boot)}' "$out/manifest.json" > "$work/manifest.json"
  mv "$work/manifest.json" "$out/manifest.json"
  rm -f "$out/facts" "$out/retried" "$out/ended"
}
