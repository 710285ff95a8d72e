import { hasApt, installSystemPackages } from './apt.mjs';
import { confirm } from './confirm.mjs';
import { startDaemon } from './dockerd.mjs';
import { Problem } from './problem.mjs';
import { capture } from './run.mjs';

/**
 * The state of Docker, without changing it.
 * @returns {Promise<{ state: 'ready', version: string } | { state: 'missing' | 'stopped' | 'denied', detail: string }>}
 */
export async function dockerState() {
  const { code, stdout, stderr } = await capture('docker', ['version', '--format', '{{.Server.Version}}']);
  if (code === 0) return { state: 'ready', version: stdout.trim() };
  if (code === null) return { state: 'missing', detail: 'there is no docker command' };
  const detail = stderr.trim().split('\n').at(-1) ?? '';
  return { state: /permission denied/i.test(stderr) ? 'denied' : 'stopped', detail };
}

/**
 * Makes sure that Docker answers; as root on Debian or Ubuntu it offers to install and start it.
 * @param {import('./report.mjs').Say} say
 * @param {{ yes: boolean }} options
 */
export async function docker(say, options) {
  await installWhereMissing(say, options);
  let now = await dockerState();
  if (
    now.state === 'stopped' &&
    mayStart() &&
    (await confirm('Docker is not running. Start it now?', options))
  ) {
    await startDaemon(say);
    now = await dockerState();
  }
  if (now.state !== 'ready') throw dockerProblem(now);
  return `Docker ${now.version}`;
}

/** The client, and on a machine of its own also the daemon: some systems have a client alone. */
async function installWhereMissing(say, options) {
  const now = await dockerState();
  const noDaemon = now.state === 'stopped' && mayStart() && !(await exists('dockerd'));
  if (now.state !== 'missing' && !noDaemon) return;
  await installSystemPackages(['docker.io'], 'The Python sandbox', say, options);
  // Newer releases have the client in a package of its own.
  if (!(await exists('docker')))
    await installSystemPackages(['docker-cli'], 'The Python sandbox', say, options);
}

async function exists(command) {
  return (await capture(command, ['--version'])).code !== null;
}

function mayStart() {
  return process.platform === 'linux' && process.getuid?.() === 0 && (process.env.DOCKER_HOST ?? '') === '';
}

/**
 * What to do, for this system, where Docker does not answer.
 * @param {{ state: 'missing' | 'stopped' | 'denied', detail: string }} now
 */
function dockerProblem({ state, detail }) {
  const rest = `\n\nSQL cells work without it; Python cells wait for it. ${AFTER}`;
  if (state === 'missing') return new Problem('Docker is not installed.', INSTALL[system()] + rest);
  if (state === 'denied') {
    return new Problem(
      `You may not use Docker: ${detail}`,
      `Join its group, log out and in again, and run this again:\n    sudo usermod -aG docker $USER${rest}`,
    );
  }
  return new Problem(`Docker does not answer: ${detail}`, START[system()] + rest);
}

const AFTER = 'To leave the sandbox out for now, add --no-docker.';
const INSTALL = {
  darwin:
    'Install Docker Desktop, start it, and run this again:\n    brew install --cask docker && open -a Docker',
  win32: 'Install Docker Desktop, start it, and run this again:\n    winget install Docker.DockerDesktop',
  debian:
    'Run this again as root with --yes to have it installed and started, or do it yourself:\n' +
    '    sudo apt-get update && sudo apt-get install docker.io\n' +
    '    sudo systemctl start docker\n' +
    '    sudo usermod -aG docker $USER     # then log out and in again',
  linux:
    'Install Docker Engine as https://docs.docker.com/engine/install/ says, start it, and run this again.',
};
const START = {
  darwin: 'Start Docker Desktop and run this again:\n    open -a Docker',
  win32: 'Start Docker Desktop and run this again.',
  debian:
    'Start it and run this again:\n    sudo systemctl start docker     # without systemd: sudo dockerd &',
  linux:
    'Start it and run this again:\n    sudo systemctl start docker     # without systemd: sudo dockerd &',
};

function system() {
  if (process.platform === 'darwin' || process.platform === 'win32') return process.platform;
  return hasApt() ? 'debian' : 'linux';
}
