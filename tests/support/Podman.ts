import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

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
    const image = process.env['SANDBOX_IMAGE'] ?? 'worldline-sandbox';
    const copy = `docker save ${image} | podman ${this.#options.join(' ')} load`;
    execFileSync('bash', ['-o', 'pipefail', '-c', copy], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: this.#folder },
    });
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
    for (let mounts = this.#mounts(); mounts.length > 0; mounts = this.#mounts())
      for (const place of mounts) execFileSync('umount', ['-l', place]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #isAtWork(): boolean {
    return readdirSync('/proc').some((name) => {
      if (!/^\d+$/.test(name) || name === String(process.pid)) return false;
      return contents(`/proc/${name}/cmdline`).includes(this.#folder);
    });
  }

  /** The innermost first. */
  #mounts(): string[] {
    return contents('/proc/self/mounts')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
      .filter((place) => place.startsWith(`${this.#folder}/`))
      .reverse();
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

function contents(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
