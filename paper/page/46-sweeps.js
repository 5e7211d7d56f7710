// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated sweeps: what IOPS cost, who is beaten by nobody, where one choice overtakes another.

const swept = { sweep: null, cost: "cpu_ns_per_request" };
const COSTS = { cpu_ns_per_request: "front_cpu", clat_p99_ns: "front_p99" };

section("sweeps", "Sweeps", "Simulated, not measured: configurations of ringlab sweep. Filled points are on the front: no other configuration has more IOPS at no greater cost.", (redraw) => {
	const sweeps = view("sweeps"), rows = view("sweep_results");
	if (!sweeps.length)
		return [el("p", { class: "dim" }, "This store has no sweep: see ringlab sweep --help.")];
	if (!sweeps.some((s) => s.sweep === swept.sweep))
		swept.sweep = sweeps[0].sweep;
	const act = (key) => (v) => {
		swept[key] = v;
		redraw();
	};
	const mine = (name) => view(name).filter((r) => r.sweep === swept.sweep);
	const front = new Set(mine("sweep_pareto").filter((r) => r[COSTS[swept.cost]]).map((r) => r.config));
	const have = mine("sweep_results").filter((r) => r.iops !== null && r[swept.cost] !== null);
	// Colour is the first axis of words, so that policies keep theirs.
	const word = (r) => r.point.split(" ")[0], words = unique(have.map(word));
	const series = words.map((w, k) => {
		const policy = DATA.policies.indexOf(w.replace(/^[^=]*=/, "").replace(/:.*/, ""));
		return { name: w, colour: words.length > 12 ? 0 : policy >= 0 && !words.slice(0, k).some((o) => o.replace(/:.*/, "") === w.replace(/:.*/, "")) ? policy : k + 2,
			points: have.filter((r) => word(r) === w).map((r) => ({ x: r.iops, value: r[swept.cost], open: !front.has(r.config), name: "(" + r.point + ")" })) };
	});
	const s = sweeps.find((o) => o.sweep === swept.sweep), crossings = mine("sweep_crossover"), unbeaten = mine("sweep_pareto");
	const listed = unbeaten.length > 12 ? tableBelow : table;
	return [
		el("div", { class: "choices" }, select("Sweep", sweeps.map((o) => [o.sweep, o.sweep]), swept.sweep, act("sweep")),
			select("Cost", Object.keys(COSTS).map((c) => [c, capital(noun(c))]), swept.cost, act("cost"))),
		chart({ title: `${capital(noun(swept.cost))} against IOPS, sweep ${s.sweep}: ${s.done} of ${s.configs} configurations over ${s.paths}`, legend: "configuration", value: "value", series,
			x: { label: "requests a second" }, y: { ...timeScale(swept.cost, series.flatMap((o) => o.points)), log: true } }),
		listed("Beaten by none", ["configuration", "IOPS", "CPU ns a request", "p99 ns", "fronts"], unbeaten.map((r) => [r.point, number(r.iops), number(r.cpu_ns_per_request),
			number(r.clat_p99_ns), [r.front_cpu && "CPU", r.front_p99 && "p99", r.front_all && "all three"].filter(Boolean).join(", ")]), "Beaten by none"),
		crossings.length ? tableBelow("Where one choice overtakes another", ["metric", "rest", "leads", "overtakes", "along", "between", "and", "at about"],
			crossings.map((r) => [r.metric, r.rest || EMPTY, r.leader, r.overtaker, r.along, number(r.from_number), number(r.to_number), number(r.crossover)]), "Where one choice overtakes another") : null,
		rows.length >= DATA.limit && el("p", { class: "dim" }, "The page has the first " + DATA.limit + " configurations; the store has all."),
	];
}, true);
