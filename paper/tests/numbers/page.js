// SPDX-License-Identifier: GPL-3.0-or-later
// A report's page as numbers with names: its data, whose places in arrays get names and whose indices become what they
// stand for, and its text. Nothing is left out: what has no name here gets one that nobody tells (`?3`).
'use strict';

const SHAPE = { // paper/page_data.h
	cell: ['name', 'setting', 'policy', 'bs_bytes', 'iodepth', 'held_out', 'repeats', 'measured', 'predicted', 'used'],
	row: ['cell', 'metric', 'lo', 'hi', 'error', 'tolerance', 'pass'],
	duel: ['a', 'b', 'ratio', 'lo', 'hi', 'predicted', 'winner', 'predicted_winner', 'counts', 'right'],
	interval: ['measured', 'lo', 'hi'],
	metric: ['name', 'unit', 'what'],
	setting: ['label', 'pcpus'],
};
// What makes a row of a view the one that it is.
const KEYS = {
	stages: ['platform', 'cell', 'repeat', 'stage'],
	latencies: ['platform', 'cell', 'repeat', 'what', 'way', 'frac'],
	sweeps: ['sweep'],
	sweep_results: ['sweep', 'config'],
	sweep_pareto: ['sweep', 'config'],
	sweep_crossover: ['sweep', 'metric', 'choice', 'along', 'rest', 'leader', 'overtaker', 'from_number'],
};

const named = (names, list) => Object.fromEntries(list.map((v, i) => [names[i] ?? '?' + i, v]));

// Rows by a key of theirs; of the same key the second one is `KEY #2`.
function keyed(rows, key) {
	const out = {};
	for (const row of rows) {
		let name = key(row);
		for (let n = 2; name in out; n++) name = key(row) + ' #' + n;
		out[name] = row;
	}
	return out;
}

const keyedView = (name, rows) => keyed(rows, (r) => (KEYS[name] ?? Object.keys(r)).map((k) => r[k]).join(' '));

function metricsOf(data, c) {
	const of = {};
	const name = (i) => data.metrics[i]?.[0] ?? '?' + i;
	const put = (i, what) => Object.assign(of[name(i)] ??= {}, what);
	c.measured.forEach((m, i) => {
		if (m !== null) put(i, Array.isArray(m) ? named(SHAPE.interval, m) : { measured: m });
	});
	c.predicted.forEach((v, i) => {
		if (v !== null) put(i, { predicted: v });
	});
	return of;
}

function cellOf(data, platform, list) {
	const { name, measured, predicted, used, setting, policy, ...c } = named(SHAPE.cell, list);
	const place = named(SHAPE.setting, platform.settings[setting]);
	const uses = platform.predicted ? data.uses.map((u, k) => [u.join(': '), used[k] ?? 0]) : [];
	used.slice(data.uses.length).forEach((v, k) => uses.push(['?' + k, v]));
	return { ...c, ...place, policy: data.policies[policy], metrics: metricsOf(data, { measured, predicted }), uses: Object.fromEntries(uses) };
}

function duelOf(data, platform, list) {
	const { a, b, winner, predicted_winner: foreseen, ...d } = named(SHAPE.duel, list);
	const [x, y] = [a, b].map((i) => named(SHAPE.cell, platform.cells[i]));
	const who = (w) => (w === 0 ? null : data.policies[(w < 0 ? x : y).policy]);
	return { ...d, cell: y.name, against: data.policies[x.policy], at: [x.bs_bytes, x.iodepth, platform.settings[x.setting][1]].join(' '),
		winner: who(winner), predicted_winner: platform.predicted ? who(foreseen) : null };
}

function platformOf(data, p) {
	const { cells, rows, duels, settings, name, ...more } = p;
	const shown = rows.map((r) => named(SHAPE.row, r)).map((r) => ({ ...r, cell: cells[r.cell][0], metric: data.metrics[r.metric][0] }));
	return { ...more, settings: settings.length,
		cells: keyed(cells.map((c) => ({ name: c[0], ...cellOf(data, p, c) })), (c) => c.name),
		rows: keyed(shown, (r) => r.cell + ' ' + r.metric),
		duels: keyed(duels.map((d) => duelOf(data, p, d)), (d) => d.cell + ' against ' + d.against) };
}

function dataOf(data) {
	const { platforms, views, metrics, uses, ...more } = data;
	return { ...more, uses: uses.map((u) => u.join(': ')).sort(),
		metrics: keyed(metrics.map((m) => named(SHAPE.metric, m)), (m) => m.name),
		platforms: Object.fromEntries(platforms.map((p) => [p.name, platformOf(data, p)])),
		views: Object.fromEntries(Object.entries(views).map(([name, { columns, rows, ...rest }]) =>
			[name, { ...rest, columns: columns.join(' '), rows: keyedView(name, rows.map((r) => named(columns, r))) }])) };
}

/* ---- its text ------------------------------------------------------------------------------ */

const plain = (t) => t.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
const BLOCKS = new Set(['p', 'li', 'h1', 'h2', 'tr', 'summary', 'figcaption', 'caption', 'pre', 'footer', 'title', 'nav', 'div', 'section', 'header', 'main']);

// Lines with a digit, each behind the section and the table that it is in; preformatted texts apart, behind the line before.
function textOf(html) {
	const text = html.replace(/<(script|style|svg)\b[\s\S]*?<\/\1>/g, '');
	const lines = [], pre = [];
	let section = '', caption = '', line = '', last = '', inPre = false;
	const flush = (tag) => {
		const said = plain(line).replace(/\s+/g, ' ').replace(/ ?\| ?$/, '').trim();
		if (inPre) pre.push({ section, before: last, text: plain(line) });
		else if (tag === 'h2') section = said;
		else if (tag === 'caption') caption = said;
		if (!inPre && /\d/.test(said)) lines.push([section, tag === 'tr' ? caption : '', said].filter(Boolean).join(' | '));
		if (said) last = said;
		line = '';
	};
	for (const [, tag, words] of text.matchAll(/<([^>]*)>|([^<]+)/g)) {
		if (words !== undefined) {
			line += words;
			continue;
		}
		const [, close, name] = /^(\/?)(!?\w+)/.exec(tag);
		if (/^t[dh]$/.test(name) && close) line += ' | ';
		if (!BLOCKS.has(name)) continue;
		flush(close ? name : '');
		if (name === 'pre') inPre = !close;
		if (name === 'table') caption = '';
		if (name === 'footer') section = '';
	}
	flush('');
	return { lines, pre };
}

// {raw, data, lines, pre} of a page.
function read(html) {
	const json = /<script type="application\/json" id="data">\s*([\s\S]*?)\s*<\/script>/.exec(html)[1];
	const raw = JSON.parse(json);
	return { raw, data: dataOf(raw), ...textOf(html) };
}

module.exports = { read, dataOf, textOf, keyed, keyedView };
