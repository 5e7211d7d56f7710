# SPDX-License-Identifier: GPL-3.0-or-later
# Holds what was simulated against theory: one line a metric, the last word of which is the verdict:
#
#	METRIC THEORY SIMULATED HALF VERDICT
#
# First file: "METRIC THEORY" (`wait` with the mean service time, see forms.awk), second: "METRIC
# VALUE HALF", of REPS = 20 replications. HALF is the half width of the 95 % interval in % of the value;
# "in" says that the theory is inside the 99.9 % interval, "out" that it is not. The interval of
# `wait`, a sum, is no wider than those of its parts together.
function t_ratio() { return 3.883406 / 2.093024 } # Student's t of 19 degrees of freedom

NR == FNR {
	theory[++n] = $2
	name[n] = $1
	service[n] = $3
	next
}
{
	value[$1] = $2
	half[$1] = $3
}
END {
	value["wait"] = value["stage_notify_ns"] + value["stage_back_wake_ns"] + \
		value["stage_dequeue_ns"] + value["stage_process_ns"] / 2
	half["wait"] = half["stage_notify_ns"] + half["stage_back_wake_ns"] + \
		half["stage_dequeue_ns"] + half["stage_process_ns"] / 2
	for (i = 1; i <= n; i++) {
		x = value[name[i]] - service[i] / 2
		off = x - theory[i]
		if (off < 0) off = -off
		printf "%s %.7g %.7g %.2f %s\n", name[i], theory[i], x, 100 * half[name[i]] / x, \
			off <= t_ratio() * half[name[i]] ? "in" : "out"
	}
}
