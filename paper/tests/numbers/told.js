// SPDX-License-Identifier: GPL-3.0-or-later
// What a report's page must hold, from what `ringlab validate` and the store's views say: the same tree, and the same lines.
'use strict';

const { keyed } = require('./page.js');
const { cellsOf, duelsOf, viewsOf, place } = require('./store.js');
const lines = require('./lines.js');

const LIMIT = 4000; // rows of a view on a page: paper/page_data.h

const pick = (of, names) => Object.fromEntries(Object.entries(names).map(([to, from]) => [to, of[from]]));
const note = (name) => (name.includes('qemu') ? 'timings under emulation' : '');

// Who is asked for, from which difference on, as the tolerances say.
function thresholdOf(tolerances, platform) {
	const row = tolerances.split('\n').map((l) => l.split(',')).filter((r) => r[0] === platform && r[2] === 'winner_threshold').at(-1);
	return { duel_metric: row ? row[1] : 'iops', threshold: row ? Number(row[3]) : null };
}

// A number behind a label tells twins apart that the words do not: those before it must be there.
function withTwin(label, pcpus, shown) {
	const all = Object.values(shown ?? {}).filter((c) => c.pcpus === pcpus).map((c) => c.label);
	return (own) => {
		const n = own?.startsWith(label + ' (') ? Number(/ \((\d+)\)$/.exec(own)?.[1]) : 0;
		return n > 1 && all.includes(n > 2 ? `${label} (${n - 1})` : label) ? own : label;
	};
}

function metricsOf(cell, predicted, shown) {
	const of = {};
	for (const name of shown) {
		const m = cell.metrics[name], p = predicted.get(cell.cell + ' ' + name);
		if (m) of[name] = cell.repeats > 1 ? { measured: m.median, lo: m.lo, hi: m.hi } : { measured: m.median };
		if (p?.predicted != null) of[name] = { ...of[name], predicted: p.predicted };
	}
	return of;
}

function usesOf(told, all) {
	const of = Object.fromEntries(all.map((u) => [u, 0]));
	for (const u of told) of[u.domain + ': ' + u.purpose] = u.predicted_ns_per_request;
	return of;
}

const DUEL = { cell: 'cell', against: 'against', ratio: 'measured_ratio', lo: 'ci_lo', hi: 'ci_hi', predicted: 'predicted_ratio', winner: 'winner',
	predicted_winner: 'predicted_winner', counts: 'counts', right: 'right' };
const ROW = { cell: 'cell', metric: 'metric', lo: 'ci_lo', hi: 'ci_hi', error: 'relative_error', tolerance: 'tolerance', pass: 'pass' };

function platformOf(p, shownMetrics, uses, shown) {
	const predicted = new Map((p.told?.metrics ?? []).map((m) => [m.cell + ' ' + m.metric, m]));
	const cells = [...p.cells.values()].map((c) => ({ name: c.cell, label: withTwin(c.label, c.pcpus, shown?.cells)(shown?.cells[c.cell]?.label), pcpus: c.pcpus,
		policy: c.back_policy, bs_bytes: c.bs_bytes, iodepth: c.iodepth, held_out: c.role === 'validate' ? 1 : 0, repeats: c.repeats,
		metrics: metricsOf(c, predicted, shownMetrics), uses: p.told ? usesOf(p.told.uses.filter((u) => u.cell === c.cell), uses) : {} }));
	const rows = (p.told?.cells ?? []).filter((r) => shownMetrics.includes(r.metric)).map((r) => pick(r, ROW));
	return { name: undefined, note: note(p.name), predicted: p.told !== null, duel_metric: p.duel_metric, threshold: p.threshold,
		settings: new Set(cells.map((c) => c.label + c.pcpus)).size, cells: keyed(cells, (c) => c.name), rows: keyed(rows, (r) => r.cell + ' ' + r.metric),
		duels: keyed(p.duels.map((d) => ({ ...pick(d, DUEL), at: place(p.cells.get(d.cell)) })), (d) => d.cell + ' against ' + d.against) };
}

// The two backend policies that were measured against each other most often, the earlier one first.
function pairOf(platforms) {
	const count = new Map();
	for (const p of platforms) for (const d of p.duels) if (d.measured_ratio !== null) {
		const two = [d.against, p.cells.get(d.cell).back_policy], key = [...two].sort().join();
		count.set(key, { two: count.get(key)?.two ?? two, n: (count.get(key)?.n ?? 0) + 1 });
	}
	return [...count.values()].sort((x, y) => y.n - x.n)[0]?.two ?? [];
}

// Medians by `validate` and by view cells: two ways, one number.
function measuredTwice(p) {
	const [told, view] = [{}, {}];
	for (const m of p.told?.metrics ?? []) if (m.measured !== null) told[m.cell + ' ' + m.metric] = [m.measured, m.measured_lo, m.measured_hi];
	if (p.told) for (const c of p.cells.values()) for (const m of Object.values(c.metrics)) view[c.cell + ' ' + m.metric] = [m.median, m.lo, m.hi];
	return { told, view };
}

// Everything; `page`: for what only the page can say, which is how much of a view it has and how it numbers twins.
function tell(store, tolerances, page) {
	const metrics = store.list('metrics'), unit = Object.fromEntries(metrics.map((m) => [m.metric, m.unit]));
	const platforms = store.ask("SELECT DISTINCT platform AS name FROM run WHERE role <> 'none' ORDER BY 1").map(({ name }) => {
		const p = { name, cells: cellsOf(store, name), ...thresholdOf(tolerances, name) };
		p.told = store.ask(`SELECT count(*) AS n FROM parameters WHERE param_set = '${name}'`)[0].n ? store.validate(name) : null;
		p.duels = p.told ? p.told.winners : p.threshold === null ? [] : duelsOf(p.cells, p.duel_metric, unit[p.duel_metric], p.threshold);
		return p;
	});
	const uses = [...new Set(platforms.flatMap((p) => (p.told?.uses ?? []).map((u) => u.domain + ': ' + u.purpose)))].sort();
	const pair = pairOf(platforms), shown = Object.keys(page.data.metrics);
	const others = [...new Set(platforms.flatMap((p) => [...p.cells.values()].map((c) => c.back_policy)))].filter((n) => !pair.includes(n)).sort();
	const labels = (p, c) => withTwin(c.label, c.pcpus, page.data.platforms[p.name]?.cells)(page.data.platforms[p.name]?.cells[c.cell]?.label);
	const of = { platforms, pair, store, note, labels, version: store.run('--version').trim().split(' ').at(-1) };
	return { twice: platforms.map(measuredTwice),
		data: { version: of.version, pair, policies: [...pair, ...others], uses, limit: LIMIT,
			metrics: keyed(metrics.filter((m) => shown.includes(m.metric)).map(({ metric: name, unit: u, what }) => ({ name, unit: u, what })), (m) => m.name),
			platforms: Object.fromEntries(platforms.map((p) => [p.name, platformOf(p, shown, uses, page.data.platforms[p.name])])),
			views: viewsOf(store, LIMIT, page.data.views) },
		...lines.tell(of) };
}

module.exports = { tell };
