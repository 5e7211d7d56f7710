# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by the long tests.

# write_jobs BSSPLIT: what the machines of the long tests run, in the current folder: one.fio looks
# at a disk for a moment, written.fio writes in these sizes and compares, again.fio compares later.
write_jobs() {
	printf '%s\n' '[global]' ioengine=libaio direct=1 thread=1 size=64m time_based=1 ramp_time=100ms runtime=400ms \
		'[j]' rw=randread bs=4k >one.fio
	printf '%s\n' '[global]' ioengine=libaio direct=1 thread=1 iodepth=16 verify=crc32c do_verify=1 verify_fatal=1 \
		'[verify]' rw=randwrite size=16m bssplit="$1" >written.fio
	{ cat written.fio && echo verify_only=1; } >again.fio
}
