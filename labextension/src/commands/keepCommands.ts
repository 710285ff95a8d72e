import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { CommandIds } from '../commandIds.js';
import { insertCellsBelow } from '../notebook/insertText.js';
import { runOfCell } from '../notebook/runOfCell.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { about, text } from './target.js';

/** What is kept of a worldline, in a file, and of an agent run, as cells. */
export function addKeepCommands(services: Services): void {
  const { trans } = services;

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
