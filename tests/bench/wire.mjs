#!/usr/bin/env node
/**
 * Times the wire against ipykernel, side by side in one run: from the start of the process to the first
 * `kernel_info_reply`, the round trip of a cell, 100,000 printed lines, and one printed string of 50 MB. Prints JSON;
 * times are medians in milliseconds, memory is the peak in MB.
 *
 *     node tests/bench/wire.mjs [--starts 10] [--trips 200]
 *
 * WORLDLINE_PYTHON names a python that has ipykernel; ./.venv/bin/python where it is not set.
 */
import { spawn } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as zmq from 'zeromq';
import { buildKernel } from '../../kernel/build.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CHANNELS = ['shell', 'control', 'iopub', 'stdin', 'hb'];
const { values: options } = parseArgs({
  options: { starts: { type: 'string', default: '10' }, trips: { type: 'string', default: '200' } },
});

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Kernel {
  #key = randomBytes(16).toString('hex');
  #session = randomUUID();
  #options = { linger: 0, reconnectInterval: 1, reconnectMaxInterval: 0 };

  static async start(argv, folder) {
    const kernel = new Kernel();
    const ports = Object.fromEntries(
      await Promise.all(CHANNELS.map(async (name) => [name, await freePort()])),
    );
    const file = path.join(folder, `${randomUUID()}.json`);
    const content = { transport: 'tcp', ip: '127.0.0.1', key: kernel.#key, signature_scheme: 'hmac-sha256' };
    for (const [name, port] of Object.entries(ports)) content[`${name}_port`] = port;
    writeFileSync(file, JSON.stringify(content));
    kernel.shell = new zmq.Dealer(kernel.#options);
    kernel.shell.connect(`tcp://127.0.0.1:${ports.shell}`);
    kernel.iopub = new zmq.Subscriber({ ...kernel.#options, receiveHighWaterMark: 0 });
    kernel.iopub.connect(`tcp://127.0.0.1:${ports.iopub}`);
    kernel.iopub.subscribe();
    const [command, ...rest] = argv.map((part) => part.replace('{connection_file}', file));
    const began = performance.now();
    kernel.child = spawn(command, rest, { stdio: 'ignore' });
    await kernel.send('kernel_info_request', {});
    await kernel.shell.receive();
    kernel.started = performance.now() - began;
    return kernel;
  }

  async send(type, content) {
    const id = randomUUID();
    const date = new Date().toISOString();
    const header = { msg_id: id, msg_type: type, session: this.#session, username: '', date, version: '5.3' };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(part);
    await this.shell.send(['<IDS|MSG>', hmac.digest('hex'), ...parts]);
    return id;
  }

  /** Runs a cell and gives the milliseconds until its reply and its idle are both in. */
  async execute(code) {
    const began = performance.now();
    const flags = { silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
    const id = await this.send('execute_request', { code, user_expressions: {}, ...flags });
    await Promise.all([this.shell.receive(), this.idle(id)]);
    return performance.now() - began;
  }

  async idle(id) {
    for (;;) {
      const frames = await this.iopub.receive();
      const at = frames.findIndex((frame) => frame.toString() === '<IDS|MSG>');
      const [, , header, parent, , content] = frames.slice(at);
      if (JSON.parse(header).msg_type !== 'status' || JSON.parse(parent).msg_id !== id) continue;
      if (JSON.parse(content).execution_state === 'idle') return;
    }
  }

  /** The most memory that it has used so far, in MB; null where the system does not tell. */
  peak() {
    const status = `/proc/${this.child.pid}/status`;
    if (!existsSync(status)) return null;
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) / 1000;
  }

  async end() {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
    this.shell.close();
    this.iopub.close();
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const round = (number) => Math.round(number * 100) / 100;

const folder = mkdtempSync(path.join(os.tmpdir(), 'worldline-bench-'));
try {
  const echo = path.join(folder, 'echo');
  await buildKernel({ entries: { echo: 'tests/support/echo-engine.ts' }, outdir: echo });
  const python = process.env.WORLDLINE_PYTHON ?? path.join(ROOT, '.venv/bin/python');
  const kernels = {
    wire: {
      argv: [process.execPath, path.join(echo, 'echo.js'), '{connection_file}'],
      cell: 'result 2',
      lines: 'lines 100000',
      long: 'long 25000000',
    },
    ipykernel: {
      argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
      cell: '1+1',
      lines: 'for n in range(100000): print("line", n)',
      long: 'print("ü" * 25000000)',
    },
  };
  const main = path.join(ROOT, 'kernel/dist/main.js');
  if (existsSync(main)) kernels.worldline = { argv: [process.execPath, main, '{connection_file}'] };

  const starts = Object.fromEntries(Object.keys(kernels).map((name) => [name, []]));
  const trips = {};
  for (let n = 0; n < Number(options.starts); n += 1) {
    for (const [name, { argv, cell }] of Object.entries(kernels)) {
      const kernel = await Kernel.start(argv, folder);
      starts[name].push(kernel.started);
      if (n === 0 && cell !== undefined) {
        for (let warm = 0; warm < 20; warm += 1) await kernel.execute(cell);
        trips[name] = [];
        for (let trip = 0; trip < Number(options.trips); trip += 1)
          trips[name].push(await kernel.execute(cell));
      }
      await kernel.end();
    }
  }
  const lines = {};
  const long = {};
  const longPeak = {};
  for (const [name, kernelOf] of Object.entries(kernels)) {
    if (kernelOf.lines === undefined) continue;
    const kernel = await Kernel.start(kernelOf.argv, folder);
    await kernel.execute(kernelOf.cell);
    lines[name] = [];
    for (let n = 0; n < 3; n += 1) lines[name].push(await kernel.execute(kernelOf.lines));
    await kernel.end();
    const fresh = await Kernel.start(kernelOf.argv, folder);
    long[name] = [await fresh.execute(kernelOf.long)];
    longPeak[name] = [fresh.peak()];
    await fresh.end();
  }
  const medians = (lists) =>
    Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, round(median(list))]));
  const start = medians(starts);
  const trip = medians(trips);
  const ratio = (times, name) => round(times[name] / times.ipykernel);
  const result = {
    start: { ...start, ratio: ratio(start, 'wire'), goal: 0.35 },
    roundTrip: { ...trip, ratio: ratio(trip, 'wire'), goal: 0.35 },
    lines100000: { ...medians(lines), ratio: ratio(medians(lines), 'wire'), goal: 1 },
    string50MB: { ...medians(long), ratio: ratio(medians(long), 'wire'), goal: 1 },
    string50MBPeak: { ...medians(longPeak), ratio: ratio(medians(longPeak), 'wire'), goal: 1 },
  };
  if (start.worldline !== undefined) result.start.worldlineRatio = ratio(start, 'worldline');
  console.log(JSON.stringify(result, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
