// SPDX-License-Identifier: GPL-3.0-or-later
// The lines with digits that a report's page must have, from what `ringlab validate` and the store's views say: `must`, all of
// them; `may`: what else may stand there; `manifests`, `hashes`: of its preformatted texts.
'use strict';

/* ---- numbers as the page writes them -------------------------------------------------------- */

// As C's printf: the nearest, and of two equally near ones the even one, by the exact digits of the double.
function rounded(x, digits, exact) {
	const near = exact(Math.abs(x), digits), all = exact(Math.abs(x), Math.min(digits + 60, 100));
	const [, kept, rest] = new RegExp(`^(\\d+\\.?\\d{${digits}})(\\d*)`).exec(all);
	return /^50*$/.test(rest) && /[02468]\.?$/.test(kept) ? near.replace(/^[\d.]+/, kept.replace(/\.$/, '')) : near;
}

const fixed = (x, digits) => (x < 0 ? '-' : '') + rounded(x, digits, (v, n) => v.toFixed(n));
const exponential = (x, digits) => (x < 0 ? '-' : '') + rounded(x, digits, (v, n) => v.toExponential(n)).replace(/e([+-])(\d)$/, 'e$10$2');
const known = (x) => x !== null && x !== undefined;

// Four significant digits, without an exponent where a reader needs none.
function number(x) {
	if (!known(x)) return '–';
	if (x !== 0 && Math.abs(x) < 1e-3) return exponential(x, 2);
	if (Math.abs(x) >= 1000) return fixed(x, 0);
	return String(Number(exponential(x, 3)));
}

const percent = (x) => (known(x) ? (x < 0 ? '' : '+') + fixed(100 * x, 1) + ' %' : '–');
const share = (x) => (known(x) ? fixed(100 * x, 1) + ' %' : '–');
const cores = (n) => (n === 1 ? 'one core' : n === 2 ? 'two cores' : n + ' cores');
const size = (n) => (n >= 1048576 && n % 1048576 === 0 ? n / 1048576 + ' MiB' : n >= 1024 && n % 1024 === 0 ? n / 1024 + ' KiB' : n + ' B');
const yes = (b) => (b ? 'yes' : 'no');
const NOUNS = { iops: 'requests a second', clat_mean_ns: 'mean latency', clat_p50_ns: 'median latency', clat_p99_ns: '99th percentile' };
const noun = (metric) => NOUNS[metric] ?? metric;

/* ---- who wins ------------------------------------------------------------------------------- */

const ascending = (a, b) => a - b;
const median = (v) => (v[(v.length - 1) >> 1] + v[v.length >> 1]) / 2;
const wins = (duels, who) => duels.filter((d) => d.winner === who).length;

// The duels of the pair, with the ratio of the second's value to the first's.
function between(p, [a, b], pcpus) {
	return p.duels.filter((d) => d.measured_ratio !== null && p.cells.get(d.cell).pcpus === pcpus).map((d) => ({ ...d, who: p.cells.get(d.cell).back_policy }))
		.filter((d) => [a, b].includes(d.who) && [a, b].includes(d.against)).map((d) => ({ ...d, ratio: d.who === b ? d.measured_ratio : 1 / d.measured_ratio }));
}

const firstOf = (duels, [a, b]) => (wins(duels, b) > wins(duels, a) ? [b, a] : [a, b]);

function clause(duels, pair, pcpus) {
	const [a, b] = firstOf(duels, pair), [x, y] = [wins(duels, a), wins(duels, b)], level = duels.length - x - y;
	const rest = [y ? `${b} wins ${y}` : '', level ? `${level} ${level === 1 ? 'is' : 'are'} level` : ''].filter(Boolean).join(', ');
	const who = x === y ? `${a} and ${b} are level over ${duels.length} measured settings` : `${a} beats ${b} in ${x} of ${duels.length} measured settings`;
	return `n ${cores(pcpus)}, ${who}${rest && ` (${rest})`}`;
}

function machine(p, duels, pair, pcpus) {
	const [a, b] = firstOf(duels, pair), ratios = duels.map((d) => (b === pair[1] ? d.ratio : 1 / d.ratio)).sort(ascending);
	const counted = p.told ? duels.filter((d) => d.counts) : [];
	return `${p.name}, ${cores(pcpus)}: a backend with ${a} wins ${wins(duels, a)} of ${duels.length} settings, one with ${b} ${wins(duels, b)}; ${b} has ` +
		`${fixed(median(ratios), 2)} times the ${noun(p.duel_metric)} of ${a} in the median (${fixed(ratios[0], 2)} to ${fixed(ratios.at(-1), 2)}).` +
		(counted.length ? ` The simulator calls the winner right in ${counted.filter((d) => d.right).length} of the ${counted.length} that differ by more than ${Number((100 * p.threshold).toPrecision(6))} %.` : '');
}

function answers({ platforms, pair }) {
	const counts = [...new Set(platforms.flatMap((p) => [...p.cells.values()].map((c) => c.pcpus)))].sort(ascending);
	const clauses = [], details = [];
	for (const n of pair.length ? counts : []) {
		const all = platforms.flatMap((p) => between(p, pair, n));
		if (all.length) clauses.push((clauses.length ? 'o' : 'O') + clause(all, pair, n));
		for (const p of platforms) if (between(p, pair, n).length) details.push('Machine by machine | ' + machine(p, between(p, pair, n), pair, n));
	}
	return [...(clauses.some((c) => /\d/.test(c)) ? [clauses.join('; ') + '.'] : []), ...details];
}

/* ---- tables --------------------------------------------------------------------------------- */

