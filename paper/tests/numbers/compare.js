#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// Every number of a report's page against what tells it: compare.js RINGLAB DB TOLERANCES PAGE.html [FIGURES]
// The page's data and text, and the data behind its still pictures (--figures), are held against `ringlab validate` and the
// store's views. What the page has and nobody tells is a difference as well: a number that comes later needs a source here.
// Ends with 1 and a line a difference.
'use strict';

const fs = require('fs');
const path = require('path');
const { read } = require('./page.js');
const { differ } = require('./differ.js');
const { open } = require('./store.js');
const { tell } = require('./told.js');
const { dots } = require('./dots.js');

const MOST_SAID = 40;

function count(list) {
	const of = new Map();
	for (const l of list) of.set(l, (of.get(l) ?? 0) + 1);
	return of;
}

function differLines({ must, may }, lines) {
	const [told, page] = [count(must), count(lines)], free = new Set(may), differences = [];
	for (const [l, n] of page) if (!free.has(l) && told.get(l) !== n) differences.push(`${l}: ${n} times on the page, ${told.get(l) ?? 0} told`);
	for (const [l, n] of told) if (!page.has(l)) differences.push(`${l}: told ${n} times, not on the page`);
	return { compared: lines.length, differences };
}

// Of a manifest: what is long is on the page as how much there is of it.
function asShown(manifest, shown) {
	return Object.fromEntries(Object.entries(manifest).map(([k, v]) => {
		const long = typeof shown[k] === 'string' && / in the store\)$/.test(shown[k]) && typeof v === 'object' && v !== null;
		return [k, long ? `(${Object.keys(v).length} entries: in the store)` : v];
	}));
}

function differPre({ manifests, hashes }, pre) {
	const page = { manifests: {}, hashes: {}, other: {} }, told = { manifests: {}, hashes: {} };
	for (const { section, before, text } of pre) {
		if (/hashes of the runs/.test(before)) page.hashes[section] = count(text.trim().split(/\s+/));
		else if (/^\s*\{/.test(text)) (page.manifests[section] ??= []).push(JSON.parse(text));
		else text.split('\n').filter((l) => /\d/.test(l) && section !== 'What if').forEach((l) => { page.other[l] = true; });
	}
	for (const [section, list] of Object.entries(manifests)) told.manifests[section] = list.map((m, i) => asShown(m, page.manifests[section]?.[i] ?? {}));
	for (const [section, list] of Object.entries(hashes)) told.hashes[section] = Object.fromEntries(count(list));
	for (const section of Object.keys(page.hashes)) page.hashes[section] = Object.fromEntries(page.hashes[section]);
	return differ(told, page);
}

// What is told of a page, once.
function told(ringlab, db, tolerances, page) {
	return tell(open({ ringlab, db, tolerances }), fs.readFileSync(tolerances, 'utf8'), page);
}

// Of each part of the page: {compared, differences}.
function parts(of, page) {
	return { data: differ(of.data, page.data), text: differLines(of, page.lines), provenance: differPre(of, page.pre) };
}

// [[name, dat, gp]] of a directory of still pictures.
function pictures(dir) {
	const names = fs.readdirSync(dir).filter((f) => f.endsWith('.dat')).map((f) => path.basename(f, '.dat')).sort();
	return names.map((n) => [n, ...['dat', 'gp'].map((s) => fs.readFileSync(path.join(dir, n + '.' + s), 'utf8'))]);
}

function main(ringlab, db, tolerances, file, figures) {
	const page = read(fs.readFileSync(file, 'utf8')), of = told(ringlab, db, tolerances, page);
	const all = { ...parts(of, page), 'medians by validate, and by view cells': differ(...['view', 'told'].map((k) => of.twice.map((t) => t[k]))) };
	if (figures) all['still pictures'] = differ(...dots(of.data, pictures(figures)));
	let bad = 0;
	for (const [name, { compared, differences }] of Object.entries(all)) {
		process.stdout.write(`${name}: ${compared} compared, ${differences.length} differ\n`);
		for (const d of differences.slice(0, MOST_SAID)) process.stdout.write(`  ${d}\n`);
		bad += differences.length;
	}
	process.exitCode = bad ? 1 : 0;
}

if (require.main === module) main(...process.argv.slice(2));

module.exports = { told, parts, pictures };
