// SPDX-License-Identifier: GPL-3.0-or-later
// What two results say: the answer in a sentence, tables, and why they differ.
'use strict';

/* global setup, h, byId, digits, time, percent, value, shares, WORDS, PURPOSE, sharedSettings, SIDES, policyOf, get, all */
const ROWS = [
  ['iops', 'completed requests a second', +1],
  ['clat_mean_ns', 'latency, mean', -1],
  ['clat_p50_ns', 'latency, median', -1],
  ['clat_p99_ns', 'latency, 99th percentile', -1],
  ['clat_p99_9_ns', 'latency, 99.9th percentile', -1],
  ['cpu_ns_per_request', 'CPU time of guest and driver domain, a request', -1],
  ['front_cpu_frac', 'pCPUs that the guest used', 0],
  ['back_cpu_frac', 'pCPUs that the driver domain used', 0],
  ['back_spin_frac', 'share of time the backend looked without finding', 0],
  ['front_steal_frac', 'share of time the guest wanted a pCPU and had none', 0],
  ['back_steal_frac', 'share of time the driver domain wanted one and had none', 0],
  ['notifications_per_request', 'events sent, a request', 0],
  ['upcalls_per_request', 'upcalls taken, a request', 0],
  ['switches_per_request', 'switches of a pCPU to another vCPU, a request', 0],
];
const WHAT = 'what it is';
const unitOf = (name) => setup.catalog.metrics.find((m) => m[0] === name)?.[1] ?? '';

function shown(name, x) {
  return name.endsWith('_frac') ? percent(x) : value(x, unitOf(name) === '1/s' ? '1' : unitOf(name));
}

// "1 234 ± 0.5 %"
function estimate(name, [v, lo, hi]) {
  if (v == null) return '–';
  const half = lo == null || !v ? null : Math.max(hi - v, v - lo) / Math.abs(v);
  return shown(name, v) + (half == null ? '' : half < 5e-5 ? ' ±\u00a00' : ' ±\u00a0' + percent(half, 2));
}

const apart = (a, b) => a[1] != null && b[1] != null && (a[2] < b[1] || b[2] < a[1]);
const times = (x) => (Number.isFinite(x) ? digits(x, 3) : '–');

// Both sides' labels: what they differ in.
function sideLabels() {
  const front = [0, 1].map((i) => policyOf(i, 'front'));
  return [0, 1].map((i) => policyOf(i, 'back') + (front[0] === front[1] ? '' : ', frontend ' + front[i]));
}

function head(...names) {
  return h('thead', {}, h('tr', {}, ...names.map((n) => h('th', { scope: 'col', class: n === WHAT ? 'what' : null }, n))));
}

function fillResult(results, labels) {
  const rows = ROWS.map(([name, what, better]) => {
    const [a, b] = results.map((r) => r.metrics[name]);
    const win = better && apart(a, b) ? Math.sign((a[0] - b[0]) * better) : 0;
    return h('tr', {}, h('th', { scope: 'row' }, what), h('td', { class: win > 0 ? 'good' : null }, estimate(name, a)), h('td', { class: win < 0 ? 'good' : null }, estimate(name, b)), h('td', {}, times(b[0] / a[0])));
  });
  byId('result').replaceChildren(h('caption', { class: 'dim' }, 'Values with the half width of their 95 % intervals; green: better, and the intervals do not touch.'), head('', 'A: ' + labels[0], 'B: ' + labels[1], 'B / A'), h('tbody', {}, ...rows));
}

function answerText(results, labels) {
  const [a, b] = results.map((r) => r.metrics.iops);
  const [x, y] = results.map((r) => r.metrics.cpu_ns_per_request[0]);
  const cpu = ' A request costs ' + time(x) + ' of CPU time under A, ' + time(y) + ' under B.';
  if (labels[0] === labels[1]) return 'A and B are the same policy: ' + labels[0] + '.';
  if (!apart(a, b) && a[0] !== b[0]) return 'A (' + labels[0] + ') and B (' + labels[1] + ') are level: ' + digits(a[0]) + ' and ' + digits(b[0]) + ' requests a second.' + cpu;
  const win = a[0] >= b[0] ? 0 : 1, best = win ? b : a, other = win ? a : b;
  return 'AB'[win] + ' (' + labels[win] + ') wins: ' + times(best[0] / other[0]) + ' times as many requests a second as ' + 'BA'[win] + ' (' + labels[1 - win] + '), ' + digits(best[0]) + ' against ' + digits(other[0]) + '.' + cpu;
}

