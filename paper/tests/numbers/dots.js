// SPDX-License-Identifier: GPL-3.0-or-later
// The data that still pictures are drawn from: two trees, told and drawn, of the points of each NAME.dat with NAME.gp.
'use strict';

const NAMES = ['x', 'measured', 'lo', 'hi', 'predicted', 'held_out'];
const QUANTITY = { 'requests a second': 'iops', 'mean latency': 'clat_mean_ns', 'median latency': 'clat_p50_ns', '99th percentile': 'clat_p99_ns' };

// By which a panel's values are divided, as its axis says.
const scaleOf = (axis) => (/^million /.test(axis) ? 1e6 : /^thousand /.test(axis) ? 1e3 : /, µs$/.test(axis) ? 1e3 : /, ms$/.test(axis) ? 1e6 : /%$/.test(axis) ? 0.01 : 1);
const quantityOf = (axis, title) => (/%$/.test(axis) ? QUANTITY[title] ?? title : /^(million|thousand) /.test(axis) ? 'iops' : QUANTITY[axis.replace(/, .?s$/, '')] ?? axis.replace(/, .?s$/, ''));

// [{title, series, points: [[cell, {x, ...}]]}] of a file.
function blocks(dat) {
	return dat.split('\n\n\n').slice(1).map((block) => {
		const [head, ...lines] = block.trim().split('\n'), [, title, series] = /^# (.*): (.*)$/.exec(head);
		const points = lines.map((l) => l.split(' ')).filter((f) => f[0] !== '?').map((f) => [f.slice(6).join(' '), Object.fromEntries(NAMES.map((n, i) => [n, f[i] === '?' ? null : Number(f[i])]))]);
		return { title, series, points };
	});
}

function axes(gp) {
	return Object.fromEntries([...gp.matchAll(/^set title '([^']*)'[\s\S]*?^set ylabel '([^']*)'/gm)].map(([, title, axis]) => [title, axis]));
}

const over = (v, scale) => (v === null || v === undefined ? null : v / scale);

function told(platform, cell, axis, title) {
	const c = platform.cells[cell], quantity = quantityOf(axis, title), scale = scaleOf(axis), m = c.metrics[quantity] ?? {};
	if (/%$/.test(axis)) return { x: c.iodepth, measured: over(platform.rows[cell + ' ' + quantity].error, scale), lo: null, hi: null, predicted: null, held_out: 1 };
	return { x: c.iodepth, measured: over(m.measured, scale), lo: over(m.lo, scale), hi: over(m.hi, scale), predicted: over(m.predicted, scale), held_out: c.held_out };
}

// files: [[name, dat, gp]]
function dots(data, files) {
	const trees = [{}, {}];
	for (const [name, dat, gp] of files) {
		const note = /^# (.*)/.exec(dat)[1], axis = axes(gp);
		for (const { title, series, points } of blocks(dat)) {
			const platform = name === 'answer' ? title.split(', ')[0] : note.split(', ')[0];
			for (const [cell, drawn] of points) {
				const at = [name, title, series, cell].join(', ');
				trees[0][at] = told(data.platforms[platform], cell, axis[title], title);
				trees[1][at] = drawn;
			}
		}
		if (name === 'answer') continue;
		const [, platform, n] = /^(.*), (\d+) cells/.exec(note);
		trees[0][name + ', cells'] = Object.keys(data.platforms[platform].cells).length;
		trees[1][name + ', cells'] = Number(n);
	}
	return trees;
}

module.exports = { dots };
