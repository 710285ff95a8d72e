import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Settings } from '../settings.js';
import { ISettings } from './tokens.js';

/** Its id is the one by which Lab finds schema/plugin.json, and with it our menus, shortcuts and toolbar items. */
const ID = '@worldline/labextension:plugin';

export const settings: JupyterFrontEndPlugin<Settings> = {
  id: ID,
  description: 'The settings of Worldline.',
  optional: [ISettingRegistry],
  provides: ISettings,
  activate: (_, registry: ISettingRegistry | null) => {
    const values = new Settings();
    if (registry) void values.load(registry, ID);
    return values;
  },
};
