import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { copyImage, mountsBelow, unmountBelow } from './engineFolder.js';
import { contents } from './processes.js';

/** Milliseconds that the service may take until its socket is there. */
const PATIENCE = 60_000;

/** A Podman of our own with Docker's interface, which has the sandbox image. Linux, as root. */
export class Podman {
  readonly #folder = mkdtempSync('/tmp/wl-podman-');
  #service: ChildProcess | null = null;

  /** For DOCKER_HOST. */
  get host(): string {
    return `unix://${this.#socket}`;
  }

  async start(): Promise<void> {
    const log = join(this.#folder, 'log');
    const out = openSync(log, 'a');
    const args = [...this.#options, 'system', 'service', '--time=0', this.host];
    // Its helpers leave a file where it stands, when a container ran out of memory.
    const service = spawn('podman', args, { cwd: this.#folder, stdio: ['ignore', out, out] });
    this.#service = service;
    const deadline = Date.now() + PATIENCE;
    while (!existsSync(this.#socket)) {
      if (service.exitCode !== null || Date.now() > deadline)
        throw new Error(`Podman does not answer:\n${readFileSync(log, 'utf8').slice(-4000)}`);
      await after(100);
    }
  }

  /** Takes the sandbox image over from Docker. */
  load(): void {
    copyImage(`podman ${this.#options.join(' ')} load`, { ...process.env, TMPDIR: this.#folder });
  }

  async remove(): Promise<void> {
    const service = this.#service;
    if (service !== null && service.exitCode === null && service.signalCode === null) {
      const closed = once(service, 'close');
      service.kill('SIGTERM');
      await closed;
    }
    // Containers that end are cleaned up by processes of their own, which mount what they need.
    const deadline = Date.now() + PATIENCE;
    while (this.#isAtWork() && Date.now() < deadline) await after(100);
    while (mountsBelow(this.#folder).length > 0) unmountBelow(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #isAtWork(): boolean {
    return readdirSync('/proc').some((name) => {
      if (!/^\d+$/.test(name) || name === String(process.pid)) return false;
      return contents(`/proc/${name}/cmdline`).includes(this.#folder);
    });
  }

  get #socket(): string {
    return join(this.#folder, 'podman.sock');
  }

  /** crun, its default, refuses machines with both versions of cgroups. */
  get #options(): string[] {
    const inFolder = (name: string): string => join(this.#folder, name);
    return [
      ...['--runtime', 'runc', '--root', inFolder('root'), '--runroot', inFolder('run')],
      ...['--tmpdir', inFolder('tmp')],
    ];
  }
}
