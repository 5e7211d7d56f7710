// SPDX-License-Identifier: GPL-3.0-or-later
// Who wins where: a map over block size and depth, measured and predicted, for any two policies.

const versus = { pair: null };
const duelsHere = () => machine().platform.duels.map(([a, b, ratio, lo, hi, predicted, winner, foreseen, counts, right]) =>
	({ a: machine().all[a], b: machine().all[b], ratio, lo, hi, predicted, winner, foreseen, counts, right }))
	.filter((d) => d.a.setting === choice.setting);
const pairName = (d) => DATA.policies[d.b.policy] + " / " + DATA.policies[d.a.policy];
const winnerOf = (d, who) => who === 0 ? null : who < 0 ? d.a.policy : d.b.policy;

function drawMap(title, duels, ratio, who) {
	const sizes = unique(duels.map((d) => d.a.bs)).sort(ascending), depths = unique(duels.map((d) => d.a.depth)).sort(ascending);
	const w = Math.min(64, 560 / depths.length), h = 30, left = 76, width = left + w * depths.length + 8, height = 14 + h * sizes.length + 38;
	const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "map" });
	picture.style.setProperty("max-width", width * 1.2 + "px");
	sizes.forEach((s, i) => picture.append(svg("text", { x: left - 8, y: 10 + h * i + 19, "text-anchor": "end" }, bytes(s))));
	depths.forEach((d, i) => picture.append(svg("text", { x: left + w * (i + 0.5), y: height - 24, "text-anchor": "middle" }, d)));
	for (const d of duels) {
		const x = left + w * depths.indexOf(d.a.depth), y = 10 + h * sizes.indexOf(d.a.bs), p = winnerOf(d, who(d));
		picture.append(svg("g", { class: p === null ? "level" : colour(p) },
			svg("rect", { class: "tile", x: x + 1, y: y + 1, width: w - 2, height: h - 2, rx: 3 }),
			svg("text", { x: x + w / 2, y: y + 19, "text-anchor": "middle", class: "tile" }, ratio(d) === null ? EMPTY : Number(ratio(d).toPrecision(2)))));
	}
	picture.append(svg("text", { class: "name", x: left + w * depths.length / 2, y: height - 6, "text-anchor": "middle" }, "requests in flight"));
	picture.style.setProperty("min-width", width * 0.85 + "px");
	const half = el("div", { class: "half", tabindex: 0, role: "group", "aria-label": title + ", a map" }, el("h3", null, title), picture);
	half.style.setProperty("flex-basis", width + "px"); // beside each other only where their texts can be read
	return half;
}

section("map", "Who wins where", "The map of crossovers: a tile is a setting that was measured with both policies. Its colour is the winner's, grey where nobody has won; the number is the second policy's value over the first one's.", (redraw) => {
	const all = duelsHere(), pairs = unique(all.map(pairName));
	if (!pairs.length)
		return [el("p", { class: "dim" }, "No two cells of this workload differ in the backend's policy alone.")];
	if (!pairs.includes(versus.pair))
		versus.pair = pairs.find((p) => p.split(" / ").every((n) => DATA.pair.includes(n))) || commonest(all.map(pairName));
	const duels = all.filter((d) => pairName(d) === versus.pair), [b, a] = versus.pair.split(" / ");
	const name = (p) => p === null ? "level" : DATA.policies[p];
	const caption = `${capital(noun(machine().platform.duel_metric))} of ${b} over that of ${a}, ${here()}`;
	return [
		el("div", { class: "choices" }, select("Compare", pairs.map((p) => [p, p]), versus.pair, (v) => {
			versus.pair = v;
			redraw();
		})),
		el("figure", { class: "live" },
			el("ul", { class: "legend" }, [a, b].map((n) => el("li", { class: colour(DATA.policies.indexOf(n)) }, el("span", { class: "swatch", "aria-hidden": "true" }), n + " wins")),
				el("li", { class: "level" }, el("span", { class: "swatch", "aria-hidden": "true" }), "level")),
			el("div", { class: "halves" }, drawMap("Measured", duels, (d) => d.ratio, (d) => d.winner),
				machine().platform.predicted ? drawMap("Predicted", duels, (d) => d.predicted, (d) => d.foreseen) : null),
			el("figcaption", null, caption + "."),
			tableBelow(caption, ["block size", "depth", "measured", "95 % from", "to", "winner", "predicted", "predicted winner", "right"],
				duels.map((d) => [bytes(d.a.bs), d.a.depth, number(d.ratio), number(d.lo), number(d.hi), name(winnerOf(d, d.winner)), number(d.predicted),
					machine().platform.predicted ? name(winnerOf(d, d.foreseen)) : EMPTY, !machine().platform.predicted || !d.counts ? EMPTY : d.right ? "yes" : "no"]))),
	];
});
