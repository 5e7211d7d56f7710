// SPDX-License-Identifier: GPL-3.0-or-later
// Simulates with the module in a page: simulate.js PAGE [path=value]..., or such lines on stdin.
// Prints each answer as a line of JSON; `trace`: ns of the timeline that goes with it; `reps`, `requests`, `seed`.
'use strict';

const fs = require('fs');
const { open } = require('./page.js');

const pages = new Map();

function simulate([file, ...args]) {
  const own = { reps: '0', requests: '0', seed: '0', trace: '' };
  const settings = [];
  for (const a of args) {
    const [key, value] = a.split(/=(.*)/s);
    if (key in own) own[key] = value;
    else settings.push([key, value]);
  }
  if (!pages.has(file)) pages.set(file, open(file).face);
  const face = pages.get(file);
  face.configure(settings);
  const answer = face.run(Number(own.reps), Number(own.requests), Number(own.seed));
  if (own.trace) answer.trace = face.trace(Number(own.trace));
  process.stdout.write(JSON.stringify(answer) + '\n');
}

try {
  const args = process.argv.slice(2);
  if (args.length) simulate(args);
  else for (const line of fs.readFileSync(0, 'utf8').trim().split('\n')) simulate(line.split(' '));
} catch (e) {
  process.stderr.write(e.message + '\n');
  process.exitCode = 3;
}
