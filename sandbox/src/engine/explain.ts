import { BUILD, SandboxGoneError, SandboxOptionError, SandboxUnavailableError } from '../errors.js';
import type { Settings } from '../limits.js';

/** Did the engine answer with one of these HTTP codes? */
export function isStatus(error: unknown, ...codes: number[]): boolean {
  return codes.includes((error as { statusCode?: number }).statusCode ?? 0);
}

const START =
  'Start it: sudo systemctl start docker, or open Docker Desktop. DOCKER_HOST names another engine.';

/** For one that takes connections. */
const RESTART =
  'It may be paused, or hang: look at Docker Desktop, or restart it: sudo systemctl restart docker.';

/** Podman's words for a container that ends by itself while it is to be removed; then it removes itself, too. */
export function isEnding(error: unknown): boolean {
  return isStatus(error, 500) && /container state improper/.test((error as Error).message);
}

/**
 * What went wrong with the engine at `address`, with what to do about it. Errors of ours stay as they are.
 */
export function explain(error: unknown, settings: Settings, address: string): Error {
  if (
    error instanceof SandboxUnavailableError ||
    error instanceof SandboxOptionError ||
    error instanceof SandboxGoneError
  )
    return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const [problem, fix] = ofConnection(code, address) ?? ofRequest(error, plain(message), settings, address);
  return new SandboxUnavailableError(problem, fix, { cause: error });
}

type Advice = readonly [problem: string, fix: string];

function ofConnection(code: string, address: string): Advice | null {
  switch (code) {
    case 'ENOENT':
      return [`Docker is not there, or not running: ${address}.`, START];
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EPIPE':
      return [`Docker does not answer at ${address}.`, START];
    case 'ETIME':
      return [`Docker does not answer at ${address}.`, RESTART];
    case 'EACCES':
      return [
        `This user may not talk to Docker: ${address}.`,
        'Add yourself to the group: sudo usermod -aG docker $USER, then log in again. Or use rootless Docker.',
      ];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return [
        `The Docker host ${address} cannot be reached (${code}).`,
        'Look at DOCKER_HOST and `docker context ls`.',
      ];
  }
  if (/CERT|SELF_SIGNED|TLS|SSL|EPROTO|UNABLE_TO/.test(code))
    return [
      `The Docker host ${address} and this machine do not agree on certificates (${code}).`,
      'Look at DOCKER_CERT_PATH and DOCKER_TLS_VERIFY, or `docker context inspect`.',
    ];
  return null;
}

function ofRequest(error: unknown, message: string, settings: Settings, address: string): Advice {
  if (/HTTP request to an HTTPS server/i.test(message))
    return [
      `The Docker host ${address} wants certificates.`,
      'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to their folder.',
    ];
  if (isStatus(error, 404) && /no such image/i.test(message))
    return [
      `The image ${settings.image} is not there.`,
      settings.image === 'worldline-sandbox'
        ? `Build it: ${BUILD}.`
        : `Build or pull it, or unset SANDBOX_IMAGE: docker pull ${settings.image}`,
    ];
  if (/python3.*(?:not found|no such file)/i.test(message))
    return [
      `The image ${settings.image} has no python3: ${message}.`,
      'It needs Python 3.11 or later: build it FROM worldline-sandbox.',
    ];
  if (settings.runtime !== null && /runtime/i.test(message))
    return [
      `Docker cannot use the runtime ${settings.runtime}: ${message}.`,
      'Install it and name it in the settings of Docker, or unset SANDBOX_RUNTIME.',
    ];
  if (/range of CPUs/i.test(message))
    return [`The engine at ${address} has too few CPUs: ${message}.`, 'Set SANDBOX_CPUS to one that it has.'];
  const missing =
    /(?:bind source path does not exist|statfs|stat|lstat):? (\/.*?)(?:: no such file.*)?$/i.exec(message);
  if (missing !== null)
    return [
      `The engine at ${address} does not have the folder ${missing[1] ?? ''}.`,
      'A container mounts the workspace and data folders of this machine by their paths. With a remote engine, put WORLDLINE_HOME and the notebook on storage that both machines have under the same path; with Docker Desktop, share the folder in its settings.',
    ];
  return [`Docker could not do it: ${message}.`, 'Look for the cause with `%doctor`.'];
}

/** Without what dockerode puts before an engine's own words. */
function plain(message: string): string {
  return message
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim()
    .replace(/\.$/, '');
}
