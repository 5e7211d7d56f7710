# SPDX-License-Identifier: GPL-3.0-or-later
# The latency of an open queue at the backend with a wake-up: its mean and 99th percentile, in ns.
#
#	awk -v lambda=PER_NS -v s=SERVICE -v d=WAKEUP -f wakeup.awk
#
# Poisson arrivals, constant service, batches (see forms.awk). Batches are a Markov chain: after one
# of n a Poisson number of mean lambda n s follow, and if it is none, the one that wakes and the
# Poisson number of mean lambda d that came meanwhile. A request's latency is what was left of the batch
# or wake-up in which it came, uniform, and its own batch: itself and the others, a Poisson number.
#
# forms.awk knows the mean, too, in another way: that both agree is a test of either.

function poisson_init(mean, p, i) { # p[0..max]
	p[0] = exp(-mean)
	for (i = 1; i <= max; i++) p[i] = p[i - 1] * mean / i
}

# Stationary probabilities at[1..max] of batches, by iteration.
function chain(i, j, off, next_, sum) {
	for (i = 1; i <= max; i++) {
		poisson_init(lambda * i * s, row)
		for (j = 0; j <= max; j++) q[i, j] = row[j]
		at[i] = i == 1
	}
	poisson_init(lambda * d, came)
	do {
		delete next_
		off = sum = 0
		for (i = 1; i <= max; i++)
			if (at[i] > 1e-18)
				for (j = 0; j <= max; j++) next_[j] += at[i] * q[i, j]
		for (j = 1; j <= max; j++) {
			next_[j] += next_[0] * came[j - 1]
			sum += next_[j]
		}
		for (j = 1; j <= max; j++) {
			off += (at[j] - next_[j] / sum) ^ 2
			at[j] = next_[j] / sum
		}
		idle = next_[0]
	} while (off > 1e-26)
}

# Uniform on (0, w), below x.
function below(x, w) {
	return x <= 0 ? 0 : x >= w ? 1 : x / w
}

# The share of requests whose latency is below x; `mean` is found on the way.
function cdf(x, n, k, f, all) {
	mean = f = all = 0
	for (n = 1; n <= max; n++) {
		weight = at[n] * lambda * n * s
		if (weight < 1e-15) continue
		all += weight
		for (k = 0; k <= max; k++)
			f += weight * q[n, k] * below(x - (k + 1) * s, n * s)
		mean += weight * (n * s / 2 + (1 + lambda * n * s) * s)
	}
	all += idle * (1 + lambda * d) # who wakes, and those who come until it is awake
	for (k = 0; k <= max; k++) {
		f += idle * came[k] * (x >= d + (k + 1) * s)
		f += idle * lambda * d * came[k] * below(x - (k + 2) * s, d)
	}
	mean += idle * (d + (1 + lambda * d) * s)
	mean += idle * lambda * d * (d / 2 + (2 + lambda * d) * s)
	mean /= all
	return f / all
}

BEGIN {
	max = 120
	chain()
	lo = 0
	hi = 1000 * s
	while (hi - lo > s * 1e-6)
		if (cdf(x = (lo + hi) / 2) < 0.99) lo = x; else hi = x
	printf "%.9g %.9g\n", mean, hi
}
