// SPDX-License-Identifier: GPL-3.0-or-later
// Distributions of latency: percentiles of the chosen cell, and whole distributions where runs brought them.

const PERCENTILES = [["clat_p50_ns", 0.5], ["clat_p90_ns", 0.1], ["clat_p99_ns", 0.01], ["clat_p99_9_ns", 0.001], ["clat_p99_99_ns", 0.0001]];
const shareName = (beyond) => "p" + Number((100 * (1 - beyond)).toPrecision(6));
const beyondAxis = (shares) => ({ label: "percentile", log: true, ticks: shares, format: (x) => shareName(1 / x) });

function latencyAxis(series) {
	const axis = timeScale("clat_p50_ns", series.flatMap((s) => s.points));
	return { ...axis, label: axis.label.replace("median ", ""), log: true };
}

function percentiles() {
	const cells = ofSetting().filter((c) => c.bs === choice.bs && c.depth === choice.depth);
	const series = shownPolicies(cells).flatMap((p) => cells.filter((c) => c.policy === p).map((c) => ({ name: DATA.policies[p], colour: p,
		points: PERCENTILES.map(([m, beyond]) => point(c, m, Number((1 / beyond).toPrecision(6))))
			.filter((q) => q.value !== null || (q.predicted !== null && q.predicted !== undefined)) })));
	return chart({ title: `Latency percentiles, ${here()}, ${bytes(choice.bs)}, depth ${choice.depth}`, series,
		x: beyondAxis(PERCENTILES.map(([, b]) => Number((1 / b).toPrecision(6)))),
		y: latencyAxis(series) });
}

// The view `latencies`: of each run the value below which some shares of its samples are.
const distribution = { cell: null };

function whole(redraw) {
	const rows = view("latencies");
	if (!rows.length)
		return [el("p", { class: "dim" }, "No run in this store has a whole distribution (fio's json+ or its histogram logs bring them; view latencies).")];
	const key = (r) => r.platform + ": " + r.cell + ", " + r.what + " of " + r.way;
	const names = unique(rows.map(key));
	if (!names.includes(distribution.cell))
		distribution.cell = names[0];
	const mine = rows.filter((r) => key(r) === distribution.cell && r.frac < 1);
	const series = unique(mine.map((r) => r.repeat)).map((repeat) => ({ name: "repeat " + repeat, colour: repeat,
		points: mine.filter((r) => r.repeat === repeat).map((r) => ({ x: Number((1 / (1 - r.frac)).toPrecision(6)), value: r.value_ns })) }));
	return [
		el("div", { class: "choices" }, select("Whole distribution of", names.map((n) => [n, n]), distribution.cell, (v) => {
			distribution.cell = v;
			redraw();
		})),
		chart({ title: "Distribution of " + distribution.cell, legend: "repeat", series, x: beyondAxis([2, 10, 100, 1000, 10000]),
			y: latencyAxis(series) }),
		rows.length >= DATA.limit && el("p", { class: "dim" }, "The page has the first " + DATA.limit + " rows; the store has all."),
	];
}

section("latency", "Latency distributions", "At the chosen block size and depth. The axis stretches the tail: each step to the right leaves a tenth of the requests beyond it.",
	(redraw) => [percentiles(), ...whole(redraw)]);
