import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IFormRendererRegistry } from '@jupyterlab/ui-components';
import { addSettingFields } from '../settingFields.js';
import { Settings } from '../settings.js';
import { ISettings } from './tokens.js';

/** Its id is the one by which Lab finds schema/plugin.json, and with it our menus, shortcuts and toolbar items. */
const ID = '@worldline/labextension:plugin';

export const settings: JupyterFrontEndPlugin<Settings> = {
  id: ID,
  description: 'The settings of Worldline.',
  optional: [ISettingRegistry, IFormRendererRegistry, ITranslator],
  provides: ISettings,
  activate: (
    _,
    registry: ISettingRegistry | null,
    forms: IFormRendererRegistry | null,
    translator: ITranslator | null,
  ) => {
    if (forms) addSettingFields(forms, ID, (translator ?? nullTranslator).load('worldline'));
    const values = new Settings();
    if (registry) void values.load(registry, ID);
    return values;
  },
};
