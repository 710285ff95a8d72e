import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  IToolbarWidgetRegistry,
  showErrorMessage,
} from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
// Lab loads the newest copy that is shared. Its own, 4.1.2, writes the styles of editors anew with each editor that is made, the
// same ones or not, and the browser goes over the whole page for it; since 4.1.3 it writes them when they change.
import 'style-mod';
import { ArtifactsSection } from './artifacts/ArtifactsSection.js';
import { TABLE_MIME } from '../../kernel/src/contract.js';
import { CommandIds } from './commandIds.js';
import { addDataCommands } from './commands/dataCommands.js';
import { addRunCommands } from './commands/runCommands.js';
import { addViewCommands } from './commands/viewCommands.js';
import { addWorldlineCommands } from './commands/worldlineCommands.js';
import { DataSection } from './data/DataSection.js';
import { CellHighlighter } from './highlight/CellHighlighter.js';
import { tableRendererFactory } from './mime/tableRenderer.js';
import { CellBadges } from './notebook/CellBadges.js';
import { CellSwitcher } from './notebook/CellSwitcher.js';
import { RunBar } from './notebook/RunBar.js';
import { WorldlineMenuButton } from './notebook/WorldlineMenuButton.js';
import { KernelSettings } from './session/KernelSettings.js';
import type { NotebookSession } from './session/NotebookSession.js';
import { Sessions } from './session/Sessions.js';
import { messageOf } from './shared/hooks.js';
import type { Services } from './shared/Services.js';
import { Settings } from './settings.js';
import { createSidebar, SIDEBAR_ID } from './sidebar/sidebar.js';
import { registerStatusItem } from './statusItem.js';
import { VariablesSection } from './variables/VariablesSection.js';
import { WorldlinesSection } from './worldlines/WorldlinesSection.js';

const PLUGIN_ID = '@worldline/labextension:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Worldlines: see the checkpoints of a notebook, branch, switch and compare.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry, IEditorLanguageRegistry],
  optional: [
    ITranslator,
    ICommandPalette,
    IStatusBar,
    IToolbarWidgetRegistry,
    ISettingRegistry,
    IThemeManager,
    ILabShell,
  ],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    languages: IEditorLanguageRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    toolbars: IToolbarWidgetRegistry | null,
    settingRegistry: ISettingRegistry | null,
    themes: IThemeManager | null,
    labShell: ILabShell | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('worldline');
    const sessions = new Sessions(tracker);
    const themeChanged = themes?.themeChanged ?? new Signal<object, unknown>({});
    const area = labShell ? 'main' : 'down';
    const services: Services = { app, sessions, rendermime, languages, trans, themeChanged, area };
    const settings = new Settings();
    if (settingRegistry) void settings.load(settingRegistry, PLUGIN_ID);
    const renderer = tableRendererFactory(services, () => settings.values.gridRows);
    const offerGrid = () => {
      rendermime.removeMimeType(TABLE_MIME);
      if (settings.values.tableGrid) rendermime.addFactory(renderer);
    };
    settings.changed.connect(offerGrid);
    offerGrid();

    addWorldlineCommands(services);
    addViewCommands(services);
    addDataCommands(services);
    addRunCommands(services);
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

    createSidebar(services, [
      new WorldlinesSection(services),
      new DataSection(services),
      new VariablesSection(services),
      new ArtifactsSection(services),
    ]);
    if (statusBar) registerStatusItem(statusBar, services);
    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      'worldline',
      (panel) => new WorldlineMenuButton(panel, services),
    );

    const parts = new Map<NotebookSession, { dispose(): void }[]>();
    sessions.opened.connect((_, session) => {
      const failed = (what: string) => (error: unknown) => {
        void showErrorMessage(what, messageOf(error));
      };
      session.changed.connect(() => {
        app.commands.notifyCommandChanged(CommandIds.branchFromCell);
      });
      const runBar = new RunBar(session, services);
      session.panel.contentHeader.addWidget(runBar);
      parts.set(session, [
        new KernelSettings(session, settings, failed(trans.__('The kernel does not take the settings'))),
        new CellSwitcher(session, failed(trans.__('The cells could not be shown'))),
        new CellBadges(session, trans),
        new CellHighlighter(session, settings, languages),
        runBar,
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
