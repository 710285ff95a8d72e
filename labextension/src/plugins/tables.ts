import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { TABLE_MIME } from '../../../kernel/src/contract.js';
import { tableRendererFactory } from '../mime/tableRenderer.js';
import type { Settings } from '../settings.js';
import type { Services } from '../shared/Services.js';
import { IServices, ISettings } from './tokens.js';

export const tables: JupyterFrontEndPlugin<void> = {
  id: '@worldline/labextension:tables',
  description: 'Shows result tables in a grid that pages, sorts and filters in the kernel.',
  autoStart: true,
  requires: [IServices, ISettings],
  activate: (_, services: Services, settings: Settings) => {
    const { rendermime } = services;
    const renderer = tableRendererFactory(services, () => settings.values.gridRows);
    const offer = () => {
      rendermime.removeMimeType(TABLE_MIME);
      if (settings.values.tableGrid) rendermime.addFactory(renderer);
    };
    settings.changed.connect(offer);
    offer();
  },
};
