import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { CommandIds } from '../commandIds.js';
import { CompareView } from '../compare/CompareView.js';
import { insertCellsBelow } from '../notebook/insertText.js';
import { runOfCell } from '../notebook/runOfCell.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { compareIcon, worldlineIcon } from '../shared/icons.js';
import { openBeside } from '../shared/openBeside.js';
import type { Services } from '../shared/Services.js';
import { CheckpointView } from '../worldlines/CheckpointView.js';
import { titleOf } from '../worldlines/titleOf.js';
import { addCommand } from './addCommand.js';
import { about, text } from './target.js';

/** What opens beside the notebook, and what leads back into it. */
export function addViewCommands(services: Services): void {
  const { trans, app } = services;

  const other = async (session: NotebookSession, than: string | null) => {
    const choices = session.graph.worldlines.filter((each) => each.id !== than);
    if (choices.length === 1) return choices[0]?.id ?? null;
    const { value } = await InputDialog.getItem({
      title: trans.__('Compare with'),
      items: choices.map((each) => each.name),
    });
    return choices.find((each) => each.name === value)?.id ?? null;
  };

  addCommand(services, CommandIds.compare, {
    label: trans.__('Compare Worldlines…'),
    caption: trans.__('See two worldlines side by side'),
    icon: compareIcon,
    isEnabled: (session) => session.graph.worldlines.length > 1,
    failure: trans.__('The worldlines can’t be compared'),
    execute: async (session, args) => {
      const { graph } = session;
      // A script may name them as well.
      const idOf = (worldline: string | null) => worldline && (graph.worldline(worldline)?.id ?? worldline);
      const a = idOf(text(args, 'a')) ?? graph.activeId;
      const selected =
        args['selected'] === true && session.selected !== null ? graph.worldlineAt(session.selected) : null;
      const meant = idOf(text(args, 'b') ?? about(services, args, 'worldline') ?? selected);
      const b = meant !== null && meant !== a ? meant : await other(session, a);
      if (a === null || b === null) return;
      const label = `${graph.worldline(a)?.name ?? a} | ${graph.worldline(b)?.name ?? b}`;
      openBeside(services, session, new CompareView(session, services, a, b), {
        key: `compare:${a}|${b}`,
        label,
        icon: compareIcon,
      });
    },
  });
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
  addCommand(services, CommandIds.export, {
    label: trans.__('Export Worldline…'),
    caption: trans.__('Write this worldline to a file'),
    failure: trans.__('The worldline was not exported'),
    execute: async (session, args) => {
      const worldline = about(services, args, 'worldline') ?? session.graph.activeId;
      const name = worldline === null ? null : (session.graph.worldline(worldline)?.name ?? null);
      if (worldline === null || name === null) return;
      const stem = PathExt.basename(session.panel.context.path, '.ipynb');
      const file = text(args, 'file') ?? (await askFile(trans.__('Export to'), `${stem}-${name}.ipynb`));
      if (file === null) return;
      const written = await session.request('export', { worldline, file, options: [] });
      await showDialog({
        title: trans.__('Exported'),
        body: trans.__('The worldline is in %1', written.file),
        buttons: [Dialog.okButton({ label: trans.__('Ok') })],
      });
    },
  });
  addCommand(services, CommandIds.insertSteps, {
    label: trans.__('Insert the Run’s Steps as Cells'),
    caption: trans.__('Keep what the run did as ordinary SQL and Python cells'),
    isEnabled: (session) => runOfCell(session.panel.content.activeCell) !== null || session.run !== null,
    failure: trans.__('The steps were not inserted'),
    execute: async (session, args) => {
      const { content } = session.panel;
      const run = text(args, 'run') ?? runOfCell(content.activeCell) ?? session.run?.run ?? null;
      if (run === null) return;
      const { cells } = await session.request('stepsAsCells', { run });
      const of = content.widgets.findIndex((cell) => runOfCell(cell) === run);
      insertCellsBelow(session.panel, of < 0 ? content.activeCellIndex : of, cells);
    },
  });
}

async function askFile(title: string, suggestion: string): Promise<string | null> {
  const { value, button } = await InputDialog.getText({ title, text: suggestion });
  return button.accept && value ? value : null;
}