/* ---- a request's way and its CPU time ------------------------------------------------------ */

function stageRows(results) {
  return setup.catalog.metrics.filter((m) => m[0].startsWith('stage_')).map(([name, , what]) => {
    const [a, b] = results.map((r) => r.metrics[name][0] ?? 0);
    return { name: name.slice(6, -3).replace('_', ' '), what: what.replace('mean time a request: ', ''), a, b };
  }).filter((r) => r.a || r.b);
}

// ns of all pCPUs for each completed request, by domain and purpose.
function cpuRows(results) {
  const rows = new Map();
  results.forEach((r, side) => {
    for (const [domain, purpose, cores] of r.cells) {
      const key = (domain ? domain + ': ' : '') + purpose.replace('_', ' ');
      if (!rows.has(key)) rows.set(key, { name: key, purpose, a: 0, b: 0 });
      rows.get(key)[side ? 'b' : 'a'] = cores / r.metrics.iops[0] * 1e9;
    }
  });
  const order = ['guest', 'driver', 'dom0', 'load', 'idle'];
  const place = (r) => order.indexOf(r.name.split(':')[0]);
  return [...rows.values()].sort((x, y) => place(x) - place(y));
}

const difference = (ns) => (Math.abs(ns) < 0.05 ? '0' : (ns > 0 ? '+' : '−') + time(Math.abs(ns)));

function fillDifferences(id, rows, labels) {
  const sum = rows.reduce((s, r) => ({ a: s.a + r.a, b: s.b + r.b }), { a: 0, b: 0 });
  const line = (r, extra) => h('tr', extra, h('th', { scope: 'row' }, r.name), h('td', {}, time(r.a)), h('td', {}, time(r.b)), h('td', {}, difference(r.b - r.a)), r.what ? h('td', { class: 'what' }, r.what) : null);
  byId(id).replaceChildren(head('', 'A: ' + labels[0], 'B: ' + labels[1], 'B − A', ...(rows[0]?.what ? [WHAT] : [])), h('tbody', {}, ...rows.map((r) => line(r)), line({ name: 'together', ...sum }, { class: 'sum' })));
}

/* ---- why ----------------------------------------------------------------------------------- */

const NOTABLE = 0.05; // a difference of shares of the time that is worth a sentence
const largest = (rows) => rows.map((r) => ({ ...r, d: r.b - r.a })).sort((x, y) => Math.abs(y.d) - Math.abs(x.d));

// What a notification costs from end to end: sending it, and until who waits for it runs.
function whyTelling(results) {
  const say = (r) => {
    const of = (n) => r.metrics['stage_' + n + '_ns'][0] ?? 0;
    return time(['notify', 'back_wake', 'rsp_notify', 'front_wake'].reduce((s, n) => s + of(n), 0)) + ' of a request\u2019s ' + time(r.metrics.lat_mean_ns[0]);
  };
  return 'Telling and waking the other side takes ' + say(results[0]) + ' under A; ' + say(results[1]) + ' under B.';
}

// Who waits for a pCPU while the other side keeps one to look at the ring.
function whyWaiting(results) {
  const ends = [['guest', 'front_steal_frac', 'backend', 'back_spin_frac'], ['driver domain', 'back_steal_frac', 'frontend', 'front_spin_frac']];
  return ends.map(([who, steal, other, spin]) => {
    const [waits, looks] = [steal, spin].map((n) => results.map((r) => r.metrics[n][0] ?? 0));
    const worse = waits[1] > waits[0] ? 1 : 0, better = 1 - worse;
    if (waits[worse] - waits[better] < NOTABLE) return null;
    return 'Under ' + 'AB'[worse] + ' the ' + who + ' wants a pCPU and has none for ' + percent(waits[worse]) + ' of the time (' + percent(waits[better]) + ' under ' + 'AB'[better] + ')'
      + (looks[worse] - looks[better] < NOTABLE ? '.' : '; the ' + other + ' looks at the ring without finding anything for ' + percent(looks[worse]) + ' of it.');
  });
}

function whyStages(rows) {
  const total = rows.reduce((s, r) => s + r.b - r.a, 0);
  const most = largest(rows).filter((r) => Math.abs(r.d) > 0.02 * Math.abs(total)).slice(0, 3);
  if (!most.length) return 'A request takes the same way under both.';
  return 'A request takes ' + time(Math.abs(total)) + (total > 0 ? ' longer' : ' less') + ' under B. The largest differences: ' + most.map((r) => r.name + ' ' + (r.d > 0 ? '+' : '−') + time(Math.abs(r.d)) + ' (' + r.what + ')').join('; ') + '.';
}