const WHY = ['front_cpu_frac', 'back_cpu_frac', 'back_spin_frac', 'notifications_per_request', 'switches_per_request'];
const TOLD = ['iops', 'clat_mean_ns'];

function verdicts(p) {
	return p.told.verdicts.map((v) => ['Predictions against runs that calibration never saw', v.check, number(v.value), number(v.bound), known(v.bound) ? yes(v.pass) : '–']);
}

function slices(p) {
	return p.told.slices.map((s) => ['Mean absolute errors; on the right what an interpolation of the calibration cells in log(depth), log(block size) says', s.slice, s.metric,
		s.cells, share(s.mean_abs_error), share(s.largest_abs_error), share(s.bilinear_error), share(s.regression_error)]);
}

function parameters(p, { store }) {
	const what = Object.fromEntries(store.list('parameters').map((r) => [r.parameter, r.what]));
	return store.ask(`SELECT parameter, value, lo, hi, unit, identifiable FROM parameters WHERE param_set = '${p.name}'`).map((r) =>
		['Cost parameters; one that the runs cannot tell keeps its prior', r.parameter, number(r.value), number(r.lo), number(r.hi), r.unit, yes(r.identifiable), what[r.parameter]]);
}

function cells(p) {
	const row = new Map(p.told.cells.map((r) => [r.cell + ' ' + r.metric, r]));
	return [...p.cells.values()].filter((c) => c.role === 'validate').map((c) => ['Measured and predicted', c.cell, ...TOLD.flatMap((m) => {
		const r = row.get(c.cell + ' ' + m) ?? {};
		return [number(r.measured), number(r.predicted), percent(r.relative_error)];
	})]);
}

function duels(p, { pair, labels }) {
	return p.duels.filter((d) => pair.includes(d.against) && pair.includes(p.cells.get(d.cell).back_policy)).map((d) => {
		const c = p.cells.get(d.cell), foreseen = d.predicted_ratio !== null;
		return [p.duel_metric, `${labels(p, c).slice(0, 60)}, ${size(c.bs_bytes)}, depth ${c.iodepth}, ${cores(c.pcpus)}`, `${c.back_policy} / ${d.against}`, number(d.measured_ratio),
			number(d.ci_lo), number(d.ci_hi), d.winner ?? 'level', number(d.predicted_ratio), foreseen ? d.predicted_winner ?? 'level' : '–', foreseen && d.counts ? yes(d.right) : '–'];
	});
}

function why(p) {
	const predicted = new Map((p.told?.metrics ?? []).map((m) => [m.cell + ' ' + m.metric, m]));
	return [...p.cells.values()].filter((c) => c.rw === 'randread' && c.bs_bytes === 4096).map((c) => ['Shares of one CPU, and counts; measured | predicted', c.cell,
		...WHY.flatMap((m) => [number(predicted.get(c.cell + ' ' + m)?.measured ?? c.metrics[m]?.median), number(predicted.get(c.cell + ' ' + m)?.predicted)])]);
}

/* ---- where it is from ------------------------------------------------------------------------ */

function provenance(p, { store }) {
	const runs = store.ask(`SELECT substr(hash, 1, 16) AS hash FROM runs WHERE platform = '${p.name}' AND role <> 'none'`);
	const set = p.told && store.ask(`SELECT created, manifest FROM param_set WHERE name = '${p.name}'`)[0];
	const first = store.ask(`SELECT manifest FROM run WHERE platform = '${p.name}' ORDER BY cell, repeat, id LIMIT 1`)[0];
	return { hashes: runs.map((r) => r.hash), manifests: [first, ...(set ? [set] : [])].map((r) => JSON.parse(r.manifest)),
		lines: [`${p.cells.size} cells, ${runs.length} runs; hashes of the runs' content:`, ...(set ? [`Parameters fitted ${set.created}:`] : [])] };
}

const HEADS = ['parameter | value | 95 % from | to | unit | identifiable | what',
	'setting | policies | measured ratio | 95 % from | to | winner | predicted ratio | predicted winner | right'];

// What may stand there: heads of tables, captions of still pictures, what begins a page of `ringlab explore`.
function may(p, head, labels) {
	const all = [...p.cells.values()].flatMap((c) => [p.duel_metric, 'iops', 'clat_mean_ns'].map((m) =>
		`${head} | Over depth: ${noun(m)}, ${labels(p, c)} on ${p.name}, ${cores(c.pcpus)}${p.note && '; ' + p.note}.`));
	return [...all, `${head} | ${p.duel_metric}`, `${head} | Cost parameters; one that the runs cannot tell keeps its prior | ${HEADS[0]}`, `${head} | ${p.duel_metric} | ${HEADS[1]}`];
}

function tell(of) {
	const out = { must: answers(of), may: [], manifests: {}, hashes: {} };
	for (const p of of.platforms) {
		p.note = of.note(p.name);
		const head = p.note ? p.name + ' ' + p.note : p.name, from = provenance(p, of);
		const rows = [...(p.told ? [...verdicts(p), ...slices(p), ...parameters(p, of), ...cells(p)] : []), ...duels(p, of), ...why(p)];
		out.must.push(...[...rows.map((r) => r.join(' | ')), ...from.lines].filter((l) => /\d/.test(l)).map((l) => `${head} | ${l}`));
		out.may.push(...may(p, head, of.labels));
		Object.assign(out, { manifests: { ...out.manifests, [head]: from.manifests }, hashes: { ...out.hashes, [head]: from.hashes } });
	}
	out.must.push(`Made by ringlab ${of.version} from runs in its store. Filled points were held out from calibration; open ones calibrated it.`);
	return out;
}

module.exports = { tell, number, fixed };
