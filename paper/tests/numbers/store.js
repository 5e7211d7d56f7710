// SPDX-License-Identifier: GPL-3.0-or-later
// What the program and the store's views say, asked as anybody can: `ringlab` and `sqlite3`, nothing else.
'use strict';

const { execFileSync } = require('child_process');
const { keyedView } = require('./page.js');

const MOST = { maxBuffer: 1 << 30, encoding: 'utf8' };
const SHOWS = { cells: 'relative_error', slices: 'slice', winners: 'measured_ratio', verdicts: 'check', metrics: 'measured_lo', uses: 'purpose' };

function open({ ringlab, db, tolerances }) {
	const ask = (sql) => JSON.parse(execFileSync('sqlite3', ['-readonly', '-json', db, sql], MOST) || '[]');
	const run = (...args) => execFileSync(ringlab, args, MOST);
	const list = (what) => run('list', what, '--format', 'json').trim().split('\n').map((l) => JSON.parse(l));

	// Rows of `validate` by what they are about; null where nothing can be predicted.
	function validate(platform) {
		const args = ['validate', '--db', db, '--tolerances', tolerances, '--platform', platform, '--show', Object.keys(SHOWS).join(), '--format', 'json'];
		let out;
		try {
			out = execFileSync(ringlab, args, { ...MOST, stdio: ['ignore', 'pipe', 'pipe'] });
		} catch (e) {
			if (e.status === 3) return null;
			if (e.status !== 1) throw e;
			out = e.stdout;
		}
		const rows = out.trim().split('\n').map((l) => JSON.parse(l));
		return Object.fromEntries(Object.entries(SHOWS).map(([name, column]) => [name, rows.filter((r) => column in r)]));
	}

	return { ask, run, list, validate };
}

/* ---- cells --------------------------------------------------------------------------------- */

// Of a job's file and the line of its cell: what stands behind a key, the last one that says it.
const said = (text, key) => [...text.matchAll(new RegExp(`(?:^|[\\s,=])${key}=(\\S+)`, 'gm'))].at(-1)?.[1];

// A workload in words, from what was run: numbers in it are those of the files.
function labelOf(c) {
	const { job, line } = c, words = [c.rw];
	const rate = said(job, 'rate_iops'), [weight, cap] = (said(line, 'load') ?? '').split(':'), pages = said(line, 'ring_pages');
	if (/^(rand)?rw$/.test(c.rw)) words[0] += ` (${said(job, 'rwmixread') ?? 50} % reads)`;
	if (said(job, 'bssplit')) words.push('mixed sizes');
	if (c.numjobs > 1) words.push(c.numjobs + ' jobs');
	if (rate) words.push(rate.split(',')[0] + '/s' + (said(job, 'rate_process') === 'poisson' ? ' at random' : ''));
	if (said(job, 'thinktime')) words.push('thinks');
	if (c.front_policy !== 'event') words.push('frontend ' + c.front_policy);
	if (weight) words.push('beside a third domain of weight ' + weight);
	if (cap) words.push(`cap ${cap} %`);
	if (c.grants !== 'persistent') words.push('grants ' + c.grants);
	if (c.device !== 'null') words.push('on ' + c.device);
	if (pages && pages !== '1') words.push(pages + ' ring pages');
	return words.join(', ');
}

function cellsOf({ ask }, platform) {
	const of = ask(`SELECT runs.cell, role, count(*) AS repeats, min(runs.run) AS run, back_policy, front_policy, device, grants, bs_bytes, iodepth, numjobs, pcpus, rw,
		CAST(job.bytes AS TEXT) AS job, CAST(line.bytes AS TEXT) AS line FROM runs
		JOIN document AS job ON job.run = runs.run AND job.name = 'job.fio' JOIN document AS line ON line.run = runs.run AND line.name = 'cell.txt'
		WHERE platform = '${platform}' AND role <> 'none' GROUP BY runs.cell`);
	const cells = new Map(of.map((c) => [c.cell, { ...c, label: labelOf(c), metrics: {} }]));
	for (const m of ask(`SELECT cell, metric, median, lo, hi FROM cells WHERE platform = '${platform}' AND role <> 'none'`))
		cells.get(m.cell).metrics[m.metric] = m;
	return cells;
}

