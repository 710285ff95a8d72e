import { undoIcon } from '@jupyterlab/ui-components';
import type { WorldlineSummary } from '../../../kernel/src/contract.js';
import { CommandIds } from '../commandIds.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Services } from '../shared/Services.js';
import { addCommand } from './addCommand.js';
import { chooseWorldline, worldlineOf } from './chooseWorldline.js';
import { about, isAboutOther, text } from './target.js';

/** To another worldline, and back in this one. */
export function addMoveCommands(services: Services): void {
  addSwitchCommands(services);
  addUndoCommands(services);
}

function addSwitchCommands(services: Services): void {
  const { trans } = services;
  const failure = trans.__('The worldline was not switched');

  addCommand(services, CommandIds.switch, {
    label: (args) =>
      text(args, 'label') ??
      (args['clicked'] === true ? trans.__('Switch to Worldline') : trans.__('Switch to Worldline…')),
    isToggled: (args, session) =>
      args['worldline'] !== undefined && args['worldline'] === session.graph.activeId,
    isEnabled: (session, args) => isAboutOther(services, session, args),
    failure,
    execute: async (session, args) => {
      const { graph } = session;
      const question = trans.__('Switch to worldline');
      const target = await worldlineOf(services, session, args, question, graph.otherWorldlines);
      if (!target || target.id === graph.activeId) return;
      await session.request(target.earlier ? 'resume' : 'switch', { worldline: target.id });
    },
  });
  addCommand(services, CommandIds.next, {
    label: trans.__('Switch to the Next Worldline'),
    isEnabled: (session) => ownWorldlines(session).length > 1,
    failure,
    execute: async (session) => {
      const own = [...ownWorldlines(session)].sort((a, b) => a.created - b.created);
      const at = own.findIndex((each) => each.id === session.graph.activeId);
      const next = own[(at + 1) % own.length];
      if (next) await session.request('switch', { worldline: next.id });
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
}

function ownWorldlines({ graph }: NotebookSession): readonly WorldlineSummary[] {
  return graph.worldlines.filter((each) => !each.earlier);
}

function addUndoCommands(services: Services): void {
  const { trans } = services;
  const failure = trans.__('Nothing was undone');

  addCommand(services, CommandIds.undo, {
    label: trans.__('Undo the Last Cell’s Effects'),
    caption: trans.__('Take the worldline back to before its last cell'),
    icon: undoIcon,
    failure,
    execute: (session) => session.request('undo', { cells: 1 }),
  });
  addCommand(services, CommandIds.undoTo, {
    label: trans.__('Undo to Here'),
    caption: trans.__('Take the active worldline back to this checkpoint'),
    failure,
    execute: async (session, args) => {
      const to = about(services, args, 'checkpoint') ?? session.selected;
      if (to === null) throw new Error(trans.__('Select a checkpoint in the sidebar first.'));
      await session.request('undo', { to });
    },
  });
}
