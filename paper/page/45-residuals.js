// SPDX-License-Identifier: GPL-3.0-or-later
// How far predictions of held-out cells are off.

const residual = { metric: "iops" };

section("errors", "How far predictions are off", "Every held-out cell of the chosen machine: predicted over measured, less one. The grey band is the tolerance that was set before they were measured.", (redraw) => {
	const cells = machine().cells.filter((c) => Object.keys(c.rows).length);
	const metrics = unique(cells.flatMap((c) => Object.keys(c.rows).map(Number))).sort(ascending).map((i) => DATA.metrics[i][0]);
	if (!metrics.length)
		return [el("p", { class: "dim" }, "Nothing was predicted on this machine.")];
	if (!metrics.includes(residual.metric))
		residual.metric = metrics[0];
	const at = METRIC[residual.metric], judged = cells.filter((c) => c.rows[at]);
	const band = judged.map((c) => c.rows[at].tolerance).find((t) => t !== null);
	const series = shownPolicies(judged).map((p) => ({ name: DATA.policies[p], colour: p, spread: true,
		points: judged.filter((c) => c.policy === p).map((c) => ({ x: c.depth, value: c.rows[at].error, name: "(" + c.name + ")" })) }));
	return [
		el("div", { class: "choices" }, select("Show", metrics.map((m) => [m, capital(noun(m))]), residual.metric, (v) => {
			residual.metric = v;
			redraw();
		})),
		chart({ title: `Errors of the ${noun(residual.metric)} of ${judged.length} held-out cells, ${machine().name}`, series, band, value: "error",
			x: { label: "requests in flight", log: true, ticks: unique(judged.map((c) => c.depth)).sort(ascending) },
			y: { label: "predicted / measured − 1", format: percent } }),
	];
}, true);
