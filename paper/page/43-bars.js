// SPDX-License-Identifier: GPL-3.0-or-later
// Stages of a request, and what the CPUs were used for: bars.

const BAR = 18, GAP = 8;

// bars: [{name, parts: [{name, value, colour, thin}]}]: thick parts follow each other, thin ones lie below them.
function bars(spec) {
	const thick = (b) => b.parts.filter((p) => !p.thin);
	const length = (b) => Math.max(thick(b).reduce((sum, p) => sum + p.value, 0), ...b.parts.filter((p) => p.thin).map((p) => p.value), 0);
	const most = Math.max(...spec.bars.map(length), 1e-9), height = spec.bars.length * (BAR + GAP) + 40;
	const letters = Math.min(Math.max(...spec.bars.map((b) => b.name.length)), Math.floor(0.38 * WIDTH / 7)), NAME = 7 * letters + 16;
	const at = (v) => NAME + (WIDTH - NAME - 16) * v / most;
	const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": spec.title, class: "chart" });
	for (const t of linearTicks(0, most).filter((v) => v >= 0))
		picture.append(svg("line", { class: "grid", x1: at(t), x2: at(t), y1: 4, y2: height - 34 }),
			svg("text", { x: at(t), y: height - 20, "text-anchor": "middle" }, spec.format(t)));
	spec.bars.forEach((b, i) => {
		const y = 6 + i * (BAR + GAP);
		const thins = b.parts.filter((p) => p.thin), thickness = BAR - 5 * thins.length;
		let from = 0;
		picture.append(svg("text", { x: NAME - 8, y: y + 13, "text-anchor": "end" }, b.name.length > letters ? b.name.slice(0, letters - 1) + "…" : b.name));
		for (const p of b.parts) {
			const start = p.thin ? 0 : from, tip = b.name + ", " + p.name + ": " + spec.format(p.value);
			picture.append(svg("rect", { class: "part " + p.colour + (p.thin ? " thin" : ""), x: at(start), y: p.thin ? y + thickness + 1 + 5 * thins.indexOf(p) : y,
				width: Math.max(at(start + p.value) - at(start), 0), height: p.thin ? 4 : thickness }, svg("title", null, tip)));
			from += p.thin ? 0 : p.value;
		}
	});
	picture.append(svg("text", { class: "name", x: (NAME + WIDTH) / 2, y: height - 4, "text-anchor": "middle" }, spec.label));
	const kinds = new Map(spec.bars.flatMap((b) => b.parts.map((p) => [p.name, p])));
	return el("figure", { class: "live" },
		el("ul", { class: "legend" }, [...kinds].map(([name, p]) => el("li", { class: p.colour }, el("span", { class: p.thin ? "swatch thin" : "swatch", "aria-hidden": "true" }), name))),
		el("div", { class: "plot", tabindex: 0, role: "group", "aria-label": spec.title }, picture), el("figcaption", null, spec.title + "."),
		tableBelow(spec.title, [spec.rowName, "part", spec.label], spec.bars.flatMap((b) => b.parts.map((p) => [b.name, p.name, spec.format(p.value)]))));
}

const STAGES = DATA.metrics.map(([name]) => name).filter((name) => name.startsWith("stage_"));
const stageName = (metric) => metric.replace(/^stage_(.*)_ns$/, "$1").replaceAll("_", " ");
const stageColour = (name) => "s" + Math.max(STAGES.map(stageName).indexOf(name), 0);

// Of bars of ns: the unit that suits the longest.
function timeBars(bars_) {
	const most = Math.max(...bars_.map((b) => b.parts.reduce((sum, p) => sum + p.value, 0)), 0);
	const [by, name] = most >= 3e6 ? [1e6, "ms"] : [1e3, "µs"];
	return { bars: bars_, format: (v) => number(v / by), label: name + " a request" };
}

function foreseenStages() {
	const cells = ofSetting().filter((c) => c.bs === choice.bs && c.depth === choice.depth && c.predicted.length);
	return shownPolicies(cells).flatMap((p) => cells.filter((c) => c.policy === p).map((c) => ({ name: DATA.policies[p],
		parts: STAGES.map((m) => ({ name: stageName(m), value: c.predicted[METRIC[m]], colour: stageColour(stageName(m)) })).filter((q) => q.value > 0) })));
}

