# SPDX-License-Identifier: GPL-3.0-or-later
# What theory.bats and long_theory.bats share: a scenario becomes free of what it does not name, a
# run becomes a table, and the table is held against a theory.
# shellcheck shell=bash

HERE=$RL_SOURCE/sim/tests/theory
REPS=20 # judge.awk knows Student's t for them

# The backend's service time: 10 us a request and 20 us a segment, of which there are 1 or 3.
SERVICE=(-v s=50e3 -v s2=2900e6)
LONGER=(--set costs.back_request_ns=10.2e3 --set costs.back_segment_ns=20.4e3)

# least_costs FILE: every cost at its least, which is nothing but for the look at a ring: 1 ns
least_costs() {
	"$RINGLAB" list parameters --format json | jq -r '"  \(.parameter): \(.min)"' >"$1"
	[ -s "$1" ]
}

# scenario NAME: NAME.yaml of this folder with every cost that it does not name at its least
scenario() {
	awk -F: 'NR == FNR { if (/^  /) has[$1] = 1; print; next } !($1 in has)' \
		"$HERE/$1.yaml" "$LEAST_COSTS" >"$1.yaml"
}

# simulated NAME REQUESTS OPTIONS...: a run as lines "METRIC VALUE HALF", HALF of the 95 % interval;
# and judged
simulated() {
	local name=$1 n=$2
	shift 2
	"$RINGLAB" simulate "$name.yaml" --requests "$n" --reps "$REPS" -j 2 \
		--format json "$@" >run.json
	jq -r '.metrics | to_entries[] | select(.value.ci_hi != null) |
		"\(.key) \(.value.value) \((.value.ci_hi - .value.ci_lo) / 2)"' run.json >run
	awk -f "$HERE/judge.awk" theory run >judged
	[ -s judged ]
}

# held WHAT: all that was judged is inside, and known to 1 %; rare things to 10 %
held() {
	awk -v what="$1" '{ print what, $0; limit = /slot|stall/ ? 10 : 1 }
		$5 != "in" || $4 > limit { bad = 1 } END { exit bad }' judged
}

# noticed WHAT: the mean latency is not what the theory says
noticed() {
	awk -v what="$1 +2%" '/^lat_mean_ns / { print what, $0; out = $5 == "out" }
		END { exit !out }' judged
}

# at ROW RATE REQUESTS FORM...: an open queue at the backend; 2 % are seen with fewer requests, too
at() {
	local row=$1 rate=$2 n=$3
	local job=(--job "$HERE/poisson.fio" --set "job.rate_iops=$rate")
	shift 3
	awk -v row="$row" -v lambda="${rate}e-9" "${SERVICE[@]}" "$@" -f "$HERE/forms.awk" >theory
	simulated "$row" "$n" "${job[@]}"
	held "$row $rate/s"
	simulated "$row" $((n < 100000 ? n : 100000)) "${job[@]}" "${LONGER[@]}"
	noticed "$row $rate/s"
}

# Each row at loads of 0.3, 0.7 and 0.9, as many requests as it takes to know the wait to 1 %.
light() { at "$1" 6000 50000 "${@:2}"; }
loaded() { at "$1" 14000 100000 "${@:2}"; }
heavy() { at "$1" 18000 600000 "${@:2}"; }

# closed ROW FIELD LONGER N REQUESTS FORM...: with N I/Os in the loop, as FIELD says
closed() {
	local row=$1 n=$4 requests=$5
	local run=("$row" "$requests" --set "$2=$n") longer=(--set "$3")
	shift 5
	awk -v row="$row" -v n="$n" "$@" -f "$HERE/closed.awk" >theory
	simulated "${run[@]}"
	held "$row $n"
	simulated "${run[@]}" "${longer[@]}"
	noticed "$row $n"
}
