import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry, showErrorMessage } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIds } from './commandIds.js';
import { addWorldlineCommands } from './commands/worldlineCommands.js';
import { CellHighlighter } from './highlight/CellHighlighter.js';
import { CellBadges } from './notebook/CellBadges.js';
import { CellSwitcher } from './notebook/CellSwitcher.js';
import { WorldlineMenuButton } from './notebook/WorldlineMenuButton.js';
import type { NotebookSession } from './session/NotebookSession.js';
import { Sessions } from './session/Sessions.js';
import { messageOf } from './shared/hooks.js';
import type { Services } from './shared/Services.js';
import { createSidebar, SIDEBAR_ID } from './sidebar.js';
import { registerStatusItem } from './statusItem.js';
import { WorldlinesSection } from './worldlines/WorldlinesSection.js';

const PLUGIN_ID = '@worldline/labextension:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Worldlines: see the checkpoints of a notebook, branch, switch and compare.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry, IEditorLanguageRegistry],
  optional: [ITranslator, ICommandPalette, IStatusBar, IToolbarWidgetRegistry, ISettingRegistry, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    languages: IEditorLanguageRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    toolbars: IToolbarWidgetRegistry | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('worldline');
    const services: Services = { app, sessions: new Sessions(tracker), rendermime, languages, trans };
    const { sessions } = services;

    addWorldlineCommands(services);
    app.commands.addCommand(CommandIds.showPanel, {
      label: trans.__('Show Worldlines'),
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => sessions.all.length > 0,
      execute: () => {
        app.shell.activateById(SIDEBAR_ID);
      },
    });
    for (const command of Object.values(CommandIds)) {
      if (app.commands.hasCommand(command)) palette?.addItem({ command, category: trans.__('Worldlines') });
    }

    createSidebar(services, [new WorldlinesSection(services)]);
    if (statusBar) registerStatusItem(statusBar, services);
    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      'worldline',
      (panel) => new WorldlineMenuButton(panel, services),
    );

    const parts = new Map<NotebookSession, { dispose(): void }[]>();
    sessions.opened.connect((_, session) => {
      const failed = (error: unknown) => {
        void showErrorMessage(trans.__('The cells could not be shown'), messageOf(error));
      };
      parts.set(session, [
        new CellSwitcher(session, failed),
        new CellBadges(session, trans),
        new CellHighlighter(session, () => 'ask'),
      ]);
    });
    sessions.closed.connect((_, session) => {
      for (const part of parts.get(session) ?? []) part.dispose();
      parts.delete(session);
    });
    for (const signal of [sessions.opened, sessions.currentChanged]) {
      signal.connect(() => {
        app.commands.notifyCommandChanged();
      });
    }
  },
};

export default [plugin];