/* ---- who won, where nobody predicts -------------------------------------------------------- */

const MORE = /\/s$/; // of such units more is better
const known = (x) => (Number.isFinite(x) ? x : null);
const place = (c) => [c.bs_bytes, c.iodepth, c.pcpus].join(' ');

// By medians and their intervals of view cells: a pair differs in the backend's policy alone.
function duelsOf(cells, metric, unit, threshold) {
	const duels = [], all = [...cells.values()].sort((x, y) => (x.cell < y.cell ? -1 : 1));
	for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) {
		if (a.back_policy === b.back_policy || a.label !== b.label || place(a) !== place(b)) continue;
		const [x, y] = [a, b].map((c) => c.metrics[metric] ?? { median: NaN }), ratio = y.median / x.median;
		const noise = Math.hypot(...[x, y].map((m) => (m.hi - m.lo) / 2 / m.median));
		const [lo, hi] = [ratio * Math.exp(-noise), ratio * Math.exp(noise)];
		const won = (lo > 1 || hi < 1) && Math.abs(ratio - 1) > threshold ? (ratio > 1) === MORE.test(unit) ? b : a : null;
		duels.push({ cell: b.cell, against: a.back_policy, measured_ratio: known(ratio), ci_lo: known(lo), ci_hi: known(hi), predicted_ratio: null,
			winner: won && won.back_policy, predicted_winner: null, counts: won !== null, right: won === null });
	}
	return duels;
}

/* ---- views --------------------------------------------------------------------------------- */

const VIEWS = {
	stages: 'SELECT platform, cell, repeat, stage, n, mean_ns, p50_ns, p90_ns, p99_ns, total_frac FROM stages ORDER BY platform, cell, repeat',
	latencies: `WITH share(frac) AS (VALUES (0.01), (0.05), (0.1), (0.25), (0.5), (0.75), (0.9), (0.95), (0.99), (0.995), (0.999), (0.9995), (0.9999), (1.0)),
		bin AS MATERIALIZED (SELECT * FROM latencies)
		SELECT platform, cell, repeat, what, way, frac, min(value_ns) AS value_ns FROM bin JOIN share ON cum_frac >= frac GROUP BY run, what, way, frac`,
	sweeps: 'SELECT sweep, design, configs, done, failed, paths FROM sweeps',
	sweep_results: 'SELECT sweep, config, point, iops, cpu_ns_per_request, clat_p99_ns FROM sweep_results ORDER BY sweep, config',
	sweep_pareto: 'SELECT sweep, config, point, iops, cpu_ns_per_request, clat_p99_ns, front_cpu, front_p99, front_all FROM sweep_pareto ORDER BY sweep, iops',
	sweep_crossover: 'SELECT sweep, metric, choice, along, rest, leader, overtaker, from_number, to_number, crossover FROM sweep_crossover',
};

// Of each view what the page may show of it: all rows up to its limit.
function viewsOf({ ask }, limit, shown) {
	return Object.fromEntries(Object.entries(VIEWS).map(([name, sql]) => {
		const of = shown[name] ?? { columns: '', rows: {} }, all = keyedView(name, ask(sql));
		const cut = Object.keys(of.rows).length === limit;
		const rows = cut ? Object.fromEntries(Object.entries(all).filter(([k]) => k in of.rows)) : all;
		const columns = /^(?:WITH.*\n.*\n\s*)?SELECT (.*?) FROM/.exec(sql)[1].replace(/min\(\w+\) AS /g, '').replace(/,/g, '');
		return [name, { columns, rows }];
	}));
}

module.exports = { open, cellsOf, duelsOf, viewsOf, place };
