// SPDX-License-Identifier: GPL-3.0-or-later
// A trace of the simulator (model/timeline.h) as rows to draw and to read.
'use strict';

const KIND = { GROUP: 0, TRACK: 1, BEGIN: 2, END: 3, FLOW_BEGIN: 4, FLOW_END: 5, ASYNC_BEGIN: 6, ASYNC_END: 7, COUNTER: 8 };

// What a vCPU's time is for, and a request's: which of the legend's colours.
const PURPOSE = {
  fio: 'work', frontend: 'work', backend: 'work', copy: 'work', grant: 'work', work: 'work',
  notify: 'tell', upcall: 'tell', thread_switch: 'tell', idle_entry: 'tell', vcpu_switch: 'tell', switch: 'tell', tick: 'tell',
  spin: 'vain', monitor: 'vain', wait: 'vain', lock: 'vain',
  runnable: 'wants',
};
const STAGE = {
  submit: 'work', publish: 'work', dequeue: 'work', process: 'work', respond: 'work', complete: 'work', reap: 'work',
  notify: 'tell', rsp_notify: 'tell', back_wake: 'tell', front_wake: 'tell', slot: 'slot', device: 'device', fsync: 'device',
};
const SLOTS = { requests: 'asked', 'in the backend': 'taken', responses: 'answered' };
const LEGEND = [
  ['guest', 'guest has the pCPU'], ['driver', 'driver domain has it'], ['other', 'another domain'],
  ['work', 'work on requests'], ['tell', 'telling, waking, switching'], ['vain', 'looking without finding'], ['wants', 'wants a pCPU and has none'],
  ['device', 'device'], ['slot', 'waits for a slot'],
  ['asked', 'slots: requests'], ['taken', 'in the backend'], ['answered', 'responses'],
];
const WORDS = {
  work: 'working', tell: 'telling, waking or switching', vain: 'looking without finding', wants: 'wanting a pCPU',
};

const owner = (name) => (name.startsWith('guest') ? 'guest' : name.startsWith('driver') ? 'driver' : name === 'idle' ? null : name === 'switch' ? 'tell' : 'other');

function argumentsOf(e) {
  const of = {};
  for (let i = 6; i < e.length; i += 2) of[e[i]] = e[i + 1];
  return of;
}

// Spans of tracks, values of rings, stages of requests; times in ns since the window's begin.
function parseTrace(trace) {
  const groups = new Map(), tracks = new Map(), rings = new Map(), ios = new Map();
  const open = new Map();
  const ns = (at) => (at - trace.from) / 1000;
  for (const e of trace.events) {
    const [kind, group, track, at, id, name] = e;
    if (kind === KIND.GROUP) groups.set(group, name);
    else if (kind === KIND.TRACK) tracks.set(track, { group, name, spans: [] });
    else if (kind === KIND.BEGIN) open.set(track, { from: ns(at), name, ...argumentsOf(e) });
    else if (kind === KIND.END) tracks.get(track).spans.push({ ...open.get(track), to: ns(at) });
    else if (kind === KIND.COUNTER) {
      const key = group + ' ' + name;
      if (!rings.has(key)) rings.set(key, { group, name, steps: [] });
      rings.get(key).steps.push({ at: ns(at), slots: argumentsOf(e) });
    } else if (kind === KIND.ASYNC_BEGIN) {
      if (!ios.has(id)) ios.set(id, { id, name, group, from: ns(at), stages: [], ...argumentsOf(e) });
      else ios.get(id).stages.push({ name, from: ns(at) });
    } else if (kind === KIND.ASYNC_END) {
      const io = ios.get(id), last = io.stages.at(-1);
      if (last && last.name === name && last.to == null) last.to = ns(at);
      else io.to = ns(at);
    }
  }
  return { length: ns(trace.to), cut: trace.cut, unfinished: trace.unfinished, groups, tracks, rings: [...rings.values()], ios: [...ios.values()].sort((a, b) => a.from - b.from) };
}

// Each request in the first lane that is free.
function lanes(ios, most) {
  const ends = [], rows = [];
  for (const io of ios) {
    let i = ends.findIndex((end) => end <= io.from);
    if (i < 0) i = ends.length;
    if (i >= most) continue;
    ends[i] = io.to;
    (rows[i] ??= []).push(io);
  }
  return rows;
}

// Rows of each owner: who spins must not be crowded out by many guests.
const MOST = { pcpus: 8, driver: 3, guest: 4, other: 2 }, MOST_RINGS = 4, MOST_LANES = 12;

// From top to bottom: {label, height, and one of spans (with a colour each), ring, requests}.
function rowsOf(model) {
  const rows = [];
  const left = { tracks: 0, rings: 0 }, drawn = {};
  for (const t of model.tracks.values()) {
    const pcpus = model.groups.get(t.group) === 'pCPUs' || t.group === 1;
    if (!pcpus && !t.spans.some((s) => s.name !== 'blocked')) continue;
    const who = pcpus ? 'pcpus' : owner(model.groups.get(t.group));
    drawn[who] = (drawn[who] ?? 0) + 1;
    if (drawn[who] > MOST[who]) { left.tracks++; continue; }
    const label = pcpus ? t.name : model.groups.get(t.group) + (t.name === 'vCPU 0' ? '' : ', ' + t.name);
    rows.push({ label, height: pcpus ? 22 : 18, pcpus, spans: t.spans.map((s) => ({ ...s, colour: pcpus ? owner(s.name) : PURPOSE[s.name] ?? (s.name === 'blocked' ? null : 'work') })) });
  }
  model.rings.forEach((r, i) => {
    if (i >= MOST_RINGS) { left.rings++; return; }
    const most = Math.max(1, ...r.steps.map((s) => Object.values(s.slots).reduce((a, b) => a + b, 0)));
    rows.push({ label: (model.rings.length > 1 ? model.groups.get(r.group) + ', ' : '') + r.name + ', ' + most + (most > 1 ? ' slots' : ' slot'), height: 30, ring: r, most });
  });
  lanes(model.ios, MOST_LANES).forEach((ios, i) => rows.push({ label: i ? '' : 'requests', height: 9, requests: ios }));
  return { rows, left };
}

/* ---- what happens at a time ---------------------------------------------------------------- */

const within = (list, t) => list.find((s) => s.from <= t && t < s.to);

function sayAt(model, t) {
  const parts = [];
  for (const row of model.shown.rows) {
    if (row.spans) {
      const s = within(row.spans, t);
      if (s) parts.push(row.label + ': ' + s.name.replace('_', ' ') + (s.in && s.in !== s.name ? ' (' + s.in + ')' : ''));
    } else if (row.ring) {
      const step = row.ring.steps.filter((x) => x.at <= t).at(-1);
      if (step) parts.push('ring: ' + Object.entries(step.slots).map(([k, v]) => v + ' ' + k).join(', '));
    }
  }
  const flying = model.ios.filter((io) => io.from <= t && t < io.to).slice(0, 4);
  for (const io of flying) parts.push(io.name + ' ' + io.id + ': ' + (within(io.stages, t)?.name ?? '').replace('_', ' '));
  return parts.join('; ');
}

// Shares of the window that a kind of track spent in each colour.
function shares(model) {
  const of = {};
  for (const t of model.tracks.values()) {
    if (t.group === 1) continue;
    for (const s of t.spans) {
      const c = PURPOSE[s.name];
      if (c) of[c] = (of[c] ?? 0) + (s.to - s.from) / model.length;
    }
  }
  return of;
}
