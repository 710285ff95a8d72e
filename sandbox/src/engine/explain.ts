import { SandboxGoneError, SandboxOptionError, SandboxUnavailableError } from '../errors.js';
import type { Settings } from '../limits.js';

/** Did the engine answer with one of these HTTP codes? */
export function isStatus(error: unknown, ...codes: number[]): boolean {
  return codes.includes((error as { statusCode?: number }).statusCode ?? 0);
}

/** What went wrong with the engine, with what to do about it. Errors of ours stay as they are. */
export function explain(error: unknown, settings: Settings): Error {
  if (
    error instanceof SandboxUnavailableError ||
    error instanceof SandboxOptionError ||
    error instanceof SandboxGoneError
  )
    return error;
  const { code, message = String(error) } = error as { code?: string; message?: string };
  const because = { cause: error };
  if (code === 'ENOENT')
    return new SandboxUnavailableError('Docker is not there, or not running.', START, because);
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE')
    return new SandboxUnavailableError('Docker does not answer.', START, because);
  if (code === 'EACCES')
    return new SandboxUnavailableError(
      'This user may not talk to Docker.',
      'Add yourself to the group: sudo usermod -aG docker $USER, then log in again. Or use rootless Docker.',
      because,
    );
  if (code === 'ENOTFOUND' || code === 'EHOSTUNREACH' || code === 'ETIMEDOUT')
    return new SandboxUnavailableError(
      `The Docker host cannot be reached (${code}).`,
      'Look at DOCKER_HOST and `docker context ls`.',
      because,
    );
  if (isStatus(error, 404) && /no such image/i.test(message))
    return new SandboxUnavailableError(
      `The image ${settings.image} is not there.`,
      settings.image === 'worldline-sandbox'
        ? 'Build it: node install.mjs'
        : `Build or pull it, or unset SANDBOX_IMAGE: docker pull ${settings.image}`,
      because,
    );
  if (/unknown or invalid runtime|unknown runtime/i.test(message))
    return new SandboxUnavailableError(
      `Docker does not know the runtime ${String(settings.runtime)}.`,
      'Install it, or unset SANDBOX_RUNTIME.',
      because,
    );
  if (/bind source path does not exist|invalid mount config/i.test(message))
    return new SandboxUnavailableError(
      `Docker cannot see a folder of this machine: ${message}.`,
      'With a remote engine, or Docker Desktop, share the folder with it first.',
      because,
    );
  return new SandboxUnavailableError(
    `Docker could not do it: ${message}.`,
    'node install.mjs and %doctor look for the cause.',
    because,
  );
}

const START =
  'Start it: sudo systemctl start docker, or open Docker Desktop. DOCKER_HOST names another engine.';
