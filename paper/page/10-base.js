// SPDX-License-Identifier: GPL-3.0-or-later
// The page's data (paper/page_data.h says their shape), elements, and numbers as text.
// Nothing here computes a result: scripts select, round, and place on axes.

const DATA = JSON.parse(document.getElementById("data").textContent);
const METRIC = Object.fromEntries(DATA.metrics.map(([name], i) => [name, i]));
const EMPTY = "–";

// The namespace is asked of the parser: a page that names no address cannot be suspected of a request.
const SVG = (() => {
	const box = document.createElement("div");
	box.innerHTML = "<svg></svg>";
	return box.firstChild.namespaceURI;
})();

function fill(e, attributes, children) {
	for (const [key, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			e.setAttribute(key, value);
	e.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
	return e;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Four significant digits, without an exponent where a reader needs none.
function number(x) {
	if (x === null || x === undefined)
		return EMPTY;
	const size = Math.abs(x);
	if (size !== 0 && (size < 1e-3 || size >= 1e15))
		return x.toExponential(2);
	return size >= 1000 ? x.toFixed(0) : String(Number(x.toPrecision(4)));
}

const percent = (x) => x === null || x === undefined ? EMPTY : (x < 0 ? "−" : "") + Math.abs(100 * x).toFixed(1) + " %";
const capital = (s) => s.charAt(0).toUpperCase() + s.slice(1);

function bytes(n) {
	if (n >= 1048576 && n % 1048576 === 0)
		return n / 1048576 + " MiB";
	return n >= 1024 && n % 1024 === 0 ? n / 1024 + " KiB" : n + " B";
}

const cores = (n) => n === 1 ? "one core" : n === 2 ? "two cores" : n + " cores";

// A metric as axes and readers say it.
const NOUNS = {
	iops: "requests a second", clat_mean_ns: "mean latency", clat_p50_ns: "median latency",
	clat_p90_ns: "90th percentile", clat_p99_ns: "99th percentile", clat_p99_9_ns: "99.9th percentile",
	clat_p99_99_ns: "99.99th percentile", cpu_ns_per_request: "CPU time a request",
	front_cpu_frac: "guest's CPU, share of one", back_cpu_frac: "driver domain's CPU, share of one",
	hyp_cpu_frac: "Xen's switching, share of one CPU", front_spin_frac: "frontend polling in vain, share of time",
	back_spin_frac: "backend polling in vain, share of time", notifications_per_request: "notifications a request",
	upcalls_per_request: "upcalls a request", switches_per_request: "switches a request",
};
const noun = (metric) => NOUNS[metric] || metric.replace(/^stage_(.*)_ns$/, "stage $1").replaceAll("_", " ");
const unit = (metric) => ((u) => u === "1" || u === "1/s" ? "" : u)(DATA.metrics[METRIC[metric]][1]);

// A value that is over several repeats has its interval with it.
const value = (m) => Array.isArray(m) ? m[0] : m;
const low = (m) => Array.isArray(m) ? m[1] : null;
const high = (m) => Array.isArray(m) ? m[2] : null;

const unique = (list) => [...new Set(list)];
const ascending = (a, b) => a - b;

// Rows of a view as objects.
function view(name) {
	const { columns, rows } = (DATA.views || {})[name] || { columns: [], rows: [] };
	return rows.map((row) => Object.fromEntries(columns.map((c, i) => [c, row[i]])));
}

// Behind every chart: its numbers. Rows are arrays of text, heads too.
function table(caption, heads, rows) {
	const body = rows.map((row) => el("tr", null, row.map((c) => el("td", null, c))));
	return el("div", { class: "wide", tabindex: 0, role: "group", "aria-label": caption },
		el("table", null, el("caption", null, caption),
			el("thead", null, el("tr", null, heads.map((h) => el("th", { scope: "col" }, h)))),
			el("tbody", null, body)));
}

// Rows are made when they are asked for: most tables are never opened. Printing opens none.
function tableBelow(caption, heads, rows, name) {
	const box = el("details", null, el("summary", null, (name || "The numbers") + " (" + rows.length + (rows.length === 1 ? " row)" : " rows)")));
	box.addEventListener("toggle", () => {
		if (box.open && box.children.length === 1)
			box.append(table(caption, heads, rows));
	});
	return box;
}
