import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installSystemPackages } from './apt.mjs';
import { Problem } from './problem.mjs';
import { capture } from './run.mjs';
import { DAEMON_LOG as LOG } from './state.mjs';

/** Milliseconds to wait for a daemon that was started. */
const PATIENCE = 90_000;
/** Pid files that a killed daemon leaves, each with the name of the process it speaks of. */
const PID_FILES = {
  '/var/run/docker.pid': 'dockerd',
  '/var/run/docker/containerd/containerd.pid': 'containerd',
};

/** Starts Docker by systemd where that runs, else as a background process of its own. Linux, as root. */
export async function startDaemon(say) {
  if (existsSync('/run/systemd/system')) {
    say('systemctl start docker');
    await capture('systemctl', ['start', 'docker']);
    return await untilReady(() => false);
  }
  await mountControlGroups(say);
  removeStalePidFiles();
  mkdirSync(path.dirname(LOG), { recursive: true });
  say(`starting dockerd, log in ${LOG}`);
  const log = openSync(LOG, 'w');
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] });
  let ended = false;
  daemon.on('error', () => (ended = true));
  daemon.on('exit', () => (ended = true));
  daemon.unref();
  await untilReady(() => ended);
}

/** Without systemd nobody may have mounted the control groups, and dockerd does not start without them. */
async function mountControlGroups(say) {
  if (/ \/sys\/fs\/cgroup/.test(readFileSync('/proc/mounts', 'utf8'))) return;
  await installSystemPackages(['cgroupfs-mount'], 'Docker', say, { yes: true });
  await capture('cgroupfs-mount', []);
}

/** A number in a pid file is taken for a living daemon where another process has it now, so such files go. */
function removeStalePidFiles() {
  for (const [file, name] of Object.entries(PID_FILES)) {
    if (!existsSync(file)) continue;
    const comm = `/proc/${readFileSync(file, 'utf8').trim()}/comm`;
    if (!existsSync(comm) || readFileSync(comm, 'utf8').trim() !== name) rmSync(file, { force: true });
  }
}

async function untilReady(ended) {
  const deadline = performance.now() + PATIENCE;
  while ((await capture('docker', ['version', '--format', '{{.Server.Version}}'])).code !== 0) {
    if (ended() || performance.now() > deadline) {
      throw new Problem(
        ended()
          ? 'dockerd ended right after its start.'
          : `Docker did not answer within ${PATIENCE / 1000} s.`,
        `${tail()}\nSee what stands in its way there, then run this again.`,
      );
    }
    await delay(250);
  }
}

function tail() {
  if (!existsSync(LOG)) return '    journalctl -u docker';
  const lines = readFileSync(LOG, 'utf8').trim().split('\n').slice(-15);
  return `${lines.map((line) => `    ${line}`).join('\n')}\n    (${LOG})\n`;
}
