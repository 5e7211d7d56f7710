// SPDX-License-Identifier: GPL-3.0-or-later
// A chart with two axes as an SVG: lines, points with intervals, a band; a legend, a reader for the
// values at a place (mouse or arrow keys), and a table of all of them.

// On a narrow screen a chart is narrow too, so that its texts can be read without moving it.
const NARROW = matchMedia("(max-width:40rem)");
const widthNow = () => NARROW.matches ? 400 : 720;
let WIDTH = widthNow();
const HEIGHT = 340, LEFT = 66, RIGHT = 12, TOP = 12, BOTTOM = 46;

// Ticks of a linear axis: three to eight of 1, 2 or 5 times a power of ten.
function linearTicks(lo, hi) {
	const raw = (hi - lo) / 5, power = 10 ** Math.floor(Math.log10(raw));
	const step = [1, 2, 5, 10].find((s) => s * power >= raw) * power;
	const ticks = [];
	for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi * (1 + 1e-9) + 1e-12; k++)
		ticks.push(Number((k * step).toPrecision(12)));
	return ticks;
}

function logTicks(lo, hi) {
	const ticks = [], few = Math.log10(hi / lo) > 2.5;
	for (let p = Math.floor(Math.log10(lo)); p <= Math.ceil(Math.log10(hi)); p++)
		for (const m of few ? [1] : [1, 2, 5])
			if (m * 10 ** p >= lo * 0.999 && m * 10 ** p <= hi * 1.001)
				ticks.push(Number((m * 10 ** p).toPrecision(3)));
	return ticks.length > 2 ? ticks : linearTicks(lo, hi);
}

// Where values are on an axis; {log, zero, ticks, values} say how it is made.
function scale(axis, values, from, to) {
	let lo = Math.min(...values), hi = Math.max(...values);
	if (!values.length)
		[lo, hi] = [1, 10];
	if (axis.log) {
		lo /= 1.15;
		hi *= 1.15;
	} else {
		const pad = (hi - lo || Math.abs(hi) || 1) * 0.06;
		lo = axis.zero && lo >= 0 ? 0 : lo - pad;
		hi += pad;
	}
	// The negative end of an interval has no place on a logarithmic axis: it goes to the edge.
	const f = axis.log ? (x) => Math.log(Math.max(x, lo)) : (x) => x;
	const at = (x) => from + (to - from) * (f(x) - f(lo)) / (f(hi) - f(lo));
	const ticks = axis.ticks ? axis.ticks.filter((t) => t >= lo && t <= hi) : (axis.log ? logTicks : linearTicks)(lo, hi);
	return { at, ticks };
}

// The mark of a series: what colour does not tell, form does.
function mark(form, x, y, r, attributes) {
	if (form === 0)
		return svg("circle", { cx: x, cy: y, r, ...attributes });
	const shapes = [null, "M-1,-1H1V1H-1Z", "M0,-1.3L1.2,0.9H-1.2Z", "M0,-1.4L1.4,0L0,1.4L-1.4,0Z", "M0,1.3L1.2,-0.9H-1.2Z"];
	return svg("path", { d: shapes[form], transform: `translate(${x},${y}) scale(${r})`, "vector-effect": "non-scaling-stroke", ...attributes });
}

const colour = (i) => "c" + i % 12;
const form = (i) => i % 5;

