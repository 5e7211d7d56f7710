#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The views over sweeps say what looking at every pair of configurations says.
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	"$RINGLAB" sweep "$RL_SOURCE/data/scenarios/one-core.yaml" -q --name grid --reps 2 --requests 300 \
		--over back_policy=event,spin,poll_port,spin_block:tau=5us:500us:*10 --over job.iodepth=1:16:*2 \
		--over job.bs=4k,32k --over guest.type=pv,hvm
	"$RINGLAB" sweep "$RL_SOURCE/data/scenarios/one-core.yaml" -q --name cube --reps 2 --requests 300 --design lhs --points 60 \
		--over back_policy=event,spin,poll_port --over job.iodepth=1:32
	# Ties, which two simulations seldom give: equal in one figure, in two, in all.
	sqlite3 ringlab.db "CREATE TEMP TABLE t AS SELECT sweep, config, metric, value FROM sweep_metric WHERE sweep = 2;
		UPDATE sweep_metric SET value = round(value, -3) WHERE sweep = 2;
		UPDATE sweep_metric SET value = (SELECT value FROM t WHERE t.metric = sweep_metric.metric AND t.config = 7)
			WHERE sweep = 2 AND config IN (8, 9) AND metric <> 'clat_p99_ns'"
}

setup() { cd "$BATS_FILE_TMPDIR" || return 1; }

figures() {
	sqlite3 -separator ' ' ringlab.db "SELECT sweep, config, iops, cpu_ns_per_request, clat_p99_ns FROM sweep_results"
}

@test "Pareto fronts are those of comparing each with each" {
	figures | awk '{ n++; s[n] = $1; c[n] = $2; v[n, 1] = $3; v[n, 2] = -$4; v[n, 3] = -$5 }
	# Is i beaten, looking at figures 1 and a and b?
	function beaten(i, a, b,   j, k, worse, better) {
		for (j = 1; j <= n; j++) {
			if (s[j] != s[i]) continue
			worse = better = 0
			for (k = 1; k <= 3; k++) if (k == 1 || k == a || k == b) {
				if (v[j, k] < v[i, k]) worse = 1
				if (v[j, k] > v[i, k]) better = 1
			}
			if (better && !worse) return 1
		}
		return 0
	}
	END { for (i = 1; i <= n; i++) {
		x = !beaten(i, 2, 2); y = !beaten(i, 3, 3); z = !beaten(i, 2, 3)
		if (x || y || z) print s[i], c[i], x, y, z } }' | sort >pairs
	sqlite3 -separator ' ' ringlab.db "SELECT sweep, config, front_cpu, front_p99, front_all FROM sweep_pareto" | sort >told
	wc -l told
	diff pairs told
	for flag in 3 4 5; do
		[ "$(cut -d' ' -f$flag told | grep -c 1)" -ge 2 ]
	done
	[ "$(wc -l <told)" -lt "$(figures | wc -l)" ]
}

