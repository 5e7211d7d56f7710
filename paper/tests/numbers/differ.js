// SPDX-License-Identifier: GPL-3.0-or-later
// Two trees, leaf by leaf: the same texts, the same numbers to the page's six digits, and no leaf that only one has.
'use strict';

const DIGITS = 5.01e-6;

function leaves(tree, path = [], out = new Map()) {
	if (tree !== null && typeof tree === 'object') for (const [k, v] of Object.entries(tree)) leaves(v, [...path, k], out);
	else if (tree !== undefined) out.set(path.join(' / '), tree);
	return out;
}

const same = (told, page) => (typeof told === 'number' && typeof page === 'number' ? Math.abs(told - page) <= DIGITS * Math.abs(told) : told === page);

// Returns: {compared, differences}, the latter as sentences.
function differ(told, page) {
	const [t, p] = [leaves(told), leaves(page)];
	const differences = [];
	for (const [path, v] of p) {
		if (!t.has(path)) differences.push(`${path}: ${v} on the page, which nobody tells`);
		else if (!same(t.get(path), v)) differences.push(`${path}: ${v} on the page, ${t.get(path)} told`);
	}
	for (const [path, v] of t) if (!p.has(path)) differences.push(`${path}: ${v} told, not on the page`);
	return { compared: p.size, differences };
}

module.exports = { differ, leaves };
