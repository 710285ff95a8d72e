/** A kernel as a bench drives it: a client without anything that could slow it down. */
import { spawn } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import * as zmq from 'zeromq';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** A Python that has ipykernel. */
export const PYTHON = process.env.WORLDLINE_PYTHON ?? path.join(ROOT, '.venv/bin/python');
export const IPYKERNEL = [PYTHON, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
/** The built kernel. */
export const WORLDLINE = [process.execPath, path.join(ROOT, 'kernel/dist/main.js'), '{connection_file}'];

/** Milliseconds. */
const ASK_AGAIN = 100;
const PATIENCE = 30_000;
const CHANNELS = ['shell', 'control', 'iopub', 'stdin', 'hb'];

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Kernel {
  #key = randomBytes(16).toString('hex');
  #session = randomUUID();
  #options = { linger: 0, reconnectInterval: 1, reconnectMaxInterval: 0 };

  /** Starts a kernel and waits for its first `kernel_info_reply`. `options` are those of `spawn`. */
  static async start(argv, folder, options = {}) {
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
    kernel.child = spawn(command, rest, { stdio: 'ignore', ...options });
    await kernel.send('kernel_info_request', {});
    await kernel.shell.receive();
    kernel.started = performance.now() - began;
    await kernel.#hears();
    return kernel;
  }

  /** Asks until a broadcast comes: what a kernel sends before our subscription has reached it is lost, and not every one waits. */
  async #hears() {
    const heard = this.iopub.receive().then(() => true);
    while (!(await Promise.race([heard, after(ASK_AGAIN, false)]))) {
      await this.send('kernel_info_request', {});
      await this.shell.receive();
    }
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

  /**
   * Runs a cell and gives the milliseconds until its reply and its idle are both in. Throws where it fails, or where one of them
   * is lost: the kernel is of no use then.
   */
  async execute(code) {
    const began = performance.now();
    const flags = { silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
    const id = await this.send('execute_request', { code, user_expressions: {}, ...flags });
    const over = new AbortController();
    const [reply] = await Promise.race([
      Promise.all([this.shell.receive(), this.idle(id)]),
      after(PATIENCE, null, { signal: over.signal }).then(() => {
        throw new Error(`${code}: a message was lost.`);
      }),
    ]).finally(() => over.abort());
    const took = performance.now() - began;
    const { status, ename, evalue } = JSON.parse(reply.at(-1));
    if (status !== 'ok') throw new Error(`${code}: ${ename}: ${evalue}`);
    return took;
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

  /** Memory (PSS) of the kernel and of the processes that it started, in MB; null where the system does not tell. */
  memory() {
    if (!existsSync('/proc/self/smaps_rollup')) return null;
    return family(this.child.pid).reduce((sum, pid) => sum + pss(pid), 0);
  }

  /** Asks it to end, and waits until it has. */
  async shutdown() {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    await this.send('shutdown_request', { restart: false });
    await exited;
    this.shell.close();
    this.iopub.close();
  }

  async end() {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
    this.shell.close();
    this.iopub.close();
  }
}

function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [
    pid,
    ...children
      .split(' ')
      .filter(Boolean)
      .flatMap((child) => family(Number(child))),
  ];
}

function pss(pid) {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1000;
}
