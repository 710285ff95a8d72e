import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNativeError } from 'node:util/types';
import { UserError } from './errors.js';
import { suggest } from './suggest.js';

/** A setting, declared once: `%config`, Tab and the documents read it. Values are kept as text. */
export interface SettingSpec {
  readonly name: string;
  readonly about: string;
  /** The word shown for its value. */
  readonly value: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  readonly choices?: readonly string[];
  readonly fallback?: string;
  /** The environment variable that sets it, below what `%config` sets. */
  readonly variable?: string;
}

/** Hosted services, and servers that speak OpenAI's protocol: at OPENAI_BASE_URL, or where they listen by default. */
export const PROVIDERS: readonly string[] = [
  'openai',
  'gemini',
  'openrouter',
  'compatible',
  'ollama',
  'lmstudio',
  'vllm',
  'llamacpp',
];

export const SETTINGS: readonly SettingSpec[] = [
  {
    name: 'provider',
    value: 'NAME',
    type: 'text',
    choices: PROVIDERS,
    variable: 'WORLDLINE_PROVIDER',
    about: 'who answers ask cells; the first whose key is set where this is not',
  },
  {
    name: 'model',
    value: 'NAME',
    type: 'text',
    variable: 'WORLDLINE_MODEL',
    about: 'the model that answers',
  },
  {
    name: 'default',
    value: 'KIND',
    type: 'text',
    choices: ['ask', 'sql', 'python'],
    fallback: 'ask',
    variable: 'WORLDLINE_DEFAULT',
    about: 'what a cell without %% is',
  },
  { name: 'rows', value: 'N', type: 'integer', fallback: '50', about: 'rows of a result shown at first' },
  { name: 'max-steps', value: 'N', type: 'integer', fallback: '20', about: 'steps of an agent run' },
  { name: 'max-tokens', value: 'N', type: 'integer', about: 'tokens of an agent run, in and out' },
  { name: 'max-usd', value: 'DOLLARS', type: 'number', about: 'cost of an agent run, where it is known' },
  { name: 'max-seconds', value: 'S', type: 'number', fallback: '900', about: 'wall clock of an agent run' },
  {
    name: 'approve',
    value: 'WHICH',
    type: 'text',
    choices: ['none', 'writes', 'all'],
    fallback: 'none',
    about: 'steps of an agent run that wait for your word',
  },
  {
    name: 'no-rows',
    value: 'BOOL',
    type: 'boolean',
    fallback: 'false',
    about: 'the model sees schemas and aggregates, never rows',
  },
  { name: 'statement-seconds', value: 'S', type: 'number', about: 'deadline of a SQL statement of yours' },
];

/** The settings of one kernel: what `%config` set, over the config file, over the environment, over the defaults. */
export class Settings {
  readonly #set = new Map<string, string>();
  readonly #saved = new Map<string, string>();

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly file: string,
  ) {}

  /** Reads the config file, where there is one. Throws a UserError for a file that is not JSON. */
  async load(): Promise<void> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if (isNativeError(error) && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch {
      throw new UserError('ConfigError', `${this.file} is not JSON.`, 'Mend or delete it.');
    }
    for (const [name, value] of Object.entries(values ?? {})) {
      if (typeof value === 'string') this.#saved.set(name, value);
    }
  }

  get(name: string): string | undefined {
    const spec = specOf(name);
    return this.source(name) === 'default' ? spec.fallback : this.#lookup(spec)?.value;
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : Number(value);
  }

  boolean(name: string): boolean {
    return this.get(name) === 'true';
  }

  /** Where the present value comes from. */
  source(name: string): 'session' | 'file' | 'environment' | 'default' {
    return this.#lookup(specOf(name))?.source ?? 'default';
  }

  set(name: string, value: string): void {
    this.#set.set(name, checked(specOf(name), value));
  }

  unset(name: string): void {
    this.#set.delete(specOf(name).name);
    this.#saved.delete(name);
  }

  /** Writes what was set in this session to the config file, for later kernels. */
  async save(): Promise<string> {
    for (const [name, value] of this.#set) this.#saved.set(name, value);
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    const beside = `${this.file}.${process.pid}`;
    await writeFile(beside, `${JSON.stringify(Object.fromEntries(this.#saved), null, 2)}\n`, { mode: 0o600 });
    await rename(beside, this.file);
    return this.file;
  }

  #lookup(spec: SettingSpec): { value: string; source: 'session' | 'file' | 'environment' } | undefined {
    const set = this.#set.get(spec.name);
    if (set !== undefined) return { value: set, source: 'session' };
    const saved = this.#saved.get(spec.name);
    if (saved !== undefined) return { value: saved, source: 'file' };
    const variable = spec.variable === undefined ? undefined : this.environment[spec.variable];
    return variable === undefined || variable === '' ? undefined : { value: variable, source: 'environment' };
  }
}

export function specOf(name: string): SettingSpec {
  const spec = SETTINGS.find((candidate) => candidate.name === name);
  if (spec) return spec;
  const near = suggest(
    name,
    SETTINGS.map((candidate) => candidate.name),
  );
  throw new UserError(
    'UsageError',
    `There is no setting "${name}".`,
    near === undefined ? '%config lists the settings.' : `Did you mean ${near}? %config lists the settings.`,
  );
}

function checked(spec: SettingSpec, value: string): string {
  const fail = (what: string): never => {
    throw new UserError('UsageError', `${spec.name} takes ${what}, not "${value}".`);
  };
  if (spec.choices && !spec.choices.includes(value)) fail(spec.choices.join(' or '));
  if (spec.type === 'integer' && !/^[1-9]\d*$/.test(value)) fail('a whole number above zero');
  if (spec.type === 'number' && !(Number(value) > 0)) fail('a number above zero');
  if (spec.type === 'boolean' && value !== 'true' && value !== 'false') fail('true or false');
  return value;
}
