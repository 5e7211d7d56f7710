// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at a page as a reader does: look.js PAGE PROFILE [AXE.js [PICTURES]]
// Prints one JSON object of what was seen; ends with 1 where it is not what a page must be. AXE.js: axe-core, which
// judges what keeps people out. PICTURES: a folder for what it looks like.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { Chromium } = require('./chromium.js');
const { median, move } = require('./sliders.js');

const CHANGES = 9;
const NARROW = [400, 850], WIDE = [1300, 1000];
const colours = (id) => `(() => {
  const c = document.getElementById('${id}');
  const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(c, 0, 0);
  const d = copy.getImageData(0, 0, c.width, c.height).data;
  const seen = new Set();
  for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 250) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
  return seen.size;
})()`;

async function sliders(b) {
  const again = () => b.run('document.getElementById("again").textContent');
  let shown = await again();
  const { first, whole } = await move(b, 'c-job-iodepth', CHANGES, async () => {
    const now = await again();
    assert.notStrictEqual(now, shown, 'a slider moves and nothing changes');
    shown = now;
  });
  assert.match(await b.run('location.hash'), /job\.iodepth=8/);
  return { first_ms: median(first), whole_ms: median(whole) };
}

async function cursor(b) {
  await b.run('document.getElementById("line-0").focus()');
  await b.key('PageDown', 34);
  assert.match(await b.run('document.getElementById("at").textContent'), /A at .*pCPU 0.*B at .*pCPU 0/s);
}

// A bad setting is told, and what was shown stays.
async function refusal(b) {
  await b.run('location.hash = "job.iodepth=none"');
  await b.until('!document.getElementById("error").hidden');
  assert.match(await b.run('document.getElementById("error").textContent'), /iodepth/);
  await b.run('document.getElementById("reset").click()');
  await b.until('document.getElementById("error").hidden && document.body.dataset.shown !== document.body.dataset.failed');
}

// Faults that axe calls serious or critical, with where they are.
async function faults(b) {
  const found = await b.run(`axe.run().then((r) => ({ passes: r.passes.length, violations: r.violations.map((v) =>
    ({ id: v.id, impact: v.impact, at: v.nodes.map((n) => n.target.join(' ')) })) }))`);
  assert.ok(found.passes > 15, 'axe looked at nothing');
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
}

// The page in one of its forms.
async function form(b, name, axe, pictures) {
  for (const id of ['line-0', 'line-1', 'latency']) assert.ok(await b.run(colours(id)) > 3, id + ' is blank, ' + name);
  assert.ok(await b.run('document.documentElement.scrollWidth <= innerWidth'), 'it is wider than the screen, ' + name);
  if (pictures) await b.picture(pictures + '/explore-' + name + '.png');
  if (axe) assert.deepStrictEqual(await faults(b), [], name);
}

async function forms(b, axe, pictures) {
  const light = await b.run('getComputedStyle(document.body).backgroundColor');
  if (axe) await b.run(fs.readFileSync(axe, 'utf8') + ';0');
  await form(b, 'light', axe, pictures);
  await b.size(...NARROW);
  await form(b, 'narrow', axe, pictures);
  await b.run('for (const d of document.querySelectorAll("details")) d.open = true');
  await form(b, 'narrow, all open', axe);
  await b.size(...WIDE);
  await b.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
  assert.notStrictEqual(await b.run('getComputedStyle(document.body).backgroundColor'), light);
  await form(b, 'dark', axe, pictures);
  if (!axe) return;
  // Its eyes are open: a picture without words for it, and words that nobody sees.
  await b.run('document.querySelector("header").append(new Image(9, 9), Object.assign(document.createElement("p"), { id: "pale", textContent: "unseen" }))');
  await b.run('document.getElementById("pale").style.color = "#26282a"');
  assert.deepStrictEqual((await faults(b)).map((v) => v.id).sort(), ['color-contrast', 'image-alt']);
}

async function look(page, profile, axe, pictures) {
  const b = new Chromium(profile);
  try {
    await b.open('file://' + page, ...WIDE);
    await b.until('document.body?.dataset.shown !== undefined');
    assert.strictEqual(await b.run('document.getElementById("error").hidden'), true);
    assert.strictEqual(await b.run('document.querySelector("#made a").getAttribute("href")'), 'report.html');
    const seen = { again: await b.run('document.getElementById("again").textContent') };
    Object.assign(seen, await sliders(b));
    await cursor(b);
    await refusal(b);
    await forms(b, axe, pictures);
    assert.deepStrictEqual(b.seen.errors, []);
    assert.deepStrictEqual(b.seen.requests.filter((u) => !/^(file|blob):/.test(u)), []);
    // Whatever a page might ask for is refused by its policy.
    assert.strictEqual(await b.run('fetch("http://127.0.0.1:9/").then(() => "sent", () => "refused")'), 'refused');
    assert.ok(b.seen.errors.some((e) => /Content Security Policy/.test(e)), 'nothing says that the policy refused it');
    process.stdout.write(JSON.stringify(seen) + '\n');
  } finally {
    await b.close();
  }
}

look(...process.argv.slice(2)).catch((e) => {
  process.stderr.write(e.stack + '\n');
  process.exitCode = 1;
});