@test "crossovers are those of walking along each line of two choices" {
	sqlite3 -separator '|' ringlab.db "SELECT config, value FROM sweep_points WHERE sweep = 'grid'" |
		awk -F'|' '{ v[$1] = v[$1] "|" $2 } END { for (c in v) print c v[c] }' | sort >points
	[ "$(wc -l <points)" = 120 ]
	for metric in iops cpu_ns_per_request clat_mean_ns clat_p99_ns; do
		sqlite3 -separator '|' ringlab.db "SELECT config, value FROM sweep_metrics WHERE sweep = 'grid' AND metric = '$metric'" |
			sort | join -t'|' points - | awk -F'|' -v OFS='|' -v metric=$metric -v sign="$([ $metric = iops ] && echo 1 || echo -1)" '
		function bytes(t) { return t ~ /k$/ ? t * 1024 : t + 0 }
		function walk(choice, along, names, nn, xs, nx, rest, key,   a, b, i, d, last, at) {
			for (a = 1; a <= nn; a++) for (b = a + 1; b <= nn; b++) {
				last = 0
				for (i = 1; i <= nx; i++) {
					d = sign * (val[key, names[a], xs[i]] - val[key, names[b], xs[i]])
					if (d == 0) continue
					if (last * d < 0) print metric, choice, along, rest, (last > 0 ? names[a] : names[b]),
						(last > 0 ? names[b] : names[a]), bytes(at), bytes(xs[i])
					last = d; at = xs[i]
				}
			}
		}
		{ p[$2]; t[$5]; d[$3]; s[$4]; m[$2, $3, $4, $5] = $6 }
		END {
			np = asort_(p, P); nt = asort_(t, T); nd = split("1 2 4 8 16", D, " "); ns = split("4k 32k", S, " ")
			for (i = 1; i <= nt; i++) for (j = 1; j <= ns; j++) { k = "a" i j
				for (x = 1; x <= np; x++) for (y = 1; y <= nd; y++) val[k, P[x], D[y]] = m[P[x], D[y], S[j], T[i]]
				walk("back_policy", "job.iodepth", P, np, D, nd, "job.bs=" S[j] " guest.type=" T[i], k) }
			for (i = 1; i <= nt; i++) for (j = 1; j <= nd; j++) { k = "b" i j
				for (x = 1; x <= np; x++) for (y = 1; y <= ns; y++) val[k, P[x], S[y]] = m[P[x], D[j], S[y], T[i]]
				walk("back_policy", "job.bs", P, np, S, ns, "job.iodepth=" D[j] " guest.type=" T[i], k) }
			for (i = 1; i <= np; i++) for (j = 1; j <= ns; j++) { k = "c" i j
				for (x = 1; x <= nt; x++) for (y = 1; y <= nd; y++) val[k, T[x], D[y]] = m[P[i], D[y], S[j], T[x]]
				walk("guest.type", "job.iodepth", T, nt, D, nd, "back_policy=" P[i] " job.bs=" S[j], k) }
			for (i = 1; i <= np; i++) for (j = 1; j <= nd; j++) { k = "d" i j
				for (x = 1; x <= nt; x++) for (y = 1; y <= ns; y++) val[k, T[x], S[y]] = m[P[i], D[j], S[y], T[x]]
				walk("guest.type", "job.bs", T, nt, S, ns, "back_policy=" P[i] " job.iodepth=" D[j], k) }
		}
		function asort_(from, to,   k, n, i, j, x) {
			for (k in from) to[++n] = k
			for (i = 2; i <= n; i++) for (j = i; j > 1 && to[j-1] > to[j]; j--) { x = to[j]; to[j] = to[j-1]; to[j-1] = x }
			return n
		}'
	done | sort >walked
	sqlite3 -separator '|' ringlab.db "SELECT metric, choice, along, rest, leader, overtaker, CAST(from_number AS INTEGER),
		CAST(to_number AS INTEGER) FROM sweep_crossover WHERE sweep = 'grid'" | sort >told
	wc -l told
	[ "$(wc -l <told)" -ge 20 ]
	diff walked told
	[ "$(sqlite3 ringlab.db "SELECT count(*) FROM sweep_crossover WHERE crossover < from_number OR crossover > to_number")" = 0 ]
}

@test "a crossover lies where the straight lines of both meet" {
	sqlite3 ringlab.db "INSERT INTO sweep VALUES (9, 'lines', printf('%064d', 0), 'grid', 6, '{}');
		INSERT INTO sweep_axis VALUES (9, 0, 'back_policy'), (9, 1, 'job.iodepth')"
	for i in 0 1 2 3 4 5; do
		x=$((i % 3)) who=$((i / 3))
		sqlite3 ringlab.db "PRAGMA foreign_keys = ON; INSERT INTO sweep_config VALUES (9, $i, 1, 1, 1, 0, 1, 1, '', NULL, '');
			INSERT INTO sweep_value VALUES (9, $i, 0, 'p$who', NULL), (9, $i, 1, '$x', $x);
			INSERT INTO sweep_metric VALUES (9, $i, 'iops', $((who ? 12 : 5 + 5 * x)), NULL, NULL)"
	done
	[ "$(sqlite3 ringlab.db "SELECT leader, overtaker, from_number, to_number, printf('%.9f', crossover) FROM sweep_crossover
		WHERE sweep = 'lines'")" = "p1|p0|1.0|2.0|1.400000000" ]
}
