import { PathExt } from '@jupyterlab/coreutils';
import { spreadsheetIcon } from '@jupyterlab/ui-components';
import { createArtifactView, downloadArtifact, iconOf, isTable } from '../artifacts/openArtifact.js';
import { CommandIds } from '../commandIds.js';
import { FIRST_ROWS, openGrid } from '../grid/openGrid.js';
import { KernelRefusal } from '../session/Correspondence.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { openBeside, type Beside } from '../shared/openBeside.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { chooseOne } from './chooseOne.js';
import { about } from './target.js';

/** The files of the workspace. */
export function addArtifactCommands(services: Services): void {
  const { trans, rendermime } = services;
  const chooseFile = async (session: NotebookSession, title: string) => {
    const { artifacts } = await session.request('artifacts', {});
    const paths = artifacts.map(({ path }) => path);
    return chooseOne(title, paths, trans.__('This worldline has no files yet.'));
  };

  addCommand(services, CommandIds.openArtifact, {
    label: trans.__('Open Artifact'),
    failure: trans.__('The file can’t be opened'),
    execute: async (session, args) => {
      const path = about(services, args, 'path') ?? (await chooseFile(session, trans.__('Open which file?')));
      if (path === null) return;
      const beside = { key: `file:${path}`, label: PathExt.basename(path), caption: path };
      const rows = { ...beside, icon: spreadsheetIcon };
      if (isTable(path) && (await openRows(services, session, path, rows))) return;
      const content = await session.request('artifact', { path });
      const view = await createArtifactView(path, content, rendermime);
      if (view) openBeside(services, session, view, { ...beside, icon: iconOf(path, content) });
      else downloadArtifact(path, content);
    },
  });
  addCommand(services, CommandIds.downloadArtifact, {
    label: trans.__('Download Artifact'),
    failure: trans.__('The file can’t be downloaded'),
    execute: async (session, args) => {
      const path =
        about(services, args, 'path') ?? (await chooseFile(session, trans.__('Download which file?')));
      if (path !== null) downloadArtifact(path, await session.request('artifact', { path }));
    },
  });
}

/** Shows the rows of a file; false where the database finds none in it. */
async function openRows(
  services: Services,
  session: NotebookSession,
  file: string,
  beside: Beside,
): Promise<boolean> {
  try {
    openGrid(services, session, await session.request('previewFile', { file, count: FIRST_ROWS }), beside);
    return true;
  } catch (error) {
    if (error instanceof KernelRefusal) return false;
    throw error;
  }
}
