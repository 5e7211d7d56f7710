// SPDX-License-Identifier: GPL-3.0-or-later
// A headless Chromium with one page at a time, driven by its own protocol over two pipes: no library, no port.
'use strict';

const { spawn } = require('child_process');

class Chromium {
  constructor(profile) {
    this.asked = new Map();
    this.seen = { errors: [], requests: [] };
    this.process = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
      '--disable-dev-shm-usage', '--user-data-dir=' + profile, '--remote-debugging-pipe', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.process.stdio[4].on('data', (bytes) => {
      const lines = (rest + bytes.toString('utf8')).split('\0');
      rest = lines.pop();
      for (const l of lines) this.hear(JSON.parse(l));
    });
    this.gone = new Promise((resolve) => this.process.on('exit', resolve));
  }

  hear(m) {
    if (m.id) {
      const { resolve, reject } = this.asked.get(m.id);
      this.asked.delete(m.id);
      if (m.error) reject(new Error(m.error.message));
      else resolve(m.result);
    }
    const p = m.params;
    if (m.method === 'Runtime.exceptionThrown') this.seen.errors.push(p.exceptionDetails.exception?.description ?? p.exceptionDetails.text);
    if (m.method === 'Runtime.consoleAPICalled') this.seen.errors.push(p.type + ': ' + p.args.map((a) => a.value).join(' '));
    if (m.method === 'Log.entryAdded') this.seen.errors.push(p.entry.text);
    if (m.method === 'Network.requestWillBeSent') this.seen.requests.push(p.request.url);
  }

  send(method, params = {}) {
    return new Promise((resolve, reject) => {
      this.last = (this.last ?? 0) + 1;
      this.asked.set(this.last, { resolve, reject });
      this.process.stdio[3].write(JSON.stringify({ id: this.last, sessionId: this.session, method, params }) + '\0');
    });
  }

  async open(url, width, height) {
    const former = this.target;
    this.session = undefined;
    this.target = (await this.send('Target.createTarget', { url: 'about:blank' })).targetId;
    if (former) await this.send('Target.closeTarget', { targetId: former });
    this.session = (await this.send('Target.attachToTarget', { targetId: this.target, flatten: true })).sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.send(domain + '.enable');
    await this.size(width, height);
    await this.send('Page.navigate', { url });
  }

  size(width, height) {
    return this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async run(expression) {
    const r = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (r.exceptionDetails) throw new Error(expression + ': ' + (r.exceptionDetails.exception?.description ?? r.exceptionDetails.text));
    return r.result.value;
  }

  // Looks until the expression is true; three minutes are room enough for any machine.
  async until(expression) {
    for (const end = Date.now() + 180000; Date.now() < end;) {
      if (await this.run(expression)) return;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    throw new Error('in three minutes it did not become true: ' + expression);
  }

  async key(key, code) {
    for (const type of ['keyDown', 'keyUp']) await this.send('Input.dispatchKeyEvent', { type, key, code: key, windowsVirtualKeyCode: code });
  }

  async picture(file) {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
    require('fs').writeFileSync(file, Buffer.from(data, 'base64'));
  }

  async close() {
    this.session = undefined;
    this.send('Browser.close').catch(() => {});
    await this.gone;
  }
}

module.exports = { Chromium };
