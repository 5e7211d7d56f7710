// SPDX-License-Identifier: GPL-3.0-or-later
// What can be moved. What is not moved is as in the file; the address keeps what is.
'use strict';

/* global setup, h, byId, digits, time, size, value, nanoseconds */
const SIDES = ['A', 'B'];
const powers = (from, to) => Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);
const grown = (from, to) => {
  const all = [];
  for (let p = from; p <= to; p *= 10) all.push(...[1, 2, 5].map((k) => k * p).filter((x) => x <= to));
  return all;
};

const MAIN_COSTS = ['device_ns', 'evtchn_send_ns', 'upcall_ns', 'thread_switch_ns', 'block_ns', 'switch_ns', 'halt_wake_ns', 'copy_ns_per_byte'];
const READ_WRITE = ['randread', 'randwrite', 'randrw', 'read', 'write', 'rw'];
const PLACES = { file: 'as in the file', apart: 'driver domain on a core of its own', any: 'wherever the scheduler puts them' };

// One that goes through a list of values.
const steps = (key, label, list, as, text = digits) => ({ key, label, list, as, text });

const file = setup.effective;
const SHARED = [
  steps('machine.pcpus', 'Cores (pCPUs)', [1, 2, 3, 4, 6, 8, 12, 16], file.machine.pcpus),
  { key: 'place', label: 'Who runs where', choices: PLACES, as: 'file' },
  steps('guest.count', 'Guests', [1, 2, 3, 4, 6, 8, 12, 16, 24, 32], file.guest.count),
  steps('job.iodepth', 'Requests in flight (iodepth)', powers(1, 256), file.job.iodepth),
  steps('job.bs', 'Block size', powers(512, 1048576), file.job.bs_bytes, size),
  { key: 'job.rw', label: 'Direction', choices: Object.fromEntries(READ_WRITE.map((x) => [x, x])), as: file.job.rw },
];
const LENGTH = [
  steps('requests', 'I/Os a replication', [1000, 2000, 5000, 10000, 50000, 200000], 5000),
  steps('reps', 'Replications', [3, 5, 10, 30, 100], 5),
  steps('seed', 'Seed', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0),
];
const WINDOW = steps('window', 'Length of the timeline', [0, ...grown(2e4, 1e8)], 0, (x) => (x ? time(x) : 'a few requests'));

function costControl([name, unit, dflt, min, max, what]) {
  const as = file.costs[name], mid = as || dflt || 1000;
  const lo = min || Math.min(mid / 100, 10), hi = Math.min(max, Math.max(mid * 100, 1));
  const list = min ? [] : [0];
  const n = 160;
  for (let i = 0; i <= n; i++) list.push(Number((lo * (hi / lo) ** (i / n)).toPrecision(3)));
  return { ...steps('costs.' + name, name, [...new Set(list)], as, (x) => value(x, unit)), hint: what };
}

/* ---- state: only what differs from the file ------------------------------------------------ */

const state = new Map(); // key -> text
const all = new Map(); // key -> control

function get(control) {
  const v = state.get(control.key);
  if (v == null) return control.as;
  return control.list ? Number(v) : v;
}

function put(key, v) {
  if (v == null || String(v) === String(all.get(key)?.as)) state.delete(key);
  else state.set(key, String(v));
}

/* ---- policies ------------------------------------------------------------------------------ */

function parsePolicy(text) {
  const [name, rest] = text.split(/:(.*)/s);
  const options = {};
  for (const o of rest ? rest.split(',') : []) {
    const [k, v] = o.split('=');
    options[k] = nanoseconds(v ?? '');
  }
  return { name, options };
}

function policyText({ name, options }) {
  const known = setup.catalog.policies.find((p) => p.name === name);
  const list = Object.entries(options).map(([k, v]) => {
    const unit = known?.options.find((o) => o[0] === k)?.[1] ?? '';
    return k + '=' + v + unit;
  });
  return name + (list.length ? ':' + list.join(',') : '');
}

const policyKeys = SIDES.flatMap((s) => ['back_policy', 'front_policy'].map((p) => s + '.' + p));
const policyOf = (side, end) => get(all.get(SIDES[side] + '.' + end + '_policy'));

function optionList([, , dflt, min, max]) {
  const lo = Math.max(min, dflt ? Math.min(dflt / 100, 100) : 1, 1), hi = Math.min(max, Math.max(dflt * 100, lo * 1000));
  const list = min <= 0 ? [0] : [];
  for (let i = 0; i <= 120; i++) list.push(Math.min(max, Math.max(min, Math.round(Number((lo * (hi / lo) ** (i / 120)).toPrecision(2))))));
  return [...new Set(list)];
}

/* ---- elements ------------------------------------------------------------------------------ */

let changed = () => {};

function nearest(list, x) {
  let best = 0;
  for (let i = 0; i < list.length; i++) if (Math.abs(list[i] - x) < Math.abs(list[best] - x)) best = i;
  return best;
}

function slider(id, label, list, now, text, hint, moved) {
  const out = h('output', { for: id }, text(now));
  const input = h('input', { id, type: 'range', min: 0, max: list.length - 1, step: 1, value: nearest(list, now), 'aria-valuetext': text(now), 'aria-describedby': hint ? id + '-h' : null });
  const row = h('div', { class: 'row' }, h('label', { for: id }, label), out, input, hint ? h('p', { class: 'hint', id: id + '-h' }, hint) : null);
  const show = (x) => {
    out.value = text(x);
    input.setAttribute('aria-valuetext', text(x));
  };
  input.addEventListener('input', () => {
    const x = list[Number(input.value)];
    show(x);
    moved(x);
  });
  row.show = (x) => {
    input.value = nearest(list, x);
    show(x);
  };
  return row;
}

