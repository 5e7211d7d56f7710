# SPDX-License-Identifier: GPL-3.0-or-later
# The closed forms of an open queue at the backend, in ns: one line "METRIC VALUE" each.
#
#	awk -v row=NAME -v lambda=PER_NS -v s=MEAN -v s2=SECOND_MOMENT ... -f forms.awk
#
# `wait` is what the theory is about: from the arrival to the begin of the own service. The backend
# takes all that is on the ring at once, works on it for as long as it takes, and publishes the
# answers together. So a request waits for the batch before its own (notify, back_wake, dequeue)
# and for those before it in its batch; a batch holds as much work before a request as behind
# it in the mean, for its members came in an order that does not depend on their sizes. Thus
#
#	wait = notify + back_wake + dequeue + (process - C) / 2
#
# with C the mean time that a request keeps the server. And how large are batches? The next one, N',
# is what came during this one, N, unless nothing did; then it is K, the first of a busy
# period. With rho = lambda E[C] and p the share of batches that nothing comes during:
#
#	E[N']  = rho E[N] + p E[K]
#	E[N'^2] = rho E[N] + lambda^2 (E[N] Var C + E[C]^2 E[N^2]) + p E[K^2]
#
# and in the mean of requests a batch holds r = E[N^2] / E[N] of them:
#
#	r = (rho + lambda^2 Var C + (1 - rho) E[K^2] / E[K]) / (1 - rho^2)
#	process = r C          lat = wait + C + (r - 1) C / 2

# The first batch of a busy period: its one request and those who came during a wake-up with
# these moments. Welch's queue, 1964.
function wakes_up(d1, d2) {
	extra = (2 * d1 + lambda * d2) / (2 * (1 + lambda * d1))
	k2_to_k = (1 + 3 * lambda * d1 + lambda ^ 2 * d2) / (1 + lambda * d1)
}

# Looks g apart since the ring was found empty: until the next look, the arrival being exponential.
function look_gap(g, y1, y2) {
	y1 = 1 / lambda - g / (exp(lambda * g) - 1)
	y2 = 2 / lambda ^ 2 - (g * g + 2 * g / lambda) / (exp(lambda * g) - 1)
	wakes_up(g - y1, g * g - 2 * g * y1 + y2)
}

# Yadin and Naor, 1963, with a wake-up of d when n wait.
function batch(n, d) {
	extra = (n * (n - 1) / (2 * lambda) + n * d + lambda * d * d / 2) / (n + lambda * d)
	k2_to_k = (n * n + 2 * n * lambda * d + lambda * d + (lambda * d) ^ 2) / (n + lambda * d)
}

# Levy and Yechiali, 1975: away for t again and again while nothing comes; and once only.
function vacations(t) {
	extra = t / 2
	k2_to_k = 1 + lambda * t
}

function one_vacation(t, none) {
	none = exp(-lambda * t)
	extra = lambda * t * t / (2 * (none + lambda * t))
	k2_to_k = (none + lambda * t + (lambda * t) ^ 2) / (none + lambda * t)
}

# The server is taken away at rate f while it is up, for v. An idle spinner finds what came meanwhile.
function interrupted(f, v, up) {
	up = 1 + f * v
	s2 = s2 * up ^ 2 + f * s * v * v
	s *= up
	extra = f * v * v / (2 * up)
	k2_to_k = 1 + f * lambda * v * v / up
}

# One server of k rings, which never stops; to go on to the next takes sw. Exhaustive: Takagi 1986. To a ring
# it is a server with vacations, of which that says how long they are to an arrival.
function rings(k, sw, all, rest) {
	all = k * lambda
	rest = 1 - all * s
	extra = all * s2 / (2 * rest) + sw * (k - all * s) / (2 * rest) - \
		lambda * s2 / (2 * (1 - lambda * s))
	k2_to_k = 1 + 2 * lambda * extra
}

function say(name, value) {
	printf "%s %.9g\n", name, value
}

# M/M/1 behind a ring: who finds it full waits in the block layer, and nothing else changes. The ring is
# full and somebody waits while there are more than its slots.
function full_ring(slots,  rho) {
	rho = lambda * s
	say("stage_slot_ns", rho ^ slots * s / (1 - rho))
	say("front_stall_frac", rho ^ (slots + 1))
	say("lat_mean_ns", s / (1 - rho))
	exit
}

BEGIN {
	if (row == "full_ring") full_ring(slots)
	k2_to_k = 1
	if (row == "spin") look_gap(gap)
	if (row == "event") wakes_up(d, d * d)
	if (row == "spin_block") wakes_up(exp(-lambda * tau) * d, exp(-lambda * tau) * d * d)
	if (row == "event_batch") batch(n, d)
	if (row == "poll_timer") vacations(t)
	if (row == "one_vacation") one_vacation(t)
	if (row == "preempted") interrupted(f, v)
	if (row == "rings") rings(k, sw)
	rho = lambda * s
	wait = lambda * s2 / (2 * (1 - rho)) + extra
	r = (rho + lambda ^ 2 * (s2 - s * s) + (1 - rho) * k2_to_k) / (1 - rho ^ 2)
	printf "wait %.9g %.9g\n", wait, s
	say("stage_process_ns", r * s)
	say("lat_mean_ns", wait + s + (r - 1) * s / 2)
	if (row == "spin") say("back_spin_frac", 1 - rho)
	p = exp(-lambda * tau)
	if (row == "spin_block")
		say("back_spin_frac", (1 - p) * (1 - rho) / (1 + lambda * p * d))
}
