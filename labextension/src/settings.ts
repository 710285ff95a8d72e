import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';
import type { CellLanguage } from './highlight/cellLanguage.js';

export interface SettingValues {
  readonly plainCell: CellLanguage;
  readonly tableGrid: boolean;
  readonly gridRows: number;
  readonly highlightCells: boolean;
}

const DEFAULTS: SettingValues = { plainCell: 'ask', tableGrid: true, gridRows: 12, highlightCells: true };

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
