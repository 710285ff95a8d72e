import { InputDialog } from '@jupyterlab/apputils';
import { undoIcon } from '@jupyterlab/ui-components';
import type { WorldlineSummary } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import { checkpointOfCell } from '../notebook/checkpointOfCell.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { branchIcon } from '../shared/icons.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { confirmed } from './confirmed.js';
import { about, text, type Args } from './target.js';

/** Branch, switch, undo and what else happens to a worldline as a whole. */
export function addWorldlineCommands(services: Services): void {
  const { trans } = services;

  const worldlineOf = async (session: NotebookSession, args: Args, question: string) =>
    about(services, args, 'worldline') ?? (await chooseWorldline(session.graph.worldlines, question));

  const branch = async (session: NotebookSession, args: Args, from: string | null) => {
    const name = text(args, 'name') ?? (await askName(trans.__('Branch'), suggestName(session)));
    if (name === null) return;
    await session.request('branch', from === null ? { name } : { name, from });
  };

  const askName = async (title: string, suggestion: string) => {
    const { value, button } = await InputDialog.getText({
      title,
      label: trans.__('Name of the worldline'),
      text: suggestion,
      selectionRange: suggestion.length,
    });
    const name = value?.trim().replace(/\s+/g, '-') ?? '';
    return button.accept && name !== '' ? name : null;
  };

  const chooseWorldline = async (choices: readonly WorldlineSummary[], title: string) => {
    if (choices.length === 0) return null;
    const { value } = await InputDialog.getItem({ title, items: choices.map((each) => each.name) });
    return choices.find((each) => each.name === value)?.id ?? null;
  };

  addCommand(services, CommandIds.branch, {
    label: trans.__('Branch Here…'),
    caption: trans.__('Start a worldline at this checkpoint'),
    icon: branchIcon,
    failure: trans.__('The branch was not made'),
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
    isEnabled: (session) => checkpointOfCell(session, session.panel.content.activeCellIndex) !== null,
    failure: trans.__('The branch was not made'),
    execute: (session, args) =>
      branch(session, args, checkpointOfCell(session, session.panel.content.activeCellIndex)),
  });
  addCommand(services, CommandIds.switch, {
    label: (args) => text(args, 'label') ?? trans.__('Switch to Worldline…'),
    isToggled: (args, session) =>
      args['worldline'] !== undefined && args['worldline'] === session.graph.activeId,
    failure: trans.__('The worldline was not switched'),
    execute: async (session, args) => {
      const id = await worldlineOf(session, args, trans.__('Switch to worldline'));
      const target = id === null ? null : session.graph.worldline(id);
      if (!target || target.id === session.graph.activeId) return;
      await session.request(target.earlier ? 'resume' : 'switch', { worldline: target.id });
    },
  });
  addCommand(services, CommandIds.next, {
    label: trans.__('Switch to the Next Worldline'),
    isEnabled: (session) => ownWorldlines(session).length > 1,
    failure: trans.__('The worldline was not switched'),
    execute: async (session) => {
      const own = [...ownWorldlines(session)].sort((a, b) => a.created - b.created);
      const at = own.findIndex((each) => each.id === session.graph.activeId);
      const next = own[(at + 1) % own.length];
      if (next) await session.request('switch', { worldline: next.id });
    },
  });
  addCommand(services, CommandIds.undo, {
    label: trans.__('Undo the Last Cell’s Effects'),
    caption: trans.__('Take the worldline back to before its last cell'),
    icon: undoIcon,
    failure: trans.__('Nothing was undone'),
    execute: (session) => session.request('undo', { cells: 1 }),
  });
  addCommand(services, CommandIds.undoTo, {
    label: trans.__('Undo to Here'),
    caption: trans.__('Take the active worldline back to this checkpoint'),
    failure: trans.__('Nothing was undone'),
    execute: async (session, args) => {
      const to = about(services, args, 'checkpoint') ?? session.selected;
      if (to !== null) await session.request('undo', { to });
    },
  });
  addCommand(services, CommandIds.rename, {
    label: trans.__('Rename Worldline…'),
    failure: trans.__('The worldline was not renamed'),
    execute: async (session, args) => {
      const id = await worldlineOf(session, args, trans.__('Rename which worldline?'));
      const worldline = id === null ? null : session.graph.worldline(id);
      if (!worldline) return;
      const name = text(args, 'name') ?? (await askName(trans.__('Rename'), worldline.name));
      if (name !== null) await session.request('rename', { worldline: worldline.id, name });
    },
  });
  addCommand(services, CommandIds.delete, {
    label: trans.__('Delete Worldline…'),
    isEnabled: (session) => session.graph.worldlines.length > 1,
    failure: trans.__('The worldline was not deleted'),
    execute: async (session, args) => {
      const id = await worldlineOf(session, args, trans.__('Delete which worldline?'));
      const worldline = id === null ? null : session.graph.worldline(id);
      if (!worldline) return;
      const sure = await confirmed(
        trans.__('Delete “%1”?', worldline.name),
        trans.__('What it shares with others stays. It can be brought back until the store is cleaned up.'),
        trans.__('Delete'),
        trans,
      );
      if (sure) await session.request('delete', { worldline: worldline.id });
    },
  });
  addCommand(services, CommandIds.restore, {
    label: trans.__('Restore a Deleted Worldline…'),
    isEnabled: (session) => session.graph.deletedWorldlines.length > 0,
    failure: trans.__('The worldline was not restored'),
    execute: async (session, args) => {
      const worldline =
        text(args, 'worldline') ??
        (await chooseWorldline(session.graph.deletedWorldlines, trans.__('Restore worldline')));
      if (worldline !== null) await session.request('delete', { worldline, restore: true });
    },
  });
  addCommand(services, CommandIds.resume, {
    label: trans.__('Resume an Earlier Worldline…'),
    caption: trans.__('Go on where an earlier session of this notebook stopped, variables included'),
    isEnabled: (session) => session.graph.worldlines.some((each) => each.earlier),
    failure: trans.__('The worldline was not resumed'),
    execute: async (session, args) => {
      const earlier = session.graph.worldlines.filter((each) => each.earlier);
      const worldline =
        about(services, args, 'worldline') ?? (await chooseWorldline(earlier, trans.__('Resume worldline')));
      if (worldline !== null) await session.request('resume', { worldline });
    },
  });
  addCommand(services, CommandIds.adopt, {
    label: trans.__('Adopt Worldline'),
    caption: trans.__('Give the active worldline what this one has come to'),
    failure: trans.__('The worldline was not adopted'),
    execute: async (session, args) => {
      const worldline = await worldlineOf(session, args, trans.__('Adopt which worldline?'));
      if (worldline !== null) await session.request('adopt', { worldline });
    },
  });
  addCommand(services, CommandIds.reload, {
    label: trans.__('Read the Worldlines Anew'),
    failure: trans.__('The worldlines could not be read'),
    execute: (session) => session.reload(),
  });
}

function ownWorldlines(session: NotebookSession): readonly WorldlineSummary[] {
  return session.graph.worldlines.filter((each) => !each.earlier);
}

/** A name that is still free: `branch-2`, `branch-3`, … */
function suggestName(session: NotebookSession): string {
  for (let number = 2; ; number++) {
    const name = `branch-${number}`;
    if (!session.graph.worldline(name)) return name;
  }
}