function whyCpu(rows) {
  const most = largest(rows.filter((r) => r.purpose !== 'idle')).slice(0, 3).filter((r) => r.d);
  if (!most.length) return null;
  return 'Of the CPU time of a request, B against A: ' + most.map((r) => r.name + ' ' + (r.d > 0 ? '+' : '−') + time(Math.abs(r.d))).join('; ') + '.';
}

function whyLimits(results) {
  const say = (r) => r.limits[0][0] + ', busy ' + percent(r.limits[0][1]);
  return 'What is busiest: under A the ' + say(results[0]) + '; under B the ' + say(results[1]) + '.';
}

function whyWindow(models) {
  const say = (m) => {
    const s = shares(m);
    return Object.entries(WORDS).filter(([k]) => s[k] > 0.005).map(([k, w]) => percent(s[k]) + ' ' + w).join(', ');
  };
  return 'In the part that is drawn vCPUs are, in pCPUs\u2019 worth: under A ' + say(models[0]) + '; under B ' + say(models[1]) + '.';
}

function fillWhy(results, models) {
  const texts = [whyTelling(results), ...whyWaiting(results), whyLimits(results), whyStages(stageRows(results)), whyCpu(cpuRows(results)), models ? whyWindow(models) : null];
  byId('why').replaceChildren(...texts.filter(Boolean).map((t) => h('li', {}, t)));
}

/* ---- the rest ------------------------------------------------------------------------------ */

function fillPercentiles(results, labels) {
  const at = (r, share) => {
    const total = r.latency.reduce((n, b) => n + b[1], 0);
    let below = 0;
    for (const [v, n] of r.latency) {
      below += n;
      if (below >= Math.ceil(share * total)) return v;
    }
    return null;
  };
  const list = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];
  byId('percentiles').replaceChildren(head('share that is no slower', 'A: ' + labels[0], 'B: ' + labels[1]), h('tbody', {}, ...list.map((s) => h('tr', {}, h('th', { scope: 'row' }, percent(s)), ...results.map((r) => h('td', {}, time(at(r, s))))))));
}

const quoted = (t) => (/^[\w.,:=@/+-]*$/.test(t) ? t : "'" + t.replace(/'/g, "'\\''") + "'");

function fillAgain(results) {
  const run = ['reps', 'requests', 'seed'].map((k) => [k, get(all.get(k)), all.get(k).as]).filter(([, v, as]) => v !== as).map(([k, v]) => ' --' + k + ' ' + v).join('');
  byId('again').textContent = SIDES.map((s, i) => {
    const sets = [...sharedSettings(), ...['front_policy', 'back_policy'].map((k) => [k, policyOf(i, k.split('_')[0])]).filter(([k, v]) => v !== setup.effective[k])];
    return 'ringlab simulate ' + setup.command + run + sets.map(([k, v]) => ' --set ' + quoted(k + '=' + v)).join('') + '   # ' + s + ', digest ' + results[i].digest;
  }).join('\n');
}

const MOST_SPANS = 80;

function fillSpans(models) {
  const table = (m, i) => {
    const rows = [];
    for (const row of m.shown?.rows ?? []) {
      for (const s of (row.spans ?? []).slice(0, MOST_SPANS)) rows.push([row.label, time(s.from, 5), time(s.to - s.from), s.name.replace('_', ' ') + (s.in && s.in !== s.name ? ' (' + s.in + ')' : '')]);
      for (const r of row.requests ?? []) rows.push([r.name + ' ' + r.id, time(r.from, 5), r.to == null ? '–' : time(r.to - r.from), r.stages.map((s) => s.name.replace('_', ' ') + ' ' + time(s.to - s.from)).join(', ')]);
    }
    return h('table', {}, h('caption', { class: 'of-' + i }, 'AB'[i] + ', the first ' + MOST_SPANS + ' of each row'), head('who', 'from', 'for', 'what'), h('tbody', {}, ...rows.map((r) => h('tr', {}, ...r.map((t, k) => (k ? h('td', { class: k === 3 ? 'what' : null }, t) : h('th', { scope: 'row' }, t)))))));
  };
  byId('spans').querySelector('.pair').replaceChildren(...models.map(table));
}
