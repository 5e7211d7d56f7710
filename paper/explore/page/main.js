// SPDX-License-Identifier: GPL-3.0-or-later
// Two workers, one a side: what was moved last is what is simulated next.
'use strict';

/* global setup, h, byId, digits, time, get, all, SIDES, sideSettings, buildControls, drawLegend, drawTimeline, drawLatency, followCursor, parseTrace, sideLabels, fillResult, fillDifferences, fillWhy, fillPercentiles, fillAgain, fillSpans, answerText, stageRows, cpuRows */
const QUICK = 500; // requests of a first look, which is there while a slider moves
const SOON_MS = 150; // what is expected to take longer waits until nothing moved for STILL_MS, and the first look gets its timeline
const STILL_MS = 60;
// A timeline whose length is not chosen shows so many requests of the slower side, and of the faster one.
const OF_SLOWER = 1.25, OF_FASTER = 5;
const canvases = [0, 1].map((i) => byId('line-' + i));
const view = { results: null, models: null, labels: null, length: 0, whole: false };
let version = 0, moved = 0;

/* ---- a side's worker: the answer to a question as a promise --------------------------------- */

const STOPPED = new Error('something newer is to be simulated');

class Hand {
  constructor(module) {
    const text = byId('engine').textContent + byId('worker').textContent;
    const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    this.worker = new Worker(url);
    this.waiting = new Map();
    this.worker.onmessage = ({ data }) => {
      const asked = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.error) asked?.reject(new Error(data.error));
      else asked?.resolve(data);
    };
    this.worker.onerror = (e) => this.give(new Error(e.message || 'a worker cannot be started'));
    this.started = this.send('start', { module, scenario: setup.scenario, layout: setup.layout });
    this.started.catch(() => {}).finally(() => URL.revokeObjectURL(url));
  }

  give(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  send(what, more) {
    return new Promise((resolve, reject) => {
      this.last = (this.last ?? 0) + 1;
      this.waiting.set(this.last, { resolve, reject });
      this.worker.postMessage({ id: this.last, what, ...more });
    });
  }

  end() {
    this.worker.terminate();
    this.give(STOPPED);
  }
}

// A simulation cannot be asked to stop: its worker ends, and one that waits for it takes its place.
class Side {
  constructor(module) {
    this.module = module;
    this.hand = new Hand(module);
    this.spare = new Hand(module);
  }

  get started() {
    return this.hand.started;
  }

  async ask(what, more) {
    const { hand } = this;
    await hand.started;
    return hand.send(what, more);
  }

  stop() {
    this.hand.end();
    this.hand = this.spare;
    this.spare = new Hand(this.module);
  }
}

/* ---- showing ------------------------------------------------------------------------------- */

function drawLines(cursor = null) {
  if (!view.models) return;
  view.models.forEach((m, i) => drawTimeline(canvases[i], m, view.length, cursor));
}

function drawAll() {
  drawLegend();
  drawLines();
  if (view.results) drawLatency(byId('latency'), view.results.map((r, i) => ({ latency: r.latency, label: view.labels[i] })));
}

function showResults(results) {
  const labels = sideLabels();
  Object.assign(view, { results, labels });
  byId('answer').textContent = answerText(results, labels);
  fillResult(results, labels);
  fillDifferences('stages', stageRows(results), labels);
  fillDifferences('cpu', cpuRows(results), labels);
  fillWhy(results, view.models);
  fillPercentiles(results, labels);
  fillAgain(results);
  drawLatency(byId('latency'), results.map((r, i) => ({ latency: r.latency, label: labels[i] })));
}

function showLines(models) {
  view.models = models;
  view.length = Math.max(...models.map((m) => m.length));
  cursor.clear();
  drawLines();
  models.forEach((m, i) => {
    const left = m.shown.left.tracks + m.shown.left.rings;
    byId('cap-' + i).replaceChildren(h('strong', { class: 'of-' + i }, 'AB'[i] + ': ' + view.labels[i]), ', ' + time(m.length) + ' from the end of the warm-up of replication 0: ' + m.ios.length + ' requests' + (left ? '; ' + left + ' more rows are not drawn' : '') + (m.cut ? '; events were left out' : '') + (m.unfinished ? '; ' + m.unfinished + ' did not complete' : ''));
  });
  fillWhy(view.results, models);
  if (byId('spans').open) fillSpans(models);
}

function fail(e, now) {
  byId('error').hidden = false;
  byId('error').textContent = e.message;
  byId('status').textContent = 'What is shown is what could be simulated last.';
  document.body.dataset.failed = document.body.dataset.shown = now;
}

/* ---- simulating ---------------------------------------------------------------------------- */

