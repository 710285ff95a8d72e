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
/** With less, the runner of our image does not start. */
const LEAST_MEMORY = '128m';
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
  const fail = (name: string, what: string, example: string): never => {
    throw new SandboxOptionError(
      `${name}=${environment[name]?.trim() ?? ''} ${what}. Set for example ${name}=${example}.`,
    );
  };
  const read = <T>(name: string, fallback: T, parse: (text: string) => T | null, example: string): T => {
    const text = environment[name]?.trim();
    if (text === undefined || text === '') return fallback;
    return parse(text) ?? fail(name, 'is no value for it', example);
  };
  /** `least` and `example` are written as values are. */
  const readWithin = (
    name: string,
    fallback: number,
    parse: (text: string) => number | null,
    [least, most]: readonly [least: string, most: number],
    example: string,
  ): number => {
    const value = read(name, fallback, parse, example);
    if (value < (parse(least) ?? 0)) fail(name, `is too little, it takes ${least} at least`, example);
    if (value > most) fail(name, 'is more than there can be', example);
    return value;
  };
  return {
    limits: {
      memory: readWithin('SANDBOX_MEMORY', 512 * MB, bytes, [LEAST_MEMORY, MOST_BYTES], '512m'),
      cpus: readWithin('SANDBOX_CPUS', 1, number, ['0.1', MOST_CPUS], '1.5'),
      pids: readWithin('SANDBOX_PIDS', 128, integer, ['16', MOST_PIDS], '128'),
      tmpSize: readWithin('SANDBOX_TMP_SIZE', 64 * MB, bytes, ['1m', MOST_BYTES], '64m'),
      workspaceSize: readWithin('SANDBOX_WORKSPACE_SIZE', 2048 * MB, bytes, ['1m', MOST_BYTES], '2g'),
    },
    image: read('SANDBOX_IMAGE', 'worldline-sandbox', imageName, 'worldline-sandbox'),
    runtime: read<string | null>('SANDBOX_RUNTIME', null, (text) => text, 'runsc'),
    reaperInterval:
      1000 * readWithin('SANDBOX_REAPER_INTERVAL_SECONDS', 60, number, ['1', LONGEST_TIMER / 1000], '60'),
    idle: 1000 * readWithin('SANDBOX_IDLE_TTL_SECONDS', 900, number, ['1', Infinity], '900'),
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

function imageName(text: string): string | null {
  // Docker takes capitals in a tag and a registry's name, and not where there is neither.
  return /^[\w.:/@-]+$/.test(text) && (/[:/]/.test(text) || text === text.toLowerCase()) ? text : null;
}
