import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { copyImage, unmountBelow } from './engineFolder.js';
import { contents, kill } from './processes.js';

/** Milliseconds that a daemon may take until it answers. */
const PATIENCE = 60_000;

/** How a daemon of ours differs from the machine's. */
export interface Differences {
  /** Further OCI runtimes, by their names, as its settings have them. */
  readonly runtimes?: Readonly<
    Record<string, { readonly path: string; readonly runtimeArgs?: readonly string[] }>
  >;
  /** A folder that it does not have, as if it were on another machine. */
  readonly lacks?: string;
  /** Control groups of version 1 that it does not have. */
  readonly without?: readonly string[];
}

/** Can an engine be kept from control groups, one by one? */
export const canTakeGroups = existsSync('/sys/fs/cgroup/memory');

/** A Docker daemon of our own, which a test may stop, kill and start again. Linux, as root. */
export class Daemon {
  readonly #folder = mkdtempSync('/tmp/wl-docker-');
  readonly #differences: Differences;
  #child: ChildProcess | null = null;

  constructor(differences: Differences = {}) {
    this.#differences = differences;
  }

  /** For DOCKER_HOST. */
  get host(): string {
    return `unix://${this.socket}`;
  }

  get socket(): string {
    return join(this.#folder, 'docker.sock');
  }

  /** The environment of clients. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, DOCKER_HOST: this.host };
  }

  async start(): Promise<void> {
    const inFolder = (name: string): string => join(this.#folder, name);
    // Containers of the tests have no network: neither a bridge nor rules of a firewall are needed.
    const flags = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'];
    const { runtimes = {}, lacks, without = [] } = this.#differences;
    const apart = [
      ...(lacks === undefined ? [] : [`mount -t tmpfs none '${lacks}'`]),
      ...without.map((name) => `umount /sys/fs/cgroup/${name}`),
    ];
    const places = [
      ...['--config-file', inFolder('daemon.json')],
      ...['--host', this.host, '--data-root', inFolder('data'), '--exec-root', inFolder('exec')],
      ...['--pidfile', inFolder('pid')],
    ];
    writeFileSync(inFolder('daemon.json'), JSON.stringify({ runtimes }));
    // A killed daemon leaves the ids of processes that are no more.
    for (const left of ['pid', 'exec/containerd/containerd.pid']) rmSync(inFolder(left), { force: true });
    const log = openSync(inFolder('log'), 'a');
    // In a network of its own: a daemon without a bridge takes docker0 away, which the machine's own daemon uses.
    const child = spawn('unshare', ['--net', ...changed(apart), 'dockerd', ...flags, ...places], {
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    const deadline = Date.now() + PATIENCE;
    while (!this.#answers()) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The daemon does not answer:\n${readFileSync(inFolder('log'), 'utf8').slice(-4000)}`);
      await after(100);
    }
  }

  /** Takes the sandbox image over from the daemon that the machine has. */
  load(): void {
    copyImage(`DOCKER_HOST=${this.host} docker load`);
  }

  /** Resolves when the daemon has ended: SIGTERM ends its containers as well, SIGKILL leaves them alone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }

  async remove(): Promise<void> {
    await this.stop('SIGTERM');
    this.#endLeftOvers();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What a killed daemon left: the processes that hold its containers, and their mounts. */
  #endLeftOvers(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const name = contents(`/proc/${pid}/comm`).trim();
      if (!/^(containerd|runc)/.test(name) || !contents(`/proc/${pid}/cmdline`).includes(this.#folder))
        continue;
      kill(Number(pid));
    }
    unmountBelow(this.#folder);
  }

  #answers(): boolean {
    try {
      execFileSync('docker', ['version'], { env: this.env, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
}

/** Has a program see other mounts than the machine's. */
function changed(mounts: readonly string[]): readonly string[] {
  if (mounts.length === 0) return [];
  const script = [...mounts, 'exec "$0" "$@"'].join('; ');
  return ['--mount', '--propagation', 'private', 'sh', '-ec', script];
}
