import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { CommandIds } from '../commandIds.js';
import { addArtifactCommands } from '../commands/artifactCommands.js';
import { addBranchCommands } from '../commands/branchCommands.js';
import { addCheckpointCommands } from '../commands/checkpointCommands.js';
import { addCompareCommands } from '../commands/compareCommands.js';
import { addFolderCommands } from '../commands/folderCommands.js';
import { addKeepCommands } from '../commands/keepCommands.js';
import { addLifeCommands } from '../commands/lifeCommands.js';
import { addMoveCommands } from '../commands/moveCommands.js';
import { addRunCommands } from '../commands/runCommands.js';
import { addShowPanel } from '../commands/showPanel.js';
import { addTableCommands } from '../commands/tableCommands.js';
import type { Services } from '../shared/Services.js';
import { IServices } from './tokens.js';

export const commands: JupyterFrontEndPlugin<void> = {
  id: '@worldline/labextension:commands',
  description: 'Every action as a command, in the palette too.',
  autoStart: true,
  requires: [IServices],
  optional: [ICommandPalette],
  activate: ({ commands: registry }, services: Services, palette: ICommandPalette | null) => {
    const { sessions, trans } = services;
    for (const add of [
      addBranchCommands,
      addMoveCommands,
      addLifeCommands,
      addCheckpointCommands,
      addCompareCommands,
      addKeepCommands,
      addTableCommands,
      addFolderCommands,
      addArtifactCommands,
      addRunCommands,
      addShowPanel,
    ]) {
      add(services);
    }
    const category = trans.__('Worldlines');
    for (const command of Object.values(CommandIds)) palette?.addItem({ command, category });

    // Lab asks whether a command can be used now only where it is told that this may be another answer.
    const onFront = () => {
      registry.notifyCommandChanged();
    };
    sessions.opened.connect(onFront);
    sessions.currentChanged.connect(onFront);
    const onSession = () => {
      registry.notifyCommandChanged(CommandIds.branchFromCell);
    };
    sessions.opened.connect((_, session) => {
      session.changed.connect(onSession);
    });
  },
};
