import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { freePort } from './freePort.js';
import { descendants, kill } from './processes.js';

const PROGRAM = '/usr/sbin/sshd';
/** Milliseconds that connections may take to end after their kernels. */
const PATIENCE = 30_000;

/** How somebody connects: which keys are known and offered. The user's own settings are left out. */
export interface Client {
  readonly knows: 'the host' | 'another host' | 'nothing';
  readonly key: 'of ours' | 'of nobody' | 'none';
  /** One connection for all, as many people set it up. */
  readonly shared?: boolean;
}

/** An ssh server on a port of this machine alone, with keys of its own, which lets its own user in. */
export class SshServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wl-ssh-'));
  #child: ChildProcess | null = null;
  #port = 0;
  #clients = 0;

  /** For DOCKER_HOST. */
  get host(): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.#port}`;
  }

  /** The file of the key that it lets in. */
  get key(): string {
    return this.#in('ours');
  }

  /** `path` is where its sessions find commands; `more` are lines for its settings. */
  async start(path: string, more: readonly string[] = []): Promise<void> {
    for (const name of ['host', 'other', 'ours', 'nobody'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', this.#in(name)]);
    copyFileSync(this.#in('ours.pub'), this.#in('authorized_keys'));
    this.#port = await freePort();
    // A shell of the user's own would read what that has at home: a lock that one leaves when it is cut off holds up the next.
    mkdirSync(this.#in('home'));
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const settings = [
      ...['ListenAddress 127.0.0.1', `Port ${this.#port}`, 'PidFile none', 'UsePAM no', 'StrictModes no'],
      ...[`HostKey ${this.#in('host')}`, `AuthorizedKeysFile ${this.#in('authorized_keys')}`],
      ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
      `SetEnv HOME=${this.#in('home')} PATH=${path}`,
      ...more,
    ];
    writeFileSync(this.#in('sshd_config'), `${settings.join('\n')}\n`);
    const child = spawn(PROGRAM, ['-D', '-e', '-f', this.#in('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stderr.on('data', (chunk) => {
        log += String(chunk);
        if (log.includes('Server listening')) resolve();
      });
      child.on('close', () => {
        reject(new Error(`sshd does not start:\n${log}`));
      });
    });
  }

  /** The environment of somebody who connects: an `ssh` that has settings of its own, before the machine's on the path. */
  client({ knows, key, shared = false }: Client): Record<string, string> {
    const folder = this.#in(`client-${++this.#clients}`);
    mkdirSync(folder);
    const known = knows === 'nothing' ? '' : this.#knownHost(knows === 'the host' ? 'host' : 'other');
    writeFileSync(join(folder, 'known_hosts'), known);
    const identity = key === 'none' ? 'none' : this.#in(key === 'of ours' ? 'ours' : 'nobody');
    const settings = [
      ...[`UserKnownHostsFile ${join(folder, 'known_hosts')}`, 'GlobalKnownHostsFile /dev/null'],
      ...[`IdentityFile ${identity}`, ...(key === 'none' ? [] : ['IdentitiesOnly yes'])],
      ...(shared ? ['ControlMaster auto', `ControlPath ${join(folder, 'master')}`, 'ControlPersist 1'] : []),
    ];
    writeFileSync(join(folder, 'config'), `${settings.join('\n')}\n`);
    const program = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
    writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nexec ${program} -F ${join(folder, 'config')} "$@"\n`);
    chmodSync(join(folder, 'ssh'), 0o755);
    return { PATH: `${folder}:${process.env['PATH'] ?? ''}`, SSH_AUTH_SOCK: '' };
  }

  /** Ends every connection that there is. */
  cut(): void {
    // The end of one is that of others.
    for (const pid of descendants(this.#child?.pid ?? 0)) kill(pid);
  }

  /** Throws where somebody keeps a connection. */
  async remove(): Promise<void> {
    const child = this.#child;
    const deadline = Date.now() + PATIENCE;
    while (descendants(child?.pid ?? 0).length > 0) {
      if (Date.now() > deadline) throw new Error('A connection of ssh was left open.');
      await after(100);
    }
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    rmSync(this.#folder, { recursive: true });
  }

  #knownHost(key: string): string {
    const [type, value] = readFileSync(this.#in(`${key}.pub`), 'utf8').split(' ');
    return `[127.0.0.1]:${this.#port} ${type} ${(value ?? '').trim()}\n`;
  }

  #in(name: string): string {
    return join(this.#folder, name);
  }
}