let sides = [];
const ask = (what, more) => Promise.all(sides.map((s, i) => s.ask(what, more(i))));
const stale = (on) => document.querySelector('main').classList.toggle('stale', on);
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// `most`: so many requests a replication at most, for a first look.
function run(most) {
  const requests = Math.min(most, get(all.get('requests')));
  const length = { reps: get(all.get('reps')), requests, seed: get(all.get('seed')) };
  return ask('run', (i) => ({ settings: sideSettings(i), ...length }));
}

function show(answers, requests) {
  showResults(answers.map((a) => a.answer));
  const ms = performance.now() - moved, whole = requests === get(all.get('requests'));
  if (!whole || !document.body.dataset.firstMs) document.body.dataset.firstMs = ms.toFixed(1);
  if (whole) document.body.dataset.wholeMs = ms.toFixed(1);
  const events = view.results.reduce((n, r) => n + r.events, 0);
  const state = whole ? '' : 'A first look of ' + digits(requests) + ' I/Os a replication; the rest follows. ';
  byId('status').textContent = state + digits(events) + ' events simulated in ' + digits(Math.max(...answers.map((a) => a.ms)), 3) + ' ms; shown ' + digits(ms, 3) + ' ms after the change' + (!whole || view.results.every((r) => r.warm) ? '.' : '. The warm-up does not end within half a replication: raise I/Os a replication.');
  view.whole = whole;
  stale(false);
}

async function trace() {
  const chosen = get(all.get('window'));
  const means = view.results.map((r) => r.metrics.lat_mean_ns[0] ?? 1e5);
  const ns = Math.round(chosen || Math.min(1e8, Math.max(2e4, OF_SLOWER * Math.max(...means), OF_FASTER * Math.min(...means))));
  const answers = await ask('trace', () => ({ ns }));
  showLines(answers.map((a) => parseTrace(a.answer)));
  document.body.dataset.lineMs = (performance.now() - moved).toFixed(1);
}

// All of it; what moves meanwhile stops it.
function rest() {
  stoppable = true;
  const answers = run(Infinity);
  answers.catch(() => {}); // who awaits it hears of it
  return answers;
}

// A first look, and all of it: at once where that will not take long, else when nothing moves any more.
async function round(now, onlyWindow) {
  byId('error').hidden = true;
  if (onlyWindow && view.whole) {
    await trace();
    return;
  }
  const requests = get(all.get('requests')), look = Math.min(QUICK, requests);
  const answers = await run(look);
  const soon = Math.max(...answers.map((a) => a.ms)) * requests / look <= SOON_MS;
  const early = look < requests && soon && now === version ? rest() : null; // goes on while the first look is drawn
  show(answers, look);
  if (!early) await trace();
  if (view.whole) return;
  if (!early && now > 1) await pause(STILL_MS);
  if (now !== version) return;
  show(await (early ?? rest()), requests);
  await trace();
}

let busy = false, stoppable = false, onlyWindow = false;

async function work() {
  if (!sides.length) return; // not started yet: it begins with what is set then
  if (busy) {
    if (stoppable) for (const s of sides) s.stop();
    return;
  }
  busy = true;
  for (let now = null; now !== version;) {
    const only = onlyWindow;
    now = version;
    onlyWindow = false;
    try {
      await round(now, only);
      if (now === version) document.body.dataset.shown = now;
    } catch (e) {
      if (e !== STOPPED) fail(e, now);
    }
    stoppable = false;
  }
  stale(false);
  busy = false;
}

function change(key) {
  onlyWindow = key === 'window' && !busy;
  if (!onlyWindow) stale(true);
  version++;
  moved = performance.now();
  work();
}

const cursor = followCursor(canvases, { models: () => view.models ?? [], length: () => view.length }, drawLines);

async function begin() {
  byId('made').append('ringlab ' + setup.catalog.version + ', scenario ' + setup.name + '. This page is one file; it asks no server for anything. ');
  if (setup.report) byId('made').append('What was measured: ', h('a', { href: setup.report }, 'the report'), '.');
  buildControls(change);
  drawLegend();
  byId('spans').addEventListener('toggle', () => { if (byId('spans').open && view.models) fillSpans(view.models); });
  window.addEventListener('resize', drawAll);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  try {
    const bytes = Uint8Array.from(atob(byId('wasm').textContent.replace(/\s/g, '')), (c) => c.charCodeAt(0));
    const module = await WebAssembly.compile(bytes);
    sides = SIDES.map(() => new Side(module));
    await Promise.all(sides.map((s) => s.started));
  } catch (e) {
    sides = [];
    fail(new Error('The simulator cannot be started in this browser: ' + e.message), 0);
    return;
  }
  change('begin');
}

begin();
