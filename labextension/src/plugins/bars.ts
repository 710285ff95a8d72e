import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { WorldlineMenuButton } from '../notebook/WorldlineMenuButton.js';
import type { Services } from '../shared/Services.js';
import { registerStatusItem } from '../statusItem.js';
import { IServices } from './tokens.js';

export const toolbar: JupyterFrontEndPlugin<void> = {
  id: '@worldline/labextension:toolbar',
  description: 'The active worldline in the notebook’s toolbar, with a menu.',
  autoStart: true,
  requires: [IServices],
  optional: [IToolbarWidgetRegistry],
  activate: (_, services: Services, toolbars: IToolbarWidgetRegistry | null) => {
    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      'worldline',
      (panel) => new WorldlineMenuButton(panel, services),
    );
  },
};

export const statusBar: JupyterFrontEndPlugin<void> = {
  id: '@worldline/labextension:status',
  description: 'Worldline, model, tokens and sandbox in the status bar.',
  autoStart: true,
  requires: [IServices],
  // Notebook 7 has none.
  optional: [IStatusBar],
  activate: (_, services: Services, bar: IStatusBar | null) => {
    if (bar) registerStatusItem(bar, services);
  },
};