function tracedStages() {
	const place = (r) => STAGES.map(stageName).indexOf(r.stage.replaceAll("_", " "));
	const rows = view("stages").filter((r) => r.stage !== "total").sort((a, b) => place(a) - place(b));
	const key = (r) => r.cell + (r.repeat ? " r" + r.repeat : "");
	return unique(rows.map(key)).sort().slice(0, 24).map((k) => ({ name: k,
		parts: rows.filter((r) => key(r) === k).map((r) => ({ name: r.stage.replaceAll("_", " "), value: r.mean_ns, colour: stageColour(r.stage.replaceAll("_", " ")) })) }));
}

section("stages", "Where the time of a request goes", "Mean time of each stage, in the order in which a request passes them. Predicted at the chosen setting; measured where runs were traced (view stages; a stage's mean is over the requests that passed it).", () => {
	const foreseen = foreseenStages(), traced = tracedStages();
	return [
		foreseen.length ? bars({ ...timeBars(foreseen), rowName: "policy", title: `Predicted stages, ${here()}, ${bytes(choice.bs)}, depth ${choice.depth}` })
			: el("p", { class: "dim" }, "Nothing was predicted here."),
		traced.length ? bars({ ...timeBars(traced), rowName: "run", title: "Measured stages of the traced runs" }) : el("p", { class: "dim" }, "No run in this store was traced."),
	];
});

// Polling in vain is a share of time, with or without a CPU: it is no part of the CPU time, and lies below.
function cpuBars(which) {
	const cells = ofSetting().filter((c) => c.bs === choice.bs && c.depth === choice.depth);
	return shownPolicies(cells).flatMap((p) => cells.filter((c) => c.policy === p).map((c) => ({ name: DATA.policies[p],
		parts: [["guest", "front_cpu_frac", "u0", false], ["driver domain", "back_cpu_frac", "u1", false], ["frontend polls in vain, of time", "front_spin_frac", "u2", true],
			["backend polls in vain, of time", "back_spin_frac", "u3", true]]
			.map(([name, m, c_, thin]) => ({ name, value: which(c, METRIC[m]), colour: c_, thin })).filter((q) => q.value > 0) })).filter((b) => b.parts.length));
}

const PURPOSES = unique(DATA.uses.map((u) => u[1]));
const DOMAINS = { driver: "driver domain", load: "third domain" };

// What the simulator spent a request's CPU time on, a bar a domain; nobody's time, which is idle, is left out.
function purposeBars() {
	const cells = ofSetting().filter((c) => c.bs === choice.bs && c.depth === choice.depth);
	return shownPolicies(cells).flatMap((p) => cells.filter((c) => c.policy === p).flatMap((c) => unique(DATA.uses.map((u) => u[0])).filter((d) => d).map((domain) => ({
		name: DATA.policies[p] + ": " + (DOMAINS[domain] || domain),
		parts: DATA.uses.map(([d, purpose], k) => ({ d, name: purpose.replaceAll("_", " "), value: c.used[k], colour: "s" + PURPOSES.indexOf(purpose) % 13 }))
			.filter((q) => q.d === domain && q.value > 0) })))).filter((b) => b.parts.length);
}

section("cpu", "What the CPUs are used for", "Shares of one CPU at the chosen setting: what the guest and the driver domain used, one behind the other; two cores add up to 2. The thin bars are the share of time in which a side polled and found nothing, by its own clock, which goes on while it waits for a CPU. Below that, what the simulator spent it on.", () => {
	const title = `${here()}, ${bytes(choice.bs)}, depth ${choice.depth}`, common = { format: number, label: "share of one CPU", rowName: "policy" };
	const real = cpuBars((c, m) => value(c.measured[m])), foreseen = cpuBars((c, m) => c.predicted[m]);
	const purposes = purposeBars();
	return [real.length ? bars({ ...common, title: "Measured CPU use, " + title, bars: real }) : el("p", { class: "dim" }, "No CPU time was measured here."),
		foreseen.length ? bars({ ...common, title: "Predicted CPU use, " + title, bars: foreseen }) : null,
		purposes.length ? bars({ ...timeBars(purposes), rowName: "policy and domain", title: "Predicted CPU time of a request by purpose, " + title }) : null];
});
