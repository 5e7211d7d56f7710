# SPDX-License-Identifier: GPL-3.0-or-later
# Reads a driver's log of decisions and asks of each nap: did it end early, and did a tick come between its beginning and the
# vCPU's halt? The tick of a kernel whose timers were set 22.5 us before the last episode's end (the interrupt that woke the
# thread) comes when it is due, every 4 ms, but no nearer to that than 100 us; 22 us after a nap's beginning the vCPU has halted.
# Prints: naps that ended early where a tick came, that ended early otherwise, late where a tick came, late otherwise.
BEGIN { never = "18446744073709551615" }
$1 == "idle" { begin = $2; asked = $7 != never; next }
$1 == "result" && begin {
	if (asked && end) {
		set = end - 22500
		due = int((set + 3999999) / 4000000) * 4000000
		comes = due > set + 100000 ? due : set + 100000
		came = comes >= begin && comes < begin + 22000
		n[$4 < 200000, came]++
	}
	end = begin + $4
	begin = 0
}
END { print n[1, 1] + 0, n[1, 0] + 0, n[0, 1] + 0, n[0, 0] + 0 }
