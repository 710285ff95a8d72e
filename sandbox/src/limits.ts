import { SandboxOptionError } from './errors.js';
import type { Limits } from './types.js';

export interface Settings {
  readonly limits: Limits;
  readonly image: string;
  /** The OCI runtime, such as gVisor's `runsc`; null for the engine's default. */
  readonly runtime: string | null;
  /** Milliseconds between two rounds of the reaper. */
  readonly reaperInterval: number;
  /** Milliseconds without use after which a container is reaped. */
  readonly idle: number;
}

const MB = 1024 * 1024;
/** What no machine has: an engine would say something odd of a number as large as this. */
const MOST_BYTES = 1024 ** 5;
const MOST_CPUS = 10_000;
/** More than Linux can number. */
const MOST_PIDS = 1 << 22;
/** Milliseconds: Node takes more for none at all. */
export const LONGEST_TIMER = 2 ** 31 - 1;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: MB,
  g: 1024 * MB,
  t: 1024 * 1024 * MB,
};

/** Reads `SANDBOX_*`. Throws a SandboxOptionError that names the variable and shows a value that works. */
export function limitsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Settings {
  const read = <T>(name: string, fallback: T, parse: (text: string) => T | null, example: string): T => {
    const text = environment[name]?.trim();
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value === null)
      throw new SandboxOptionError(`${name}=${text} is no value for it. Set for example ${name}=${example}.`);
    return value;
  };
  return {
    limits: {
      memory: read('SANDBOX_MEMORY', 512 * MB, between(64 * MB, MOST_BYTES, bytes), '512m'),
      cpus: read('SANDBOX_CPUS', 1, between(0.1, MOST_CPUS, number), '1.5'),
      pids: read('SANDBOX_PIDS', 128, between(16, MOST_PIDS, integer), '128'),
      tmpSize: read('SANDBOX_TMP_SIZE', 64 * MB, between(MB, MOST_BYTES, bytes), '64m'),
      workspaceSize: read('SANDBOX_WORKSPACE_SIZE', 2048 * MB, between(MB, MOST_BYTES, bytes), '2g'),
    },
    image: read('SANDBOX_IMAGE', 'worldline-sandbox', imageName, 'worldline-sandbox'),
    runtime: read<string | null>('SANDBOX_RUNTIME', null, (text) => text, 'runsc'),
    reaperInterval:
      1000 * read('SANDBOX_REAPER_INTERVAL_SECONDS', 60, between(1, LONGEST_TIMER / 1000, number), '60'),
    idle: 1000 * read('SANDBOX_IDLE_TTL_SECONDS', 900, between(1, Infinity, number), '900'),
  };
}

function bytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text);
  if (match === null) return null;
  const unit = UNITS[(match[2] ?? '').toLowerCase()];
  return unit === undefined ? null : Math.floor(Number(match[1]) * unit);
}

function number(text: string): number | null {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function integer(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

function between(
  least: number,
  most: number,
  parse: (text: string) => number | null,
): (text: string) => number | null {
  return (text) => {
    const value = parse(text);
    return value === null || value < least || value > most ? null : value;
  };
}

function imageName(text: string): string | null {
  return /^[\w.:/@-]+$/.test(text) ? text : null;
}
