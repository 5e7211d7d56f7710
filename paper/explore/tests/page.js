// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in a page that `ringlab explore` wrote, for tests under node.
'use strict';

const crypto = require('crypto');
const fs = require('fs');

function part(html, id) {
  const m = new RegExp(`<script type="[^"]*" id="${id}">([\\s\\S]*?)</script>`).exec(html);
  if (!m) throw new Error('no ' + id + ' in the page');
  return m[1];
}

// {engine, module, setup, face}: the face holds the page's scenario.
function open(file) {
  const html = fs.readFileSync(file, 'utf8');
  const engine = new Function(part(html, 'engine') + '; return engine;')();
  const module = new WebAssembly.Module(engine.decode(part(html, 'wasm')));
  const setup = JSON.parse(part(html, 'setup'));
  const face = new engine.Face(module);
  face.load(engine.decode(setup.scenario), setup.layout);
  return { html, engine, module, setup, face };
}

// The hashes of the page's style and script, as its policy must name them.
function hashes(html) {
  const of = (text) => "'sha256-" + crypto.createHash('sha256').update(text).digest('base64') + "'";
  return [/<style>([\s\S]*?)<\/style>/, /<script>([\s\S]*?)<\/script>/].map((r) => of(r.exec(html)[1]));
}

module.exports = { open, hashes };