function element(control) {
  const id = 'c-' + control.key.replace('.', '-');
  let row;
  if (control.choices) {
    const choice = h('select', { id, on: { change: () => moved(choice.value) } }, ...Object.entries(control.choices).map(([v, t]) => h('option', { value: v }, t)));
    row = h('div', { class: control.key === 'place' ? 'row tall' : 'row' }, h('label', { for: id }, control.label), choice);
    row.show = (v) => { choice.value = v; };
  } else {
    row = slider(id, control.label, control.list, get(control), control.text, control.hint, moved);
  }
  function moved(v) {
    put(control.key, v);
    row.classList.toggle('set', state.has(control.key));
    changed(control.key);
  }
  control.row = row;
  row.show(get(control));
  row.classList.toggle('set', state.has(control.key));
  return row;
}

function policyElement(control) {
  const id = 'c-' + control.key.replace('.', '-');
  const box = h('div');
  function show() {
    const now = parsePolicy(get(control));
    const known = setup.catalog.policies.find((p) => p.name === now.name);
    const store = () => {
      put(control.key, policyText(now));
      changed(control.key);
    };
    const choice = h('select', {
      id,
      on: {
        change: () => {
          now.name = choice.value;
          now.options = {};
          store();
          show();
          byId(id).focus();
        },
      },
    }, ...setup.catalog.policies.map((p) => h('option', { value: p.name, selected: p.name === now.name }, p.name)));
    const options = (known?.options ?? []).map((o) => slider(id + '-' + o[0], o[0], optionList(o), now.options[o[0]] ?? o[2], (x) => value(x, o[1]), o[5], (x) => {
      now.options[o[0]] = x;
      store();
    }));
    box.replaceChildren(h('div', { class: 'row' }, h('label', { for: id }, control.label), choice), h('p', { class: 'hint' }, known?.summary ?? ''), ...options);
  }
  box.show = show;
  control.row = box;
  show();
  return box;
}

/* ---- the address --------------------------------------------------------------------------- */

function readAddress() {
  state.clear();
  for (const [k, v] of new URLSearchParams(location.hash.slice(1))) if (all.has(k)) put(k, v);
}

function writeAddress() {
  const text = [...state].map(([k, v]) => k + '=' + encodeURIComponent(v).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%3D/g, '=')).join('&');
  history.replaceState(null, '', text ? '#' + text : location.pathname + location.search);
}

function showAll() {
  for (const c of all.values()) c.row?.show(get(c));
  for (const c of all.values()) c.row?.classList.toggle('set', state.has(c.key) && !policyKeys.includes(c.key));
}

/* ---- what the simulator is told ------------------------------------------------------------ */

// Fields of both sides, as `--set` has them.
function sharedSettings() {
  const list = [];
  const cores = get(all.get('machine.pcpus'));
  let place = get(all.get('place'));
  for (const [key, v] of state) if (/^(job|guest|costs|machine)\./.test(key)) list.push([key, v]);
  if (place === 'file' && state.has('machine.pcpus')) place = 'apart'; // its pins may be gone
  if (place === 'apart') {
    list.push(['guest.pcpu', cores > 2 ? '0-' + (cores - 2) : '0'], ['driver.pcpu', String(cores - 1)]);
  } else if (place === 'any') {
    list.push(['guest.pcpu', 'any'], ['driver.pcpu', 'any']);
  }
  return list;
}

function sideSettings(side) {
  return [...sharedSettings(), ['front_policy', policyOf(side, 'front')], ['back_policy', policyOf(side, 'back')]];
}

function buildControls(onChange) {
  const costs = setup.catalog.costs.map(costControl);
  for (const c of [...SHARED, ...LENGTH, WINDOW, ...costs]) all.set(c.key, c);
  SIDES.forEach((s, i) => {
    all.set(s + '.back_policy', { key: s + '.back_policy', label: 'Backend', as: i ? setup.against : file.back_policy });
    all.set(s + '.front_policy', { key: s + '.front_policy', label: 'Frontend', as: file.front_policy });
  });
  readAddress();
  SIDES.forEach((s, i) => byId('sides').append(h('fieldset', { class: 'side-' + i }, h('legend', {}, 'Policy ' + s), policyElement(all.get(s + '.back_policy')), policyElement(all.get(s + '.front_policy')))));
  byId('machine').append(...SHARED.map(element));
  byId('main-costs').append(...MAIN_COSTS.map((n) => element(all.get('costs.' + n))));
  byId('costs').append(...costs.filter((c) => !MAIN_COSTS.includes(c.key.slice(6))).map(element));
  byId('length').append(...LENGTH.map(element));
  byId('window').append(element(WINDOW));
  changed = (key) => {
    writeAddress();
    onChange(key);
  };
  byId('controls').addEventListener('submit', (e) => e.preventDefault());
  byId('controls').addEventListener('reset', (e) => {
    e.preventDefault();
    state.clear();
    showAll();
    changed('reset');
  });
  window.addEventListener('hashchange', () => {
    readAddress();
    showAll();
    onChange('address');
  });
}
