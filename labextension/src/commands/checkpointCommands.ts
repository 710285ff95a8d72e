import { CommandIds } from '../commandIds.js';
import { worldlineIcon } from '../shared/icons.js';
import { openBeside } from '../shared/openBeside.js';
import type { Services } from '../shared/Services.js';
import { CheckpointView } from '../worldlines/CheckpointView.js';
import { titleOf } from '../worldlines/titleOf.js';
import { addCommand } from './addCommand.js';
import { about } from './target.js';

/** A checkpoint beside the notebook, and its cell in it. */
export function addCheckpointCommands(services: Services): void {
  const { trans, app } = services;

  addCommand(services, CommandIds.openCheckpoint, {
    label: trans.__('Open Checkpoint Beside the Notebook'),
    failure: trans.__('The checkpoint can’t be shown'),
    execute: (session, args) => {
      const checkpoint =
        about(services, args, 'checkpoint') ?? session.selected ?? session.graph.active?.head;
      if (checkpoint) {
        const summary = session.graph.checkpoint(checkpoint);
        const label = (summary && titleOf(summary)) || trans.__('Start');
        const view = new CheckpointView(session, services, checkpoint);
        openBeside(services, session, view, { key: `checkpoint:${checkpoint}`, label, icon: worldlineIcon });
      }
      return Promise.resolve();
    },
  });
  addCommand(services, CommandIds.revealCell, {
    label: trans.__('Show the Cell in the Notebook'),
    failure: trans.__('The cell can’t be shown'),
    execute: async (session, args) => {
      const id = about(services, args, 'checkpoint') ?? session.selected;
      const checkpoint = id === null ? null : session.graph.checkpoint(id);
      if (!checkpoint) throw new Error(trans.__('Select a checkpoint in the sidebar first.'));
      const { content } = session.panel;
      const index = content.widgets.findIndex((cell) => cell.model.id === checkpoint.cellId);
      if (index < 0) {
        await app.commands.execute(CommandIds.openCheckpoint, { checkpoint: checkpoint.id });
        return;
      }
      app.shell.activateById(session.panel.id);
      content.activeCellIndex = index;
      await content.scrollToItem(index, 'center');
    },
  });
}
