import { InputDialog } from '@jupyterlab/apputils';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { chooseOne } from './chooseOne.js';
import { about, text } from './target.js';

/** The folders that SQL and Python may read. */
export function addFolderCommands(services: Services): void {
  const { trans } = services;

  const askFolder = async (): Promise<string | null> => {
    const { value, button } = await InputDialog.getText({
      title: trans.__('Allow reading which folder?'),
      label: trans.__(
        'SQL and Python may read all that is in it, and write nothing there. Such as ~/data/sales.',
      ),
      placeholder: trans.__('Path of a folder'),
    });
    const folder = value?.trim() ?? '';
    return button.accept && folder !== '' ? folder : null;
  };
  const chooseGranted = async (session: NotebookSession) => {
    const { folders } = await session.request('folders', {});
    const granted = folders.filter((folder) => folder.granted).map(({ path }) => path);
    return chooseOne(trans.__('Revoke which folder?'), granted, trans.__('No folder was allowed.'));
  };

  addCommand(services, CommandIds.allowFolder, {
    label: trans.__('Allow a Data Folder…'),
    caption: trans.__('SQL and Python may read this folder, at the same path'),
    failure: trans.__('The folder was not allowed'),
    execute: async (session, args) => {
      const folder = text(args, 'folder') ?? (await askFolder());
      if (folder !== null) await session.request('allow', { folder });
    },
  });
  addCommand(services, CommandIds.revokeFolder, {
    label: trans.__('Revoke Data Folder'),
    failure: trans.__('The folder was not revoked'),
    execute: async (session, args) => {
      const folder = about(services, args, 'folder') ?? (await chooseGranted(session));
      if (folder !== null) await session.request('allow', { folder, revoke: true });
    },
  });
}
