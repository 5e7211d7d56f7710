// SPDX-License-Identifier: GPL-3.0-or-later
// Timelines and latencies on canvases.
'use strict';

/* global h, byId, colour, time, rowsOf, sayAt, PURPOSE, STAGE, SLOTS, LEGEND, percent */
const GAP = 5, AXIS = 22;
const gutterOf = (width) => (width < 500 ? 96 : 150); // where the rows' labels stand

function surface(canvas, height) {
  const width = canvas.clientWidth, ratio = window.devicePixelRatio || 1;
  canvas.style.height = height + 'px';
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const c = canvas.getContext('2d');
  c.scale(ratio, ratio);
  c.font = '12px system-ui,sans-serif';
  c.textBaseline = 'middle';
  return { c, width };
}

// The colours of the theme, once a drawing; who wants a pCPU is hatched, so that it shows without colour.
function paints(c) {
  const of = {};
  for (const [name] of LEGEND) of[name] = colour(name);
  for (const name of ['ink', 'dim', 'line', 'bg', 'tint', 'a', 'b']) of[name] = colour(name);
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const t = tile.getContext('2d');
  t.strokeStyle = of.wants;
  t.lineWidth = 1.4;
  t.beginPath();
  for (const d of [-6, 0, 6]) {
    t.moveTo(d, 6);
    t.lineTo(d + 6, 0);
  }
  t.stroke();
  of.wants = c.createPattern(tile, 'repeat');
  return of;
}

