# SPDX-License-Identifier: GPL-3.0-or-later
# Closed networks, in ns: "iops VALUE" and "lat_mean_ns VALUE" with n I/Os in the loop.
#
#	awk -v row=NAME -v n=N -v z=THINK -v a=FIO -v s=SERVICE -f closed.awk
#
# network, repairman: mean value analysis (Reiser and Lavenberg 1980) of two exponential stations
# and a think time of any distribution. fio issues at station A, one I/O at a time, before their latency
# begins; complete ones that it has not reaped yet wait there within their latency.
#
# thread: station B is the backend's thread, which takes all that wait at once, for an exponential
# time of mean s for each of them, and gives all back together. That is no product form, but a Markov
# chain: b in the batch, m behind it on the ring, the others at A.

function mva(k, ra, rb, x, qa, qb) {
	for (k = 1; k <= n; k++) {
		ra = a * (1 + qa)
		rb = s * (1 + qb)
		x = k / (z + ra + rb)
		qa = x * ra
		qb = x * rb
	}
	return x
}

# Balance of the chain by sweeps (Gauss and Seidel), until they change nothing; its throughput.
function chain(b, m, sum, off, x, in_, rate, old) {
	for (b = 0; b <= n; b++)
		for (m = 0; b + m <= n && (b || !m); m++)
			p[b, m] = 1
	do {
		off = sum = 0
		for (b = 0; b <= n; b++)
			for (m = 0; b + m <= n && (b || !m); m++) {
				rate = (b + m < n ? 1 / a : 0) + (b ? 1 / (b * s) : 0)
				in_ = m ? p[b, m - 1] / a : b == 1 ? p[0, 0] / a : 0
				in_ += begun(b, m)
				old = p[b, m]
				p[b, m] = in_ / rate
				off += p[b, m] > old ? p[b, m] - old : old - p[b, m]
				sum += p[b, m]
			}
		for (b in p) p[b] /= sum
	} while (off > 1e-12 * sum)
	for (b = 0; b <= n; b++)
		for (m = 0; b + m < n && (b || !m); m++)
			x += p[b, m] / a
	return x
}

# A batch of any size ends, and what waited behind it is the next: b of them, m = 0.
function begun(b, m, of, flow) {
	for (of = 1; !m && of + b <= n; of++)
		flow += p[of, b] / (of * s)
	return flow
}

BEGIN {
	x = row == "thread" ? chain() : mva()
	printf "iops %.9g\nlat_mean_ns %.9g\n", x * 1e9, n / x - z - a
}
