import { CommandIds } from '../commandIds.js';
import { checkpointOfCell } from '../notebook/checkpointOfCell.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { branchIcon } from '../shared/icons.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { askName } from './askName.js';
import { about, text, type Args } from './target.js';

/** New worldlines, at a checkpoint or at a cell's. */
export function addBranchCommands(services: Services): void {
  const { trans } = services;
  const failure = trans.__('The branch was not made');

  const branch = async (session: NotebookSession, args: Args, from: string | null) => {
    const name = text(args, 'name') ?? (await askName(trans.__('Branch'), freeName(session), trans));
    if (name === null) return;
    await session.request('branch', from === null ? { name } : { name, from });
  };

  addCommand(services, CommandIds.branch, {
    label: trans.__('Branch Here…'),
    caption: trans.__('Start a worldline at this checkpoint'),
    icon: branchIcon,
    failure,
    execute: (session, args) => {
      // A person means what is selected; a script that names no checkpoint means the head.
      const selected = text(args, 'name') === null ? session.selected : null;
      return branch(session, args, about(services, args, 'checkpoint') ?? selected);
    },
  });
  addCommand(services, CommandIds.branchFromCell, {
    label: trans.__('Branch From This Cell…'),
    caption: trans.__('Start a worldline with everything as it was after this cell'),
    icon: branchIcon,
    isEnabled: (session) => ofActiveCell(session) !== null,
    failure,
    execute: (session, args) => branch(session, args, ofActiveCell(session)),
  });
}

function ofActiveCell(session: NotebookSession): string | null {
  return checkpointOfCell(session, session.panel.content.activeCellIndex);
}

/** `branch-2`, `branch-3`, … */
function freeName(session: NotebookSession): string {
  for (let number = 2; ; number++) {
    const name = `branch-${number}`;
    if (!session.graph.worldline(name)) return name;
  }
}
