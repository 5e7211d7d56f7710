// SPDX-License-Identifier: GPL-3.0-or-later
// One choice for all charts: machine, workload, block size, depth, policies. Only what was measured
// can be chosen.

const charts = [];
const choice = { machine: 0, setting: 0, bs: 0, depth: 0, hidden: new Set() };

// A section of the page: draw() gives its elements, anew whenever the choice changes.
function section(id, title, words, draw, always) {
	charts.push({ id, title, words, draw, always });
}

// A cell as an object; the arrays' order is that of paper/page_data.h.
const MACHINES = DATA.platforms.flatMap((platform) => {
	const cells = platform.cells.map(([name, setting, policy, bs, depth, heldOut, repeats, measured, predicted, used], index) =>
		({ name, setting, policy, bs, depth, heldOut, repeats, measured, predicted, used, index, platform, rows: {} }));
	for (const [cell, metric, lo, hi, error, tolerance, pass] of platform.rows)
		cells[cell].rows[metric] = { lo, hi, error, tolerance, pass };
	return unique(platform.settings.map((s) => s[1])).map((pcpus) => {
		const settings = platform.settings.map(([label, n], index) => ({ label, n, index })).filter((s) => s.n === pcpus);
		return { platform, pcpus, settings, all: cells, cells: cells.filter((c) => platform.settings[c.setting][1] === pcpus),
			name: platform.name + ", " + cores(pcpus) };
	});
});

const machine = () => MACHINES[choice.machine];
const ofSetting = () => machine().cells.filter((c) => c.setting === choice.setting);
const shownPolicies = (cells) => unique(cells.map((c) => c.policy)).sort(ascending).filter((p) => !choice.hidden.has(p));
const here = () => machine().settings.find((s) => s.index === choice.setting).label + " on " + machine().name +
	(machine().platform.note ? " (" + machine().platform.note + ")" : "");

// The value that most cells have; of equals the first.
function commonest(values) {
	const n = new Map();
	for (const v of values)
		n.set(v, (n.get(v) || 0) + 1);
	return [...n].reduce((best, e) => e[1] > best[1] ? e : best, [values[0], 0])[0];
}

// The block size at which most depths were measured shows most.
function richest(cells) {
	const depths = (bs) => unique(cells.filter((c) => c.bs === bs).map((c) => c.depth)).length;
	return unique(cells.map((c) => c.bs)).sort(ascending).reduce((best, bs) => depths(bs) > depths(best) ? bs : best);
}

// What is chosen must be there: else the commonest of what is.
function settle() {
	if (!machine().settings.some((s) => s.index === choice.setting))
		choice.setting = machine().settings[0].index;
	let cells = ofSetting();
	if (!cells.some((c) => c.bs === choice.bs))
		choice.bs = richest(cells);
	cells = cells.filter((c) => c.bs === choice.bs);
	if (!cells.some((c) => c.depth === choice.depth)) {
		const pair = DATA.pair.map((p) => DATA.policies.indexOf(p)), depths = unique(cells.map((c) => c.depth)).sort(ascending);
		choice.depth = depths.find((d) => pair.every((p) => cells.some((c) => c.depth === d && c.policy === p))) || commonest(cells.map((c) => c.depth));
	}
}

function select(label, options, chosen, act) {
	const list = el("select", null, options.map(([v, text]) => el("option", { value: v, selected: String(v) === String(chosen) && "" }, text)));
	list.addEventListener("change", () => act(list.value));
	return el("label", null, el("span", null, label), list);
}

function policyBoxes(redraw) {
	return el("fieldset", null, el("legend", null, "Backend policies"), unique(ofSetting().map((c) => c.policy)).sort(ascending).map((p) => {
		const box = el("input", { type: "checkbox", checked: !choice.hidden.has(p) && "" });
		box.addEventListener("change", () => {
			choice.hidden[box.checked ? "delete" : "add"](p);
			redraw();
		});
		return el("label", { class: colour(p) }, box, el("span", { class: "swatch", "aria-hidden": "true" }), DATA.policies[p]);
	}));
}

// The form is made anew with each choice; the focus stays where it was.
function controls(form, redraw) {
	const set = (key) => (v) => {
		choice[key] = Number(v);
		settle();
		controls(form, redraw);
		redraw();
	};
	const focus = [...form.querySelectorAll("select, input")].indexOf(document.activeElement);
	const cells = ofSetting();
	form.replaceChildren(
		select("Machine", MACHINES.map((m, i) => [i, m.name]), choice.machine, set("machine")),
		select("Workload", machine().settings.map((s) => [s.index, s.label]), choice.setting, set("setting")),
		select("Block size", unique(cells.map((c) => c.bs)).sort(ascending).map((b) => [b, bytes(b)]), choice.bs, set("bs")),
		select("Depth", unique(cells.filter((c) => c.bs === choice.bs).map((c) => c.depth)).sort(ascending).map((d) => [d, d]), choice.depth, set("depth")),
		policyBoxes(redraw));
	const again = form.querySelectorAll("select, input")[focus];
	if (again)
		again.focus();
}
