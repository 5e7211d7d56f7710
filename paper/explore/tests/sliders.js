// SPDX-License-Identifier: GPL-3.0-or-later
// Moves a slider by keyboard and waits: how soon what it changes is on the screen.
'use strict';

const median = (list) => list.slice().sort((a, b) => a - b)[list.length >> 1];

// From a key's own time to the frame after the table of results changed.
const WATCH = `(() => {
  let pressed = null;
  window.framed = [];
  addEventListener('keydown', (e) => { pressed = e.timeStamp; }, true);
  new MutationObserver(() => {
    const from = pressed;
    pressed = null;
    if (from != null) requestAnimationFrame(() => setTimeout(() => framed.push(performance.now() - from)));
  }).observe(document.getElementById('result'), { childList: true });
})()`;

// Six moves up and as many down, as long as it takes. `moved` is told of each.
// Returns: ms until a first look is on the screen, and until the page says that all of it is shown.
async function move(b, id, moves, moved = async () => {}) {
  const whole = [];
  await b.run(WATCH);
  await b.run(`document.getElementById('${id}').focus()`);
  for (let i = 0; i < moves; i++) {
    const before = Number(await b.run('document.body.dataset.shown'));
    const [key, code] = i % 12 < 6 ? ['ArrowRight', 39] : ['ArrowLeft', 37];
    await b.key(key, code);
    await b.until(`Number(document.body.dataset.shown) > ${before}`);
    await b.until(`framed.length === ${i + 1}`);
    whole.push(Number(await b.run('document.body.dataset.wholeMs')));
    await moved();
  }
  return { first: await b.run('framed'), whole };
}

module.exports = { median, move };