function drawAxes(x, y, spec) {
	const g = svg("g", { class: "axes" });
	const label = spec.y.format || number, name = spec.x.format || number;
	for (const t of y.ticks)
		g.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(t), y2: y.at(t) }),
			svg("text", { x: LEFT - 7, y: y.at(t) + 4, "text-anchor": "end" }, label(t)));
	let last = -1e9;
	for (const t of x.ticks) {
		const text = name(t), at = x.at(t);
		g.append(svg("line", { class: "tick", x1: at, x2: at, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 }));
		if (at - last < 7 * text.length + 6)
			continue;
		last = at;
		g.append(svg("text", { x: at, y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, text));
	}
	g.append(svg("path", { class: "frame", d: `M${LEFT},${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` }),
		svg("text", { class: "name", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, spec.x.label),
		svg("text", { class: "name", transform: `translate(13,${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle" }, spec.y.label));
	return g;
}

function drawSeries(s, x, y) {
	const g = svg("g", { class: "series " + colour(s.colour) });
	const line = s.points.filter((p) => p.predicted !== null && p.predicted !== undefined);
	for (const p of s.points)
		if (p.plo !== null && p.plo !== undefined)
			g.append(svg("line", { class: "foreseen", x1: x.at(p.x), x2: x.at(p.x), y1: y.at(p.plo), y2: y.at(p.phi) }));
	if (line.length > 1 && !s.spread)
		g.append(svg("path", { class: "line", d: "M" + line.map((p) => x.at(p.x).toFixed(1) + "," + y.at(p.predicted).toFixed(1)).join("L") }));
	for (const p of line)
		g.append(svg("path", { class: "line", d: `M${(x.at(p.x) - 5).toFixed(1)},${y.at(p.predicted).toFixed(1)}h10` }));
	for (const p of s.points) {
		if (p.value === null || p.value === undefined)
			continue;
		if (p.lo !== null && p.lo !== undefined && p.hi > p.lo)
			g.append(svg("line", { class: "interval", x1: x.at(p.x), x2: x.at(p.x), y1: y.at(p.lo), y2: y.at(p.hi) }));
		g.append(mark(form(s.colour), x.at(p.x), y.at(p.value), s.spread ? 3 : 4.2, { class: p.open ? "point open" : "point" }));
	}
	return g;
}

function legend(series) {
	return el("ul", { class: "legend" }, series.map((s) => el("li", { class: colour(s.colour) },
		svg("svg", { viewBox: "-6 -6 12 12", width: 12, height: 12, "aria-hidden": "true" }, mark(form(s.colour), 0, 0, 4, { class: "point" })),
		s.name)));
}

// What is at a place on the x axis, in words.
function sentence(spec, at) {
	const label = spec.y.format || number;
	const parts = spec.series.flatMap((s) => s.points.filter((p) => p.x === at).map((p) => {
		const words = [];
		if (p.value !== null && p.value !== undefined)
			words.push(label(p.value) + (p.lo !== null && p.lo !== undefined ? ` (${label(p.lo)} to ${label(p.hi)})` : ""));
		if (p.predicted !== null && p.predicted !== undefined)
			words.push("predicted " + label(p.predicted) + (p.plo !== null && p.plo !== undefined ? ` (${label(p.plo)} to ${label(p.phi)})` : ""));
		return s.name + (p.name ? " " + p.name : "") + ": " + words.join(", ");
	}));
	return spec.x.label + " " + (spec.x.format || number)(at) + ". " + parts.slice(0, 14).join("; ") + (parts.length > 14 ? "; …" : "");
}

// Mouse and arrow keys move a line over the places that have points; the reader tells them.
function makeReader(picture, spec, x) {
	const places = unique(spec.series.flatMap((s) => s.points.map((p) => p.x))).sort(ascending);
	const guide = svg("line", { class: "guide", y1: TOP, y2: HEIGHT - BOTTOM, x1: -9, x2: -9 });
	const out = el("output", { class: "reader" }, "Point at the chart, or focus it and press ← or →, to read values.");
	let at = -1;
	const show = (k) => {
		if (k === at || !places.length)
			return;
		at = k;
		guide.setAttribute("x1", x.at(places[k]));
		guide.setAttribute("x2", x.at(places[k]));
		out.textContent = sentence(spec, places[k]);
	};
	picture.append(guide);
	picture.addEventListener("pointermove", (e) => {
		const box = picture.getBoundingClientRect(), px = (e.clientX - box.left) * WIDTH / box.width;
		let best = 0;
		places.forEach((p, k) => {
			if (Math.abs(x.at(p) - px) < Math.abs(x.at(places[best]) - px))
				best = k;
		});
		show(best);
	});
	const keys = { ArrowRight: () => Math.min(at + 1, places.length - 1), ArrowLeft: () => Math.max(at - 1, 0), Home: () => 0, End: () => places.length - 1 };
	return { out, onkey: (e) => {
		if (!keys[e.key])
			return;
		e.preventDefault();
		show(keys[e.key]());
	} };
}

// spec: {title, x, y: {label, log, zero, ticks, format}, series: [{name, colour, spread, points: [{x, value, lo, hi, predicted,
// plo, phi, open, name}]}], band, intervals}
function chart(spec) {
	const known = (v) => v !== null && v !== undefined;
	const all = spec.series.flatMap((s) => s.points);
	if (!all.length)
		return el("p", { class: "dim" }, "Nothing was measured here: choose another setting above.");
	const ys = all.flatMap((p) => [p.value, p.lo, p.hi, p.predicted, p.plo, p.phi]).filter((v) => known(v) && (!spec.y.log || v > 0));
	const x = scale(spec.x, all.map((p) => p.x), LEFT + 14, WIDTH - RIGHT - 14);
	const y = scale(spec.y, spec.band ? [...ys, 1.2 * spec.band, -1.2 * spec.band] : ys, HEIGHT - BOTTOM, TOP);
	const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": spec.title, class: "chart" });
	if (spec.band)
		picture.append(svg("rect", { class: "band", x: LEFT, width: WIDTH - LEFT - RIGHT, y: y.at(spec.band), height: y.at(-spec.band) - y.at(spec.band) }));
	picture.append(drawAxes(x, y, spec));
	if (spec.band)
		picture.append(svg("line", { class: "frame", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(0), y2: y.at(0) }));
	for (const s of spec.series)
		picture.append(drawSeries(s, x, y));
	const reader = makeReader(picture, spec, x);
	const box = el("div", { class: "plot", tabindex: 0, role: "group", "aria-label": spec.title + "; arrow keys read values" }, picture);
	box.addEventListener("keydown", reader.onkey);
	const label = spec.y.format || number, name = spec.x.format || number;
	const rows = spec.series.flatMap((s) => s.points.map((p) => [p.name ? s.name + " " + p.name : s.name, name(p.x), label(p.value), label(p.lo), label(p.hi), label(p.predicted), label(p.plo), label(p.phi)]));
	return el("figure", { class: "live" }, legend(spec.series), box, reader.out, el("figcaption", null, spec.title + "."),
		tableBelow(spec.title, [spec.legend || "policy", spec.x.label, spec.value || "measured", "95 % from", "to", "predicted", "90 % from", "to"], rows));
}
