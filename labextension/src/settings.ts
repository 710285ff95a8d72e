import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';
import type { SettingName } from '../../kernel/src/contract.js';
import type { CellLanguage } from './highlight/cellLanguage.js';

/** The extension's settings by the names of its schema. What is for the kernel is empty where the kernel is to decide. */
export interface SettingValues {
  readonly tableGrid: boolean;
  readonly gridRows: number;
  readonly highlightCells: boolean;
  readonly plainCell: CellLanguage | '';
  readonly provider: string;
  readonly model: string;
  readonly approve: string;
  readonly noRows: boolean;
  readonly atOnce?: number;
  readonly maxSteps?: number;
  readonly maxTokens?: number;
  readonly maxUsd?: number;
  readonly maxSeconds?: number;
  readonly sandboxMemory: string;
  readonly sandboxCpus?: number;
  readonly sandboxPids?: number;
  readonly sandboxTmp: string;
  readonly sandboxWorkspace: string;
  readonly sandboxSeconds?: number;
}

const DEFAULTS: SettingValues = {
  ...{ tableGrid: true, gridRows: 12, highlightCells: true },
  ...{ plainCell: '', provider: '', model: '', approve: '', noRows: false },
  ...{ sandboxMemory: '', sandboxTmp: '', sandboxWorkspace: '' },
};

/** What `%config` calls the settings that are for the kernel. */
const KERNEL_NAMES: readonly [keyof SettingValues, SettingName][] = [
  ['provider', 'provider'],
  ['model', 'model'],
  ['plainCell', 'default'],
  ['approve', 'approve'],
  ['noRows', 'no-rows'],
  ['atOnce', 'at-once'],
  ['maxSteps', 'max-steps'],
  ['maxTokens', 'max-tokens'],
  ['maxUsd', 'max-usd'],
  ['maxSeconds', 'max-seconds'],
  ['sandboxMemory', 'sandbox-memory'],
  ['sandboxCpus', 'sandbox-cpus'],
  ['sandboxPids', 'sandbox-pids'],
  ['sandboxTmp', 'sandbox-tmp'],
  ['sandboxWorkspace', 'sandbox-workspace'],
  ['sandboxSeconds', 'sandbox-seconds'],
];

/** The extension's settings as they are now; the defaults until they are loaded. */
export class Settings {
  readonly #changed = new Signal<this, SettingValues>(this);
  #values = DEFAULTS;

  get changed(): ISignal<this, SettingValues> {
    return this.#changed;
  }
  get values(): SettingValues {
    return this.#values;
  }

  /** What the user has set for the kernel, as text. */
  get forKernel(): Readonly<Partial<Record<SettingName, string>>> {
    const set = KERNEL_NAMES.flatMap(([key, name]) => {
      const value = this.#values[key] ?? '';
      return value === '' || value === false ? [] : [[name, String(value)] as const];
    });
    return Object.fromEntries(set);
  }

  async load(registry: ISettingRegistry, plugin: string): Promise<void> {
    const settings = await registry.load(plugin);
    const take = () => {
      this.#values = { ...DEFAULTS, ...(settings.composite as Partial<SettingValues>) };
      this.#changed.emit(this.#values);
    };
    settings.changed.connect(take);
    take();
  }
}
