# SPDX-License-Identifier: MIT
# The manifest: what the results were made with. Sourced by run.
# shellcheck shell=bash disable=SC2154

sha() { sha256sum "$1" | cut -d' ' -f1; }

# make_manifest: of the machine, for all cells
make_manifest() {
	local dirty=false
	[ -z "$(git -C "$here" status --porcelain 2>/dev/null)" ] || dirty=true
	jq -n --arg kernel "$(uname -r)" --arg cpu "$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)" \
		--argjson host_cpus "$(getconf _NPROCESSORS_ONLN)" \
		--argjson virtual "$(grep -qw hypervisor /proc/cpuinfo && echo true || echo false)" \
		--arg fio "$(fio --version)" --arg fio_package "$(dpkg-query -W -f '${Version}' fio 2>/dev/null || echo unknown)" \
		--arg commit "$(git -C "$here" rev-parse HEAD 2>/dev/null || echo unknown)" --argjson dirty $dirty \
		--arg date "$(date -u +%FT%TZ)" --arg engine "$(sha "$engine")" --arg backend "$(sha "$backend")" \
		'{platform: "hosted", emulated: false, note: "event channel costs are eventfd'\''s, not Xen'\''s",
		  kernel: $kernel, host_cpu: $cpu, host_cpus: $host_cpus, host_virtual: $virtual,
		  fio: $fio, fio_package: $fio_package, commit: $commit, commit_dirty: $dirty, started: $date,
		  programs_sha256: {engine: $engine, backend: $backend}, scheduler: null, cpus: 2,
		  devices: {null: "answered at once in the context of who serves the ring; no data kept",
		            ram: "256 MiB of memory, copied in the context of who serves the ring",
		            file: "a file of 256 MiB, through io_uring, with O_DIRECT where the file system can"}}'
}

# cell_manifest FRONT_CPU BACK_CPU AWAKE: the same with where this cell ran; the model counts only the CPUs that are used. CPUs
# that do not halt are another machine: waking them takes other times.
cell_manifest() {
	jq --argjson front "$1" --argjson back "$2" --argjson awake "$3" \
		'. + (if $awake == 1 then {platform: "hosted-awake", cpu_dma_latency_us: 0} else {} end)
		 + {cpus: (if $front == $back then 1 else 2 end), cpu_of: {front: $front, back: $back},
		      pinning: {guest: 0, driver: (if $front == $back then 0 else 1 end)}}' "$work/manifest.json"
}
