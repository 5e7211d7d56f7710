// SPDX-License-Identifier: GPL-3.0-or-later
// Explorer: any metric over depth or over block size, a curve a policy.

const explorer = { metric: "iops", over: "depth" };
const EXPLORED = ["iops", "clat_mean_ns", "clat_p50_ns", "clat_p90_ns", "clat_p99_ns", "clat_p99_9_ns", "cpu_ns_per_request",
	"front_cpu_frac", "back_cpu_frac", "front_spin_frac", "back_spin_frac", "notifications_per_request", "upcalls_per_request", "switches_per_request"];

// A cell's metric as a chart's point.
function point(c, metric, x) {
	const m = c.measured[METRIC[metric]], row = c.rows[METRIC[metric]];
	return { x, value: value(m), lo: low(m), hi: high(m), predicted: c.predicted[METRIC[metric]], open: !c.heldOut,
		plo: row ? row.lo : null, phi: row ? row.hi : null };
}

// Times are read in the unit that suits the largest of them.
function timeScale(metric, points) {
	if (unit(metric) !== "ns")
		return { label: noun(metric), format: number };
	const most = Math.max(...points.flatMap((p) => [p.value, p.predicted]).filter((v) => v !== null && v !== undefined));
	const [by, name] = most >= 3e6 ? [1e6, "ms"] : most >= 3e3 ? [1e3, "µs"] : [1, "ns"];
	return { label: noun(metric) + ", " + name, format: (v) => v === null || v === undefined ? EMPTY : number(v / by) };
}

section("explore", "Explore", "Points are measured, with 95 % intervals where a cell was repeated: filled ones were held out, open ones calibrated the simulator. " +
	"Lines are predicted; the pale bars are where 90 % of measurements of a held-out cell are expected.", (redraw) => {
	const { metric, over } = explorer;
	const cells = ofSetting().filter((c) => over === "depth" ? c.bs === choice.bs : c.depth === choice.depth);
	const series = shownPolicies(cells).map((p) => ({ name: DATA.policies[p], colour: p,
		points: cells.filter((c) => c.policy === p && (value(c.measured[METRIC[metric]]) !== null || c.predicted[METRIC[metric]]))
			.map((c) => point(c, metric, c[over])).sort((a, b) => a.x - b.x) })).filter((s) => s.points.length);
	const points = series.flatMap((s) => s.points), time = unit(metric) === "ns";
	const act = (key) => (v) => {
		explorer[key] = v;
		redraw();
	};
	return [
		el("div", { class: "choices" }, select("Show", EXPLORED.map((m) => [m, capital(noun(m))]), metric, act("metric")),
			select("Over", [["depth", "requests in flight, at " + bytes(choice.bs)], ["bs", "block size, at depth " + choice.depth]], over, act("over"))),
		chart({ title: capital(noun(metric)) + ", " + here() + (over === "depth" ? ", " + bytes(choice.bs) : ", depth " + choice.depth), series,
			x: over === "depth" ? { label: "requests in flight", log: true, ticks: unique(points.map((p) => p.x)).sort(ascending) }
				: { label: "block size", log: true, ticks: unique(points.map((p) => p.x)).sort(ascending), format: bytes },
			y: { ...timeScale(metric, points), log: time, zero: !time } }),
	];
});
