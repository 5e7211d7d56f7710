#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// Are the eyes of compare.js open? planted.js RINGLAB DB TOLERANCES PAGE.html FIGURES
// One wrong value at a time is put into each kind of place that the page's data has, into each line of its text, into each
// manifest and each picture's data: it must be seen. So must a field that nobody tells. Prints how many; what was not seen
// ends it with 1.
'use strict';

const fs = require('fs');
const { read, dataOf, textOf } = require('./page.js');
const { leaves, differ } = require('./differ.js');
const { told, parts, pictures } = require('./compare.js');
const { dots } = require('./dots.js');

const LISTS = /^(platforms|settings|cells|rows|duels|metrics|uses|policies|pair|columns)$/;

const at = (tree, path) => path.reduce((t, k) => t[k], tree);
const wrong = (v) => (typeof v === 'number' ? (Number.isInteger(v) ? v + Math.ceil(Math.abs(v) / 1000 + 1e-9) : v * 1.0002) : typeof v === 'boolean' ? !v : v === null ? 12345 : v + 'x');

// Of each kind of place the first that is known, or the first: indices of lists are all the same kind.
function kinds(raw) {
	const of = new Map();
	for (const [text, v] of leaves(raw)) {
		const path = text.split(' / '), kind = path.map((k, i) => (i && LISTS.test(path[i - 1]) ? '#' : k)).join(' ');
		if (!of.has(kind) || (at(raw, of.get(kind)) === null && v !== null)) of.set(kind, path);
	}
	return [...of.values()];
}

// Whether a page that cannot be read, or that differs, is seen.
function seen(look) {
	try {
		return look();
	} catch (e) {
		if (e instanceof TypeError) return true;
		throw e;
	}
}

function inData(of, raw) {
	const missed = [], all = kinds(raw);
	for (const path of all) {
		const [last, parent] = [path.at(-1), at(raw, path.slice(0, -1))], was = parent[last];
		parent[last] = wrong(was);
		if (!seen(() => differ(of.data, dataOf(raw)).differences.length)) missed.push(path.join(' '));
		parent[last] = was;
	}
	return { planted: all.length, missed };
}

// A field more in each kind of tuple and object.
function unknown(of, raw) {
	const missed = [], p = raw.platforms[0];
	const more = { 'an object': raw, 'a platform': p, 'a view': Object.values(raw.views)[0] };
	for (const [name, o] of Object.entries(more)) {
		o.unheard = 3;
		if (!seen(() => differ(of.data, dataOf(raw)).differences.length)) missed.push(name);
		delete o.unheard;
	}
	const lists = { 'a cell': p.cells[0], 'a row': p.rows[0], 'a duel': p.duels[0], 'what was measured': p.cells[0][7], 'an interval': p.cells[0][7].find(Array.isArray),
		'what is predicted': p.cells[0][8], 'uses of a CPU': p.cells[0][9], 'a metric': raw.metrics[0], 'a row of a view': Object.values(raw.views)[0].rows[0] };
	const known = Object.entries(lists).filter(([, l]) => l);
	for (const [name, l] of known) {
		const n = l.length, all = name === 'uses of a CPU' ? raw.uses.length : n;
		l[all] = 3;
		if (!seen(() => differ(of.data, dataOf(raw)).differences.length)) missed.push(name);
		l.length = n;
	}
	return { planted: 3 + known.length, missed };
}

// Each line's last digit, one at a time; of preformatted texts each text's.
function inText(of, page, html) {
	const missed = [], changed = (t) => t.replace(/\d(?=\D*$)/, (d) => (Number(d) + 1) % 10);
	page.lines.forEach((l, i) => {
		const lines = page.lines.with ? page.lines.with(i, changed(l)) : Object.assign([...page.lines], { [i]: changed(l) });
		if (!parts(of, { ...page, lines }).text.differences.length) missed.push(l);
	});
	const texts = page.pre.filter((p) => /\d/.test(p.text) && p.section !== 'What if');
	texts.forEach((p) => {
		const pre = page.pre.map((q) => (q === p ? { ...q, text: changed(q.text) } : q));
		if (!parts(of, { ...page, pre }).provenance.differences.length) missed.push(p.before);
	});
	const more = textOf(html.replace('</main>', '<p>It is 7 percent.</p></main>'));
	if (!parts(of, { ...page, ...more }).text.differences.length) missed.push('a sentence more');
	return { planted: page.lines.length + texts.length + 1, missed };
}

function inPictures(of, all) {
	const missed = [];
	all.forEach(([name, dat, gp], i) => {
		const lines = dat.split('\n'), row = lines.findIndex((l) => /^\d/.test(l));
		lines[row] = lines[row].replace(/^(\S+ )(\S+)/, (_, x, y) => x + (Number(y) * 1.0002 + 1e-9));
		const files = all.map((f, k) => (k === i ? [name, lines.join('\n'), gp] : f));
		if (!differ(...dots(of.data, files)).differences.length) missed.push(name);
	});
	return { planted: all.length, missed };
}

function main(ringlab, db, tolerances, file, figures) {
	const html = fs.readFileSync(file, 'utf8'), page = read(html), of = told(ringlab, db, tolerances, page);
	const all = { 'kinds of places': inData(of, page.raw), 'fields that nobody tells': unknown(of, page.raw), 'lines and texts': inText(of, page, html), pictures: inPictures(of, pictures(figures)) };
	for (const [name, { planted, missed }] of Object.entries(all)) {
		process.stdout.write(`${name}: ${planted} planted, ${missed.length} not seen\n`);
		for (const m of missed) process.stdout.write(`  ${m}\n`);
		if (missed.length || !planted) process.exitCode = 1;
	}
}

main(...process.argv.slice(2));
