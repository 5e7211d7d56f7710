// SPDX-License-Identifier: GPL-3.0-or-later
// The simulator's module and its system: there is none but a place for what it prints.
'use strict';

/* eslint-disable-next-line no-unused-vars */
const engine = (() => {
  const EBADF = 8, ENOSYS = 52;

  class Exit extends Error {
    constructor(code) {
      super('the simulator ended with exit code ' + code);
      this.code = code;
    }
  }

  // What a module of WASI may ask for; `print` takes what it writes, as text.
  function system(args, print) {
    let memory = null;
    const view = () => new DataView(memory.buffer);
    const bytes = (at, n) => new Uint8Array(memory.buffer, at, n);
    const encoded = args.map((a) => new TextEncoder().encode(a + '\0'));
    const decoder = new TextDecoder();

    const calls = {
      fd_write(fd, iovs, n, written) {
        let total = 0;
        for (let i = 0; i < n; i++) {
          const at = view().getUint32(iovs + 8 * i, true);
          const size = view().getUint32(iovs + 8 * i + 4, true);
          print(decoder.decode(bytes(at, size).slice(), { stream: true }), fd);
          total += size;
        }
        view().setUint32(written, total, true);
        return 0;
      },
      // A terminal: nothing to seek in.
      fd_fdstat_get(fd, at) {
        if (fd > 2) return EBADF;
        bytes(at, 24).fill(0);
        view().setUint8(at, 2);
        view().setBigUint64(at + 8, 64n, true);
        return 0;
      },
      fd_prestat_get: () => EBADF, // no folder is open
      args_sizes_get(count, size) {
        view().setUint32(count, encoded.length, true);
        view().setUint32(size, encoded.reduce((s, a) => s + a.length, 0), true);
        return 0;
      },
      args_get(argv, at) {
        encoded.forEach((a, i) => {
          view().setUint32(argv + 4 * i, at, true);
          bytes(at, a.length).set(a);
          at += a.length;
        });
        return 0;
      },
      proc_exit(code) {
        throw new Exit(code);
      },
    };
    return {
      calls,
      attach(exports) {
        memory = exports.memory;
      },
    };
  }

  // An instance of a compiled module. Whatever else it imports says: there is no such thing here.
  function instantiate(module, args, print) {
    const s = system(args, print);
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = s.calls[name] ?? (() => ENOSYS);
    }
    const instance = new WebAssembly.Instance(module, imports);
    s.attach(instance.exports);
    return instance.exports;
  }

  // A program's main(). Returns: its exit code and what it wrote to stdout.
  function main(module, args) {
    let out = '';
    const e = instantiate(module, ['program', ...args], (text, fd) => {
      if (fd === 1) out += text;
    });
    let code = 0;
    try {
      e._start();
    } catch (x) {
      if (!(x instanceof Exit)) throw x;
      code = x.code;
    }
    return { code, out };
  }

  // The functions of paper/explore/face.h. An error of theirs is thrown, as a text.
  class Face {
    constructor(module) {
      this.said = '';
      this.e = instantiate(module, [], (text) => {
        this.said += text;
      });
      this.e._initialize();
      this.face = this.e.rl_face_create();
    }

    // `fn` with pointers to copies of bytes, which are freed again.
    with(list, fn) {
      const at = list.map((b) => {
        const p = this.e.malloc(b.length);
        new Uint8Array(this.e.memory.buffer, p, b.length).set(b);
        return p;
      });
      try {
        return fn(...at);
      } finally {
        at.forEach((p) => this.e.free(p));
      }
    }

    text() {
      const from = this.e.rl_face_text(this.face);
      const all = new Uint8Array(this.e.memory.buffer);
      return new TextDecoder().decode(all.subarray(from, all.indexOf(0, from)));
    }

    must(rc) {
      if (rc) throw new Error(this.text());
    }

    load(bytes, layout) {
      if (this.e.rl_face_layout() !== layout) throw new Error('the page and its simulator are of different builds');
      this.must(this.with([bytes], (p) => this.e.rl_face_load(this.face, p, bytes.length)));
    }

    // settings: [path, value] pairs over what was loaded.
    configure(settings) {
      this.e.rl_face_reset(this.face);
      for (const pair of settings) {
        const texts = pair.map((t) => new TextEncoder().encode(t + '\0'));
        this.must(this.with(texts, (p, v) => this.e.rl_face_set(this.face, p, v)));
      }
    }

    run(reps, requests, seed) {
      this.must(this.e.rl_face_run(this.face, reps, requests, seed));
      return JSON.parse(this.text());
    }

    trace(ns) {
      this.must(this.e.rl_face_trace(this.face, ns));
      return JSON.parse(this.text());
    }

    catalog() {
      this.must(this.e.rl_face_catalog(this.face));
      return JSON.parse(this.text());
    }
  }

  const decode = (base64) => Uint8Array.from(atob(base64.replace(/\s/g, '')), (c) => c.charCodeAt(0));

  return { Face, Exit, main, decode };
})();
