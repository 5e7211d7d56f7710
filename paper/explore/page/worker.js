// SPDX-License-Identifier: GPL-3.0-or-later
// One side of the comparison, off the main thread: {start}, then {id, run} and {id, trace}.
'use strict';

/* global engine */
let module = null, face = null, start = null;

function fresh() {
  face = new engine.Face(module);
  face.load(engine.decode(start.scenario), start.layout);
}

const does = {
  start(what) {
    start = what;
    module = what.module;
    fresh();
    return null;
  },
  run({ settings, reps, requests, seed }) {
    face.configure(settings);
    return face.run(reps, requests, seed);
  },
  trace({ ns }) {
    return face.trace(ns);
  },
};

self.onmessage = ({ data }) => {
  const begin = performance.now();
  try {
    const answer = does[data.what](data);
    self.postMessage({ id: data.id, what: data.what, answer, ms: performance.now() - begin });
  } catch (e) {
    let error = e.message;
    // After a trap or an exit nothing of the module's memory can be trusted.
    if (e instanceof engine.Exit || e instanceof WebAssembly.RuntimeError) {
      error = face.said.trim() || 'the simulator failed: ' + error;
      fresh();
    }
    self.postMessage({ id: data.id, what: data.what, error, ms: performance.now() - begin });
  }
};
