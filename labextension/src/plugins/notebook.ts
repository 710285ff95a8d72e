import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { CellHighlighter } from '../highlight/CellHighlighter.js';
import { CellBadges } from '../notebook/CellBadges.js';
import { CellSwitcher } from '../notebook/CellSwitcher.js';
import { RunBar } from '../notebook/RunBar.js';
import { KernelSettings } from '../session/KernelSettings.js';
import type { Settings } from '../settings.js';
import { messageOf } from '../shared/hooks.js';
import type { Services } from '../shared/Services.js';
import { settingsNotice } from '../shared/settingsNotice.js';
import { IServices, ISettings } from './tokens.js';

export const notebook: JupyterFrontEndPlugin<void> = {
  id: '@worldline/labextension:notebook',
  description: 'Shows the cells of the active worldline, their badges and colours, and steers runs.',
  autoStart: true,
  requires: [IServices, ISettings],
  activate: (_, services: Services, settings: Settings) => {
    const { sessions, languages, trans } = services;
    const failed = (what: string) => (error: unknown) => {
      void showErrorMessage(what, messageOf(error));
    };
    const onSettings = settingsNotice(trans);
    sessions.equip((session) => {
      const runBar = new RunBar(session, services);
      session.panel.contentHeader.addWidget(runBar);
      return [
        new KernelSettings(session, settings, onSettings),
        new CellSwitcher(session, failed(trans.__('The cells could not be shown'))),
        new CellBadges(session, trans),
        new CellHighlighter(session, settings, languages),
        runBar,
      ];
    });
  },
};
