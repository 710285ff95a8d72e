import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNativeError } from 'node:util/types';
import { messageOf } from '../../messageOf.js';
import { UserError } from '../errors.js';
import { bytesOf, checked, OF_FRONT_ENDS, SETTINGS, specOf, type SettingSpec } from './settingSpecs.js';

export type SettingSource = 'session' | 'front end' | 'file' | 'environment' | 'default';

/**
 * The settings of one kernel: what `%config` set, over what the front end has, over the config file, over the environment,
 * over the defaults.
 */
export class Settings {
  readonly #set = new Map<string, string>();
  #frontEnd: ReadonlyMap<string, string> = new Map();
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

  /** Throws a UserError where the environment or the config file, which nobody checked, has what is no such number. */
  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const spec = specOf(name);
    try {
      return Number(checked(spec, value));
    } catch (error) {
      const from = this.source(name) === 'environment' ? (spec.variable ?? name) : this.file;
      throw new UserError(
        'ConfigError',
        messageOf(error),
        `It comes from ${from}. %config ${name} ${spec.fallback ?? spec.value} sets another.`,
      );
    }
  }

  /** Bytes of a size; undefined where there is none that the setting takes. */
  bytes(name: string): number | undefined {
    const bytes = bytesOf(this.get(name) ?? '');
    return bytes !== null && bytes >= (specOf(name).least ?? 1) ? bytes : undefined;
  }

  boolean(name: string): boolean {
    return this.get(name) === 'true';
  }

  /** The values that were set, by the environment variables of that prefix that set them as well. */
  variables(prefix: string): Readonly<Record<string, string>> {
    const found = SETTINGS.flatMap((spec) => {
      const value = this.#lookup(spec)?.value;
      return spec.variable?.startsWith(prefix) && value !== undefined
        ? [[spec.variable, value] as const]
        : [];
    });
    return Object.fromEntries(found);
  }

  /** Where the present value comes from. */
  source(name: string): SettingSource {
    return this.#lookup(specOf(name))?.source ?? 'default';
  }

  set(name: string, value: string): void {
    this.#set.set(name, checked(specOf(name), value));
  }

  /** Takes on all that a front end has, in place of what it had before. Throws a UserError, and then takes on nothing. */
  configure(values: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(values).map(([name, value]): [string, string] => {
      const spec = specOf(name);
      if (!Object.hasOwn(OF_FRONT_ENDS, name) || typeof value !== 'string')
        throw new UserError(
          'UsageError',
          `${name} is not for a front end to set to ${JSON.stringify(value)}.`,
        );
      return [name, checked(spec, value)];
    });
    this.#frontEnd = new Map(entries);
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

  #lookup(spec: SettingSpec): { value: string; source: SettingSource } | undefined {
    const set = this.#set.get(spec.name);
    if (set !== undefined) return { value: set, source: 'session' };
    const given = this.#frontEnd.get(spec.name);
    if (given !== undefined) return { value: given, source: 'front end' };
    const saved = this.#saved.get(spec.name);
    if (saved !== undefined) return { value: saved, source: 'file' };
    const variable = spec.variable === undefined ? undefined : this.environment[spec.variable];
    return variable === undefined || variable === '' ? undefined : { value: variable, source: 'environment' };
  }
}
