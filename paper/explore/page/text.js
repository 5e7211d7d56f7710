// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people write them, and elements of the page.
'use strict';

function h(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes ?? {})) {
    if (k === 'on') for (const [event, fn] of Object.entries(v)) e.addEventListener(event, fn);
    else if (v === true) e.setAttribute(k, '');
    else if (v !== false && v != null) e.setAttribute(k, v);
  }
  e.append(...children.filter((c) => c != null));
  return e;
}

const byId = (id) => document.getElementById(id);

// Three or four significant digits, without an exponent.
function digits(x, n = 4) {
  if (x == null || !Number.isFinite(x)) return '–';
  const a = Math.abs(x);
  if (a < 1e-6) return '0';
  if (a >= 1000) return Math.round(x).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return x.toFixed(Math.max(0, Math.min(6, n - 1 - Math.floor(Math.log10(a))))).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

function scaled(x, units, n) {
  if (x == null || !Number.isFinite(x)) return '–';
  let i = 0;
  while (i + 1 < units.length && Math.abs(x) >= units[i + 1][0]) i++;
  return digits(x / units[i][0], n) + '\u00a0' + units[i][1];
}

const time = (ns, n = 3) => scaled(ns, [[1, 'ns'], [1e3, 'µs'], [1e6, 'ms'], [1e9, 's']], n);
const size = (b) => scaled(b, [[1, 'B'], [1024, 'KiB'], [1048576, 'MiB']], 4);
const percent = (x, n = 3) => (x == null || !Number.isFinite(x) ? '–' : digits(100 * x, n) + '\u00a0%');

function value(x, unit) {
  if (unit === 'ns') return time(x);
  if (unit === 'B') return size(x);
  return digits(x) + (unit === '1' || unit === '' ? '' : '\u00a0' + unit);
}

// A time as a policy's option has it, in ns.
function nanoseconds(text) {
  const m = /^(\d+)(ns|us|ms|s)?$/.exec(text);
  return m ? Number(m[1]) * { ns: 1, us: 1e3, ms: 1e6, s: 1e9, undefined: 1 }[m[2]] : null;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
