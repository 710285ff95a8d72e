import { InputDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { createArtifactView, downloadArtifact } from '../artifacts/openArtifact.js';
import { CommandIds } from '../commandIds.js';
import { SchemaDiagram } from '../data/SchemaDiagram.js';
import { fetchFrom } from '../grid/fetchFrom.js';
import { TableGrid } from '../grid/TableGrid.js';
import { insertText } from '../notebook/insertText.js';
import type { Services } from '../shared/Services.js';
import { worldlineIcon } from '../shared/icons.js';
import { openBeside } from '../shared/openBeside.js';
import { addCommand } from './addCommand.js';
import { about, text } from './target.js';

const FIRST_ROWS = 200;

/** Tables, names, folders and files. */
export function addDataCommands(services: Services): void {
  const { trans, rendermime } = services;

  addCommand(services, CommandIds.previewTable, {
    label: trans.__('Preview Table'),
    failure: trans.__('The table can’t be shown'),
    execute: async (session, args) => {
      const table = about(services, args, 'table') ?? (await ask(trans.__('Preview which table?')));
      if (table === null) return;
      const first = await session.request('preview', { table, count: FIRST_ROWS });
      const grid = new TableGrid({
        first,
        fetch: fetchFrom(session, first.result),
        visibleRows: null,
        trans,
      });
      const redraw = () => {
        grid.applyTheme();
      };
      services.themeChanged.connect(redraw);
      grid.disposed.connect(() => {
        services.themeChanged.disconnect(redraw);
      });
      openBeside(services, session, grid, { label: table, icon: worldlineIcon });
    },
  });
  addCommand(services, CommandIds.insertName, {
    label: trans.__('Insert Name Into the Cell'),
    failure: trans.__('Nothing was inserted'),
    execute: async (session, args) => {
      const name = about(services, args, 'name');
      if (name !== null) await insertText(session.panel, name);
    },
  });
  addCommand(services, CommandIds.schemaDiagram, {
    label: trans.__('Show Schema Diagram'),
    failure: trans.__('The diagram can’t be shown'),
    execute: (session) => {
      openBeside(services, session, new SchemaDiagram(session, services), {
        label: trans.__('Tables of %1', session.panel.title.label),
        icon: worldlineIcon,
      });
      return Promise.resolve();
    },
  });
  addCommand(services, CommandIds.allowFolder, {
    label: trans.__('Allow a Data Folder…'),
    caption: trans.__('SQL and Python may read this folder, at the same path'),
    failure: trans.__('The folder was not allowed'),
    execute: async (session, args) => {
      const folder = text(args, 'folder') ?? (await ask(trans.__('Allow reading which folder?')));
      if (folder !== null) await session.request('allow', { folder });
    },
  });
  addCommand(services, CommandIds.revokeFolder, {
    label: trans.__('Revoke Data Folder'),
    failure: trans.__('The folder was not revoked'),
    execute: async (session, args) => {
      const folder = about(services, args, 'folder') ?? (await ask(trans.__('Revoke which folder?')));
      if (folder !== null) await session.request('allow', { folder, revoke: true });
    },
  });
  addCommand(services, CommandIds.openArtifact, {
    label: trans.__('Open Artifact'),
    failure: trans.__('The file can’t be opened'),
    execute: async (session, args) => {
      const path =
        about(services, args, 'path') ?? (await ask(trans.__('Open which file of the workspace?')));
      if (path === null) return;
      const content = await session.request('artifact', { path });
      const view = await createArtifactView(path, content, rendermime);
      if (view) openBeside(services, session, view, { label: PathExt.basename(path), caption: path });
      else downloadArtifact(path, content);
    },
  });
  addCommand(services, CommandIds.downloadArtifact, {
    label: trans.__('Download Artifact'),
    failure: trans.__('The file can’t be downloaded'),
    execute: async (session, args) => {
      const path =
        about(services, args, 'path') ?? (await ask(trans.__('Download which file of the workspace?')));
      if (path !== null) downloadArtifact(path, await session.request('artifact', { path }));
    },
  });
}

async function ask(title: string): Promise<string | null> {
  const { value, button } = await InputDialog.getText({ title });
  const answer = value?.trim() ?? '';
  return button.accept && answer !== '' ? answer : null;
}