// Black or white, whichever stands out more from a colour `#rrggbb`.
function inkOn(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => (parseInt(hex.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? '#000' : '#fff';
}

function niceStep(length, most) {
  const raw = length / most, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw);
}

function drawAxis(c, p, y, width, length, x) {
  const gutter = gutterOf(width), step = niceStep(length, Math.max(2, (width - gutter) / 110));
  c.textAlign = 'center';
  for (let t = 0; t <= length; t += step) {
    c.fillStyle = p.line;
    c.fillRect(x(t), 0, 1, y);
    c.fillStyle = p.dim;
    c.fillText(time(t), Math.min(Math.max(x(t), gutter + 14), width - 22), y + AXIS / 2);
  }
}

function drawSpans(c, p, row, y, x) {
  for (const s of row.spans) {
    const x0 = x(s.from), w = Math.max(x(s.to) - x0, 0.4);
    if (!s.colour) continue;
    c.fillStyle = p[s.colour];
    c.fillRect(x0, y, w, row.height);
    const label = s.name.replace('_', ' ');
    if (w > 46 && s.colour !== 'wants' && c.measureText(label).width < w - 6) {
      c.fillStyle = inkOn(p[s.colour]);
      c.textAlign = 'left';
      c.fillText(label, x0 + 3, y + row.height / 2);
    }
  }
}

function drawRing(c, p, row, y, x, length) {
  const { steps } = row.ring;
  steps.forEach((s, i) => {
    const x0 = x(s.at), x1 = x(steps[i + 1]?.at ?? length);
    let top = y + row.height;
    for (const [name, n] of Object.entries(s.slots)) {
      const high = n / row.most * row.height;
      c.fillStyle = p[SLOTS[name] ?? 'other'];
      c.fillRect(x0, top - high, Math.max(x1 - x0, 0.4), high);
      top -= high;
    }
  });
  c.fillStyle = p.line;
  c.fillRect(x(0), y + row.height, x(length) - x(0), 1);
}

function drawRequests(c, p, row, y, x, length) {
  for (const io of row.requests) {
    for (const s of io.stages) {
      const x0 = x(Math.max(0, s.from)), x1 = x(Math.min(length, s.to ?? length));
      if (x1 <= x0) continue;
      c.fillStyle = p[STAGE[s.name] ?? 'other'];
      c.fillRect(x0, y, Math.max(x1 - x0 - (s === io.stages.at(-1) ? 1 : 0), 0.4), row.height - 2);
    }
  }
}

// A side's timeline. `length`: of the axis, the same for both. `cursor`: a time or null.
function drawTimeline(canvas, model, length, cursor) {
  model.shown ??= rowsOf(model);
  const { rows } = model.shown;
  const height = rows.reduce((sum, r) => sum + r.height + (r.requests ? 0 : GAP), AXIS + GAP);
  const { c, width } = surface(canvas, height);
  const p = paints(c);
  const gutter = gutterOf(width), x = (t) => gutter + t / length * (width - gutter - 4);
  let y = 2;
  drawAxis(c, p, height - AXIS, width, length, x);
  for (const row of rows) {
    c.fillStyle = p.ink;
    c.textAlign = 'right';
    c.fillText(row.label, gutter - 8, y + Math.min(row.height, 18) / 2, gutter - 12);
    if (row.pcpus) {
      c.fillStyle = p.tint;
      c.fillRect(x(0), y, x(length) - x(0), row.height);
    }
    if (row.spans) drawSpans(c, p, row, y, x);
    else if (row.ring) drawRing(c, p, row, y, x, length);
    else drawRequests(c, p, row, y, x, length);
    y += row.height + (row.requests ? 0 : GAP);
  }
  if (cursor != null) {
    c.fillStyle = p.ink;
    c.fillRect(x(cursor), 0, 1, height - AXIS);
  }
}

function drawLegend() {
  byId('legend').replaceChildren(...LEGEND.map(([name, text]) => h('span', { class: 'key' }, h('canvas', { 'data-colour': name, 'aria-hidden': 'true' }), text)));
  for (const canvas of byId('legend').querySelectorAll('canvas')) {
    const { c, width } = surface(canvas, 13);
    c.fillStyle = paints(c)[canvas.dataset.colour];
    c.fillRect(0, 0, width, 13);
  }
}

// Share of requests that are slower than so much, both axes logarithmic: the tail is what differs.
function drawLatency(canvas, sides) {
  const { c, width } = surface(canvas, 240);
  const p = paints(c), left = 58, right = width - 12, top = 10, bottom = 210;
  const bins = sides.flatMap((s) => s.latency);
  if (!bins.length) return;
  const lo = Math.log(Math.min(...bins.map((b) => b[0])) * 0.9), hi = Math.log(Math.max(...bins.map((b) => b[0])) * 1.1);
  const least = Math.log10(1 / Math.max(...sides.map((s) => s.latency.reduce((n, b) => n + b[1], 0))));
  const x = (v) => left + (Math.log(v) - lo) / (hi - lo) * (right - left);
  const y = (share) => top + Math.log10(share) / least * (bottom - top);
  c.strokeStyle = p.line;
  for (let e = 0; e >= Math.ceil(least); e--) {
    c.fillStyle = p.line;
    c.fillRect(left, y(10 ** e), right - left, 1);
    c.fillStyle = p.dim;
    c.textAlign = 'right';
    c.fillText(percent(10 ** e), left - 6, y(10 ** e));
  }
  c.textAlign = 'center';
  let free = -1e9;
  for (let e = Math.floor(lo / Math.LN10); e <= hi / Math.LN10; e++) {
    for (const k of [1, 2, 5]) {
      const v = k * 10 ** e;
      if (Math.log(v) < lo || Math.log(v) > hi) continue;
      c.fillStyle = p.line;
      c.fillRect(x(v), top, 1, bottom - top);
      if (x(v) - free < 52) continue;
      free = x(v);
      c.fillStyle = p.dim;
      c.fillText(time(v), x(v), bottom + 14);
    }
  }
  sides.forEach((s, i) => {
    const total = s.latency.reduce((n, b) => n + b[1], 0);
    let above = total;
    c.strokeStyle = i ? p.b : p.a;
    c.lineWidth = 2;
    c.setLineDash(i ? [6, 4] : []);
    c.beginPath();
    c.moveTo(x(s.latency[0][0]), y(1));
    for (const [v, n] of s.latency) {
      c.lineTo(x(v), y(above / total));
      above -= n;
      c.lineTo(x(v), above ? y(above / total) : bottom);
    }
    c.stroke();
    c.setLineDash([]);
    byId('key-' + i).textContent = (i ? 'Dashed, B: ' : 'A: ') + s.label;
  });
}

// The cursor of both timelines, by pointer or arrow keys; what it means goes to #at.
function followCursor(canvases, shown, redraw) {
  let at = null;
  const show = () => {
    redraw(at);
    byId('at').replaceChildren(...shown.models().map((m, i) => h('p', {}, h('span', { class: 'of-' + i }, 'AB'[i] + ' at ' + time(at) + ': '), at <= m.length ? sayAt(m, at) : 'not shown')));
    byId('at').setAttribute('aria-live', 'polite');
  };
  for (const canvas of canvases) {
    canvas.addEventListener('pointermove', (e) => {
      const length = shown.length();
      if (!length) return;
      const gutter = gutterOf(canvas.clientWidth);
      at = Math.min(length, Math.max(0, (e.offsetX - gutter) / (canvas.clientWidth - gutter - 4) * length));
      show();
    });
    canvas.addEventListener('keydown', (e) => {
      const length = shown.length();
      const by = { ArrowLeft: -0.005, ArrowRight: 0.005, PageUp: -0.1, PageDown: 0.1, Home: -1, End: 1 }[e.key];
      if (!by || !length) return;
      e.preventDefault();
      at = Math.min(length, Math.max(0, (at ?? 0) + by * length));
      show();
    });
  }
  return { clear: () => { at = null; } };
}
